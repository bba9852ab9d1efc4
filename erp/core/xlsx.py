"""A workbook of one sheet, written row by row into its archive: flat memory, ten times the speed
of a general library.

Cells hold numbers, dates, truths or ``Text``; whoever calls has neutralised the texts.
"""

import re
import zipfile
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from itertools import chain, islice
from typing import IO, Any
from xml.sax.saxutils import escape

MAX_ROWS = 1_048_576
_MOST_PLACES = 10
# XML 1.0 has no place for these.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_SPECIAL = re.compile("[&<>\r\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
# Days are counted from here; before 1900-03-01 Excel counts a day that never was.
_EPOCH, _FIRST_DAY = date(1899, 12, 30), date(1900, 3, 1)
_HEADER, _DATE, _TIME, _FIGURES = 1, 2, 3, 4  # styles; figures by their decimal places
_ROWS_AT_ONCE = 500
_WIDTHS = (6, 48)


class Text(str):
    """A text cell."""

    __slots__ = ()


def save(
    file: IO[bytes],
    headers: Sequence[Text],
    rows: Iterable[Sequence[Any]],
    title: str,
    above: Sequence[Sequence[Any]] = (),
) -> None:
    """Write the workbook; ValueError when there are more rows than a sheet has.

    ``above``: rows before the headers, of which the first is a heading.
    """
    rows = iter(rows)
    first = list(islice(rows, _ROWS_AT_ONCE))
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=5) as archive:
        for name, content in _parts(title).items():
            archive.writestr(name, _XML + content)
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            top = len(above) + 1
            sheet.write(_head(headers, first, top).encode())
            sheet.write("".join(_above(above)).encode())
            last = _write_rows(sheet.write, headers, chain(first, rows), top)
            columns = letters(max(len(headers), 1) - 1)
            filtered = f'<autoFilter ref="A{top}:{columns}{last}"/>'
            sheet.write(f"</sheetData>{filtered}</worksheet>".encode())


def _above(rows: Sequence[Sequence[Any]]) -> list[str]:
    return [_row(number, row, 0 if number > 1 else _HEADER) for number, row in enumerate(rows, 1)]


def _write_rows(
    write: Callable[[bytes], Any],
    headers: Sequence[Text],
    rows: Iterable[Sequence[Any]],
    number: int,
) -> int:
    """Write the header as this row and the rows below; return the number of the last."""
    pieces = [_row(number, headers, _HEADER)]
    for row in rows:
        number += 1
        if number > MAX_ROWS:
            raise ValueError(f"A sheet has {MAX_ROWS} rows.")
        pieces.append(_row(number, row))
        if len(pieces) == _ROWS_AT_ONCE:
            write("".join(pieces).encode())
            pieces.clear()
    write("".join(pieces).encode())
    return number


def _row(number: int, values: Sequence[Any], style: int = 0) -> str:
    cells = [
        _cell(letters(column) + str(number), value, style)
        for column, value in enumerate(values)
        if value is not None
    ]
    return f'<row r="{number}">{"".join(cells)}</row>'


def _cell(place: str, value: Any, style: int) -> str:
    if isinstance(value, Text):
        return f'<c r="{place}" s="{style}" t="inlineStr"><is>{_text(value)}</is></c>'
    if isinstance(value, Decimal):
        return f'<c r="{place}" s="{_FIGURES + _places(value)}"><v>{value:f}</v></c>'
    if isinstance(value, bool):
        return f'<c r="{place}" t="b"><v>{value:d}</v></c>'
    if isinstance(value, date):
        return _day(place, value)
    return f'<c r="{place}"><v>{value!r}</v></c>'


def _text(value: str) -> str:
    if _SPECIAL.search(value):
        value = escape(_ILLEGAL.sub("", value)).replace("\r", "&#13;")
    return f'<t xml:space="preserve">{value}</t>'


