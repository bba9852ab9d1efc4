"""Protected items (敏感型号): whose item it is that somebody is about to quote to another.

All that anybody learns of a protected item of somebody else's customer is the name of that
customer's salesperson, who is to be asked. The same part under another brand or in another spelling
is protected with it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import F
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
    """Return per product id what protects it against being quoted to this customer (one query)."""
    forms = {product.pk: product.form_key for product in products}
    return protections_of(forms, customer_id=customer_id)


def protections_of(
    forms: Mapping[int, str], *, customer_id: int | None
) -> dict[int, tuple[Protection, ...]]:
    """The same for product ids with their ``form_key``.

    The product itself, the same designation however spelled and by whomever made, and what an
    approved interchange calls identical, either way.
    """
    if not forms:
        return {}
    by_form: dict[str, set[int]] = defaultdict(set)
    for product_id, form in forms.items():
        if form:
            by_form[form].add(product_id)
    found: dict[int, dict[int, Protection]] = defaultdict(dict)
    for product_id, form, item_id, name, username in _rows(forms, by_form, customer_id):
        protection = Protection(item_id, name or username)
        for key in by_form[form] if form else (product_id,):
            found[key][item_id] = protection
    return {
        key: tuple(sorted(items.values(), key=lambda one: (one.owner, one.item_id)))
        for key, items in found.items()
    }


def _rows(
    ids: Collection[int], forms: Collection[str], customer_id: int | None
) -> list[tuple[int, str, int, str, str]]:
    """Return (product id or 0, form key or "", protected item, its owner's names).

    The statement is put together here: the ORM takes longer to than the database takes to run it,
    and each quotation asks several times.
    """
    protected = ProtectedItem.objects.in_force(company_today()).order_by()
    if customer_id is not None:
        protected = protected.exclude(customer=customer_id)
    names = {"name": F("customer__owner__display_name"), "login": F("customer__owner__username")}
    item, item_values = protected.values("id", "product_id", **names).query.sql_with_params()
    identical = Interchange.objects.approved().filter(grade=Interchange.Grade.IDENTICAL)
    pairs = identical.order_by().values("from_product_id", "to_product_id")
    pair, pair_values = pairs.query.sql_with_params()

    told, asked = "item.id, item.name, item.login", _marks(ids)
    parts = [
        f"SELECT product_id, '', {told} FROM ({item}) item WHERE product_id IN {asked}"  # noqa: S608
    ]
    values = [*item_values, *ids]
    if forms:
        product = f"{Product._meta.db_table} product ON product.id = item.product_id"
        parts.append(
            f"SELECT 0, product.form_key, {told} FROM ({item}) item JOIN {product}"  # noqa: S608
            f" WHERE product.form_key IN {_marks(forms)}"
        )
        values += [*item_values, *forms]
    for mine, other in (("from_product_id", "to_product_id"), ("to_product_id", "from_product_id")):
        parts.append(
            f"SELECT pair.{other}, '', {told} FROM ({item}) item"  # noqa: S608
            f" JOIN ({pair}) pair ON pair.{mine} = item.product_id WHERE pair.{other} IN {asked}"
        )
        values += [*item_values, *pair_values, *ids]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), values)
        return list(cursor.fetchall())


def _marks(values: Collection[Any]) -> str:
    return f"({', '.join(['%s'] * len(values))})"


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
