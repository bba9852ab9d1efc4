"""The kinds of import the catalogue owns; contract: ``imports.kinds``."""

from imports.exports import Value, register_export
from imports.kinds import register
from products.imports.brands import BrandKind, joined_names
from products.imports.interchanges import InterchangeKind, yes_if_one_way
from products.imports.prices import PriceKind, newest_prices
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


_BRAND_PATHS: dict[str, str | Value] = {
    **{name: name for name in ("code", "name_en", "name_zh", "country")},
    "aliases": joined_names,
}
_INTERCHANGE_PATHS: dict[str, str | Value] = {
    "brand": "from_product.brand.code",
    "designation": "from_product.designation",
    "other_brand": "to_product.brand.code",
    "other_designation": "to_product.designation",
    "grade": "grade",
    "one_way": yes_if_one_way,
    "source": "source",
    "valid_until": "valid_until",
}
_PRICE_PATHS = {
    "brand": "product.brand.code",
    "designation": "product.designation",
    "price_net": "net_unit_price",
    "currency": "currency_id",
    "supplier": "supplier.code",
    "quantity": "quantity",
    "on": "on",
}


def register_kinds() -> None:
    for kind in (BrandKind, InterchangeKind, PriceKind, ProductKind):
        register(kind)
    register_export("products", "products.product", _PRODUCT_PATHS)
    register_export("brands", "products.brand", _BRAND_PATHS)
    register_export("interchanges", "products.interchange", _INTERCHANGE_PATHS)
    register_export("prices", "products.pricefact", _PRICE_PATHS, newest_prices)
