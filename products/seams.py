"""What of the catalogue follows when partners or products become one."""

from django.db.models import Q

from erp.core.models import Attachment
from erp.core.periods import company_today
from erp.core.registry import (
    Repoint,
    after_deletion,
    follows_merge,
    follows_merge_of,
    goes_along,
    locks_merge,
    repoint_all,
)
from products import words
from products.models import (
    Brand,
    Category,
    Derivation,
    ForbiddenBrand,
    Interchange,
    PriceFact,
    Product,
    ProductCode,
    ProtectedItem,
    StopWord,
)
from products.supersession import reachable, steps_from

for _column in ("customer", "supplier"):
    follows_merge(ProductCode, _column)
    follows_merge(PriceFact, _column)


def _protected_of(column: str, other: str) -> Repoint:
    """Where both are protected for the same, one stays: the one in force."""

    def repoint(gone_id: int, kept_id: int) -> int:
        rows = ProtectedItem.objects.select_for_update().order_by("pk")
        kept = {getattr(row, f"{other}_id"): row for row in rows.filter(**{column: kept_id})}
        coming = list(rows.filter(**{column: gone_id}))
        in_force = set(
            ProtectedItem.objects.in_force(company_today())
            .filter(**{f"{column}__in": (gone_id, kept_id)})
            .values_list("pk", flat=True)
        )
        for row in coming:
            twin = kept.get(getattr(row, f"{other}_id"))
            if twin is not None:
                if twin.pk in in_force or row.pk not in in_force:
                    repoint_all(ProtectedItem, row.pk, twin.pk)
                    row.delete()
                    continue
                repoint_all(ProtectedItem, twin.pk, row.pk)
                twin.delete()
            setattr(row, f"{column}_id", kept_id)
            row.save(update_fields=[column])
        return len(coming)

    return repoint


def _forbidden_brands_follow(gone_id: int, kept_id: int) -> int:
    """What either of them does not take, the one that is left does not take."""
    rows = ForbiddenBrand.objects.filter(customer=gone_id)
    known = ForbiddenBrand.objects.filter(customer=kept_id).values_list("brand", flat=True)
    rows.filter(brand__in=list(known)).delete()
    return rows.update(customer=kept_id)


follows_merge(ProtectedItem, "customer", repoint=_protected_of("customer", "product"))
follows_merge(ForbiddenBrand, "customer", repoint=_forbidden_brands_follow)


# --- products ----------------------------------------------------------------------------------


def _lock_products(gone_id: int, kept_id: int) -> None:
    rows = Product.objects.select_for_update().filter(pk__in=(gone_id, kept_id)).order_by("pk")
    list(rows.values_list("pk", flat=True))


def _codes_follow(gone_id: int, kept_id: int) -> int:
    """A code that both have is kept once, the one in use."""
    rows = ProductCode.objects.order_by("pk")
    said = {_code_of(row): row for row in rows.filter(product=kept_id)}
    coming = list(rows.filter(product=gone_id))
    for row in coming:
        twin = said.get(_code_of(row))
        if twin is not None:
            if twin.archived_at is None or row.archived_at is not None:
                row.delete()
                continue
            twin.delete()
        row.product_id = kept_id
        row.save(update_fields=["product"])
    return len(coming)


def _code_of(code: ProductCode) -> tuple[str, int | None, int | None]:
    return code.search_key, code.customer_id, code.supplier_id


def _links_follow(column: str, other: str) -> Repoint:
    """A link between the two is gone; of two links to a third the one that counts is kept."""

    def repoint(gone_id: int, kept_id: int) -> int:
        coming = list(Interchange.objects.filter(**{column: gone_id}).order_by("pk"))
        if not coming:
            return 0
        known = {}
        for row in Interchange.objects.filter(Q(from_product=kept_id) | Q(to_product=kept_id)):
            known[_far_end(row, kept_id)] = row
        for row in coming:
            third = getattr(row, f"{other}_id")
            twin = known.get(third)
            if third == kept_id or (twin is not None and _weight(twin) >= _weight(row)):
                row.delete()
                continue
            if twin is not None:
                twin.delete()
            setattr(row, f"{column}_id", kept_id)
            if _closes_cycle(row):
                row.approved_by = row.approved_at = None
            row.save(update_fields=[column, "approved_by", "approved_at"])
            known[third] = row
        return len(coming)

    return repoint


def _closes_cycle(link: Interchange) -> bool:
    """A supersession that would go in a circle is no more than a proposal again."""
    if link.grade != Interchange.Grade.SUPERSEDED or link.approved_at is None:
        return False
    return link.from_product_id in reachable(steps_from({link.to_product_id}), link.to_product_id)


def _far_end(link: Interchange, product_id: int) -> int:
    return link.to_product_id if link.from_product_id == product_id else link.from_product_id


def _weight(link: Interchange) -> tuple[bool, bool, bool]:
    return link.archived_at is None, link.approved_at is not None, not link.is_proposal


def _files_follow(gone_id: int, kept_id: int) -> int:
    files = Attachment.objects.filter(object_type=Product._meta.label_lower, object_id=gone_id)
    return files.update(object_id=kept_id)


locks_merge(Product, _lock_products)
follows_merge(ProductCode, "product", repoint=_codes_follow)
follows_merge(Interchange, "from_product", repoint=_links_follow("from_product", "to_product"))
follows_merge(Interchange, "to_product", repoint=_links_follow("to_product", "from_product"))
follows_merge(PriceFact, "product")
follows_merge(ProtectedItem, "product", repoint=_protected_of("product", "customer"))
follows_merge(Product, "merged_into")
follows_merge_of(Product, "Attachment.object_id", _files_follow)


# --- deleting ----------------------------------------------------------------------------------

# A product somebody has protected stays (ProtectedItem.product), a forbidden brand too: what
# customers said is no part of the catalogue.
goes_along(ProductCode, "product", "customer", "supplier")
goes_along(Interchange, "from_product", "to_product")
goes_along(ProtectedItem, "customer")
goes_along(ForbiddenBrand, "customer")
goes_along(Derivation, "brand")
for _named in (Brand, Category, Product):
    after_deletion(_named, lambda _rows, _by: words.changed())
after_deletion(StopWord, lambda _rows, _by: words.changed(words.STOP_WORDS))
