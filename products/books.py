"""What must hold in the catalogue."""

from collections.abc import Iterator

from erp.core.invariants import Check, invariant
from erp.core.registry import columns_following
from products.grading import Judged, judge_rows
from products.models import Interchange, Product
from products.supersession import reachable


@invariant("nothing points at a product that was merged away")
def merged_products_are_empty(check: Check) -> Iterator[str]:
    merged = Product.objects.exclude(merged_into=None)
    check.rows += merged.count()
    for product in merged.filter(archived_at=None):
        yield f"product {product.pk} was merged away and is not archived"
    for name, model, column in columns_following(Product):
        stray = model._default_manager.exclude(**{f"{column}__merged_into": None})
        for key in stray.values_list(f"{column}_id", flat=True).distinct().order_by():
            yield f"product {key} was merged away and {name} still names it"


_JUDGED = ("designation", "brand__code", "bore_mm", "outside_mm", "width_mm")


@invariant("approved identical interchanges agree with the grammar")
def identical_is_identical(check: Check) -> Iterator[str]:
    identical = Interchange.objects.approved().filter(grade=Interchange.Grade.IDENTICAL)
    ends = [f"{end}__{name}" for end in ("from_product", "to_product") for name in _JUDGED]
    for pk, *values in identical.order_by("pk").values_list("pk", *ends).iterator():
        check.rows += 1
        asked, offered = (
            Judged(side[0], side[1], tuple(side[2:])) for side in (values[:5], values[5:])
        )
        against = judge_rows(asked, offered).against(Interchange.Grade.IDENTICAL)
        if against:
            told = "; ".join(str(one) for one in against)
            yield f"interchange {pk}: {asked.designation} and {offered.designation}: {told}"


@invariant("no supersession goes in a circle")
def supersessions_end(check: Check) -> Iterator[str]:
    rows = Interchange.objects.approved().filter(grade=Interchange.Grade.SUPERSEDED).order_by("pk")
    steps: dict[int, set[int]] = {}
    for one, next_one in rows.values_list("from_product_id", "to_product_id").iterator():
        check.rows += 1
        steps.setdefault(one, set()).add(next_one)
    for one in steps:
        if one in reachable(steps, one):
            yield f"product {one} supersedes itself"
