"""Workbooks before a parser opens them: nothing hides in the archive, no sheet is boundless.

A parser lays a sheet out as a full rectangle, so two cells far apart are enough to exhaust the
memory; the references are therefore read from the XML while it is inflated.
"""

import io
import re
import struct
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field

from erp.core.uploads.archives import entries_of, pieces_of
from erp.core.uploads.guards import UnreadableFile
from erp.core.uploads.ole import cells_of_biff, workbook_stream

MAX_CELLS = 2_000_000
# Text of one cell repeated by reference: what all cells together may come to.
MAX_TEXT = 200 * 1024 * 1024  # bytes
_CARRY = 64 * 1024
_DECLARATION = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)
# A cell or row and its place; the slash marks one without content.
_PLACE = re.compile(
    rb"""\br\s*=\s*["']([A-Za-z]{0,3})(\d{1,7})["'](?:\s+[A-Za-z:]+="[^"<>]*")*\s*(/?)"""
)
_CELL_TAG = re.compile(rb"<(?:[\w.-]+:)?c[\s>/]")
# What an honest writer says of the sheet at its beginning; believed only where it is large.
_DIMENSION = re.compile(rb"""<(?:[\w.-]+:)?dimension\s[^>]*ref=["'][A-Z]+\d+:([A-Z]+)(\d+)["']""")
_BYTES_PER_CELL = 10
_ROW_TAG = re.compile(rb"<(?:[\w.-]+:)?row\b")
_STRINGS = re.compile(rb"<(?:[\w.-]+:)?sst[\s>]")
_ITEM_END = re.compile(rb"</(?:[\w.-]+:)?si>")


def bad_workbook() -> UnreadableFile:
    return UnreadableFile("The workbook is damaged and cannot be read.", "bad_workbook")


def check_workbook(content: bytes) -> None:
    """Check an .xlsx before it is parsed: directory first, then every part while inflating.

    Raises UnreadableFile zip_bomb, too_large or bad_workbook.
    """
    entries = entries_of(content, bad_workbook)
    names = {entry.filename for entry in entries}
    if "xl/workbook.xml" not in names or names & {"content.xml", "xl/workbook.bin"}:
        raise bad_workbook()
    file = io.BytesIO(content)
    cells, text_cells, longest = 0, 0, 0
    for entry in entries:
        part = _read_part(file, entry)
        cells += part.area()
        text_cells += part.cells
        longest = max(longest, part.longest_item)
        if cells > MAX_CELLS:
            raise UnreadableFile("The workbook has too many cells.", "too_large")
    if longest > 10_000 and longest * text_cells > MAX_TEXT:
        raise UnreadableFile("The workbook is too large when unpacked.", "zip_bomb")


@dataclass(slots=True)
class _Part:
    """What was seen of one part of the archive."""

    columns: set[bytes] = field(default_factory=set)
    last_row: int = 0  # by cells
    last_row_tag: int = 0  # by rows, which counts where cells do not say their place
    cells: int = 0
    placed: int = 0
    widest: int = 0  # most cells in one row
    in_row: int = 0
    longest_item: int = 0

    def area(self) -> int:
        unplaced = self.cells > self.placed
        rows = max(self.last_row, self.last_row_tag if unplaced else 0)
        width = max((_column_number(letters) for letters in self.columns), default=1)
        width = max(width, self.widest if unplaced else 0)
        return max(rows * width if rows else 0, self.cells)


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def check_ole_workbook(content: bytes) -> None:
    """Check an .xls before it is parsed: the rectangle its cells span.

    Raises UnreadableFile too_large or bad_workbook.
    """
    try:
        cells = cells_of_biff(workbook_stream(content))
    except (struct.error, IndexError, ValueError) as error:
        raise bad_workbook() from error
    if cells > MAX_CELLS:
        raise UnreadableFile("The workbook has too many cells.", "too_large")


def _read_part(file: io.BytesIO, entry: zipfile.ZipInfo) -> _Part:
    """Inflate one part and look at its markup; pictures and the like only inflate."""
    part = _Part()
    is_markup: bool | None = None
    holds_strings: bool | None = None
    since_item = 0
    for text in _whole_tags(pieces_of(file, entry, bad_workbook)):
        plain = text.replace(b"\x00", b"")  # UTF-16 hides nothing
        if is_markup is None:
            is_markup = b"<" in plain[:1000]
            _check_dimension(plain[:4000], entry.file_size)
        if not is_markup:
            continue
        if _DECLARATION.search(plain):
            raise bad_workbook()
        if holds_strings is None:
            holds_strings = bool(_STRINGS.search(plain[:4000]))
        if holds_strings:
            since_item = _measure_items(part, plain, since_item)
        _count(part, plain)
        if part.area() > MAX_CELLS:
            raise UnreadableFile("The workbook has too many cells.", "too_large")
    return part


def _check_dimension(beginning: bytes, size: int) -> None:
    """Refuse a sheet that says it is large and is long enough to be so.

    One merely formatted to its last row says the same and is short; its cells are looked at.
    """
    said = _DIMENSION.search(beginning)
    if said is None:
        return
    cells = _column_number(said[1]) * int(said[2])
    if cells > MAX_CELLS and size > cells * _BYTES_PER_CELL:
        raise UnreadableFile("The workbook has too many cells.", "too_large")


def _whole_tags(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Join pieces so that none ends inside a tag."""
    carried = b""
    for piece in pieces:
        text = carried + piece
        cut = text.rfind(b"<")
        if cut <= 0 or len(text) - cut > _CARRY:
            yield text
            carried = b""
        else:
            yield text[:cut]
            carried = text[cut:]
    yield carried


def _count(part: _Part, text: bytes) -> None:
    if b"<" not in text:
        return
    found = _PLACE.findall(text)
    placed = [(column, row, empty) for column, row, empty in found if column]
    cells = len(_CELL_TAG.findall(text))
    part.cells += cells
    part.placed += len(placed)
    if cells > len(placed):  # only then does a cell's place follow from its row
        _count_in_rows(part, text)
    filled = [row for _column, row, empty in placed if not empty]
    part.columns.update({column for column, _row, empty in placed if not empty})
    part.last_row = max(part.last_row, max(map(int, filled), default=0))
    tags = [int(row) for column, row, empty in found if not (column or empty)]
    part.last_row_tag = max(part.last_row_tag, max(tags, default=0))


def _count_in_rows(part: _Part, text: bytes) -> None:
    for number, row in enumerate(_ROW_TAG.split(text)):
        if number:
            part.in_row = 0
        part.in_row += len(_CELL_TAG.findall(row))
        part.widest = max(part.widest, part.in_row)


def _measure_items(part: _Part, text: bytes, since: int) -> int:
    """Note the longest shared string; return how much of an unfinished one was seen."""
    at = 0
    for match in _ITEM_END.finditer(text):
        part.longest_item = max(part.longest_item, since + match.end() - at)
        at, since = match.end(), 0
    since += len(text) - at
    part.longest_item = max(part.longest_item, since)
    return since
