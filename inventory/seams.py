"""What of the stock follows when two products become one.

Moves keep quantity, value and date; balances of one bin and values of one warehouse are added up,
so that every figure stays the sum of its moves.
"""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from erp.core.aggregates import ExactSum
from erp.core.policy import set_warehouses
from erp.core.registry import (
    Repoint,
    confide,
    follows_merge,
    goes_along,
    locks_merge,
    tells_effects,
)
from inventory.models import (
    Bin,
    Inbound,
    InboundPromise,
    RecipeLine,
    ReferenceCost,
    ReorderRule,
    Reservation,
    StockAge,
    StockBalance,
    StockMove,
    StockValue,
    WarehouseStaff,
)
from inventory.services.accounts import rebuild_days
from inventory.services.staff import warehouses_of_user
from products.models import Product


def _lock_stock(gone_id: int, kept_id: int) -> None:
    """Balances by key, then values by key, as every posting does."""
    tables: tuple[Any, ...] = (StockBalance, StockValue)
    for model in tables:
        rows = model.objects.filter(product__in=(gone_id, kept_id)).order_by()
        keys = sorted(rows.values_list("pk", flat=True))
        list(model.objects.select_for_update().filter(pk__in=keys).order_by("pk"))


def _add_up(
    model: Any, place: str, *figures: str, then: Callable[[int], None] | None = None
) -> Repoint:
    """Add the one row to the other where both stand at one place; ``then`` sees what grew."""

    def repoint(gone_id: int, kept_id: int) -> int:
        rows = model.objects.select_for_update().order_by("pk")
        kept = {getattr(row, place): row for row in rows.filter(product=kept_id)}
        coming = list(rows.filter(product=gone_id))
        for row in coming:
            twin = kept.get(getattr(row, place))
            if twin is None:
                row.product_id = kept_id
                row.save(update_fields=["product"])
                continue
            for name in figures:
                setattr(twin, name, getattr(twin, name) + getattr(row, name))
            twin.save(update_fields=figures)
            row.delete()
            if then is not None:
                then(twin.pk)
        return len(coming)

    return repoint


# A bin that was never used goes with its warehouse; moves and balances hold both.
goes_along(Bin, "warehouse")
goes_along(WarehouseStaff, "warehouse")
goes_along(RecipeLine, "recipe")

set_warehouses(warehouses_of_user)
locks_merge(Product, _lock_stock)
follows_merge(StockMove, "product")
follows_merge(Reservation, "product")
follows_merge(Inbound, "product")
follows_merge(InboundPromise, "product")
follows_merge(
    StockBalance, "product", repoint=_add_up(StockBalance, "bin_id", "on_hand", "reserved")
)
follows_merge(
    StockValue,
    "product",
    # The moves have followed before: their name comes first.
    repoint=_add_up(StockValue, "warehouse_id", "quantity", "value", then=rebuild_days),
)


def _one_rule(gone_id: int, kept_id: int) -> int:
    """The product that stays keeps its own rules; elsewhere it takes those of the other."""
    kept = ReorderRule.objects.filter(product=kept_id).values("warehouse")
    gone = ReorderRule.objects.filter(product=gone_id)
    there = gone.count()
    gone.filter(warehouse__in=list(kept.values_list("warehouse", flat=True))).delete()
    gone.update(product_id=kept_id)
    return there


follows_merge(ReorderRule, "product", repoint=_one_rule)
follows_merge(ReorderRule, "supplier")
goes_along(ReorderRule, "product", "warehouse")


def _forget_ages(gone_id: int, kept_id: int) -> int:
    """Worked out anew every night."""
    return StockAge.objects.filter(product__in=(gone_id, kept_id)).delete()[0]


follows_merge(StockAge, "product", repoint=_forget_ages)
goes_along(StockAge, "product", "warehouse")


def _one_reference(gone_id: int, kept_id: int) -> int:
    """The product that stays keeps its own; without one it takes the other's."""
    rows = ReferenceCost.objects.filter(product=gone_id)
    if ReferenceCost.objects.filter(product=kept_id).exists():
        return rows.delete()[0]
    return rows.update(product=kept_id)


follows_merge(ReferenceCost, "product", repoint=_one_reference)
goes_along(ReferenceCost, "product")
confide(ReferenceCost._meta.label_lower, "products.view_cost")


@tells_effects
def _stock_of(obj: Model) -> Iterator[tuple[str, str]]:
    """What a document holds of the stock: reserved, taken out, put in, expected."""
    if not getattr(obj, "number_series", ""):
        return
    mine = {"source_type": obj._meta.label_lower, "source_id": obj.pk}
    moves = StockMove.objects.filter(**mine)
    held: dict[str, QuerySet[Any]] = {
        _("reserved"): Reservation.objects.filter(**mine),
        _("out of stock"): moves.filter(to_bin=None),
        _("into stock"): moves.filter(from_bin=None),
        _("moved between bins"): moves.exclude(to_bin=None).exclude(from_bin=None),
        _("expected"): Inbound.objects.filter(**mine),
    }
    for label, rows in held.items():
        total: Decimal = rows.aggregate(total=ExactSum("quantity"))["total"]
        yield label, f"{total.normalize():,f}"
