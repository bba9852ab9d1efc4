"""Three sizes in place of a number: `25*52*15`, `内径25外径52厚15`, `OD 80 ID 40 H 18`."""

import re
from decimal import Decimal

from .families import SEAL_CODE
from .result import Dimensions

_SIZE = r"[φD]?\s?(\d{1,4}(?:\.\d{1,3})?)\s?(?:MM)?"
_CODE = SEAL_CODE
_TRIPLE = re.compile(
    rf"(?:{_CODE}[ -]?)?{_SIZE}\s?[*X]\s?{_SIZE}\s?[*X]\s?[HBTφ]?\s?(\d{{1,4}}"
    rf"(?:\.\d{{1,3}})?)\s?(?:MM)?(?![\d.]|\s?[*X]\s?\d)(?:[ -]?{_CODE}(?![A-Z0-9]))?"
)
_TRIPLE_DASHED = re.compile(r"(\d{2,3})-(\d{2,3})-(\d{1,3})(?![\d-])")
_TRIPLE_SLASHED = re.compile(r"(\d{2,3})/(\d{2,3})/(\d{1,3})(?![\d/])")
_VALUE = r"\s?(?:是|为|:|=|φ)?\s?(\d{1,4}(?:\.\d{1,3})?)\s?(?:MM|毫米|厘)?\s?[,、;*X/]?\s?"
_LABELLED_SIZE = re.compile(
    rf"(?:内径|内孔|孔径|孔|内|轴径|BORE(?: SIZE)?|INNER(?: DIA\w*\.?)?|I\.?D\.?"
    rf"|D)(?:\s?\(?D\)?)?{_VALUE}"
    rf"(?:外径|外圆|外|OUTER(?: DIA\w*\.?)?|OUTSIDE(?: DIA\w*\.?)?|O\.?D\.?"
    rf"|D)(?:\s?\(?D\)?)?{_VALUE}"
    rf"(?:厚度|宽度|高度|厚|宽|高|WIDTH|THICKNESS|HEIGHT|THICK|W|B|H|T)(?:\s?\(?[BHT]\)?)?{_VALUE}"
)
_ONE_SIZE = re.compile(
    r"(?P<label>内径|内孔|孔径|孔|外径|外圆|厚度|宽度|高度|厚|宽|高|BORE|WIDTH|THICKNESS|HEIGHT|I\.?D\.?|O\.?D\.?)"
    r"\s?(?:是|为|:|=|φ)?\s?(?P<size>\d{1,4}(?:\.\d{1,3})?)\s?(?:MM|毫米)?\s?的?\s?[,、;*X/]?\s?"
)

_FORMS = (_TRIPLE, _LABELLED_SIZE, _TRIPLE_DASHED, _TRIPLE_SLASHED)


def find_sizes(up: str, at: int) -> tuple[int, Dimensions] | None:
    """End and d, D, B in millimetres of the sizes that start at `at`."""
    for form in _FORMS:
        match = form.match(up, at)
        sizes = _sizes(match) if match else None
        if match and sizes:
            return match.end(), sizes
    return _in_any_order(up, at)


def _in_any_order(up: str, at: int) -> tuple[int, Dimensions] | None:
    """外径80 内径40 高18: three labelled sizes, one of each."""
    found: dict[str, Decimal] = {}
    end = at
    while len(found) < 3 and (match := _ONE_SIZE.match(up, end)):
        kind = _size_kind(match["label"])
        if kind in found:
            return None
        found[kind] = Decimal(match["size"])
        end = match.end()
    sizes = _plausible(found["d"], found["D"], found["B"]) if len(found) == 3 else None
    return (end, sizes) if sizes else None


def _size_kind(label: str) -> str:
    if label[0] in "内孔" or label.startswith(("BORE", "I")):
        return "d"
    return "D" if label[0] in "外O" else "B"


def _sizes(match: re.Match[str]) -> Dimensions | None:
    bore, outside, width = (Decimal(group) for group in match.groups())
    return _plausible(bore, outside, width)


def _plausible(bore: Decimal, outside: Decimal, width: Decimal) -> Dimensions | None:
    """The three sizes, when they can be those of a ring: 0 < d < D and B not absurd."""
    possible = 0 < bore < outside <= 3000 and 0 < width <= 2 * outside
    return (bore, outside, width) if possible else None
