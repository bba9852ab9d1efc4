"""A list of rows on its way to a file: columns, rows in their order, flat memory.

Rows come in chunks, each by an indexed query of its own: no cursor stays open over a long export,
and the driver never holds all of it.
"""

from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import IO, Any

from django.db import models
from django.db.models import QuerySet

from erp.core.exports import MAX_SHEET_ROWS, save_xlsx, write_csv

CHUNK_ROWS = 1000
CSV, XLSX = "csv", "xlsx"
FORMATS = (CSV, XLSX)
CONTENT_TYPES = {
    CSV: "text/csv; charset=utf-8",
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(slots=True)
class RowList:
    """A table to write: ``title`` names it, ``prepare`` looks up what a chunk of rows needs."""

    title: str
    label: str  # of the model, for the log
    headers: list[str]
    values: list[Callable[[Any], Any]]
    rows: QuerySet[Any]
    prepare: Callable[[Sequence[Any]], None] = field(default=lambda _rows: None)

    def count(self) -> int:
        return self.rows.order_by().count()

    def cells(self, progress: Callable[[int], None] | None = None) -> Iterator[list[Any]]:
        """Yield each row's cells; ``progress`` hears after each chunk how many there were."""
        done = 0
        for chunk in chunks(self.rows):
            self.prepare(chunk)
            for row in chunk:
                yield [value(row) for value in self.values]
            done += len(chunk)
            if progress:
                progress(done)


def write(
    listed: RowList, kind: str, file: IO[bytes], progress: Callable[[int], None] | None = None
) -> None:
    """Write the list to a file as csv or xlsx."""
    cells = listed.cells(progress)
    if kind == XLSX:
        save_xlsx(file, listed.headers, cells, listed.title)
        return
    for piece in write_csv(listed.headers, cells):
        file.write(piece)


def fits(kind: str, rows: int) -> bool:
    return kind != XLSX or rows <= MAX_SHEET_ROWS


def chunks(rows: QuerySet[Any]) -> Iterator[list[Any]]:
    """Yield the rows in their order: by key where that is the order, else by the list of keys."""
    key = rows.model._meta.pk
    first = next(iter(rows.query.order_by), "") if rows.query.order_by else ""
    name = first.lstrip("-") if isinstance(first, str) else ""
    if isinstance(key, models.IntegerField) and name in {"pk", key.name}:
        yield from _by_key(rows, descending=str(first).startswith("-"))
    else:
        yield from _by_keys(rows)


def _by_key(rows: QuerySet[Any], *, descending: bool) -> Iterator[list[Any]]:
    order, beyond = ("-pk", "pk__lt") if descending else ("pk", "pk__gt")
    rows = rows.order_by(order)
    chunk = list(rows[:CHUNK_ROWS])
    while chunk:
        yield chunk
        if len(chunk) < CHUNK_ROWS:
            return
        chunk = list(rows.filter(**{beyond: chunk[-1].pk})[:CHUNK_ROWS])


def _by_keys(rows: QuerySet[Any]) -> Iterator[list[Any]]:
    """Eight bytes a row are remembered; what vanished meanwhile is left out."""
    found = rows.values_list("pk", flat=True).iterator(chunk_size=10_000)
    is_number = isinstance(rows.model._meta.pk, models.IntegerField)
    keys: Sequence[Any] = array("q", found) if is_number else list(found)
    unordered = rows.order_by()
    for start in range(0, len(keys), CHUNK_ROWS):
        wanted = list(keys[start : start + CHUNK_ROWS])
        there = {row.pk: row for row in unordered.filter(pk__in=wanted)}
        yield [there[key] for key in wanted if key in there]
