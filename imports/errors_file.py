"""The rows with problems as a workbook: the original cells, and beside them what is wrong."""

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from erp.core.exports import write_xlsx
from imports.models import Import, ImportProblem
from imports.packing import unpacked
from imports.report import problem_in_words


def error_workbook(of: Import) -> bytes:
    """Return the workbook; a text that could run is neutralised as in every export."""
    headings = of.layout.get("headings", [])
    columns = [_("Row"), *headings, _("Column"), _("Code"), _("Problem")]
    return write_xlsx(columns, _rows(of, len(headings)), _("Problems"))


def write_error_workbook(of: Import, path: Path) -> None:
    path.write_bytes(error_workbook(of))


def _rows(of: Import, width: int) -> Iterator[list[Any]]:
    cells_of = _Originals(of)
    problems = ImportProblem.objects.filter(of=of).order_by("row", "id").iterator()
    for number, group in groupby(problems, key=lambda problem: problem.row):
        cells = [*cells_of.row(number), *[""] * width][:width]
        told = [problem_in_words(of, problem) for problem in group]
        yield [
            number,
            *cells,
            "\n".join(one["column"] for one in told),
            "\n".join(one["code"] for one in told),
            "\n".join(one["message"] for one in told),
        ]


class _Originals:
    """The kept cells, one chunk in memory at a time: rows are asked for in order."""

    def __init__(self, of: Import) -> None:
        numbers = list(of.chunks.order_by("number").values_list("number", flat=True))
        self._chunks = (of.chunks.get(number=number) for number in numbers)
        self._cells: dict[str, list[str]] = {}

    def row(self, number: int) -> list[str]:
        while str(number) not in self._cells:
            chunk = next(self._chunks, None)
            if chunk is None:
                return []
            self._cells = unpacked(chunk.originals) if chunk.originals else {}
        return self._cells[str(number)]
