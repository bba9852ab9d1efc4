"""Workbooks: what stands in the cells, what stands only in the markup."""

import io
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from erp.core.tables import Day, Fault, Figure, layout_of, open_sheets
from erp.core.uploads import UnreadableFile


def saved(tmp_path: Path, book: Workbook) -> Path:
    path = tmp_path / "book.xlsx"
    book.save(path)
    return path


def cells_of(path: Path, sheet: int = 0) -> list[list[str]]:
    return [list(row.cells) for row in open_sheets(path)[sheet].rows()]


@pytest.fixture
def book() -> Any:
    made = Workbook()
    made.active.title = "价格表"
    return made


def test_numbers_dates_and_texts_keep_what_they_are(tmp_path: Path, book: Any) -> None:
    book.active.append([6205, 12.5, "007", date(2026, 6, 2), True, "123456789012345678"])
    (row,) = cells_of(saved(tmp_path, book))
    assert row == ["6205", "12.5", "007", "2026-06-02", "TRUE", "123456789012345678"]
    assert [type(cell) for cell in row[:4]] == [Figure, Figure, str, Day]


def test_dates_of_both_calendars_are_the_same_day(tmp_path: Path, book: Any) -> None:
    book.epoch = CALENDAR_MAC_1904
    book.active.append(["on", date(2026, 6, 2)])
    assert cells_of(saved(tmp_path, book))[0][1] == "2026-06-02"


def test_a_merged_cell_counts_for_every_row_it_spans(tmp_path: Path, book: Any) -> None:
    sheet = book.active
    for row in (["Title"], ["brand", "model"], ["SKF", 6205], [None, 6206], [None, 6207]):
        sheet.append(row)
    sheet.merge_cells("A1:B1")
    sheet.merge_cells("A3:A4")
    rows = cells_of(saved(tmp_path, book))
    assert rows[0] == ["Title", ""]
    assert [row[0] for row in rows[2:]] == ["SKF", "SKF", ""]


def test_formulas_without_values_are_computed_or_told(tmp_path: Path, book: Any) -> None:
    sheet = book.active
    sheet.append([100, "=ROUND(A1*1.13,2)", "=B1*2", "=VLOOKUP(A1,A:B,2)", "=A9/0", "=C1+D1"])
    (row,) = cells_of(saved(tmp_path, book))
    assert row[:3] == ["100", "113", "226"]
    faults = [cell for cell in row[3:] if isinstance(cell, Fault)]
    assert [fault.fault_code for fault in faults] == ["formula_without_value"] * 3


def test_a_circle_of_formulas_has_no_value(tmp_path: Path, book: Any) -> None:
    book.active.append(["=B1+1", "=A1+1"])
    (row,) = cells_of(saved(tmp_path, book))
    assert [type(cell) for cell in row] == [Fault, Fault]


def test_error_values_are_no_text(tmp_path: Path, book: Any) -> None:
    sheet = book.active
    sheet.append(["x", 1])
    sheet["B1"].value, sheet["B1"].data_type = "#N/A", "e"
    (row,) = cells_of(saved(tmp_path, book))
    assert isinstance(row[1], Fault)
    assert (str(row[1]), row[1].fault_code) == ("#N/A", "error_value")


def test_hidden_rows_are_known_and_hidden_sheets_are_not_read(tmp_path: Path, book: Any) -> None:
    for number in range(1, 5):
        book.active.append([f"row {number}"])
    book.active.row_dimensions[3].hidden = True
    book.create_sheet("secret").sheet_state = "hidden"
    sheets = open_sheets(saved(tmp_path, book))
    assert [sheet.name for sheet in sheets] == ["价格表"]
    assert sheets[0].hidden == {3}


def test_the_headings_are_found_below_titles(tmp_path: Path, book: Any) -> None:
    for row in (["XX 有限公司"], [], ["备注：含税"], ["型号", "单价"], ["6205", 1]):
        book.active.append(row)
    known = {"型号": "model", "单价": "price"}
    layout = layout_of(open_sheets(saved(tmp_path, book))[0], known.get)
    assert layout is not None
    assert (layout.heading_row, layout.columns) == (4, {"model": 0, "price": 1})
    assert layout.titles == ["XX 有限公司", "备注：含税"]


def _with_part(path: Path, part: str, change: Any) -> Path:
    """Return the workbook with one part of its archive rewritten."""
    out = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w") as new:
        for entry in old.infolist():
            content = old.read(entry)
            new.writestr(entry, change(content) if entry.filename == part else content)
    path.write_bytes(out.getvalue())
    return path


def test_a_workbook_that_declares_entities_is_refused(tmp_path: Path, book: Any) -> None:
    book.active.append(["a"])
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]>'
    path = _with_part(
        saved(tmp_path, book),
        "xl/worksheets/sheet1.xml",
        lambda content: bomb + content[content.index(b"<worksheet") :],
    )
    with pytest.raises(UnreadableFile) as refused:
        open_sheets(path)
    assert refused.value.code == "bad_workbook"


def test_a_shared_formula_without_values_is_computed(tmp_path: Path, book: Any) -> None:
    for number in (1, 2, 3):
        book.active.append([number, "=0"])
    path = _with_part(
        saved(tmp_path, book),
        "xl/worksheets/sheet1.xml",
        lambda content: (
            content.replace(
                b'<c r="B1"><f>0</f><v', b'<c r="B1"><f t="shared" ref="B1:B3" si="0">A1*2</f><v'
            )
            .replace(b'<c r="B2"><f>0</f><v', b'<c r="B2"><f t="shared" si="0"/><v')
            .replace(b'<c r="B3"><f>0</f><v', b'<c r="B3"><f t="shared" si="0"/><v')
        ),
    )
    assert [row[1] for row in cells_of(path)] == ["2", "4", "6"]
