"""From a file to the rows of a kind: which sheet, which columns, what is no data.

No data are totals, footers, headings repeated, sections and hidden rows; what a person does not
see in the sheet is not imported unseen. Rows that are blank are not counted at all.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from erp.core.errors import DomainError
from erp.core.tables import (
    Figure,
    Layout,
    NumberStyle,
    Sheet,
    layout_of,
    number_style,
    open_sheets,
    plain_heading,
)
from erp.core.tables.heading import ROWS_SEARCHED
from erp.core.uploads import UnreadableFile
from imports.kinds import Kind, heading_matcher
from imports.refusals import unreadable

SAMPLE_ROWS = 2000
_TOTAL = re.compile(
    r"(?:本页|分页|全部)?(?:小\s*计|合\s*计|总\s*计|累\s*计|共\s*计|汇\s*总)|(?:sub|grand)?[-\s]*totals?"
    r"|(?:zwischen|gesamt)?summe|gesamt|sum",
    re.IGNORECASE,
)
_TOTAL_CELL = re.compile(rf"(?:{_TOTAL.pattern})\s*(?:[:：(（].*)?", re.IGNORECASE | re.DOTALL)
_FOOTER = re.compile(
    r"(?:制\s*表|审\s*核|复\s*核|批\s*准|经\s*办|填\s*表|打\s*印|制\s*单|审\s*批|备\s*注|说\s*明|注)(?:人|员|日期|时间)?\s*[:：].*"
    r"|(?:prepared|printed|approved|checked)\s+(?:by|on|at)\b.*|page\s+[0-9]+.*|第\s*[0-9]+\s*页.*"
    r"|(?:notes?|remarks?)\s*[:：].*",
    re.IGNORECASE | re.DOTALL,
)
_DIGIT = re.compile(r"[0-9０-９]")
_LONGEST_NAME = 40


@dataclass(frozen=True)
class Found:
    """A row of data, a row that is none (``cells`` empty), or a hidden one."""

    number: int
    cells: Sequence[str] = ()
    given: Mapping[str, str] = field(default_factory=dict)
    is_data: bool = True
    is_hidden: bool = False


@dataclass
class Reading:
    """An open file, the sheet and layout chosen for a kind."""

    kind: type[Kind]
    sheet: Sheet
    layout: Layout
    numbers: NumberStyle
    sheets: list[str]
    sections: Kind

    def __post_init__(self) -> None:
        self._naming = self.layout.columns.get(self.kind.naming, -1)
        self._heading = plain_heading(self._cell(self.layout.headings, self._naming))
        self._given = self._of_titles()

    def as_data(self) -> dict[str, Any]:
        """Return what was made of the file, to be kept with the import."""
        return {
            "sheet": self.sheet.name,
            "sheets": self.sheets,
            "encoding": getattr(self.sheet, "encoding", ""),
            "delimiter": getattr(self.sheet, "delimiter", ""),
            "numbers": str(self.numbers),
            "heading_row": self.layout.heading_row,
            "headings": self.layout.headings,
            "columns": self.layout.columns,
        }

    def _of_titles(self) -> dict[str, str]:
        """What the sheet's name or a title says for all rows; the title nearest the table last."""
        given: dict[str, str] = {}
        for text in (self.sheet.name, *self.layout.titles):
            given.update(self.sections.section(text) or {})
        return {name: cell for name, cell in given.items() if name not in self.layout.columns}

    def given_columns(self) -> set[str]:
        """Columns that titles or one of the first section rows give."""
        names = set(self._given)
        for row in islice(self.sheet.rows(), self.layout.heading_row, SAMPLE_ROWS):
            alone = _alone(row.cells)
            names.update((self.sections.section(alone) or {}) if alone else {})
        return names

    def rows(self) -> Iterator[Found]:
        """Yield every row below the headings that is not blank."""
        first, hidden, given = self.layout.heading_row, self.sheet.hidden, self._given
        for number, cells in self.sheet.rows():
            if number <= first or not "".join(cells).strip():
                continue
            if number in hidden:
                yield Found(number, cells, is_data=False, is_hidden=True)
                continue
            if self._is_data(cells):
                yield Found(number, cells, given)
                continue
            said = self._section(cells)
            if said:
                given = {**given, **said}
            yield Found(number, is_data=False)

    @staticmethod
    def _cell(cells: Sequence[str], place: int) -> str:
        return cells[place] if 0 <= place < len(cells) else ""

    def _section(self, cells: Sequence[str]) -> Mapping[str, str] | None:
        alone = _alone(cells)
        return self.sections.section(alone) if alone else None

    def _is_data(self, cells: Sequence[str]) -> bool:
        naming = self._cell(cells, self._naming).strip()
        if naming:
            if type(naming) is Figure or naming[0] in "0123456789":
                return True
            if _TOTAL_CELL.fullmatch(naming) or plain_heading(naming) == self._heading:
                return False
            return not self._is_remark(cells, naming)
        return self._says_something(cells)

    def _is_remark(self, cells: Sequence[str], naming: str) -> bool:
        """A text alone in its row, in the column of names: a section, a footer or a name?"""
        if len(self.layout.columns) < 2 or _alone(cells) != naming:
            return False
        if self.sections.section(naming) is not None or _FOOTER.fullmatch(naming):
            return True
        return len(naming) > _LONGEST_NAME or not _DIGIT.search(naming)

    def _says_something(self, cells: Sequence[str]) -> bool:
        """A row without a name is data when it fills other columns, and is no total or footer."""
        filled = [cell.strip() for cell in cells if cell.strip()]
        if len(filled) < 2 or any(_TOTAL_CELL.fullmatch(c) or _FOOTER.fullmatch(c) for c in filled):
            return False
        return any(self._cell(cells, place).strip() for place in self.layout.columns.values())


