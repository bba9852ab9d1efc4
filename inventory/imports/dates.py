"""Dates as makers' reports write them: 20191108, 2019-11-08, and 5/10/19, in which the month may
come first or second.

Which of the two the whole file says: a part above 12, or the difference in days the report itself
gives between two of its dates. Where nothing tells, such a date is refused rather than guessed.
"""

import re
from collections.abc import Iterable
from datetime import date

_ISO = re.compile(r"(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?(?:[ T]00:00(?::00)?)?")
_BASIC = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})")
_SLASHED = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{2}|\d{4})")
MONTH_FIRST, DAY_FIRST = "month first", "day first"


def slashed_parts(text: str) -> tuple[int, int, int] | None:
    found = _SLASHED.fullmatch(text.strip())
    if found is None:
        return None
    first, second, year = map(int, found.groups())
    return first, second, year + 2000 if year < 100 else year


def _made(text: str, order: str) -> date | None:
    parts = slashed_parts(text)
    if parts is None:
        return None
    first, second, year = parts
    month, day = (first, second) if order == MONTH_FIRST else (second, first)
    try:
        return date(year, month, day)
    except ValueError:
        return None


def order_of(texts: Iterable[str], spans: Iterable[tuple[str, str, int]] = ()) -> str:
    """Return which part is the month in this file; empty when nothing tells or it contradicts.

    ``spans``: two dates of a row and the days between them, as the report says.
    """
    fitting = {MONTH_FIRST, DAY_FIRST}
    told = False
    for text in texts:
        parts = slashed_parts(text)
        if parts is not None and parts[0] != parts[1] and max(parts[:2]) > 12:
            fitting &= {DAY_FIRST if parts[0] > 12 else MONTH_FIRST}
            told = True
    if not told:
        for earlier, later, days in spans:
            matches = {order for order in fitting if _days(earlier, later, order) == abs(days)}
            if len(matches) == 1:
                fitting, told = matches, True
                break
    return fitting.pop() if told and len(fitting) == 1 else ""


def _days(earlier: str, later: str, order: str) -> int | None:
    first, second = _made(earlier, order), _made(later, order)
    return abs((second - first).days) if first and second else None


def read_date(text: str, order: str) -> date | None:
    """Return the date; None for an empty one (0 and 0/0/0 too).

    Raises ValueError for what is none, or may be two.
    """
    plain = text.strip().removesuffix(".0")
    if not plain.strip("0/-. "):
        return None
    found = _BASIC.fullmatch(plain) or _ISO.fullmatch(plain)
    if found:
        return date(*map(int, found.groups()))
    parts = slashed_parts(plain)
    if parts is not None and parts[0] == parts[1]:
        order = order or MONTH_FIRST
    if not order or parts is None:
        raise ValueError(text)
    made = _made(plain, order)
    if made is None:
        raise ValueError(text)
    return made
