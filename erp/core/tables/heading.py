"""Where the table begins on a sheet: the row of headings, recognised by the names of columns.

Titles stand above it, an explanation sheet has none, and headings are written in any order, in
either language, with units and notes in brackets.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice

from erp.core.tables.sheet import Sheet, SheetRow

ROWS_SEARCHED = 60
_UNIT = re.compile(
    r"[\(\[](?:mm|cm|kg|g|pcs|pc|ea|个|只|件|套|元|万元|￥|¥|€|\$|eur|usd|cny|rmb|inch|in|克|毫米|千克|公斤)[\)\]]"
)
_NOT_WORD = re.compile(r"[\W_]+")

MatchHeading = Callable[[str], str | None]


def plain_heading(text: str) -> str:
    """Return a heading as it is compared: ``Part No.`` is ``partno``, ``d (mm)`` is ``d``.

    A single letter keeps its case: d and D are two dimensions.
    """
    folded = unicodedata.normalize("NFKC", text).strip()
    bare = _NOT_WORD.sub("", _UNIT.sub("", folded.replace("￥", "¥"), count=1)) or _NOT_WORD.sub(
        "", folded
    )
    return bare if len(bare) == 1 else bare.casefold()


@dataclass(frozen=True)
class Layout:
    """Where a sheet's table is and what its columns mean.

    ``columns``: name of a column → its place, from 0. ``titles``: the texts above the headings.
    """

    sheet: str
    heading_row: int
    headings: list[str]
    columns: dict[str, int]
    titles: list[str] = field(default_factory=list)

    @property
    def unmapped(self) -> list[str]:
        taken = set(self.columns.values())
        return [text for place, text in enumerate(self.headings) if text and place not in taken]


def layout_of(sheet: Sheet, match: MatchHeading) -> Layout | None:
    """Return the layout under the row that names most columns; None when no row names any."""
    best: Layout | None = None
    rows = list(islice(sheet.rows(), ROWS_SEARCHED))
    for row in rows:
        columns = columns_of(row.cells, match)
        if columns and (best is None or len(columns) > len(best.columns)):
            headings = [" ".join(cell.split()) for cell in row.cells]
            best = Layout(sheet.name, row.number, headings, columns, _titles(rows, row.number))
    return best


def columns_of(cells: Sequence[str], match: MatchHeading) -> dict[str, int]:
    """Return column → place; of two headings for one column the first counts."""
    columns: dict[str, int] = {}
    for place, cell in enumerate(cells):
        name = match(cell) if cell else None
        if name is not None:
            columns.setdefault(name, place)
    return columns


def _titles(rows: Iterable[SheetRow], before: int) -> list[str]:
    return [
        cell.strip() for row in rows if row.number < before for cell in row.cells if cell.strip()
    ]
