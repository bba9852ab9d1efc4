"""What columns hold: functions that make the ``parse`` of a ``Column``.

Each takes the cell's text (never empty, blanks at the ends removed) and the run, and returns the
value or raises ``Unfit`` with a code.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from erp.core.exports import restored
from erp.core.tables import Day, Fault, Figure, decimal_of
from imports.kinds import Parse, Run, Unfit

_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_LIVE = re.compile(r"[=@＝＠]|[+\-＋－](?![0-9.])")
_FORMULA_SIGNS = " =@＝＠+-＋－"
_MARKUP = re.compile(r"<[/!?a-zA-Z]")
_DATE = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?")
_BASIC_DATE = re.compile(r"((?:19|20)[0-9]{2})([0-9]{2})([0-9]{2})")
_DAY_FIRST = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})")


def is_hostile(text: str) -> bool:
    """Return whether a text is a formula, markup or holds control characters."""
    return bool(_LIVE.match(text) or _MARKUP.search(text) or _CONTROLS.search(text))


def text(most: int, *, code: str = "bad_text", too_long: str = "too_long") -> Parse:
    """A line of text, inner blanks and line breaks to one blank; no formula, no markup.

    An apostrophe before what looks like a formula says that it is text, as in a spreadsheet; our
    own exports write it so.
    """

    def parse(cell: str, _run: Run) -> str:
        line = cell if cell.isalnum() else " ".join(cell.split())
        said = restored(line)
        is_text, line = said != line, said
        if len(line) > most:
            raise Unfit(too_long)
        if isinstance(cell, Fault):
            raise Unfit(cell.fault_code)
        if not line.isalnum() and is_hostile(line.lstrip(_FORMULA_SIGNS) if is_text else line):
            raise Unfit(code)
        return line

    return parse


def note(most: int) -> Parse:
    """Remarks: kept as written, whatever is in them, cut at the column's length."""

    def parse(cell: str, _run: Run) -> str:
        return _CONTROLS.sub(" ", restored(cell))[:most]

    return parse


def number(
    *,
    least: Decimal | None = Decimal(0),
    most: Decimal,
    places: int | None = None,
    code: str = "bad_number",
) -> Parse:
    """A decimal between two bounds; with ``places``, no more decimals than these."""

    def parse(cell: str, run: Run) -> Decimal:
        if isinstance(cell, Fault):
            raise Unfit(code)
        try:
            value = decimal_of(cell, run.numbers)
        except ValueError:
            raise Unfit(code) from None
        if value > most or (least is not None and value < least):
            raise Unfit(code)
        if places is not None and value != round(value, places):
            raise Unfit(code)
        return value

    return parse


def whole(*, least: int = 0, most: int = 2_000_000_000, code: str = "bad_number") -> Parse:
    """A whole number; ``3.0`` is one."""
    decimal = number(least=Decimal(least), most=Decimal(most), places=0, code=code)

    def parse(cell: str, run: Run) -> int:
        return int(decimal(cell, run))

    return parse


def day(*, code: str = "bad_date") -> Parse:
    """A date: ISO, 2026/6/30, 2026年6月30日, 20260630, 30.06.2026, or a date cell.

    ``06/07/2026`` is refused: nobody knows which is the month.
    """

    def parse(cell: str, _run: Run) -> date:
        try:
            if isinstance(cell, Day):
                return datetime.fromisoformat(cell).date()
            for pattern, order in (
                (_DATE, (0, 1, 2)),
                (_BASIC_DATE, (0, 1, 2)),
                (_DAY_FIRST, (2, 1, 0)),
            ):
                found = pattern.fullmatch(cell.strip().removesuffix(" 00:00:00"))
                if found and not isinstance(cell, Fault):
                    parts = [int(part) for part in found.groups()]
                    return date(*(parts[place] for place in order))
        except ValueError:
            pass  # 31 February
        raise Unfit(code)

    return parse


def choice(values: Mapping[str, str], *, code: str = "bad_choice") -> Parse:
    """One of several values by any of its names; the names are compared without case."""
    known = {name.casefold(): value for name, value in values.items()}

    def parse(cell: str, _run: Run) -> str:
        value = known.get(cell.casefold())
        if value is None:
            raise Unfit(code)
        return value

    return parse


def yes_or_no(*, code: str = "bad_choice") -> Parse:
    """Yes or no in either language."""
    words = {
        **dict.fromkeys(("yes", "y", "true", "1", "是", "对", "√", "x"), "yes"),
        **dict.fromkeys(("no", "n", "false", "0", "否", "不", "×"), "no"),
    }
    pick = choice(words, code=code)

    def parse(cell: str, run: Run) -> bool:
        return bool(pick(cell, run) == "yes")

    return parse


__all__ = ["Figure", "choice", "day", "is_hostile", "note", "number", "text", "whole", "yes_or_no"]
