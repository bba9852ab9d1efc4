"""What inventory asks of our orders to suppliers: which lines they have, and what is to come."""

from collections import defaultdict
from collections.abc import Collection

from inventory.services import OpenLine, set_order_lines
from orders.models import PurchaseOrder, PurchaseOrderLine, PurchaseOrderQuerySet
from orders.services.purchase_steps import open_lines


class _PurchaseOrderLines:
    """Implements ``inventory.services.inbound.OrderLines``."""

    def by_number(self, numbers: Collection[str], *, lock: bool) -> dict[str, list[OpenLine]]:
        found: dict[str, list[OpenLine]] = {}
        orders = self._orders(PurchaseOrder.objects.filter(number__in=set(numbers)), lock=lock)
        lines = self._lines(orders)
        for order in orders:
            found[order.number or ""] = open_lines(order, lines[order.pk])
        return found

    def by_line(self, ids: Collection[int], *, lock: bool) -> dict[int, OpenLine]:
        named = PurchaseOrderLine.objects.filter(pk__in=set(ids)).order_by()
        headers = set(named.values_list("document_id", flat=True))
        orders = self._orders(PurchaseOrder.objects.filter(pk__in=headers), lock=lock)
        lines = self._lines(orders)
        return {
            line.line_id: line
            for order in orders
            for line in open_lines(order, lines[order.pk])
            if line.line_id in ids
        }

    @staticmethod
    def _orders(rows: PurchaseOrderQuerySet, *, lock: bool) -> list[PurchaseOrder]:
        return list((rows.select_for_update() if lock else rows).order_by("pk"))

    @staticmethod
    def _lines(orders: Collection[PurchaseOrder]) -> dict[int, list[PurchaseOrderLine]]:
        lines: dict[int, list[PurchaseOrderLine]] = defaultdict(list)
        rows = PurchaseOrderLine.objects.filter(document__in=[order.pk for order in orders])
        for line in rows.order_by("document_id", "line_no"):
            lines[line.document_id].append(line)
        return lines


set_order_lines("orders.purchaseorder", _PurchaseOrderLines())
