"""What is sold and not reserved, and what is being ordered: inventory asks (its seams)."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from decimal import Decimal

from django.db.models import F

from erp.core.money import ZERO
from inventory.models import Reservation
from inventory.services.promise import Demand, tells_demand
from inventory.services.reorder import Planned, tells_planned
from orders.models import PurchaseOrder, PurchaseOrderLine, SalesOrder, SalesOrderLine


@tells_demand
def back_orders(product_ids: Collection[int]) -> Iterator[Demand]:
    """Yield what open lines of these products still want and have no stock reserved for."""
    lines = list(
        SalesOrderLine.objects.filter(
            product_id__in=product_ids,
            document__in=SalesOrder.objects.open(),
            quantity__gt=F("delivered_quantity") + F("closed_quantity"),
        )
        .select_related("document")
        .order_by("pk")
    )
    if not lines:
        return
    held: dict[int, Decimal] = defaultdict(lambda: ZERO)
    reservations = Reservation.objects.filter(
        source_type=SalesOrder._meta.label_lower, source_line_id__in=[line.pk for line in lines]
    )
    for line_id, quantity in reservations.values_list("source_line_id", "quantity"):
        held[line_id] += quantity
    for line in lines:
        missing = line.open_quantity - held[line.pk]
        if missing > 0:
            wanted = line.document.requested_on
            yield Demand(line.product_id, line.ships_from_id, missing, wanted, line.pk)


@tells_planned
def being_ordered(product_ids: Collection[int]) -> Iterator[Planned]:
    """Yield what stands on purchase orders that were not sent yet; sent ones are inbound."""
    lines = PurchaseOrderLine.objects.filter(
        product_id__in=product_ids, document__in=PurchaseOrder.objects.planned()
    )
    for product_id, place, quantity in lines.values_list(
        "product_id", "document__warehouse_id", "quantity"
    ):
        yield Planned(product_id, place, quantity)
