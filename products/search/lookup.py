"""The database side of the search: a fixed number of indexed lookups for any number of texts."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from django.db import connection
from django.db.models import Q, QuerySet

from products.models import Interchange, Product, ProductCode

if TYPE_CHECKING:
    from erp.core.policy import AnyUser

T = TypeVar("T")

_KEYS_PER_QUERY = 500
_TERMS_PER_QUERY = 250  # SQLite joins at most 500 selects
_COLUMNS = ("id", "brand_id", "designation", "search_key", "form_key", "status")


class Row(NamedTuple):
    """As much of a product as ranking needs."""

    id: int
    brand_id: int
    designation: str
    search_key: str
    form_key: str
    status: str


class Replacement(NamedTuple):
    row: Row
    grade: str
    reverse: bool


class Catalogue:
    """The products a user may see, archived ones left out."""

    def __init__(self, user: "AnyUser | None") -> None:
        products = Product.objects.all() if user is None else Product.objects.visible_to(user)
        self._products = products.active().order_by()

    def by_key(self, column: str, keys: Collection[str]) -> dict[str, list[Row]]:
        """Return the products whose column equals one of the keys."""
        found: dict[str, list[Row]] = defaultdict(list)
        for chunk in _chunks(keys):
            rows = self._products.filter(**{f"{column}__in": chunk})
            for key, *row in rows.values_list(column, *_COLUMNS):
                found[key].append(Row(*row))
        return found

    def by_code(
        self, keys: Collection[str], customer_id: int | None
    ) -> dict[str, list[tuple[Row, bool]]]:
        """Return the products with this code: this customer's own (true) or a general one."""
        found: dict[str, list[tuple[Row, bool]]] = defaultdict(list)
        whose = Q(customer=None, supplier=None)
        if customer_id is not None:
            whose |= Q(customer=customer_id)
        for chunk in _chunks(keys):
            codes = ProductCode.objects.active().filter(whose, search_key__in=chunk)
            codes = codes.filter(product__archived_at=None)
            for key, owner, *row in codes.values_list(
                "search_key", "customer_id", *_through("product")
            ):
                found[key].append((Row(*row), owner is not None))
        return found

    def replacements(self, product_ids: Collection[int]) -> dict[int, list[Replacement]]:
        """Return what approved interchanges offer for each of these products."""
        found: dict[int, list[Replacement]] = defaultdict(list)
        approved = Interchange.objects.active().exclude(approved_by=None)
        both_ways = approved.filter(one_way=False).exclude(grade=Interchange.Grade.SUPERSEDED)
        for offers, asked, offered in (
            (approved, "from_product", "to_product"),
            (both_ways, "to_product", "from_product"),
        ):
            for chunk in _chunks(product_ids):
                rows = offers.filter(
                    **{f"{asked}__in": chunk, f"{offered}__archived_at": None}
                ).values_list(f"{asked}_id", "grade", *_through(offered))
                for pk, grade, *row in rows:
                    found[pk].append(Replacement(Row(*row), grade, offers is both_ways))
        return found

    def by_range(
        self, ranges: Iterable[tuple[int, "Range"]], *, order: str, limit: int
    ) -> dict[int, list[Row]]:
        """Return up to ``limit`` products for each numbered range, in one query per 250.

        A limit for each text needs a UNION of limited selects, which the ORM cannot make on
        SQLite.
        """
        found: dict[int, list[Row]] = defaultdict(list)
        for chunk in _chunks(ranges, _TERMS_PER_QUERY):
            selects: list[str] = []
            params: list[Any] = []
            for number, narrow in chunk:
                rows = narrow(self._products).order_by(order).values_list(*_COLUMNS)[:limit]
                if rows.query.is_empty():
                    continue
                sql, values = rows.query.sql_with_params()
                selects.append(f"SELECT {int(number)} AS term, t.* FROM ({sql}) t")  # noqa: S608
                params += values
            for number, *row in _fetch(" UNION ALL ".join(selects), params):
                found[number].append(Row(*row))
        return found

    def load(self, product_ids: Collection[int]) -> dict[int, Product]:
        """Return the products themselves, with brand and unit."""
        loaded: dict[int, Product] = {}
        for chunk in _chunks(product_ids):
            products = self._products.filter(pk__in=chunk).select_related("brand", "unit")
            loaded.update({product.pk: product for product in products})
        return loaded


Range = Callable[[QuerySet[Product]], QuerySet[Product]]


def key_range(column: str, start: str, brand_ids: Sequence[int] = ()) -> Range:
    """Products whose key begins with ``start``, as a range: any index serves it, unlike LIKE."""

    def narrow(products: QuerySet[Product]) -> QuerySet[Product]:
        found = products.filter(**{f"{column}__gte": start, f"{column}__lt": _after(start)})
        return found.filter(brand__in=brand_ids) if brand_ids else found

    return narrow


def size_range(low: Sequence[Any], high: Sequence[Any], brand_ids: Sequence[int] = ()) -> Range:
    """Products whose d, D and B each lie between the two."""

    def narrow(products: QuerySet[Product]) -> QuerySet[Product]:
        found = products.filter(
            bore_mm__range=(low[0], high[0]),
            outside_mm__range=(low[1], high[1]),
            width_mm__range=(low[2], high[2]),
        )
        return found.filter(brand__in=brand_ids) if brand_ids else found

    return narrow


def _after(start: str) -> str:
    """Return the least key that no longer begins with ``start``; digits sort before letters."""
    head = start.rstrip("Z")
    if not head:
        return "Z" * 80
    last = head[-1]
    return head[:-1] + ("A" if last == "9" else chr(ord(last) + 1))


def _through(relation: str) -> Iterator[str]:
    return (f"{relation}__{column}" for column in _COLUMNS)


def _chunks(values: Iterable[T], size: int = _KEYS_PER_QUERY) -> Iterator[list[T]]:
    rest = iter(values)
    while chunk := list(islice(rest, size)):
        yield chunk


def _fetch(sql: str, params: list[Any]) -> list[tuple[Any, ...]]:
    if not sql:
        return []
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows
