"""Uploaded files before anything trusts them: size, kind, archive directory, encoding.

Pure Python, so that parsers without Django can use it. Guards come before parsing: the size, the
magic bytes, and for .xlsx the directory of the zip archive.
"""

import csv
import io
import zipfile
from itertools import pairwise
from pathlib import PurePath

import python_calamine

MAX_BYTES = 10 * 1024 * 1024
MAX_UNPACKED = 100 * 1024 * 1024  # bytes
MAX_RATIO = 100
RATIO_MATTERS_FROM = 1024 * 1024  # bytes unpacked; tiny files may compress extremely well
MAX_ENTRIES = 1000
MAX_CELLS = 2_000_000

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


class UnreadableFile(ValueError):  # noqa: N818 -- says what it is
    """A file that cannot be read as an enquiry; `code` is stable, the message is English."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


def text_of_file(name: str, content: bytes) -> str:
    """Return a file as text; a workbook becomes rows with tabs between the cells.

    Raises UnreadableFile with code empty_file, too_large, unsupported_type, binary_file,
    zip_bomb or bad_workbook.
    """
    if _is_workbook(name, content):
        return _rows_as_text(content)
    return _decoded(content)


def table_of_file(name: str, content: bytes) -> list[list[str]]:
    """Return a file as rows of cells: the first sheet of a workbook, or delimited text.

    Raises UnreadableFile like ``text_of_file``.
    """
    if _is_workbook(name, content):
        return [
            [_cell(cell) for cell in row] for _name, rows in _sheets(content)[:1] for row in rows
        ]
    text = _decoded(content)
    first_line = text.lstrip("\r\n").partition("\n")[0]
    delimiter = max(",;\t", key=first_line.count)
    return [
        [cell.strip() for cell in row] for row in csv.reader(io.StringIO(text), delimiter=delimiter)
    ]


def _is_workbook(name: str, content: bytes) -> bool:
    """Check size and kind; return whether this is a workbook rather than text."""
    if not content or not content.strip(b"\x00\t\n\r \xef\xbb\xbf\xff\xfe"):
        raise UnreadableFile("The file is empty.", "empty_file")
    if len(content) > MAX_BYTES:
        raise UnreadableFile("The file is larger than 10 MB.", "too_large")
    kind = PurePath(name.replace("\\", "/")).suffix.lower()
    if kind in (".txt", ".csv", ".tsv", ".text", ".eml", ""):
        return False
    if kind in (".xlsx", ".xlsm", ".xls"):
        return True
    raise UnreadableFile(
        "This type of file cannot be read; use .txt, .csv, .xlsx or .xls.", "unsupported_type"
    )


def _decoded(content: bytes) -> str:
    for bom, encoding in _BOMS:
        if content.startswith(bom):
            return _as_text(content, encoding)
    guessed = _utf16_without_bom(content)
    if guessed:
        return _as_text(content, guessed)
    if content.startswith(
        (_ZIP, _OLE, b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"MZ", b"\x7fELF")
    ):
        raise _binary()
    for encoding in ("utf-8", "gb18030", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding == "gb18030" and _is_western(content, text):
            continue
        return _checked(text)
    return _checked(content.decode("latin-1"))


def _as_text(content: bytes, encoding: str) -> str:
    try:
        return _checked(content.decode(encoding))
    except UnicodeDecodeError as error:
        raise _binary() from error


def _utf16_without_bom(content: bytes) -> str | None:
    """Every second byte of Latin text in UTF-16 is zero."""
    sample = content[:2000]
    half = len(sample) // 2
    if half < 4:
        return None
    if sample[1::2].count(0) > half * 0.4 and sample[::2].count(0) < half * 0.1:
        return "utf-16-le"
    if sample[::2].count(0) > half * 0.4 and sample[1::2].count(0) < half * 0.1:
        return "utf-16-be"
    return None


def _is_western(content: bytes, text: str) -> bool:
    """Does GB 18030 only fit by accident? Umlauts stand alone between ASCII letters."""
    high = [i for i, byte in enumerate(content) if byte >= 0x80]
    alone = sum(
        1
        for i in high
        if (i == 0 or content[i - 1] < 0x80) and (i + 1 == len(content) or content[i + 1] < 0x80)
    )
    common = sum("\u4e00" <= c <= "\u9fff" for c in text)
    joined = sum(1 for a, b in pairwise(high) if b == a + 1)
    return alone > 0 or (common > 0 and joined * 4 < len(high))


def _checked(text: str) -> str:
    text = text.removeprefix("\ufeff")
    sample = text[:20_000]
    controls = sum((c < " " and c not in "\t\n\r\x0b\x0c") or c in "\x7f\ufffd" for c in sample)
    if "\x00" in sample or controls > max(2, len(sample) // 50):
        raise _binary()
    return text


def _binary() -> UnreadableFile:
    return UnreadableFile("The file is not text.", "binary_file")


def _sheets(content: bytes) -> list[tuple[str, list[list[object]]]]:
    """Return (name, rows) of every sheet, after the guards."""
    if content.startswith(_ZIP):
        _check_zip(content)
    elif not content.startswith(_OLE):
        raise UnreadableFile("The file is not an Excel workbook.", "bad_workbook")
    try:
        return _parsed_sheets(content)
    except UnreadableFile:
        raise
    except (python_calamine.CalamineError, OSError, ValueError, KeyError, IndexError) as error:
        raise UnreadableFile(
            "The workbook is damaged and cannot be read.", "bad_workbook"
        ) from error


def _parsed_sheets(content: bytes) -> list[tuple[str, list[list[object]]]]:
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    sheets = []
    cells = 0
    for name in book.sheet_names:
        sheet = book.get_sheet_by_name(name)
        cells += sheet.height * sheet.width
        if cells > MAX_CELLS:
            raise UnreadableFile("The workbook has too many cells.", "too_large")
        rows: list[list[object]] = [[*row] for row in sheet.to_python(skip_empty_area=True)]
        sheets.append((name, rows))
    return sheets


def _check_zip(content: bytes) -> None:
    """From the archive's directory alone, before anything is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise UnreadableFile(
            "The workbook is damaged and cannot be read.", "bad_workbook"
        ) from error
    unpacked = sum(entry.file_size for entry in entries)
    ratio = unpacked / max(1, len(content))
    if len(entries) > MAX_ENTRIES or unpacked > MAX_UNPACKED:
        raise UnreadableFile("The workbook is too large when unpacked.", "zip_bomb")
    if unpacked > RATIO_MATTERS_FROM and ratio > MAX_RATIO:
        raise UnreadableFile("The workbook is packed suspiciously tightly.", "zip_bomb")


def _rows_as_text(content: bytes) -> str:
    lines: list[str] = []
    for _name, rows in _sheets(content):
        lines.extend("\t".join(map(_cell, row)).rstrip("\t") for row in rows)
        lines.append("")
    text = "\n".join(lines).strip("\n")
    if not text.strip():
        raise UnreadableFile("The workbook has no filled cells.", "empty_file")
    return text


def _cell(value: object) -> str:
    """6205, not 6205.0; line ends and tabs inside a cell become blanks."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, float):
        return format(value, ".12g")
    return " ".join(str(value).split())
