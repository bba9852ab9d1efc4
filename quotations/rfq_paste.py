"""A supplier's answer pasted as text: which line it means, at which price, how soon.

Nothing is stored: what was understood is laid into the grid, where a person looks at it and saves.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from products.designation import search_key
from quotations.models import RfqLine
from quotations.rfq_cells import find_days, read_price

MOST_CHARACTERS = 100_000
_NUMBER = re.compile(
    r"(?<![A-Za-z0-9_.,])([0-9][0-9,]*(?:\.[0-9]+)?|\.[0-9]+)(?![A-Za-z0-9_]|[.,][0-9])"
)
_LINE_NO = re.compile(r"\s*(?:#|No\.?\s*|第)?\s*([0-9]{1,4})\s*(?:[.、)）:：\t]|行|\s{2,})")
_UNITS = re.compile(r"(?i)(?<=[0-9])\s*(个|件|套|对|只|组|盒|pcs?|pieces?|sets?|pairs?)(?![a-z])")


@dataclass(frozen=True, slots=True)
class Pasted:
    """What one row of the paste says of a line."""

    line_id: int
    unit_price: Decimal
    lead_time_days: int | None


def read_paste(text: str, lines: Sequence[RfqLine]) -> tuple[list[Pasted], list[str]]:
    """Return what was understood, a line once, and the rows that were not."""
    found: dict[int, Pasted] = {}
    rest = []
    for row in text[:MOST_CHARACTERS].splitlines():
        folded = unicodedata.normalize("NFKC", row).strip()
        if not folded:
            continue
        pasted = _read_row(folded, lines)
        if pasted is None or pasted.line_id in found:
            rest.append(row.strip())
        else:
            found[pasted.line_id] = pasted
    return list(found.values()), rest


def _read_row(row: str, lines: Sequence[RfqLine]) -> Pasted | None:
    line, said = _line_of(row, lines)
    if line is None:
        return None
    days, said = find_days(said)
    # A number that is the quantity asked for, or has a unit behind it, is no price.
    counted = {Decimal(one.replace(",", "")) for one in _counted(said)}
    numbers = [_number(one) for one in _NUMBER.findall(_UNITS.sub(" 个", said))]
    prices = [one for one in numbers if one is not None and one > 0]
    if len(prices) > 1:
        prices = [one for one in prices if one != line.quantity and one not in counted]
    if len(prices) != 1:
        return None
    return Pasted(line.pk, prices[0], days)


def _counted(text: str) -> list[str]:
    return re.findall(
        r"([0-9][0-9,]*)(?=\s*(?:个|件|套|对|只|组|盒|pcs?|pieces?|sets?|pairs?))", text
    )


def _number(text: str) -> Decimal | None:
    try:
        return read_price(text)
    except ValueError:
        return None


def _line_of(row: str, lines: Sequence[RfqLine]) -> tuple[RfqLine | None, str]:
    """Return the line whose part the row names, or whose number it begins with, and the rest."""
    named = [(one, place) for one in lines if (place := _place_of(one, row)) is not None]
    if named:
        chosen, (start, end) = max(named, key=lambda pair: pair[1][1] - pair[1][0])
        before = _LINE_NO.sub(" ", row[:start], count=1)
        return chosen, f"{before} {row[end:]}".replace(chosen.brand_name, " ")
    number = _LINE_NO.match(row)
    if number is None:
        return None, row
    line = next((one for one in lines if one.line_no == int(number[1])), None)
    return line, row[number.end() :]


def _place_of(line: RfqLine, row: str) -> tuple[int, int] | None:
    """Return where the row names the line's part, however it is spelled."""
    wanted = search_key(line.designation)
    if not wanted:
        return None
    for start in range(len(row)):
        if start and row[start - 1].isalnum() and row[start].isalnum():
            continue
        for end in range(start + len(wanted), min(len(row), start + 2 * len(wanted) + 4) + 1):
            if end < len(row) and row[end].isalnum() and row[end - 1].isalnum():
                continue
            if search_key(row[start:end]) == wanted and row[end - 1].strip():
                return start, end
    return None
