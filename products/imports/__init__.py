"""The kinds of import the catalogue owns; contract: ``imports.kinds``."""

from imports.exports import register_export
from imports.kinds import register
from products.imports.brands import BrandKind
from products.imports.interchanges import InterchangeKind
from products.imports.prices import PriceKind
from products.imports.products import ProductKind

_PRODUCT_PATHS = {
    "brand": "brand.code",
    **{
        name: name
        for name in (
            *("designation", "name", "unit", "bore_mm", "outside_mm", "width_mm"),
            *("mass_kg", "old_designation"),
        )
    },
}


def register_kinds() -> None:
    for kind in (BrandKind, InterchangeKind, PriceKind, ProductKind):
        register(kind)
    register_export("products", "products.product", _PRODUCT_PATHS)
