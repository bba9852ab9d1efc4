"""Protected items (敏感型号): whose item it is that somebody is about to quote to another.

All that anybody learns of a protected item of somebody else's customer is the name of that
customer's salesperson, who is to be asked. The same part under another brand or in another spelling
is protected with it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, F, IntegerField, Value
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from erp.core.periods import company_today
from products.models import Interchange, Product, ProtectedItem

RIGHT = "products.quote_protected"
CODE = "protected_item"


@dataclass(frozen=True, slots=True)
class Protection:
    """A protected item of another customer that a product touches."""

    item_id: int
    owner: str


def protections(
    products: Iterable[Product], *, customer_id: int | None
) -> dict[int, tuple[Protection, ...]]:
    """Return per product id what protects it against being quoted to this customer (one query).

    The product itself, the same designation however spelled and by whomever made, and what an
    approved interchange calls identical, either way.
    """
    asked = list(products)
    if not asked:
        return {}
    ids = {product.pk for product in asked}
    by_form: dict[str, set[int]] = defaultdict(set)
    for product in asked:
        if product.form_key:
            by_form[product.form_key].add(product.pk)
    found: dict[int, dict[int, Protection]] = defaultdict(dict)
    for product_id, form, item_id, name, username in _rows(ids, by_form, customer_id):
        protection = Protection(item_id, name or username)
        for key in by_form[form] if form else (product_id,):
            found[key][item_id] = protection
    return {
        key: tuple(sorted(items.values(), key=lambda one: (one.owner, one.item_id)))
        for key, items in found.items()
    }


def _rows(
    ids: Collection[int], forms: Collection[str], customer_id: int | None
) -> Iterable[tuple[int, str, int, str, str]]:
    """Yield (product id or 0, form key or "", protected item, its owner's names)."""
    items = ProtectedItem.objects.in_force(company_today()).order_by()
    if customer_id is not None:
        items = items.exclude(customer=customer_id)
    no_form = Value("", CharField())
    counted = Interchange.objects.approved()
    identical = counted.filter(grade=Interchange.Grade.IDENTICAL).order_by()

    def told(rows: Any, product: Any, form: Any) -> Any:
        return rows.annotate(asked=product, form=form).values_list(
            "asked", "form", "pk", "customer__owner__display_name", "customer__owner__username"
        )

    selects = [told(items.filter(product__in=ids), F("product_id"), no_form)]
    if forms:
        alike = items.filter(product__form_key__in=forms)
        selects.append(told(alike, Value(0, IntegerField()), F("product__form_key")))
    for link, other in (("replaced_by", "to_product"), ("replaces", "from_product")):
        via = f"product__{link}"
        linked = items.filter(**{f"{via}__in": identical.filter(**{f"{other}__in": ids})})
        selects.append(told(linked, F(f"{via}__{other}_id"), no_form))
    rows: Iterable[tuple[int, str, int, str, str]] = selects[0].union(*selects[1:], all=True)
    return rows


def owners_of(found: Iterable[Protection]) -> list[str]:
    """Return the names of those to ask, each once."""
    return sorted({protection.owner for protection in found})


def warning(owners: Collection[str]) -> str:
    """Return the one sentence that is said of a protected item."""
    return ngettext(
        "Protected item of a customer of %(owners)s.",
        "Protected item of customers of %(owners)s.",
        len(owners),
    ) % {"owners": _(", ").join(owners)}


def warnings_json(found: Collection[Protection]) -> list[dict[str, Any]]:
    """Return the warning as every API tells it; empty where nothing is protected."""
    if not found:
        return []
    owners = owners_of(found)
    return [{"code": CODE, "message": warning(owners), "owners": owners}]
