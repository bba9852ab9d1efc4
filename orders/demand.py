"""What is sold and neither delivered nor reserved: the back-orders of open sales orders."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from decimal import Decimal

from django.db.models import F

from erp.core.money import ZERO
from inventory.models import Reservation
from inventory.services.promise import Demand, tells_demand
from orders.models import SalesOrder, SalesOrderLine


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
