"""Checking a file: every row of it, chunk by chunk, into the staging tables. Writes no books."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice

from django.db import transaction

from erp.core.tables import damage_of
from imports.duplicates import Duplicates
from imports.kinds import CHANGED, NEW, UNCHANGED, Kind, Row, Unfit
from imports.models import Import, ImportChunk, ImportProblem
from imports.packing import packed
from imports.progress import Progress
from imports.reading import Found, Reading

CHUNK_ROWS = 2000
COUNTED = ("rows", NEW, CHANGED, UNCHANGED, "duplicates", "conflicts", "refused", "not_data")


class Check:
    """One reading of a file; ``counts`` grow with it."""

    def __init__(self, of: Import, reading: Reading, kind: Kind) -> None:
        self.of, self.reading, self.kind = of, reading, kind
        self.counts: Counter[str] = Counter(dict.fromkeys(COUNTED, 0))
        self.duplicates = Duplicates()
        columns = reading.layout.columns
        # Unpacked once: this is looked at for every cell of the file.
        self.secret = [
            columns[column.name]
            for column in kind.columns
            if column.is_secret and column.name in columns
        ]
        self.places = [
            (column, column.name, columns.get(column.name, -1), column.parse, column.is_text)
            for column in kind.columns
            if column.name in kind.run.columns or column.required
        ]

    def run(self, progress: Progress) -> None:
        """Read, check and stage every row; earlier staging of the import is thrown away."""
        ImportChunk.objects.filter(of=self.of).delete()
        ImportProblem.objects.filter(of=self.of).delete()
        try:
            for number, found in enumerate(_chunks(self.reading.rows())):
                self._chunk(number, found)
                progress.at(found[-1].number)
        finally:
            self.duplicates.close()

    def _chunk(self, number: int, found: Sequence[Found]) -> None:
        rows = [self._parsed(one) for one in found if one.is_data]
        hidden = [self._hidden(one) for one in found if one.is_hidden]
        self.kind.check(rows)
        sound = [row for row in rows if not row.refused]
        fresh = self.duplicates.mark(sound)
        self.kind.compare(fresh, lock=False)
        self._count(found, rows, sound, [row for row in fresh if row.refused])
        self._stage(number, [row for row in fresh if not row.refused], [*rows, *hidden])

    def _parsed(self, found: Found) -> Row:
        row = Row(found.number, found.cells)
        cells, width, given, values = found.cells, len(found.cells), found.given, row.values
        run = self.kind.run
        for column, name, index, parse, is_text in self.places:
            cell = cells[index] if -1 < index < width else ""
            if type(cell) is str:
                cell = cell.strip()
            if not cell and given:
                cell = given.get(name, "")
            if not cell:
                if column.missing and (index >= 0 or column.required):
                    row.refuse(name, column.missing)
                continue
            damage = damage_of(cell) if is_text else ""
            if damage:
                row.refuse(name, damage, cell)
                continue
            try:
                values[name] = parse(cell, run)
            except Unfit as unfit:
                row.refuse(name, unfit.code, "" if column.is_secret else cell)
        return row

    @staticmethod
    def _hidden(found: Found) -> Row:
        row = Row(found.number, found.cells)
        row.note("", "hidden_row")
        return row

    def _kept(self, cells: Sequence[str]) -> list[str]:
        """Return a row's cells without the secrets among them."""
        kept = [*cells]
        for place in self.secret:
            if place < len(kept):
                kept[place] = ""
        return kept

    def _count(
        self, found: Sequence[Found], rows: list[Row], sound: list[Row], compared: list[Row]
    ) -> None:
        """``compared``: those of the sound ones that what is there already has refused."""
        for row in compared:
            row.state = ""
        counts = self.counts
        counts["rows"] += len(found)
        counts["not_data"] += len(found) - len(rows)
        counts["refused"] += len(rows) - len(sound) + len(compared)
        counts["conflicts"] += sum(row.refused for row in sound) - len(compared)
        counts["duplicates"] += sum(not row.state for row in sound) - len(compared)
        counts.update(row.state for row in sound if row.state)

    def _stage(self, number: int, fresh: list[Row], rows: list[Row]) -> None:
        troubled = [row for row in rows if row.problems]
        staged = [[row.number, row.key, row.values] for row in fresh]
        originals = {str(row.number): self._kept(row.cells) for row in troubled}
        with transaction.atomic():
            ImportChunk.objects.create(
                of=self.of,
                number=number,
                size=len(staged),
                staged=packed(staged),
                originals=packed(originals),
            )
            ImportProblem.objects.bulk_create(
                (
                    ImportProblem(
                        of=self.of,
                        row=row.number,
                        column=problem.column,
                        code=problem.code,
                        value=problem.value,
                        other_row=problem.other_row,
                        stops=problem.stops,
                    )
                    for row in troubled
                    for problem in row.problems or ()
                ),
                batch_size=1000,
            )


def _chunks(rows: Iterator[Found]) -> Iterator[list[Found]]:
    while chunk := list(islice(rows, CHUNK_ROWS)):
        yield chunk
