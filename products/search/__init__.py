"""One way to find products: quote, API, admin and commands all call ``match``."""

from products.search.brands import brands_named
from products.search.listing import best_first, products_named
from products.search.lookup import size_conditions
from products.search.matcher import match
from products.search.results import Hit, Match, Query

__all__ = [
    "Hit",
    "Match",
    "Query",
    "best_first",
    "brands_named",
    "match",
    "products_named",
    "size_conditions",
]
