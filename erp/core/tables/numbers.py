"""Numbers as people write them: ``1.265,25``, ``￥3,518.42``, ``９９．５``, ``1 234,5``.

A number is read or refused, never guessed: ``12.5.0`` and ``12,5,0`` are none, and ``1,5`` in a
file that writes ``2.40`` elsewhere is none either.
"""

import re
import unicodedata
from collections.abc import Iterable
from decimal import Decimal
from enum import StrEnum

from erp.core.tables.cells import Figure

MOST_DIGITS = 30


class NumberStyle(StrEnum):
    """What a comma means in a file. ``OPEN``: nothing in it says."""

    POINT = "point"
    COMMA = "comma"
    OPEN = "open"


_PLAIN = re.compile(r"[0-9]{1,30}(?:\.[0-9]{1,20})?", re.ASCII)
_CURRENCY = re.compile(
    r"^(?:RMB|CNY|USD|EUR|US\$|[¥€$£元])|(?:RMB|CNY|USD|EUR|[¥€$£元])$", re.IGNORECASE
)
_BLANKS = re.compile(r"[\s\u00a0\u202f\u2009'’]")
_GROUP_BLANK = re.compile(r"(?<=[0-9])[\s\u00a0\u202f\u2009'’](?=[0-9]{3}(?![0-9]))")
_POINT = re.compile(r"(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.[0-9]*)?|\.[0-9]+")
_COMMA = re.compile(r"(?:[0-9]+|[0-9]{1,3}(?:\.[0-9]{3})+)(?:,[0-9]*)?|,[0-9]+")
_EXPONENT = re.compile(r"[0-9]+(?:\.[0-9]+)?[eE][+-]?[0-9]{1,2}")
_SURELY_COMMA = re.compile(r"[0-9.]*,(?:[0-9]{1,2}|[0-9]{4,})")
_SURELY_POINT = re.compile(r"[0-9,]*\.(?:[0-9]{1,2}|[0-9]{4,})")
_EITHER = re.compile(r"[0-9]+[.,][0-9]+(?:[.,][0-9]+)*")


def number_style(texts: Iterable[str]) -> NumberStyle:
    """Return what the numbers of a file say about the comma; a tie says nothing."""
    commas = points = 0
    for text in texts:
        plain = _stripped(text)
        if not _EITHER.fullmatch(plain):
            continue
        if _SURELY_COMMA.fullmatch(plain) and _COMMA.fullmatch(plain):
            commas += 1
        elif _SURELY_POINT.fullmatch(plain) and _POINT.fullmatch(plain):
            points += 1
    if commas == points:
        return NumberStyle.OPEN
    return NumberStyle.COMMA if commas > points else NumberStyle.POINT


def decimal_of(text: str, style: NumberStyle = NumberStyle.OPEN) -> Decimal:
    """Return the number a text says. Raises ValueError for everything else."""
    if _PLAIN.fullmatch(text) and (style is not NumberStyle.COMMA or isinstance(text, Figure)):
        return Decimal(text)
    if isinstance(text, Figure):
        return _exact(text)
    plain = _stripped(text)
    sign = 1
    if plain[:1] in "+-−" and plain:
        sign, plain = (1 if plain[0] == "+" else -1), plain[1:]
    elif plain.startswith("(") and plain.endswith(")"):
        sign, plain = -1, plain[1:-1]
    return sign * _unsigned(_CURRENCY.sub("", plain), style)


def _stripped(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).strip()
    plain = _CURRENCY.sub("", plain).strip()
    return _GROUP_BLANK.sub("", plain)


def _unsigned(plain: str, style: NumberStyle) -> Decimal:
    if _EXPONENT.fullmatch(plain):
        return _exact(plain)
    if style is NumberStyle.COMMA:
        if not _COMMA.fullmatch(plain):
            raise ValueError(plain)
        return _exact(plain.replace(".", "").replace(",", "."))
    if _POINT.fullmatch(plain):
        return _exact(plain.replace(",", ""))
    if style is NumberStyle.OPEN and _COMMA.fullmatch(plain):
        return _exact(plain.replace(".", "").replace(",", "."))
    raise ValueError(plain)


def _exact(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except ArithmeticError as error:
        raise ValueError(text) from error
    digits = number.as_tuple()
    if (
        not isinstance(digits.exponent, int)
        or len(digits.digits) + abs(digits.exponent) > 2 * MOST_DIGITS
    ):
        raise ValueError(text)
    return number
