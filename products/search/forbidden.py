"""Brands a customer does not take: not chosen for him, and shown only where he asked for them."""

from dataclasses import replace

from products.models import ForbiddenBrand
from products.search import reasons, results
from products.search.found import Found
from products.search.reasons import Reason

# The text is this part's own designation or code, so it was asked for, brand or not.
_ASKED_FOR = {results.EXACT, results.NORMALISED, results.CODE}


def forbidden_to(customer_id: int | None) -> dict[int, Reason]:
    """Return what to say of each brand the customer does not take."""
    if customer_id is None:
        return {}
    rows = ForbiddenBrand.objects.filter(customer=customer_id)
    told = {}
    for brand_id, code, why in rows.values_list("brand_id", "brand__code", "reason"):
        text = reasons.FORBIDDEN_BECAUSE if why else reasons.FORBIDDEN
        told[brand_id] = Reason(text, {"brand": code, "why": why} if why else {"brand": code})
    return told


def mark_forbidden(found: Found, forbidden: dict[int, Reason]) -> None:
    """Take back what is of such a brand, and mark what of it was asked for by name."""
    found.forbidden = set(forbidden)
    for pk, candidate in list(found.candidates.items()):
        brand_id = candidate.row.brand_id
        if brand_id not in forbidden:
            continue
        if brand_id in found.question.brand_ids or candidate.match in _ASKED_FOR:
            found.candidates[pk] = replace(candidate, reason=forbidden[brand_id])
        else:
            del found.candidates[pk]
