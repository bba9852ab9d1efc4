"""The database side of the search: a fixed number of indexed lookups for any number of texts."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import islice
from typing import Any, NamedTuple, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Q, QuerySet

from erp.core.periods import company_today
from products.models import Category, Product, ProductCode
from products.offers import offers

T = TypeVar("T")

KEYS_PER_QUERY = 900  # an old SQLite takes 999 values in one statement
_TERMS_PER_QUERY = 250  # SQLite joins at most 500 selects
_COLUMNS = ("id", "brand_id", "designation", "search_key", "form_key", "status")
SIZE_COLUMNS = ("bore_mm", "outside_mm", "width_mm")
SIZE_ORDER = (*SIZE_COLUMNS, "brand_id", "id")  # of the index of sizes


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
    grade: str  # of what is offered, for who asked
    way: tuple[str, ...] = ()  # the designations of the products passed on the way to it


class Catalogue:
    """The products among which is searched."""

    def __init__(self, products: QuerySet[Product], *, is_part: bool = False) -> None:
        """``is_part``: they are not simply all in use, so what codes and replacements lead to is
        checked.
        """
        self._products = products.order_by()
        self._is_part = is_part

    def _within(self, product: str) -> Q:
        if not self._is_part:
            return Q(**{f"{product}__archived_at": None})
        return Q(**{f"{product}__in": self._products})

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
            codes = codes.filter(self._within("product"))
            for key, owner, *row in codes.values_list(
                "search_key", "customer_id", *_through("product")
            ):
                found[key].append((Row(*row), owner is not None))
        return found

    def replacements(self, product_ids: Collection[int]) -> dict[int, list[Replacement]]:
        """Return what approved interchanges offer for each of these products."""
        if not product_ids:
            return {}
        offered = offers(product_ids, on=company_today())
        rows = self._by_id({offer.product_id for found in offered.values() for offer in found})
        passed = {pk for found in offered.values() for offer in found for pk in offer.way}
        names = _names(passed)
        return {
            asked: [
                Replacement(
                    rows[offer.product_id], offer.grade, tuple(names[pk] for pk in offer.way)
                )
                for offer in found
                if offer.product_id in rows
            ]
            for asked, found in offered.items()
        }

    def _by_id(self, product_ids: Collection[int]) -> dict[int, Row]:
        rows: dict[int, Row] = {}
        for chunk in _chunks(product_ids):
            found = self._products.filter(pk__in=chunk).values_list(*_COLUMNS)
            rows.update({row[0]: Row(*row) for row in found})
        return rows

    def by_range(
        self, ranges: Iterable[tuple[int, "Range"]], *, order: Sequence[str], limit: int
    ) -> dict[int, list[Row]]:
        """Return up to ``limit`` products for each numbered range, in one query per 250.

        ``order`` names columns of the index that serves the range, so that it is read no further.

        A limit for each text needs a UNION of limited selects, which the ORM cannot make on
        SQLite.
        """
        found: dict[int, list[Row]] = defaultdict(list)
        for chunk in _chunks(ranges, _TERMS_PER_QUERY):
            selects: list[str] = []
            params: list[Any] = []
            for number, narrow in chunk:
                rows = narrow(self._products).order_by(*order).values_list(*_COLUMNS)[:limit]
                try:
                    sql, values = rows.query.sql_with_params()
                except EmptyResultSet:
                    continue
                selects.append(f"SELECT {int(number)} AS term, t.* FROM ({sql}) t")  # noqa: S608
                params += values
            for number, *row in _fetch(" UNION ALL ".join(selects), params):
                found[number].append(Row(*row))
        return found

    def by_size(self, ranges: Iterable[tuple[int, "Range"]], *, limit: int) -> dict[int, list[Row]]:
        """Return up to ``limit`` products for each range of sizes.

        The ids are read from the index alone: it holds many of one bore and another diameter, and
        the rows of those need not be looked at.
        """
        found: dict[int, list[int]] = defaultdict(list)
        everything = Product.objects.order_by()
        for chunk in _chunks(ranges, _TERMS_PER_QUERY):
            selects: list[str] = []
            params: list[Any] = []
            for number, narrow in chunk:
                ids = narrow(everything).order_by(*SIZE_ORDER).values_list("id")[:limit]
                sql, values = ids.query.sql_with_params()
                selects.append(f"SELECT {int(number)} AS term, t.* FROM ({sql}) t")  # noqa: S608
                params += values
            for number, pk in _fetch(" UNION ALL ".join(selects), params):
                found[number].append(pk)
        rows = self._by_id({pk for ids in found.values() for pk in ids})
        return {number: [rows[pk] for pk in ids if pk in rows] for number, ids in found.items()}

    def load(self, product_ids: Collection[int]) -> dict[int, Product]:
        """Return the products themselves, with brand and unit."""
        loaded: dict[int, Product] = {}
        for chunk in _chunks(product_ids):
            products = self._products.filter(pk__in=chunk).select_related("brand", "unit")
            loaded.update({product.pk: product for product in products})
        return loaded


def categories() -> list[tuple[int, str, str]]:
    """Return id, Chinese and English name of every category in use."""
    return list(Category.objects.active().order_by("pk").values_list("pk", "name_zh", "name_en"))


def _names(product_ids: Collection[int]) -> dict[int, str]:
    names: dict[int, str] = {}
    for chunk in _chunks(product_ids):
        rows = Product.objects.filter(pk__in=chunk).order_by()
        for pk, brand, designation in rows.values_list("pk", "brand__code", "designation"):
            names[pk] = f"{brand} {designation}"
    return names


Range = Callable[[QuerySet[Product]], QuerySet[Product]]


def key_range(column: str, start: str, brand_id: int | None = None) -> Range:
    """Products whose key begins with ``start``, as a range: any index serves it, unlike LIKE."""
    until = _after(start) if column == "search_key" else start[:-1] + chr(ord(start[-1]) + 1)

    def narrow(products: QuerySet[Product]) -> QuerySet[Product]:
        found = products.filter(**{f"{column}__gte": start, f"{column}__lt": until})
        return found if brand_id is None else found.filter(brand=brand_id)

    return narrow


def brand_range(brand_id: int) -> Range:
    return lambda products: products.filter(brand=brand_id)


def category_range(category_id: int, brand_id: int | None = None) -> Range:
    def narrow(products: QuerySet[Product]) -> QuerySet[Product]:
        found = products.filter(category=category_id)
        return found if brand_id is None else found.filter(brand=brand_id)

    return narrow


def size_range(
    sizes: Sequence[Decimal | None], tolerance: Decimal, brand_id: int | None = None
) -> Range:
    """Products of which each size given lies within the tolerance."""

    def narrow(products: QuerySet[Product]) -> QuerySet[Product]:
        found = products.filter(**size_conditions(sizes, tolerance))
        return found if brand_id is None else found.filter(brand=brand_id)

    return narrow


def size_conditions(sizes: Sequence[Decimal | None], tolerance: Decimal) -> dict[str, Any]:
    return {
        f"{column}__range": (size - tolerance, size + tolerance)
        for column, size in zip(SIZE_COLUMNS, sizes, strict=True)
        if size is not None
    }


def _after(start: str) -> str:
    """Return the least search key that no longer begins with ``start``.

    Where a database sorts signs before digits, nothing stands between 9 and A or behind Z.
    """
    head = start.rstrip("Z")
    if not head:
        return "Z" * 80
    last = head[-1]
    return head[:-1] + ("A" if last == "9" else chr(ord(last) + 1))


def _through(relation: str) -> Iterator[str]:
    return (f"{relation}__{column}" for column in _COLUMNS)


def _chunks(values: Iterable[T], size: int = KEYS_PER_QUERY) -> Iterator[list[T]]:
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
