"""The first rows of a file beside what its columns were taken for, for a person to correct."""

from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from django.utils.functional import Promise

from erp.core.tables import Layout, Sheet, columns_of, layout_of, plain_heading
from imports.kinds import heading_matcher, kind_named
from imports.mappings import remembered
from imports.models import Import
from imports.reading import matcher_with, sheets_of

_SAMPLES = 3
_ROWS_SEARCHED = 30


@dataclass(frozen=True, slots=True)
class PreviewColumn:
    """One column of the file: its heading, some of its cells, what it was taken for."""

    index: int
    heading: str
    samples: list[str]
    column: str


@dataclass(frozen=True, slots=True)
class Preview:
    sheet: str
    sheets: list[str]
    heading_row: int
    columns: list[PreviewColumn]
    choices: list[tuple[str, str | Promise]]

    @property
    def headings(self) -> list[str]:
        return [one.heading for one in self.columns]


def preview_of(of: Import, sheet: str = "") -> Preview:
    """Return the preview of an import's file. Raises DomainError for an unreadable one."""
    kind = kind_named(of.kind)
    sheets = sheets_of(Path(of.file.path), of.file_name)
    match = matcher_with(heading_matcher(kind), remembered(of, sheets))
    named = [one for one in sheets if one.name == (sheet or of.layout.get("sheet"))] or sheets
    found = [(one, layout) for one in named if (layout := layout_of(one, match)) is not None]
    if found:
        best, layout = max(found, key=lambda pair: len(pair[1].columns))
    else:
        best, layout = named[0], _first_full_row(named[0])
    below = islice(best.rows(), layout.heading_row, layout.heading_row + 40)
    rows = [row.cells for row in below if any(row.cells)][:_SAMPLES]
    taken = {place: name for name, place in columns_of(layout.headings, match).items()}
    columns = [
        PreviewColumn(place, heading, [_cell(cells, place) for cells in rows], taken.get(place, ""))
        for place, heading in enumerate(layout.headings)
        if heading
    ]
    choices = [(column.name, column.label) for column in kind.columns]
    return Preview(best.name, [one.name for one in sheets], layout.heading_row, columns, choices)


def _first_full_row(sheet: Sheet) -> Layout:
    """Where no heading is known: the widest of the first rows is most likely that of headings."""
    rows = list(islice(sheet.rows(), _ROWS_SEARCHED))
    if not rows:
        return Layout(sheet.name, 0, [], {})
    best = max(rows, key=lambda row: (sum(1 for cell in row.cells if cell.strip()), -row.number))
    return Layout(sheet.name, best.number, [" ".join(cell.split()) for cell in best.cells], {})


def _cell(cells: object, place: int) -> str:
    row: list[str] = list(cells)  # type: ignore[call-overload]
    return row[place][:40] if place < len(row) else ""


def chosen_columns(preview: Preview, sent: dict[str, str]) -> dict[str, str]:
    """Return heading → column as the form says; of two for one column the first counts."""
    known = {name for name, _label in preview.choices}
    chosen: dict[str, str] = {}
    taken: set[str] = set()
    for one in preview.columns:
        name = sent.get(f"column-{one.index}", "")
        if name not in known or name in taken:
            name = ""
        taken.add(name)
        if plain_heading(one.heading):
            chosen.setdefault(one.heading, name)
    return chosen
