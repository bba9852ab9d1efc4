"""The catalogue: brands, products, codes, interchange, and every price ever seen."""

from products.models.catalogue import Brand, Category, Product, ProductCode
from products.models.interchange import Interchange
from products.models.prices import PriceFact, PriceFactQuerySet, source_of
from products.models.protected import ProtectedItem

__all__ = [
    "Brand",
    "Category",
    "Interchange",
    "PriceFact",
    "PriceFactQuerySet",
    "Product",
    "ProductCode",
    "ProtectedItem",
    "source_of",
]
