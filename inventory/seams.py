"""What of the stock follows when two products become one.

Moves keep quantity, value and date; balances of one bin and values of one warehouse are added up,
so that every figure stays the sum of its moves.
"""

from typing import Any

from erp.core.registry import Repoint, follows_merge, locks_merge
from inventory.models import Inbound, Reservation, StockBalance, StockMove, StockValue
from products.models import Product


def _lock_stock(gone_id: int, kept_id: int) -> None:
    """Balances by key, then values by key, as every posting does."""
    tables: tuple[Any, ...] = (StockBalance, StockValue)
    for model in tables:
        rows = model.objects.filter(product__in=(gone_id, kept_id)).order_by()
        keys = sorted(rows.values_list("pk", flat=True))
        list(model.objects.select_for_update().filter(pk__in=keys).order_by("pk"))


def _add_up(model: Any, place: str, *figures: str) -> Repoint:
    """Add the one row to the other where both stand at one place."""

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
        return len(coming)

    return repoint


locks_merge(Product, _lock_stock)
follows_merge(StockMove, "product")
follows_merge(Reservation, "product")
follows_merge(Inbound, "product")
follows_merge(
    StockBalance, "product", repoint=_add_up(StockBalance, "bin_id", "on_hand", "reserved")
)
follows_merge(
    StockValue, "product", repoint=_add_up(StockValue, "warehouse_id", "quantity", "value")
)
