"""What a person should look at before a line of an enquiry is quoted, as codes that are stored.

A doubt about the part goes when a person decides for a product, one about the quantity when he
states it. A line without doubts is sure.
"""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from products.search import Hit, Match
from products.search.reasons import OLD_NUMBER_DOUBTFUL
from products.search.results import SAME_PART
from quotations.reading import ReadLine

NO_PART = "no_part"
SIMILAR = "similar"
OLD_NUMBER = "old_number"
SIZE_ONLY = "size_only"
OTHER_BRAND = "other_brand"
BRAND_OPEN = "brand_open"
QUANTITY_UNKNOWN = "quantity_unknown"
QUANTITY_RANGE = "quantity_range"
UNIT_UNKNOWN = "unit_unknown"

ABOUT_QUANTITY = frozenset({QUANTITY_UNKNOWN, QUANTITY_RANGE, UNIT_UNKNOWN})
LABELS = {
    NO_PART: _("No part was found."),
    SIMILAR: _("Only similar parts were found."),
    OLD_NUMBER: _("May be an old number."),
    SIZE_ONLY: _("Only the size is given."),
    OTHER_BRAND: _("Not found in the brand asked for."),
    BRAND_OPEN: _("Several brands fit; none was asked for."),
    QUANTITY_UNKNOWN: _("No quantity is given."),
    QUANTITY_RANGE: _("The quantity is a range or a minimum."),
    UNIT_UNKNOWN: _("The unit does not say how many pieces."),
}
# How many of the product's own unit one unit asked for is. A 套 of a single bearing is one piece.
IN_PRODUCT_UNIT = {("pair", "piece"): 2, ("set", "piece"): 1, ("piece", "set"): 1}


def doubts_of(line: ReadLine, found: Match, chosen: Hit | None) -> list[str]:
    """Return the codes of what is unsure about a line that was just read and looked up."""
    doubts = [_about_part(line, found, chosen)]
    if line.quantity is None:
        doubts.append(QUANTITY_UNKNOWN)
    elif line.roughly:
        doubts.append(QUANTITY_RANGE)
    if chosen and line.unit and units_in_product(line.unit, chosen.product.unit_id) is None:
        doubts.append(UNIT_UNKNOWN)
    return [doubt for doubt in doubts if doubt]


def units_in_product(unit: str, own: str) -> int | None:
    """Return how many of a product's own unit one unit asked for is; None when nobody can say."""
    return 1 if unit == own else IN_PRODUCT_UNIT.get((unit, own))


def _about_part(line: ReadLine, found: Match, chosen: Hit | None) -> str:
    if found.equals:
        brands = {hit.product.brand_id for hit in found.equals}
        return "" if found.brand_known or len(brands) == 1 else BRAND_OPEN
    if chosen:
        return ""
    if not line.designation:
        return SIZE_ONLY
    if not found.hits:
        return NO_PART
    if any(hit.match in SAME_PART for hit in found.hits):
        return OTHER_BRAND
    return OLD_NUMBER if _is_doubtful_old_number(found.hits[0].told) else SIMILAR


def _is_doubtful_old_number(told: dict[str, Any]) -> bool:
    with override(None):
        return bool(told.get("text") == str(OLD_NUMBER_DOUBTFUL))
