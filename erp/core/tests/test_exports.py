"""EX01: what users typed never runs in a spreadsheet; numbers stay numbers."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from openpyxl import load_workbook

from erp.core.exports import BOM, file_name, neutralise, restored, write_csv, write_xlsx

LIVE = [
    "=1+1",
    "==1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\rx",
    "\nx",
    "\0x",
    "＝1+1",
    "＋1",
    "－1",
    "＠x",
    "  =1+1",
    "\u3000=1+1",
    "\xa0-1",
    "\ufeff=1",
    "\u200b=1",
    "\x01=1",
    "=cmd|'/C calc'!A0",
    '=HYPERLINK("http://x","y")',
    "'=1",
]
PLAIN = ["6205-2RS/C3", "a=b", "", "深沟球轴承", "5-10", "#N/A", "NUL"]


def read_csv(content: bytes) -> list[list[str]]:
    assert content.startswith(BOM)
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def csv_of(headers: list[Any], *rows: list[Any]) -> list[list[str]]:
    return read_csv(b"".join(write_csv(headers, rows)))


def sheet_of(headers: list[Any], *rows: list[Any], name: str = "Sheet") -> Any:
    return load_workbook(io.BytesIO(write_xlsx(headers, rows, name))).worksheets[0]


@pytest.mark.parametrize("text", LIVE)
def test_a_text_that_could_run_gets_an_apostrophe(text: str) -> None:
    assert neutralise(text) == f"'{text}"


@pytest.mark.parametrize("value", [*PLAIN, -5, Decimal("-5.10"), None, True, date(2026, 1, 1)])
def test_anything_else_stays_as_it_is(value: Any) -> None:
    assert neutralise(value) == value


@pytest.mark.parametrize("text", [*LIVE, *PLAIN, "''x", "'", "' =1"])
def test_what_was_neutralised_is_restored(text: str) -> None:
    assert restored(neutralise(text)) == text


def test_a_lazy_text_is_neutralised_too() -> None:
    lazy: Promise = _("=1+1")
    assert neutralise(lazy) == "'=1+1"


@pytest.mark.parametrize("text", LIVE)
def test_csv_holds_the_text_with_its_apostrophe(text: str) -> None:
    assert csv_of([text], [text]) == [[f"'{text}"], [f"'{text}"]]


def test_csv_numbers_are_bare_and_exact() -> None:
    values = [-5, Decimal("-5.10"), Decimal("1E+3"), Decimal("0.00000001"), -1.5]
    content = b"".join(write_csv(["n"] * len(values), [values]))

    assert content.splitlines()[1] == b"-5,-5.10,1000,0.00000001,-1.5"


def test_csv_texts_are_quoted_so_that_no_other_separator_splits_them() -> None:
    content = b"".join(write_csv(["品名"], [["a;=1+1"], [None], ['6205 "C3"\nNSK']]))

    assert content == BOM + '"品名"\r\n"a;=1+1"\r\n""\r\n"6205 ""C3""\nNSK"\r\n'.encode()


def test_csv_comes_in_pieces() -> None:
    pieces = list(write_csv(["n"], ([n] for n in range(1200))))

    assert len(pieces) > 2
    assert len(read_csv(b"".join(pieces))) == 1201


def test_csv_times_are_local_and_dates_iso() -> None:
    at = datetime(2026, 11, 22, 18, 30, tzinfo=UTC)
    assert csv_of(["at", "on"], [at, date(2026, 11, 22)])[1] == [
        "2026-11-23 02:30:00",
        "2026-11-22",
    ]


def test_an_endless_number_is_text() -> None:
    assert csv_of(["n"], [Decimal("NaN")])[1] == ["NaN"]
    assert sheet_of(["n"], [Decimal("Infinity")])["A2"].value == "Infinity"


@pytest.mark.parametrize("text", LIVE)
def test_xlsx_holds_text_not_a_formula(text: str) -> None:
    sheet = sheet_of([text], [text])

    for cell in (sheet["A1"], sheet["A2"]):
        assert cell.data_type == "s"
        assert cell.value.startswith("'")


def test_xlsx_keeps_what_looks_like_an_error_a_text() -> None:
    assert sheet_of(["x"], ["#N/A"])["A2"].data_type == "s"


def test_xlsx_numbers_are_numbers_and_exact() -> None:
    sheet = sheet_of(["n"], [-5], [Decimal("-5.10")], [Decimal("1234567890123.45")], [True])

    assert [sheet[f"A{row}"].data_type for row in range(2, 6)] == ["n", "n", "n", "b"]
    assert sheet["A2"].value == -5
    assert Decimal(str(sheet["A3"].value)) == Decimal("-5.1")
    assert sheet["A3"].number_format == "0.00"
    assert Decimal(str(sheet["A4"].value)) == Decimal("1234567890123.45")


@pytest.mark.parametrize("value", [Decimal("9999999999999999.99"), 1234567890123456789])
def test_a_number_too_long_for_a_spreadsheet_is_text(value: Any) -> None:
    assert sheet_of(["n"], [value])["A2"].value == str(value)


def test_xlsx_times_are_local() -> None:
    sheet = sheet_of(["at"], [datetime(2026, 11, 22, 18, 30, tzinfo=UTC)], [date(2026, 1, 2)])

    assert sheet["A2"].value == datetime(2026, 11, 23, 2, 30)  # noqa: DTZ001 (as Excel has it)
    assert sheet["A3"].is_date


def test_xlsx_leaves_out_what_xml_cannot_hold() -> None:
    assert sheet_of(["x"], ["a\x0bb"], [None])["A2"].value == "ab"


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("=1+1", "1+1"),
        ("'报价", "报价"),
        ("a/b:c[d]*e?", "a b c d e"),
        ("长" * 40, "长" * 31),
        ("", "Sheet1"),
        ("＝＠", "Sheet1"),
    ],
)
def test_a_sheet_name_is_one_excel_accepts(name: str, title: str) -> None:
    assert sheet_of(["x"], name=name).title == title


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("客户", "客户.csv"),
        ("=1+1", "1+1.csv"),
        ("../../etc/passwd", "etc passwd.csv"),
        ("a\r\nX: y", "a X y.csv"),
        ("", "export.csv"),
    ],
)
def test_a_file_name_has_no_path_and_no_formula(title: str, name: str) -> None:
    assert file_name(title, "csv") == name
