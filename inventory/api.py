"""The catalogue with its stock over HTTP: search and detail."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from ninja import Query as QueryParams
from ninja import Router, Schema
from pydantic import Field

from erp.core.api import (
    DecimalText,
    Limit,
    Millimetres,
    decode_cursor,
    decode_place,
    encode_cursor,
    encode_place,
    field_problem,
)
from erp.core.money import ZERO, plain
from erp.core.policy import authorize, warehouses_of
from inventory.services import available_by_product, inbound_by_product
from products.models import Product
from products.search import Query, brands_named, match, size_conditions

router = Router(tags=["products"])

_FIGURES = (
    "bore_mm",
    "outside_mm",
    "width_mm",
    "mass_kg",
    "dynamic_load_kn",
    "static_load_kn",
    "speed_grease_rpm",
    "speed_oil_rpm",
    "version",
)
_DEEPEST = 1000  # hits of one search; whoever wants more asks more precisely


class ProductOut(Schema):
    id: int
    brand: str
    designation: str
    name: str
    unit: str
    available: DecimalText
    inbound: DecimalText
    match: str | None
    reason: str | None


class ProductPage(Schema):
    items: list[ProductOut]
    next: str | None


class ProductDetail(Schema):
    id: int
    brand: str
    designation: str
    name: str
    unit: str
    available: DecimalText
    inbound: DecimalText
    old_designation: str
    category: str | None
    status: str
    bore_mm: DecimalText | None
    outside_mm: DecimalText | None
    width_mm: DecimalText | None
    mass_kg: DecimalText | None
    dynamic_load_kn: DecimalText | None
    static_load_kn: DecimalText | None
    speed_grease_rpm: int | None
    speed_oil_rpm: int | None
    version: int


class ProductFilter(Schema):
    q: str = Field("", max_length=200, description="designation, code or size, in any spelling")
    brand: str = Field("", max_length=60, description="any name of the brand")
    d: Millimetres | None = Field(None, description="bore, mm")
    D: Millimetres | None = Field(None, description="outside diameter, mm")
    B: Millimetres | None = Field(None, description="width, mm")
    tol: Millimetres = Field(Decimal("0.01"), description="either way, mm")
    limit: Limit = 50
    cursor: str = ""

    @property
    def sizes(self) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
        return self.d, self.D, self.B

    @property
    def has_sizes(self) -> bool:
        return any(size is not None for size in self.sizes)


@router.get("", response=ProductPage, summary="Search products")
def list_products(request: HttpRequest, sought: QueryParams[ProductFilter]) -> dict[str, Any]:
    """Best match first with `q`, at most 1,000; otherwise by size, by brand or in order of entry.

    `brand`, `d`, `D` and `B` leave out what differs.
    """
    authorize(request.user, "products.view_product")
    products = _narrowed(Product.objects.visible_to(request.user), sought)
    if sought.q.strip():
        return _ranked(request, sought, products)
    return _listed(request, sought, products)


def _narrowed(rows: QuerySet[Product], sought: ProductFilter) -> QuerySet[Product]:
    if sought.has_sizes:
        rows = rows.filter(**size_conditions(sought.sizes, sought.tol))
    if sought.brand.strip():
        rows = rows.filter(brand__in=brands_named(sought.brand))
    return rows


def _ranked(request: Any, sought: ProductFilter, products: QuerySet[Product]) -> dict[str, Any]:
    start = decode_cursor(sought.cursor)
    if start > _DEEPEST:
        raise field_problem("cursor", "bad_cursor", "This cursor was not given by us.")
    end = min(start + sought.limit, _DEEPEST)
    query = Query(sought.q, brand=sought.brand)
    is_part = sought.has_sizes or bool(sought.brand.strip())
    (found,) = match(
        [query], user=request.user, limit=end + 1, within=products if is_part else None
    )
    hits = found.hits[start:end]
    items = [
        item | {"match": hit.match, "reason": hit.reason}
        for item, hit in zip(
            items_of([hit.product for hit in hits], user=request.user), hits, strict=True
        )
    ]
    more = len(found.hits) > end and end < _DEEPEST
    return {"items": items, "next": encode_cursor(end) if more else None}


def _listed(request: Any, sought: ProductFilter, products: QuerySet[Product]) -> dict[str, Any]:
    """Return a page by the index that serves the question, which holds all it asks for.

    What is archived is left out of the page, which then has less than ``limit``.
    """
    order = _order(sought)
    places = products.order_by(*order)
    if sought.cursor:
        places = places.filter(_after(order, decode_place(sought.cursor, Product, order)))
    page = list(places.values_list("pk", *order)[: sought.limit + 1])
    ids = [pk for pk, *_place in page[: sought.limit]]
    known = products.filter(archived_at=None, pk__in=ids).select_related("brand").in_bulk()
    shown = [known[pk] for pk in ids if pk in known]
    how = "dimension" if sought.has_sizes else None
    return {
        "items": [
            item | {"match": how, "reason": None} for item in items_of(shown, user=request.user)
        ],
        "next": encode_place(page[-2][1:]) if len(page) > sought.limit else None,
    }


def _order(sought: ProductFilter) -> tuple[str, ...]:
    """Return the columns of the index that serves this question; together they are unique."""
    if sought.d is not None:
        return "bore_mm", "outside_mm", "width_mm", "brand_id", "id"
    if sought.D is not None:
        return "outside_mm", "width_mm", "id"
    if sought.B is not None:
        return "width_mm", "outside_mm", "id"
    return ("brand_id", "search_key") if sought.brand.strip() else ("id",)


def _after(order: Sequence[str], place: Sequence[Any]) -> Q:
    """Return the condition of what comes later in this order; empty columns come first."""
    column, value = order[0], place[0]
    later = Q(**{f"{column}__isnull": False}) if value is None else Q(**{f"{column}__gt": value})
    if len(order) == 1:
        return later
    return later | Q(**{column: value}) & _after(order[1:], place[1:])


def items_of(products: Sequence[Product], *, user: Any) -> list[dict[str, Any]]:
    """Return what is said of each product, his stock included, in two queries for all."""
    ids, within = [product.pk for product in products], warehouses_of(user)
    available = available_by_product(ids, within=within)
    inbound = inbound_by_product(ids, within=within)
    return [
        {
            "id": product.pk,
            "brand": product.brand_label,
            "designation": product.designation,
            "name": product.name,
            "unit": product.unit_id,
            "available": plain(available.get(product.pk, ZERO)),
            "inbound": plain(inbound.get(product.pk, ZERO)),
        }
        for product in products
    ]


@router.get("/{int:product_id}", response=ProductDetail, summary="One product")
def get_product(request: HttpRequest, product_id: int) -> dict[str, Any]:
    authorize(request.user, "products.view_product")
    product = Product.objects.get_visible(request.user, product_id)
    (item,) = items_of([product], user=request.user)
    return item | {
        "old_designation": product.old_designation,
        "category": product.category.code if product.category else None,
        "status": product.status,
        **{name: _shown(getattr(product, name)) for name in _FIGURES},
    }


def _shown(figure: Any) -> Any:
    return plain(figure) if isinstance(figure, Decimal) else figure
