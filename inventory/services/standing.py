"""The stock of all products and warehouses as it stood on a day, as rows to page through."""

from collections.abc import Collection, Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery

from erp.core.aggregates import ExactSum
from inventory.models import StockBalance, StockDay, StockValue

Place = tuple[int, int]  # product id, warehouse id


def stock_rows(
    *,
    within: Collection[int] | None,
    warehouse_id: int | None = None,
    product_ids: Collection[int] | QuerySet[Any] | None = None,
    on: date | None = None,
) -> QuerySet[StockValue]:
    """Return where there was any stock at the end of a day, now without one.

    Each row has ``at_quantity`` and ``at_value``, the value at moving average. ``within`` is
    ``warehouses_of(user)``; whoever may not see cost is not shown the value. One indexed look-up
    per row read.
    """
    rows = StockValue.objects.all()
    for name, value in (
        ("warehouse__in", within),
        ("warehouse", warehouse_id),
        ("product__in", product_ids),
    ):
        if value is not None:
            rows = rows.filter(**{name: value})
    if on is None:
        rows = rows.filter(quantity__gt=0)
        return rows.annotate(at_quantity=F("quantity"), at_value=F("value"))
    days = StockDay.objects.filter(account=OuterRef("pk"), on__lte=on).order_by("-on")
    return rows.annotate(
        at_quantity=Subquery(days.values("quantity")[:1]),
        at_value=Subquery(days.values("value")[:1]),
    ).filter(at_quantity__gt=0)


def reserved_at(places: Iterable[Place]) -> dict[Place, Decimal]:
    """Return what is reserved per product and warehouse."""
    wanted = set(places)
    rows = StockBalance.objects.filter(product_id__in={product for product, _place in wanted})
    sums = (
        rows.order_by()
        .values_list("product_id", "bin__warehouse_id")
        .annotate(held=ExactSum("reserved", places=3))
    )
    return {(one, two): held for one, two, held in sums if (one, two) in wanted}
