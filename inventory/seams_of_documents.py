"""What of the stock documents follows when two products, or two customers, become one.

Registered after ``seams``: a merge locks documents before stock, the last registered first.
"""

from collections.abc import Callable
from typing import Any

from erp.core.documents import lock_documents_naming
from erp.core.registry import follows_merge, locks_merge
from inventory.models import (
    Assembly,
    AssemblyLine,
    Recipe,
    RecipeLine,
    StockCountLine,
    StockCountStatus,
    StockEntry,
    StockEntryLine,
    TransferLine,
    UsualBin,
)
from products.models import Product

_OPEN_COUNTS = [StockCountStatus.DRAFT, StockCountStatus.COUNTING, StockCountStatus.REVIEWED]


def lock_documents(gone_id: int, _kept_id: int) -> None:
    lock_documents_naming(gone_id, TransferLine, StockCountLine, StockEntryLine, AssemblyLine)


def _drop_twins(model: Any, place: str) -> Callable[[int, int], int]:
    """Where both stand at one place the kept one's row stays."""

    def repoint(gone_id: int, kept_id: int) -> int:
        kept = model.objects.filter(product=kept_id).values_list(place, flat=True)
        model.objects.filter(product=gone_id, **{f"{place}__in": list(kept)}).delete()
        followed: int = model.objects.filter(product=gone_id).update(product=kept_id)
        return followed

    return repoint


def _recipes(gone_id: int, kept_id: int) -> int:
    """A set has one recipe: that of the product that stays, where it has one."""
    if Recipe.objects.filter(product=kept_id).exists():
        Recipe.objects.filter(product=gone_id).delete()
        return 0
    return Recipe.objects.filter(product=gone_id).update(product=kept_id)


def _components(gone_id: int, kept_id: int) -> int:
    """One component twice in a recipe becomes one line; a set is no component of itself."""
    kept = {row.recipe_id: row for row in RecipeLine.objects.filter(product=kept_id)}
    rows = list(RecipeLine.objects.filter(product=gone_id))
    for row in rows:
        twin = kept.get(row.recipe_id)
        if twin is None:
            RecipeLine.objects.filter(pk=row.pk).update(product=kept_id)
            continue
        RecipeLine.objects.filter(pk=twin.pk).update(quantity=twin.quantity + row.quantity)
        row.delete()
    RecipeLine.objects.filter(product=kept_id, recipe__product=kept_id).delete()
    return len(rows)


def _counted(gone_id: int, kept_id: int) -> int:
    """One bin is counted once: where an open count lists both, it is counted anew."""
    rows = StockCountLine.objects.filter(product=gone_id)
    open_rows = rows.filter(document__status__in=_OPEN_COUNTS)
    listed = StockCountLine.objects.filter(
        product=kept_id, document__in=[row.document_id for row in open_rows]
    )
    twins = {(row.document_id, row.bin_id): row for row in listed}
    for row in open_rows:
        twin = twins.get((row.document_id, row.bin_id))
        if twin is not None:
            StockCountLine.objects.filter(pk=twin.pk).update(
                snapshot_quantity=None,
                counted_quantity=None,
                expected_quantity=None,
                counted_at=None,
                counted_by=None,
            )
            row.delete()
    followed: int = StockCountLine.objects.filter(product=gone_id).update(product=kept_id)
    return followed


locks_merge(Product, lock_documents)
for _model in (TransferLine, StockEntryLine, AssemblyLine, Assembly):
    follows_merge(_model, "product")
follows_merge(StockCountLine, "product", repoint=_counted)
follows_merge(Recipe, "product", repoint=_recipes)
follows_merge(RecipeLine, "product", repoint=_components)
follows_merge(UsualBin, "product", repoint=_drop_twins(UsualBin, "warehouse_id"))
follows_merge(StockEntry, "customer")