def _alone(cells: Sequence[str]) -> str:
    """Return the only text of a row; empty when there are several."""
    filled = [cell for cell in cells if cell]
    if len(filled) > 1:
        filled = [cell for cell in filled if cell.strip()]
    return filled[0].strip() if len(filled) == 1 else ""


def sheets_of(path: Path, name: str) -> list[Sheet]:
    """Return the sheets of a file. Raises DomainError with what makes it unreadable."""
    try:
        return list(open_sheets(path, name))
    except UnreadableFile as error:
        raise unreadable(error) from error


def open_reading(
    sheets: Sequence[Sheet],
    kind: type[Kind],
    sections: Kind,
    *,
    sheet: str = "",
    mapping: Mapping[str, str] | None = None,
) -> Reading:
    """Choose sheet and layout for a kind; ``mapping`` (plain heading → column, "" for none) goes
    before what the kind says.

    Of several sheets the one is read whose headings name most columns, or ``sheet``.

    Raises DomainError: no_sheet, no_headings, missing_column.
    """
    best, layout = _best(sheets, kind, mapping or {}, sheet)
    style = _style(best, layout, layout.columns.values())
    reading = Reading(kind, best, layout, style, [one.name for one in sheets], sections)
    missing = set(kind.check_columns(frozenset(layout.columns)))
    missing -= reading.given_columns() if missing else set()
    if missing:
        raise DomainError(
            _("The column “%(name)s” is missing.") % {"name": _label(kind, sorted(missing)[0])},
            code="missing_column",
            field=sorted(missing)[0],
        )
    return reading


def _label(kind: type[Kind], name: str) -> str:
    return next((str(column.label) for column in kind.columns if column.name == name), name)


def matcher_with(
    own: Callable[[str], str | None], mapping: Mapping[str, str]
) -> Callable[[str], str | None]:
    """Return the matcher in which what a person chose goes before what the kind says."""

    def match(heading: str) -> str | None:
        plain = plain_heading(heading)
        return (mapping[plain] or None) if plain in mapping else own(heading)

    return match


def _best(
    sheets: Sequence[Sheet], kind: type[Kind], mapping: Mapping[str, str], wanted: str
) -> tuple[Sheet, Layout]:
    match = matcher_with(heading_matcher(kind), mapping)
    if wanted:
        sheets = [one for one in sheets if one.name == wanted]
        if not sheets:
            raise DomainError(
                _("There is no sheet “%(name)s”.") % {"name": wanted[:60]},
                code="no_sheet",
                field="sheet",
            )
    found = [(one, layout) for one in sheets if (layout := layout_of(one, match)) is not None]
    if not found:
        raise DomainError(_("No row of headings was found."), code="no_headings", field="file")
    return max(
        found,
        key=lambda pair: (kind.naming in pair[1].columns, len(pair[1].columns), pair[0].count()),
    )


def _style(sheet: Sheet, layout: Layout, places: Any) -> NumberStyle:
    """What commas mean, by the mapped cells of the first rows."""
    wanted = list(places)
    return number_style(
        row.cells[place]
        for row in islice(sheet.rows(), layout.heading_row, layout.heading_row + SAMPLE_ROWS)
        for place in wanted
        if place < len(row.cells) and type(row.cells[place]) is str
    )


def fingerprints(sheets: Iterable[Sheet]) -> set[str]:
    """Return those of every row that may be one of headings."""
    return {
        fingerprint(row.cells)
        for sheet in sheets
        for row in islice(sheet.rows(), ROWS_SEARCHED)
        if sum(1 for cell in row.cells if cell) > 1
    }


def fingerprint(headings: Sequence[str]) -> str:
    """Return what files with the same headings share, in whatever order."""
    plain = sorted({plain_heading(heading) for heading in headings if heading})
    return hashlib.sha256("\n".join(plain).encode()).hexdigest()[:32]
