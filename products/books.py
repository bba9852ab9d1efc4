"""What must hold in the catalogue."""

from collections.abc import Iterator

from erp.core.invariants import Check, invariant
from erp.core.registry import columns_following
from products.models import Product


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
