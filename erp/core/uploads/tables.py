"""Files of rows: workbooks and delimited text."""

import csv
import io

import python_calamine

from erp.core.uploads.guards import OLE, ZIP, UnreadableFile, check_readable
from erp.core.uploads.text import decoded
from erp.core.uploads.workbooks import MAX_CELLS, check_ole_workbook, check_workbook


def text_of_file(name: str, content: bytes) -> str:
    """Return a file as text; a workbook becomes rows with tabs between the cells.

    Raises UnreadableFile with code empty_file, too_large, unsupported_type, wrong_type,
    binary_file, zip_bomb or bad_workbook.
    """
    if check_readable(name, content):
        return _rows_as_text(content)
    return decoded(content)


def table_of_file(name: str, content: bytes) -> list[list[str]]:
    """Return a file as rows of cells: the first sheet of a workbook, or delimited text.

    Raises UnreadableFile like ``text_of_file``.
    """
    if check_readable(name, content):
        return [
            [_cell(cell) for cell in row] for _name, rows in _sheets(content)[:1] for row in rows
        ]
    text = decoded(content)
    first_line = text.lstrip("\r\n").partition("\n")[0]
    delimiter = max(",;\t", key=first_line.count)
    return [
        [cell.strip() for cell in row] for row in csv.reader(io.StringIO(text), delimiter=delimiter)
    ]


def _sheets(content: bytes) -> list[tuple[str, list[list[object]]]]:
    """Return (name, rows) of every sheet, after the guards."""
    if content.startswith(ZIP):
        check_workbook(content)
    elif content.startswith(OLE):
        check_ole_workbook(content)
    else:
        raise UnreadableFile("The file is not an Excel workbook.", "wrong_type")
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
