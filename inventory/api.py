"""The catalogue with its stock over HTTP: search and detail."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Query as QueryParams
from ninja import Router, Schema
from pydantic import Field

from erp.core.api import (
    DecimalText,
    Limit,
    Millimetres,
    decode_cursor,
    encode_cursor,
    field_problem,
)
from erp.core.money import ZERO, plain
from erp.core.policy import authorize
from inventory.services import available_by_product, inbound_by_product
from products.models import Brand, Product
from products.search import Query, match

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
_DEEPEST = 1000  # ranked hits; whoever wants more asks more precisely


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
    def sizes(self) -> dict[str, Decimal]:
        asked = {"bore_mm": self.d, "outside_mm": self.D, "width_mm": self.B}
        return {name: value for name, value in asked.items() if value is not None}


@router.get("", response=ProductPage, summary="Search products")
def list_products(request: HttpRequest, sought: QueryParams[ProductFilter]) -> dict[str, Any]:
    """Best match first with `q`; otherwise by brand and size, newest first."""
    authorize(request.user, "products.view_product")
    if sought.q.strip():
        return _ranked(request, sought)
    return _listed(request, sought)


def _ranked(request: Any, sought: ProductFilter) -> dict[str, Any]:
    start = decode_cursor(sought.cursor)
    if start > _DEEPEST:
        raise field_problem("cursor", "too_deep", "Ask more precisely.")
    end = start + sought.limit
    sizes = tuple(sought.sizes.values())
    query = Query(
        sought.q,
        brand=sought.brand,
        dimensions=(sizes[0], sizes[1], sizes[2]) if len(sizes) == 3 else None,
        tolerance=sought.tol,
    )
    (found,) = match([query], user=request.user, limit=end + 1)
    hits = found.hits[start:end]
    products = [hit.product for hit in hits]
    items = [
        item | {"match": hit.match, "reason": hit.reason}
        for item, hit in zip(items_of(products), hits, strict=True)
    ]
    return {"items": items, "next": encode_cursor(end) if len(found.hits) > end else None}


def _listed(request: Any, sought: ProductFilter) -> dict[str, Any]:
    visible = Product.objects.visible_to(request.user).active().select_related("brand")
    later = _narrowed(visible, sought).filter(pk__gt=decode_cursor(sought.cursor)).order_by("pk")
    found = list(later[: sought.limit + 1])
    shown = found[: sought.limit]
    how = "dimension" if sought.sizes else None
    return {
        "items": [item | {"match": how, "reason": None} for item in items_of(shown)],
        "next": encode_cursor(shown[-1].pk) if len(found) > sought.limit else None,
    }


def _narrowed(rows: QuerySet[Product], sought: ProductFilter) -> QuerySet[Product]:
    for name, value in sought.sizes.items():
        rows = rows.filter(**{f"{name}__range": (value - sought.tol, value + sought.tol)})
    if sought.brand.strip():
        brands = Brand.objects.active().values_list("pk", "code", "name_en", "name_zh", "aliases")
        named = sought.brand.strip().casefold()
        rows = rows.filter(
            brand__in=[
                pk
                for pk, *names, aliases in brands
                if named in {str(name).casefold() for name in (*names, *aliases)}
            ]
        )
    return rows


def items_of(products: Sequence[Product]) -> list[dict[str, Any]]:
    """Return what is said of each product, stock included, in two queries for all."""
    ids = [product.pk for product in products]
    available, inbound = available_by_product(ids), inbound_by_product(ids)
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
    (item,) = items_of([product])
    return item | {
        "old_designation": product.old_designation,
        "category": product.category.code if product.category else None,
        "status": product.status,
        **{name: _shown(getattr(product, name)) for name in _FIGURES},
    }


def _shown(figure: Any) -> Any:
    return plain(figure) if isinstance(figure, Decimal) else figure
