"""Open orders that wait for stock, the oldest first, and what could be reserved for each now.

A proposal: nothing is reserved here, and what is reserved for others is never taken from them.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import F

from accounts.models import User
from erp.core.money import ZERO
from inventory.models import Reservation, StockBalance
from orders.models import SalesOrder, SalesOrderLine

MOST_ORDERS = 200


@dataclass(frozen=True, slots=True)
class WaitingLine:
    line: SalesOrderLine
    waiting: Decimal
    ready: Decimal  # of it


@dataclass(slots=True)
class WaitingOrder:
    order: SalesOrder
    lines: list[WaitingLine] = field(default_factory=list)

    @property
    def can_reserve(self) -> bool:
        return any(line.ready for line in self.lines)


def waiting_orders(*, user: User) -> list[WaitingOrder]:
    """Return the orders in sight that wait, oldest first; the elder take what is free before.

    Orders out of the user's sight are not shown, yet what they would take is left to them.
    """
    lines = list(
        SalesOrderLine.objects.filter(
            document__in=SalesOrder.objects.open(),
            quantity__gt=F("delivered_quantity") + F("closed_quantity"),
        )
        .select_related("document__customer", "document__warehouse", "warehouse")
        .order_by("document__dated_on", "document_id", "line_no")
    )
    held: dict[int, Decimal] = defaultdict(lambda: ZERO)
    reservations = Reservation.objects.filter(source_type=SalesOrder._meta.label_lower)
    for pk, quantity in reservations.values_list("source_line_id", "quantity"):
        held[pk] += quantity
    short = [line for line in lines if line.open_quantity > held[line.pk]]
    free: dict[tuple[int, int], Decimal] = defaultdict(lambda: ZERO)
    balances = StockBalance.objects.filter(product__in={line.product_id for line in short})
    for product, place, on_hand, reserved in balances.values_list(
        "product_id", "bin__warehouse_id", "on_hand", "reserved"
    ):
        free[product, place] += on_hand - reserved
    seen = set(SalesOrder.objects.open().visible_to(user).values_list("pk", flat=True))
    found: dict[int, WaitingOrder] = {}
    for line in short:
        waiting = line.open_quantity - held[line.pk]
        ready = min(waiting, free[line.product_id, line.ships_from_id])
        free[line.product_id, line.ships_from_id] -= ready
        if line.document_id in seen:
            order = found.setdefault(line.document_id, WaitingOrder(line.document))
            order.lines.append(WaitingLine(line, waiting, ready))
    return list(found.values())[:MOST_ORDERS]
