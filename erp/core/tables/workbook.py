"""Sheets of .xlsx, .xlsm and .xls: values by calamine, what it does not tell by ``markup``.

A merged cell counts for every row it spans, so that a brand written once beside ten rows is the
brand of ten. A formula without a stored value is computed where it is simple.
"""

import zipfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import python_calamine

from erp.core.tables.cells import Fault, Figure, cell_of
from erp.core.tables.formulas import computed
from erp.core.tables.markup import Formula, Markup, markup_of
from erp.core.tables.numbers import decimal_of
from erp.core.tables.sheet import Sheet, SheetRow
from erp.core.uploads import MAX_CELLS, UnreadableFile

_DEEPEST = 40


@dataclass(frozen=True)
class WorkbookSheet(Sheet):
    """A sheet in memory; the guards of ``erp.core.uploads`` bound its size."""

    grid: Sequence[Sequence[str]]

    def rows(self) -> Iterator[SheetRow]:
        for number, cells in enumerate(self.grid, 1):
            yield SheetRow(number, cells)

    def count(self) -> int:
        return len(self.grid)


def workbook_sheets(path: Path) -> list[WorkbookSheet]:
    """Return the visible sheets of a workbook that passed the guards.

    Raises UnreadableFile ``bad_workbook``, ``too_large``.
    """
    try:
        book = python_calamine.CalamineWorkbook.from_path(str(path))
        names = [
            sheet.name
            for sheet in book.sheets_metadata
            if sheet.visible is python_calamine.SheetVisibleEnum.Visible
        ]
        return list(_sheets(path, book, names))
    except (python_calamine.CalamineError, OSError, ValueError, KeyError, IndexError) as error:
        if isinstance(error, UnreadableFile):
            raise
        raise UnreadableFile(
            "The workbook is damaged and cannot be read.", "bad_workbook"
        ) from error


def _sheets(
    path: Path, book: python_calamine.CalamineWorkbook, names: list[str]
) -> Iterator[WorkbookSheet]:
    archive = zipfile.ZipFile(path) if zipfile.is_zipfile(path) else None
    cells = 0
    try:
        for name in names:
            sheet = book.get_sheet_by_name(name)
            cells += sheet.total_height * sheet.total_width
            if cells > MAX_CELLS:
                raise UnreadableFile("The workbook has too many cells.", "too_large")
            markup = markup_of(archive, name) if archive else Markup()
            grid = [
                [cell_of(value) for value in row] for row in sheet.to_python(skip_empty_area=False)
            ]
            _fill_merged(grid, sheet.merged_cell_ranges or [])
            _Values(grid, markup).fill()
            yield WorkbookSheet(name=name, hidden=frozenset(markup.hidden), grid=grid)
    finally:
        if archive:
            archive.close()


def _fill_merged(grid: list[list[str]], ranges: list[Any]) -> None:
    """Repeat a merged cell downwards; to the right it stays one cell, or a title would be many."""
    for (top, left), (bottom, _right) in ranges:
        if top >= len(grid) or left >= len(grid[top]):
            continue
        for row in grid[top + 1 : bottom + 1]:
            if left < len(row) and not row[left]:
                row[left] = grid[top][left]


class _Values:
    """Puts errors and computed values where calamine left blanks."""

    def __init__(self, grid: list[list[str]], markup: Markup) -> None:
        self.grid, self.markup = grid, markup
        self.depth = 0

    def fill(self) -> None:
        for (row, column), text in self.markup.errors.items():
            self._put(row, column, Fault(text))
        for place in list(self.markup.formulas):
            self._computed(place)

    def _put(self, row: int, column: int, cell: str) -> None:
        while len(self.grid) < row:
            self.grid.append([])
        cells = self.grid[row - 1]
        cells.extend([""] * (column - len(cells)))
        cells[column - 1] = cell

    def _computed(self, place: tuple[int, int]) -> None:
        formula: Formula | None = self.markup.formulas.pop(place, None)
        if formula is None:
            return
        cell: str = Fault(f"={formula.text}")
        self._put(*place, cell)  # for whoever asks while it is being computed: a circle
        if self.depth < _DEEPEST:
            self.depth += 1
            # Else it stays a formula without a value, and whoever needs it refuses the row.
            with suppress(ValueError):
                cell = _figure(computed(formula, self._value_of))
            self.depth -= 1
        self._put(*place, cell)

    def _value_of(self, row: int, column: int) -> Decimal:
        self._computed((row, column))
        cells = self.grid[row - 1] if row <= len(self.grid) else []
        cell = cells[column - 1] if column <= len(cells) else ""
        return decimal_of(cell) if cell else Decimal(0)


def _figure(value: Decimal) -> Figure:
    plain = format(value.normalize(), "f") if value else "0"
    return Figure(plain)
