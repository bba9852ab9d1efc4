"""CSV and XLSX that a spreadsheet shows and never runs.

A text that a spreadsheet would take for a formula gets an apostrophe before it; numbers stay
numbers. Headers, sheet names and file names are treated alike: they too hold what users typed.
"""

import csv
import io
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any

from django.utils import timezone
from django.utils.functional import Promise

from erp.core import xlsx

BOM = b"\xef\xbb\xbf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# What starts a formula, or is skipped before one; full-width forms count in Chinese and Japanese
# editions. Blanks are any Unicode white space, control characters, and what has no width.
_LIVE = re.compile(r"'*[\s\x00-\x1f\x7f\u200b-\u200f\u2060\ufeff]*[=+\-@＝＋－＠\t\r\n\0]")
# A spreadsheet keeps 15 digits of a number; longer ones are text, or their end would change.
_EXACT_DIGITS = 15
_MAX_CELL_LENGTH = 32_767
_MAX_SHEET_NAME = 31
_CHUNK_ROWS = 500
MAX_SHEET_ROWS = xlsx.MAX_ROWS - 1


def neutralise(value: Any) -> Any:
    """Return the value with an apostrophe before a text that could run; anything else as it is."""
    if isinstance(value, Promise):
        value = str(value)
    if isinstance(value, str) and _LIVE.match(value):
        return f"'{value}"
    return value


def restored(text: str) -> str:
    """Return the text that ``neutralise`` was given, for what reads an export back."""
    return text[1:] if text.startswith("'") and _LIVE.match(text[1:]) else text


def file_name(title: str, extension: str) -> str:
    """Return a file name made of a title: no path, no formula, no control character."""
    stem = re.sub(r'[\s\x00-\x1f\x7f\\/:*?"<>|]+', " ", title).strip(" .'")
    stem = re.sub(r"^[=+\-@＝＋－＠\s]+", "", stem)[:100].strip(" .")
    return f"{stem or 'export'}.{extension}"


# --- CSV -------------------------------------------------------------------------------------


def write_csv(headers: Sequence[Any], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """Yield a CSV file piece by piece: UTF-8 with a byte order mark, texts quoted, numbers bare."""
    yield BOM
    buffer = io.StringIO()
    # Quoted texts also keep a ";" from starting a new cell where that is the separator.
    writer = csv.writer(buffer, quoting=csv.QUOTE_NONNUMERIC)
    writer.writerow([_csv_value(header) for header in headers])
    for count, row in enumerate(rows, start=1):
        writer.writerow([_csv_value(value) for value in row])
        if count % _CHUNK_ROWS == 0:
            yield _taken(buffer)
    yield _taken(buffer)


def _taken(buffer: io.StringIO) -> bytes:
    content = buffer.getvalue().encode()
    buffer.seek(0)
    buffer.truncate()
    return content


def _csv_value(value: Any) -> Any:
    value = _plain(value)
    if isinstance(value, Decimal) and value.is_finite():
        return _BareDecimal(value)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    return neutralise(value) if isinstance(value, str | int | float) else str(value)


class _BareDecimal(Decimal):
    """A number the CSV writer leaves unquoted and spells without an exponent."""

    def __str__(self) -> str:
        return f"{Decimal(self):f}"


# --- XLSX ------------------------------------------------------------------------------------


def write_xlsx(
    headers: Sequence[Any],
    rows: Iterable[Sequence[Any]],
    sheet_name: str,
    above: Iterable[Sequence[Any]] = (),
) -> bytes:
    """Return a workbook of one sheet; times are local. ``above``: rows before the headers."""
    buffer = io.BytesIO()
    save_xlsx(buffer, headers, rows, sheet_name, above)
    return buffer.getvalue()


def save_xlsx(
    file: IO[bytes],
    headers: Sequence[Any],
    rows: Iterable[Sequence[Any]],
    sheet_name: str,
    above: Iterable[Sequence[Any]] = (),
) -> None:
    """Write such a workbook to a file row by row, however long it is; at most MAX_SHEET_ROWS."""
    title = _sheet_title(sheet_name)
    cells = ([_sheet_value(value) for value in row] for row in rows)
    heads = [xlsx.Text(str(neutralise(str(header)))) for header in headers]
    xlsx.save(file, heads, cells, title, [[_sheet_value(v) for v in row] for row in above])


def _sheet_title(name: str) -> str:
    """Return a title Excel accepts: 31 characters, none of its own signs, no quote at the ends."""
    title = re.sub(r"[\s\x00-\x1f\x7f\[\]:*?/\\]+", " ", str(name)).strip(" '")
    title = re.sub(r"^[=+\-@＝＋－＠\s']+", "", title)[:_MAX_SHEET_NAME].strip(" '")
    return title or "Sheet1"


def _sheet_value(value: Any) -> Any:
    """Return what a cell holds: a number, a date, a truth, or text that will not run."""
    value = _plain(value)
    if isinstance(value, int) and not isinstance(value, bool):
        value = Decimal(value)
    if isinstance(value, Decimal) and _is_exact(value):
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    if isinstance(value, bool | date):
        return value
    text = str(value)
    return xlsx.Text(neutralise(text)[:_MAX_CELL_LENGTH]) if text else None


def _is_exact(value: Decimal) -> bool:
    """Return whether a spreadsheet's number can hold the value unchanged."""
    return value.is_finite() and len(value.normalize().as_tuple().digits) <= _EXACT_DIGITS


def _plain(value: Any) -> Any:
    """Return what both formats know: a number, a date, a naive local time, or text."""
    if value is None:
        return ""
    if isinstance(value, datetime) and timezone.is_aware(value):
        return timezone.localtime(value).replace(tzinfo=None)
    if isinstance(value, bool | int | float | Decimal | date):
        return value
    return str(value)
