"""What the number says: bearing type, series, bore code, and the bore it stands for."""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from products.designation import tables
from products.designation.tables import Family, Series

_FIRST_BORES = {"00": 10, "01": 12, "02": 15, "03": 17}
# Bearings below 10 mm bore: one digit, the bore itself; 68 and 69 are short for 618 and 619.
_MINIATURE = {
    "60": ("deep_groove", "60"),
    "62": ("deep_groove", "62"),
    "63": ("deep_groove", "63"),
    "67": ("deep_groove", "617"),
    "68": ("deep_groove", "618"),
    "69": ("deep_groove", "619"),
    "70": ("angular", "70"),
    "72": ("angular", "72"),
    "10": ("self_aligning", "10"),
    "12": ("self_aligning", "12"),
    "13": ("self_aligning", "13"),
}
# Types that are numbered by size: what the number looks like, and its bore and width, if told.
_BY_SIZE = {
    "spherical_plain": r"(?P<bore>[0-9]{1,4})",
    "needle_bare": r"(?P<bore>[0-9]{2,3})/(?P<width>[0-9]{1,3})",
    "needle": r"(?P<bore>[0-9]{1,3})/(?P<width>[0-9]{1,3})",
    "drawn_cup": r"(?P<bore>[0-9]{2})(?P<width>[0-9]{2})",
    "adapter_sleeve": r"(?:2|3|23|30|31|32|33|39)[0-9]{2}|3[0-9]/[0-9]{3}",
    "withdrawal_sleeve": r"(?:2|3|22|23|30|31|32|33|39|240|241)[0-9]{2}|2?[0-9]{2}/[0-9]{3}",
    "lock_nut": r"[0-9]{1,2}|3[01]/?[0-9]{2,3}",
    "lock_washer": r"[0-9]{1,2}",
    "tapered_inch": r"[0-9]{5,6}(?:/[0-9]{2,6})?",
}
# Roller bearings without an inner ring have no bore of their own.
_NO_INNER_RING = {"RNU", "RN", "RNA"}


@dataclass(frozen=True, slots=True)
class Number:
    """A number in its parts; ``series`` is None for types that are numbered by size alone."""

    family: Family
    type_prefix: str
    series: Series | None
    code: str
    bore_mm: Decimal | None
    width_mm: Decimal | None = None


@lru_cache(maxsize=20_000)
def understand(type_prefix: str, number: str) -> Number | None:
    """Return what a number means behind this prefix; None when no standard knows it."""
    for family in tables.families().values():
        if type_prefix in family.prefixes:
            found = _of_family(family, type_prefix, number)
            if found:
                return found
    return None


def _of_family(family: Family, prefix: str, number: str) -> Number | None:
    shape = _BY_SIZE.get(family.code)
    found = re.fullmatch(shape, number) if shape else None
    # A bare number is no inch bearing; cone and cup together are one.
    if found and (prefix or re.search("/[0-9]{4}", number)):
        sizes = found.groupdict()
        bore, width = (Decimal(v) if (v := sizes.get(n)) else None for n in ("bore", "width"))
        return Number(family, prefix, None, number, bore, width)
    if prefix.endswith("X") and family.code in ("insert", "unit"):
        return _numbered(family, prefix, Series(family.code, "X", "", widths=False), number)
    return _in_series(family, prefix, number)


def _in_series(family: Family, prefix: str, number: str) -> Number | None:
    short = _MINIATURE.get(number[:2]) if len(number) == 3 and not prefix else None
    if short:
        if short[0] != family.code or number[2] == "0":
            return None
        series = next(s for s in tables.series() if (s.family, s.code) == short)
        return Number(family, prefix, series, "/" + number[2], Decimal(number[2]))
    for series in tables.series():
        if series.family == family.code and number.startswith(series.code):
            found = _numbered(family, prefix, series, number[len(series.code) :])
            if found:
                return found
    return None


def _numbered(family: Family, prefix: str, series: Series, code: str) -> Number | None:
    bore = bore_of(code)
    if bore is None:
        return None
    if prefix in _NO_INNER_RING:
        return Number(family, prefix, series, code, None)
    return Number(family, prefix, series, code, bore)


def bore_of(code: str) -> Decimal | None:
    """Return the bore in mm a bore code stands for: 05 is 25, /22 is 22, /500 is 500."""
    if code in _FIRST_BORES:
        return Decimal(_FIRST_BORES[code])
    if re.fullmatch(r"0[4-9]|[1-8][0-9]|9[0-6]", code):
        return Decimal(int(code) * 5)
    if re.fullmatch(r"/[1-9][0-9]{0,3}", code):
        return Decimal(code[1:])
    return None


def canonical(number: Number, written: str) -> str:
    """Return the number as ISO writes it: 684 is 618/4, 6905 is 61905; 608 stays."""
    if number.series is None:
        return written
    if number.series.iso:
        return number.series.iso + number.code
    if not number.code.startswith("/"):
        return written
    is_short = len(number.series.code) == 2 and len(number.code) == 2
    return number.series.code + (number.code[1:] if is_short else number.code)
