"""Rows of tables that name a part by its sizes."""

from decimal import Decimal, InvalidOperation

from .drafts import Draft


def sizes_of(cells: dict[str, str]) -> list[Draft]:
    """A draft from the columns d, D and B (millimetres), when all three are numbers."""
    try:
        bore, outside, width = (
            Decimal(cells[role].strip(" mM")) for role in ("bore", "outside", "width")
        )
    except (KeyError, InvalidOperation):
        return []
    if not 0 < bore < outside <= 3000 or not 0 < width <= 2 * outside:
        return []
    return [
        Draft(0, 0, 0, 0, dimensions=(bore, outside, width), size_text=f"{bore}*{outside}*{width}")
    ]