def _places(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return min(-exponent, _MOST_PLACES) if isinstance(exponent, int) and exponent < 0 else 0


def _day(place: str, value: date) -> str:
    is_time = isinstance(value, datetime)
    day = value.date() if isinstance(value, datetime) else value
    if day < _FIRST_DAY:
        text = Text(value.isoformat(" ") if isinstance(value, datetime) else value.isoformat())
        return _cell(place, text, 0)
    serial = str((day - _EPOCH).days)
    if isinstance(value, datetime):
        seconds = value.hour * 3600 + value.minute * 60 + value.second
        serial += f"{seconds / 86400:.10f}"[1:]
    return f'<c r="{place}" s="{_TIME if is_time else _DATE}"><v>{serial}</v></c>'


@lru_cache(maxsize=1024)
def letters(column: int) -> str:
    """Return the name of a column: 0 is A, 26 is AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


# --- what stands around the rows -------------------------------------------------------------


def _head(headers: Sequence[Text], rows: Sequence[Sequence[Any]], top: int) -> str:
    """Return the sheet's beginning: the header stays in view, columns fit what comes first."""
    widths = "".join(
        f'<col min="{column}" max="{column}" width="{_width(header, rows, column - 1)}"'
        ' customWidth="1"/>'
        for column, header in enumerate(headers, start=1)
    )
    return (
        f'{_XML}<worksheet xmlns="{_SPREADSHEET}"><sheetViews><sheetView workbookViewId="0">'
        f'<pane ySplit="{top}" topLeftCell="A{top + 1}" activePane="bottomLeft" state="frozen"/>'
        f"</sheetView></sheetViews>{f'<cols>{widths}</cols>' if widths else ''}<sheetData>"
    )


def _width(header: str, rows: Sequence[Sequence[Any]], column: int) -> int:
    shown = [header, *(str(row[column]) for row in rows[:100] if len(row) > column and row[column])]
    longest = max(sum(2 if ord(c) > 0x2E80 else 1 for c in text[:60]) for text in shown)
    return min(max(longest + 3, _WIDTHS[0]), _WIDTHS[1])


def _parts(title: str) -> dict[str, str]:
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    name = escape(title, {'"': "&quot;"})
    return {
        "[Content_Types].xml": (
            f'<Types xmlns="{_PACKAGE}/content-types">'
            '<Default Extension="rels"'
            ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
            f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kind}.worksheet+xml"/>'
            f'<Override PartName="/xl/styles.xml" ContentType="{kind}.styles+xml"/></Types>'
        ),
        "_rels/.rels": (
            f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1"'
            f' Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
        ),
        "xl/workbook.xml": (
            f'<workbook xmlns="{_SPREADSHEET}" xmlns:r="{_OFFICE}"><sheets>'
            f'<sheet name="{name}" sheetId="1" r:id="rId1"/></sheets></workbook>'
        ),
        "xl/_rels/workbook.xml.rels": (
            f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1"'
            f' Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2"'
            f' Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>'
        ),
        "xl/styles.xml": _styles(),
    }


def _styles() -> str:
    figures = ["0"] + ["0." + "0" * places for places in range(1, _MOST_PLACES + 1)]
    formats = ["yyyy\\-mm\\-dd", "yyyy\\-mm\\-dd\\ hh:mm:ss", *figures]
    declared = "".join(
        f'<numFmt numFmtId="{164 + number}" formatCode="{code}"/>'
        for number, code in enumerate(formats)
    )
    styled = "".join(
        f'<xf numFmtId="{164 + number}" fontId="0" fillId="0" borderId="0" xfId="0"'
        ' applyNumberFormat="1"/>'
        for number in range(len(formats))
    )
    plain = '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    bold = plain.replace('fontId="0"', 'fontId="1"').replace("/>", ' applyFont="1"/>')
    font = '<sz val="11"/><name val="Calibri"/>'
    return (
        f'<styleSheet xmlns="{_SPREADSHEET}">'
        f'<numFmts count="{len(formats)}">{declared}</numFmts>'
        f'<fonts count="2"><font>{font}</font><font><b/>{font}</font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills>'
        '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        f'<cellStyleXfs count="1">{plain}</cellStyleXfs>'
        f'<cellXfs count="{len(formats) + 2}">{plain}{bold}{styled}</cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
        "</styleSheet>"
    )
