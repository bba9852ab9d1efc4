"""Questions about stock: available, inbound, what it cost."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db.models import OuterRef, Subquery, Sum

from erp.core.money import ZERO, round_price
from inventory.models import Inbound, StockBalance, StockDay, StockValue


def available_by_product(
    product_ids: Iterable[int],
    *,
    warehouse_id: int | None = None,
    within: Collection[int] | None = None,
) -> dict[int, Decimal]:
    """Return on hand less reserved per product id (missing: nothing) in one or all warehouses.

    ``within`` is ``warehouses_of(user)`` wherever a user is shown the figures.
    """
    rows = StockBalance.objects.filter(product_id__in=set(product_ids))
    if warehouse_id is not None:
        rows = rows.filter(bin__warehouse_id=warehouse_id)
    if within is not None:
        rows = rows.filter(bin__warehouse_id__in=within)
    free: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for product_id, on_hand, reserved in rows.order_by().values_list(
        "product_id", "on_hand", "reserved"
    ):
        free[product_id] += on_hand - reserved
    return dict(free)


def inbound_by_product(
    product_ids: Iterable[int], *, within: Collection[int] | None = None
) -> dict[int, Decimal]:
    """Return the quantity ordered and not yet arrived per product id."""
    rows = Inbound.objects.filter(product_id__in=set(product_ids))
    if within is not None:
        rows = rows.filter(warehouse_id__in=within)
    sums = rows.order_by().values("product_id").annotate(total=Sum("quantity"))
    return {row["product_id"]: row["total"] for row in sums}


def average_costs(
    product_ids: Iterable[int], *, within: Collection[int] | None = None
) -> dict[int, Decimal]:
    """Return the average cost per product id over the warehouses, 6 decimals."""
    totals: dict[int, list[Decimal]] = defaultdict(lambda: [ZERO, ZERO])
    rows = StockValue.objects.filter(product_id__in=set(product_ids), quantity__gt=0)
    if within is not None:
        rows = rows.filter(warehouse_id__in=within)
    for product_id, quantity, value in rows.order_by().values_list(
        "product_id", "quantity", "value"
    ):
        totals[product_id][0] += quantity
        totals[product_id][1] += value
    return {key: round_price(value / quantity) for key, (quantity, value) in totals.items()}


class StockAt(NamedTuple):
    """What of a product lay in a warehouse at the end of a day, and its value."""

    quantity: Decimal
    value: Decimal


def stock_as_of(
    product_ids: Iterable[int], on: date, warehouse_id: int | None = None
) -> dict[tuple[int, int], StockAt]:
    """Return stock at the end of a day by (product id, warehouse id), where there was any."""
    accounts = StockValue.objects.filter(product_id__in=set(product_ids)).order_by()
    if warehouse_id is not None:
        accounts = accounts.filter(warehouse=warehouse_id)
    latest = StockDay.objects.filter(account=OuterRef("pk"), on__lte=on).order_by("-on")
    places = {
        day: (product, warehouse)
        for day, product, warehouse in accounts.values_list(
            Subquery(latest.values("pk")[:1]), "product_id", "warehouse_id"
        )
    }
    days = StockDay.objects.filter(pk__in=[day for day in places if day is not None]).order_by()
    return {
        places[day]: StockAt(quantity, value)
        for day, quantity, value in days.values_list("pk", "quantity", "value")
        if quantity
    }
