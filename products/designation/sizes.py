"""Boundary dimensions by ISO 15, 104 and 355, where the number alone decides them."""

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from products.designation import tables
from products.designation.numbers import Number

# Miniature bearings of the thin series are made wider to hold a seal, each maker in his way.
_WIDER_WITH_SEALS = {"17", "18", "19", "10"}


@dataclass(frozen=True, slots=True)
class Size:
    """Bore, outside diameter and width in mm; None where the number does not say."""

    bore: Decimal | None = None
    outside: Decimal | None = None
    width: Decimal | None = None


@lru_cache(maxsize=1)
def _boundary() -> dict[tuple[str, Decimal], tuple[Decimal, Decimal]]:
    """Return outside diameter and width by dimension series and bore."""
    return {
        (row["dimensions"], Decimal(row["d_mm"])): (Decimal(row["D_mm"]), Decimal(row["B_mm"]))
        for row in tables.rows("boundary_dimensions.csv")
    }


def size_of(number: Number, *, sealed: bool) -> Size:
    """Return the dimensions a number stands for."""
    if number.bore_mm is None or number.series is None:
        return Size(number.bore_mm, None, number.width_mm)
    known = _boundary().get((number.series.dimensions, number.bore_mm))
    if known is None:
        return Size(number.bore_mm)
    outside, width = known
    is_wider = sealed and number.bore_mm < 10 and number.series.dimensions in _WIDER_WITH_SEALS
    decides = number.series.widths and not is_wider
    return Size(number.bore_mm, outside, width if decides else None)
