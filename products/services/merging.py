"""Two products that are one: everything of the one becomes the other's.

Documents, stock, prices, codes and links follow by ``erp.core.registry.follows_merge``; the product
column is the one thing of a posted row that may change, and only here. What documents say (brand,
designation, wording) was written down when they were issued and stays. The one that goes is
archived and points at the one that is kept, so that old links still lead somewhere.

Locks: the documents that name it, the two products, then their stock (docs/locking.md). A row that
another transaction was just adding meanwhile is caught by ``sweep_merged`` after the commit.
"""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from erp.core.errors import DomainError
from erp.core.jobs import enqueue
from erp.core.money import plain
from erp.core.record import record
from erp.core.registry import count_followers, lock_for_merge, repoint_all
from erp.core.service import service
from products.models import Product, ProductCode

_SIZES = ("bore_mm", "outside_mm", "width_mm")
_COMPARED = ("brand", "designation", "name", "category", "unit", "tax_rate", *_SIZES, "mass_kg")


@dataclass(frozen=True, slots=True)
class Refusal:
    code: str
    message: str


@dataclass(slots=True)
class Effects:
    """What a merge would do: rows by ``app.Model.column``, and what stands against it.

    ``differences`` holds (field, of the kept, of the one that goes).
    """

    keep: Product
    gone: Product
    counts: dict[str, int]
    refusals: list[Refusal]
    differences: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def doubts(self) -> list[Refusal]:
        """What makes it unlikely that the two are one; it may be meant nevertheless."""
        return _doubts(self.keep, self.gone)


def effects_of_merge(keep: Product, gone: Product) -> Effects:
    """Return what merging ``gone`` into ``keep`` would do; changes nothing."""
    return Effects(
        keep=keep,
        gone=gone,
        counts=count_followers(Product, gone.pk),
        refusals=_refusals(keep, gone),
        differences=_differences(keep, gone),
    )


def _refusals(keep: Product, gone: Product) -> list[Refusal]:
    found = []
    if keep.pk == gone.pk:
        found.append(Refusal("same_product", _("A product is not merged with itself.")))
    if gone.merged_into_id is not None:
        found.append(
            Refusal("already_merged", _("%(product)s was merged already.") % {"product": gone})
        )
    if keep.archived_at is not None:
        found.append(Refusal("product_archived", _("%(product)s is archived.") % {"product": keep}))
    if keep.unit_id != gone.unit_id:
        found.append(
            Refusal(
                "different_units",
                _("One is counted in %(one)s, the other in %(other)s.")
                % {"one": keep.unit, "other": gone.unit},
            )
        )
    for name in _SIZES:
        ours, theirs = getattr(keep, name), getattr(gone, name)
        if ours is not None and theirs is not None and ours != theirs:
            found.append(
                Refusal(
                    "different_sizes",
                    _("%(size)s: %(one)s and %(other)s.")
                    % {"size": _label(name), "one": plain(ours), "other": plain(theirs)},
                )
            )
    return found


def _doubts(keep: Product, gone: Product) -> list[Refusal]:
    found = []
    pair = {"one": keep, "other": gone}
    if keep.brand_id != gone.brand_id:
        text = _("%(one)s and %(other)s are of different makers.") % pair
        found.append(Refusal("different_brands", text))
    if keep.form_key != gone.form_key and keep.search_key != gone.search_key:
        text = _("The designations of %(one)s and %(other)s say different things.") % pair
        found.append(Refusal("different_designations", text))
    return found


def _differences(keep: Product, gone: Product) -> list[tuple[str, str, str]]:
    found = []
    for name in _COMPARED:
        one, other = _text(getattr(keep, name)), _text(getattr(gone, name))
        if one != other:
            found.append((_label(name), one, other))
    return found


def _label(name: str) -> str:
    field: Any = Product._meta.get_field(name)
    return str(field.verbose_name)


def _text(value: Any) -> str:
    if value in (None, ""):
        return "–"
    return plain(value) if hasattr(value, "as_tuple") else str(value)


@service("product.merge")
def merge_products(
    keep_id: int, gone_id: int, *, on_purpose: bool = False, by: User | None
) -> dict[str, int]:
    """Make two products one; return how many rows followed, by ``app.Model.column``.

    Raises DomainError not_found, same_product, already_merged, product_archived, different_units,
    different_sizes; different_brands and different_designations unless it is ``on_purpose``.
    """
    lock_for_merge(Product, gone_id, keep_id)
    keep, gone = _locked(keep_id, gone_id)
    for refusal in _refusals(keep, gone):
        raise DomainError(refusal.message, code=refusal.code, field="gone")
    for doubt in () if on_purpose else _doubts(keep, gone):
        raise DomainError(doubt.message, code=doubt.code, field="on_purpose")
    counts = repoint_all(Product, gone.pk, keep.pk)
    _keep_findable(keep, gone)
    _complete(keep, gone)
    gone.merged_into = keep
    gone.archived_at = gone.archived_at or timezone.now()
    for product in (keep, gone):
        product.version += 1
        product.save()
    changes = {name: (0, count) for name, count in counts.items()}
    record("product.merged", keep, by=by, changes={str(gone): (gone.pk, keep.pk), **changes})
    record("product.merged_away", gone, by=by, changes={"merged_into": (None, str(keep))})
    enqueue("products.sweep_merged", gone.pk)
    return counts


def _locked(keep_id: int, gone_id: int) -> tuple[Product, Product]:
    """Return both as they are under the lock that was just taken."""
    found = Product.objects.select_related("brand", "unit").in_bulk([keep_id, gone_id])
    if keep_id not in found or gone_id not in found:
        raise DomainError(_("There is no such product."), code="not_found", field="gone")
    return found[keep_id], found[gone_id]


def _keep_findable(keep: Product, gone: Product) -> None:
    """Let the designation that goes find the product that stays."""
    known = {keep.search_key, keep.old_key}
    names = {gone.search_key: gone.designation, gone.old_key: gone.old_designation}
    general = ProductCode.objects.filter(product=keep, customer=None, supplier=None)
    known |= set(general.values_list("search_key", flat=True))
    ProductCode.objects.bulk_create(
        ProductCode(product=keep, code=name, search_key=key)
        for key, name in names.items()
        if key and key not in known
    )


def _complete(keep: Product, gone: Product) -> None:
    """Take over what only the one that goes knows."""
    for name in (
        *_SIZES,
        "mass_kg",
        "dynamic_load_kn",
        "static_load_kn",
        "speed_grease_rpm",
        "speed_oil_rpm",
        "category_id",
        "tax_rate_id",
        "name",
    ):
        if getattr(keep, name) in (None, ""):
            setattr(keep, name, getattr(gone, name))


@service("product.sweep_merged")
def sweep_merged(gone_id: int, *, by: User | None = None) -> dict[str, int]:
    """Let rows follow that were being added to a product while it was merged away."""
    gone = Product.objects.filter(pk=gone_id).exclude(merged_into=None).first()
    if gone is None or gone.merged_into_id is None:
        return {}
    lock_for_merge(Product, gone.pk, gone.merged_into_id)
    keep, gone = _locked(gone.merged_into_id, gone.pk)
    counts = repoint_all(Product, gone.pk, keep.pk)
    if counts:
        Product.objects.filter(pk=keep.pk).update(version=F("version") + 1)
        changes = {name: (0, count) for name, count in counts.items()}
        record("product.merged", keep, by=by, changes={str(gone): (gone.pk, keep.pk), **changes})
    return counts
