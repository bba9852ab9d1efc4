"""One way to find products: quote, API, admin and commands all call ``match``."""

from products.search.matcher import match
from products.search.results import Hit, Match, Query

__all__ = ["Hit", "Match", "Query", "match"]
