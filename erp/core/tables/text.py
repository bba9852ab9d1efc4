"""Delimited text, read record by record: memory does not grow with the file."""

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from erp.core.tables.encoding import encoding_of
from erp.core.tables.sheet import Sheet, SheetRow
from erp.core.uploads import UnreadableFile

DELIMITERS = ",;\t|"
_SAMPLE_LINES = 200
_BLOCK = 1024 * 1024
_LONGEST_CELL = 128 * 1024  # characters; more is a quote that was never closed

csv.field_size_limit(_LONGEST_CELL)


@dataclass(frozen=True)
class TextSheet(Sheet):
    """A csv, tsv or txt file. A record's number counts records: a line break in quotes is none."""

    path: Path
    encoding: str
    delimiter: str

    def rows(self) -> Iterator[SheetRow]:
        with self.path.open(encoding=self.encoding, newline="") as file:
            reader = csv.reader(file, delimiter=self.delimiter)
            number = 0
            try:
                for number, cells in enumerate(reader, 1):
                    yield SheetRow(number, cells)
            except csv.Error as error:
                raise UnreadableFile(
                    f"After record {number} a quotation mark is never closed.", "broken_quotes"
                ) from error
            except UnicodeDecodeError as error:
                raise UnreadableFile(
                    f"After record {number} the file is no text.", "binary_file"
                ) from error

    def count(self) -> int:
        with self.path.open("rb") as file:
            return sum(block.count(b"\n") for block in iter(lambda: file.read(_BLOCK), b""))


def text_sheet(path: Path, name: str) -> TextSheet:
    """Return a text file as a sheet, its encoding and delimiter found."""
    encoding = encoding_of(path)
    with path.open(encoding=encoding, newline="", errors="replace") as file:
        lines = list(islice(_short_lines(file), _SAMPLE_LINES))
    controls = sum(c < " " and c not in "\t\r\n\x0b\x0c" for line in lines for c in line)
    if controls > max(2, sum(map(len, lines)) // 50):
        raise UnreadableFile("The file is not text.", "binary_file")
    return TextSheet(
        name=name, hidden=frozenset(), path=path, encoding=encoding, delimiter=_delimiter(lines)
    )


def _short_lines(file: object) -> Iterator[str]:
    readline = file.readline  # type: ignore[attr-defined]
    while line := readline(_LONGEST_CELL):
        yield line


def _delimiter(lines: list[str]) -> str:
    """The one by which most records are equally wide; of several the one that splits most."""
    first = lines[0].strip().lower() if lines else ""
    if first.startswith("sep=") and len(first) == 5:
        return first[4]
    return max(DELIMITERS, key=lambda delimiter: _evenness(lines, delimiter))


def _evenness(lines: list[str], delimiter: str) -> tuple[float, int]:
    try:
        widths = Counter(len(record) for record in csv.reader(lines, delimiter=delimiter) if record)
    except csv.Error:
        return 0, 0
    width, count = max(widths.items(), key=lambda item: (item[0] > 1, item[1]), default=(1, 0))
    return (count / sum(widths.values()) if width > 1 else 0), width
