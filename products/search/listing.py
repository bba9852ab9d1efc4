"""Lists narrowed by a search term: products, and what belongs to one (stock, prices)."""

from typing import Any

from django.db.models import Case, QuerySet, Value, When

from products.models import Product
from products.search import results
from products.search.matcher import match

_MOST = 200
_NAMED = results.SAME_PART | {results.PREFIX, results.DIMENSION}


def best_first(products: QuerySet[Product], term: str, *, user: Any) -> QuerySet[Product]:
    """Return those of the products that the search finds for a term, best first."""
    (found,) = match([term], user=user, limit=_MOST, within=products, archived=True)
    ids = [hit.product.pk for hit in found.hits]
    if not ids:
        return products.none()
    places = (When(pk=pk, then=Value(place)) for place, pk in enumerate(ids))
    return products.filter(pk__in=ids).order_by(Case(*places))


def products_named(term: str, *, user: Any) -> list[int]:
    """Return the ids of the products a term names, archived ones too; no replacements."""
    (found,) = match([term], user=user, limit=_MOST, archived=True)
    return [hit.product.pk for hit in found.hits if hit.match in _NAMED]
