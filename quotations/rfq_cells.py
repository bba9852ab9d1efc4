"""What suppliers write into a cell or a line: a price, days, a date. No database.

Numbers come as text, with a sign of money or a unit behind; what is not understood is refused
rather than guessed.
"""

import re
import unicodedata
from datetime import date
from decimal import Decimal, InvalidOperation

_MONEY = re.compile(r"(?i)[¥￥$€£元块]|rmb|cny|usd|eur|人民币|含税|未税|不含税")
_PER = re.compile(r"(?i)/\s*[a-z一-鿿]{1,6}$")
_GROUPED = re.compile(r"[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?")
_PLAIN = re.compile(r"[0-9]{1,12}(\.[0-9]{0,9})?|\.[0-9]{1,9}")
_DAYS = re.compile(r"(?i)([0-9]{1,4})\s*(个?工作日|日|天|days?|d|周|星期|weeks?|w|个?月|months?)?")
_AT_ONCE = re.compile(r"(?i)现货|有货|库存|ex\s*stock|in\s*stock|stock|immediate(ly)?")
_WEEKS, _MONTHS = ("周", "星期", "w"), ("月", "个月", "m")
_DATE = re.compile(r"([0-9]{4})\s*[-/.年]\s*([0-9]{1,2})\s*[-/.月]\s*([0-9]{1,2})\s*日?")


def read_price(text: str) -> Decimal | None:
    """Return a number, None for an empty cell; ValueError for what is none.

    ``1,5`` is refused: it may mean 1.5 or a slip.
    """
    folded = _MONEY.sub("", unicodedata.normalize("NFKC", text)).strip()
    folded = _PER.sub("", folded).replace(" ", "").lstrip("'")
    if not folded or folded in {"-", "–", "/", "—"}:
        return None
    if _GROUPED.fullmatch(folded):
        folded = folded.replace(",", "")
    if not _PLAIN.fullmatch(folded):
        raise ValueError(text)
    try:
        return Decimal(folded)
    except InvalidOperation as error:
        raise ValueError(text) from error


def read_days(text: str) -> int | None:
    """Return a lead time in days: ``3``, ``2周``, ``现货`` is 0; ValueError for what is none."""
    folded = unicodedata.normalize("NFKC", text).strip().lstrip("'").lower()
    if not folded or folded in {"-", "–", "/"}:
        return None
    if _AT_ONCE.fullmatch(folded):
        return 0
    found = _DAYS.fullmatch(folded)
    if found is None:
        raise ValueError(text)
    unit = found[2] or ""
    factor = 7 if unit.startswith(_WEEKS) else 30 if unit.startswith(_MONTHS) else 1
    return int(found[1]) * factor


def find_days(text: str) -> tuple[int | None, str]:
    """Return a lead time named in a text (``7天``, ``现货``) and the text without it."""
    found = _AT_ONCE.search(text)
    if found is not None:
        return 0, f"{text[: found.start()]} {text[found.end() :]}"
    for one in _DAYS.finditer(text):
        if one[2]:
            return read_days(one[0]), f"{text[: one.start()]} {text[one.end() :]}"
    return None, text


def read_day(text: str) -> date | None:
    """Return a date written year first; None for an empty cell, ValueError for what is none."""
    folded = unicodedata.normalize("NFKC", text).strip().lstrip("'")
    if not folded:
        return None
    found = _DATE.match(folded)
    if found is None:
        raise ValueError(text)
    return date(*map(int, found.groups()))
