"""The catalogue: brands, products, codes, interchange, and every price ever seen."""

from products.models.catalogue import Brand, Category, Product, ProductCode
from products.models.interchange import DERIVED, Derivation, ForbiddenBrand, Interchange
from products.models.prices import COST_KINDS, PriceFact, PriceFactQuerySet, source_of
from products.models.protected import ProtectedItem
from products.models.words import StopWord, WordList

__all__ = [
    "COST_KINDS",
    "DERIVED",
    "Brand",
    "Category",
    "Derivation",
    "ForbiddenBrand",
    "Interchange",
    "PriceFact",
    "PriceFactQuerySet",
    "Product",
    "ProductCode",
    "ProtectedItem",
    "StopWord",
    "WordList",
    "source_of",
]
