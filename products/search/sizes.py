"""Sizes in a text: ``25x52x15``, ``d25 D52 B15``, ``内径25外径52宽15``, ``1 x 2 x 9/16 in``."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

# d, D, B in mm; None: not given.
Sizes = tuple[Decimal | None, Decimal | None, Decimal | None]

_MM_PER_INCH = Fraction(254, 10)
_LARGEST = 20_000  # mm
_THOUSANDTH = Decimal("0.001")

_SIGN = "[φ⌀ø∅]?\\s*"
_DECIMAL = r"[0-9]{1,5}(?:[.,][0-9]{1,4})?"
_FRACTION = r"(?:[0-9]{1,2}(?:\s+|\s*-\s*))?[0-9]{1,3}\s*/\s*(?:2|4|8|16|32|64|128)(?![0-9.])"
_VULGAR = re.compile(r"(?<=[0-9])[¼-¾⅐-⅞]")  # 1½ without a space would become 11/2
_NUMBER = rf"(?:{_FRACTION}|{_DECIMAL})"
_INCH = r"(?:inch(?:es)?|in\.?(?![a-z])|英寸|英吋|吋|\"|″|”|“|'')"
_UNIT = rf"(?:\s*(?:mm|毫米|{_INCH}))?"
_OF_SIZE = rf"{_SIGN}(?:d\s*[=:]?\s*)?({_NUMBER})({_UNIT})"
_BY = r"\s*[x*×✕✖·х]\s*"
_CROSSED = re.compile(
    rf"(?<![\w.,]){_OF_SIZE}{_BY}{_OF_SIZE}(?:{_BY}(?:[bthw]\s*[=:]?\s*)?({_NUMBER})({_UNIT}))?"
    rf"\s*({_INCH})?(?![\w])",
    re.IGNORECASE,
)
# Signs that also stand in part numbers separate sizes only where nothing else is said.
_DASHED = re.compile(rf"\W*({_DECIMAL})\s*([-/])\s*({_DECIMAL})\s*\2\s*({_DECIMAL})\s*(?:mm)?\W*")

_WORDS: tuple[tuple[str, int], ...] = (
    (
        r"内\s*径|内\s*孔|孔\s*径|轴\s*径|bore(?:\s+dia(?:meter)?)?|in(?:ner|side)\s+dia(?:meter)?",
        0,
    ),
    (r"i\.?d\.?(?![a-z])", 0),
    (r"外\s*径|外\s*圆|out(?:er|side)\s+dia(?:meter)?|o\.?d\.?(?![a-z])", 1),
    (r"宽\s*度?|厚\s*度?|高\s*度?|width|thickness|height", 2),
)
_LABELLED = re.compile(
    "|".join(f"(?P<w{i}>{words})" for i, (words, _place) in enumerate(_WORDS))
    + r"|(?<![a-z])(?P<letter>[dbthw])(?=\s*[=:]?\s*[0-9])",
    re.IGNORECASE,
)
_VALUE = re.compile(rf"\s*(?:为|是|约|is|of)?\s*[=:]?\s*{_SIGN}({_NUMBER})({_UNIT})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Measured:
    sizes: Sizes
    rest: str  # the text without them
    in_inches: bool = False


def read_sizes(text: str) -> Measured | None:
    """Return the sizes a text gives; at least d and D, or one that is named in words."""
    plain = unicodedata.normalize("NFKC", _VULGAR.sub(r" \g<0>", text)).replace("⁄", "/")
    for read in (_crossed, _labelled, _dashed):
        if (measured := read(plain)) is not None:
            return measured
    return None


def _crossed(text: str) -> Measured | None:
    found = _CROSSED.search(text)
    if found is None:
        return None
    numbers, units = found.groups()[0:6:2], (*found.groups()[1:6:2], found[7])
    rest = f"{text[: found.start()]} {text[found.end() :]}"
    if numbers[2] is None and any(sign.isdigit() for sign in rest):
        return None  # 6205 2*10: a count of something
    return _measured(numbers, units, rest)


def _dashed(text: str) -> Measured | None:
    found = _DASHED.fullmatch(text)
    return _measured((found[1], found[3], found[4]), (), "") if found else None


def _labelled(text: str) -> Measured | None:
    values: dict[int, str] = {}
    units: list[str] = []
    rest, end, in_words = "", 0, False
    for label in _LABELLED.finditer(text):
        value = _VALUE.match(text, label.end())
        if value is None or label.start() < end:
            continue
        place = _place(label, values)
        values.setdefault(place, value[1])
        units.append(value[2])
        in_words = in_words or label["letter"] is None
        rest += text[end : label.start()]
        end = value.end()
    rest += text[end:]
    if not values or not (in_words or {0, 1} <= values.keys()):
        return None
    if not in_words and re.search(r"[0-9A-Za-z]", rest):
        return None  # letters that belong to a part number: D25 B3
    numbers = (values.get(0), values.get(1), values.get(2))
    return _measured(numbers, units, rest)


def _place(label: "re.Match[str]", known: dict[int, str]) -> int:
    for i, (_words, place) in enumerate(_WORDS):
        if label[f"w{i}"]:
            return place
    letter = label["letter"]
    if letter not in "dD":
        return 2
    # D52 d25 is told by case, D25 D52 by order.
    other_case = re.search(rf"(?<![a-zA-Z]){letter.swapcase()}\s*[=:]?\s*[0-9]", label.string)
    if other_case:
        return int(letter == "D")
    return int(0 in known)


def _measured(
    numbers: tuple[str | None, ...], units: "tuple[str | None, ...] | list[str]", rest: str
) -> Measured | None:
    in_inches = any(_is_inch(unit) for unit in units) or any("/" in (n or "") for n in numbers)
    to_mm: Callable[[str], Decimal] = _inches if in_inches else _millimetres
    try:
        bore, outside, width = (to_mm(n) if n is not None else None for n in numbers)
    except ZeroDivisionError:
        return None
    sizes = (bore, outside, width)
    if any(size is not None and not 0 < size <= _LARGEST for size in sizes):
        return None
    if bore is not None and outside is not None and bore >= outside:
        if width is None or bore == outside:
            return None  # 6205*10 is a quantity
        sizes = (outside, bore, width)
    return Measured(sizes, rest.strip(), in_inches)


def _is_inch(unit: str | None) -> bool:
    return unit is not None and re.fullmatch(rf"\s*{_INCH}", unit, re.IGNORECASE) is not None


def _millimetres(number: str) -> Decimal:
    return Decimal(number.replace(",", ".")).quantize(_THOUSANDTH)


def _inches(number: str) -> Decimal:
    whole, _sign, part = re.sub(r"\s*/\s*", "/", number).rpartition(" ")
    if not whole and "-" in part:
        whole, _sign, part = part.rpartition("-")
    inches = Fraction(part.strip().replace(",", ".")) + Fraction(whole.strip(" -") or 0)
    exact = inches * _MM_PER_INCH
    return (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(_THOUSANDTH)
