"""Enquiry files: encodings, workbooks, and what is refused before it is parsed."""

import io
import zipfile
from datetime import date

import openpyxl
import pytest

from erp.core.tests.files import old_table
from quotations.reading import UnreadableFile, read_enquiry, text_of_file
from quotations.tests.test_reading import BRANDS

TEXT = "型号\t数量\n6205-2RS\t10 个\n"


def workbook(rows: list[list[object]], *, merge: str = "") -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(row)
    if merge:
        sheet.merge_cells(merge)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def archive(entries: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in entries.items():
            file.writestr(name, content)
    return stream.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le"])
def test_text_in_any_encoding(encoding: str) -> None:
    text = TEXT if encoding != "utf-16-le" else "part\tqty\n6205-2RS\t10 pcs\n"
    assert text_of_file("enquiry.txt", text.encode(encoding)) == text


def test_western_text() -> None:
    text = "Wälzlager für Müller: 6205-2RS 10 Stück, Größe groß"
    assert text_of_file("enquiry.csv", text.encode("cp1252")) == text


def test_workbook_becomes_rows() -> None:
    content = workbook([["型号", "数量"], [6205, 10], ["6206-2RS", 2.5]])
    assert text_of_file("询价.XLSX", content) == "型号\t数量\n6205\t10\n6206-2RS\t2.5"


def test_old_workbook_becomes_rows() -> None:
    content = old_table([["型号", "数量"], [6205, 10], ["6206-2RS", 2.5]])
    assert text_of_file("询价.xls", content) == "型号\t数量\n6205\t10\n6206-2RS\t2.5"


Summary = tuple[str, str | None, str | None, str | None]


def asked(content: bytes, name: str = "a.xlsx") -> list[Summary]:
    """Part, brand, quantity and unit of every line read from a file."""
    return [
        (
            line.wording,
            line.brand,
            None if line.quantity is None else f"{line.quantity.normalize():f}",
            line.unit,
        )
        for line in read_enquiry(text_of_file(name, content), BRANDS).lines
    ]


TABLES: list[tuple[str, list[list[object]], list[Summary]]] = [
    (
        "titles above, text quantities, totals below",
        [
            ["恒力公司采购询价单"],
            ["询价单号：XJ20261102-01", None, None, "日期：2026-11-02"],
            [],
            ["序号", "物料名称", "规格型号", "单位", "数量", "品牌", "备注"],
            [1, "深沟球轴承", 6205.0, "个", 20, "SKF", None],
            [2, "深沟球轴承", "6206-2RS", "个", "30个", "NSK", "急"],
            ["合计", None, None, None, 50],
        ],
        [("6205", "SKF", "20", "piece"), ("6206-2RS", "NSK", "30", "piece")],
    ),
    (
        "no header",
        [["6205-2RS", 20], ["NU206", "30套"], [6207, 40]],
        [
            ("6205-2RS", None, "20", None),
            ("NU206", None, "30", "set"),
            ("6207", None, "40", None),
        ],
    ),
    (
        "quantity first, all in the description",
        [["Qty", "Description"], [4, "BEARING 6205-2RS1/C3 SKF"], [2, "SLEEVE H 316"]],
        [("6205-2RS1/C3", "SKF", "4", None), ("H 316", None, "2", None)],
    ),
    (
        "our number, the maker's number, demand of a year, target price",
        [
            [
                "Line",
                "Customer P/N",
                "Manufacturer",
                "Mfr. Part Number",
                "EAU",
                "RFQ Qty",
                "Target",
            ],
            [1, "100-2345", "SKF", "6205-2RSH/C3", 12000, 500, 1.85],
        ],
        [("6205-2RSH/C3", "SKF", "500", None)],
    ),
    (
        "sizes in columns",
        [["名称", "内径", "外径", "宽度", "数量"], ["轴承", 25, 52, 15, "20套"]],
        [("25*52*15", None, "20", "set")],
    ),
    (
        "two lists side by side",
        [["型号", "数量", "型号", "数量"], ["6205", 10, "6305", 11]],
        [("6205", None, "10", None), ("6305", None, "11", None)],
    ),
    (
        "ranges, sums, minima, about",
        [
            ["型号", "数量"],
            ["6205", "20-30"],
            ["6205", "10+5"],
            ["6205", "≥100"],
            ["6205", "约50"],
            ["6205", "待定"],
            ["6205", "1,000"],
            ["6205", "20,0"],
        ],
        [("6205", None, n, None) for n in ("20", "15", "100", "50", None, "1000", "20")],
    ),
    (
        "numbers that a spreadsheet made dates of",
        [["型号", "数量"], ["6-2月", 3], [date(2026, 6, 2), 3], ["6205", 3]],
        [("6205", None, "3", None)],
    ),
    (
        "formulas nobody computed, dates, prices",
        [
            ["型号", "需求日期", "单价", "数量", "金额"],
            ["6205", date(2026, 12, 1), 12.5, "=50+50", "=C2*D2"],
        ],
        [("6205", None, "100", None)],
    ),
    (
        "a column per part",
        [["型号", "6205", "6206"], ["数量", 10, 20], ["品牌", "SKF", "NSK"]],
        [("6205", "SKF", "10", None), ("6206", "NSK", "20", None)],
    ),
    (
        "a title per brand",
        [
            ["SKF轴承清单"],
            ["型号", "数量"],
            ["6205", 1],
            ["NSK轴承清单"],
            ["型号", "数量"],
            ["6206", 2],
        ],
        [("6205", "SKF", "1", None), ("6206", "NSK", "2", None)],
    ),
    (
        "several parts in a cell",
        [["型号", "数量"], ["6206\n6207", 5]],
        [("6206", None, "5", None), ("6207", None, "5", None)],
    ),
]


@pytest.mark.parametrize(
    ("rows", "lines"), [table[1:] for table in TABLES], ids=[table[0] for table in TABLES]
)
def test_tables_of_any_form(rows: list[list[object]], lines: list[Summary]) -> None:
    assert asked(workbook(rows)) == lines


def test_a_merged_brand_counts_for_every_row_it_spans() -> None:
    rows: list[list[object]] = [["型号", "数量", "品牌"], ["6205", 1, "SKF"], ["6206", 2]]
    rows += [["6207", 3], ["6308", 4, None]]
    brands = [brand for _part, brand, *_rest in asked(workbook(rows, merge="C2:C4"))]
    assert brands == ["SKF", "SKF", "SKF", None]


def test_every_sheet_is_read_and_a_hidden_row_only_listed() -> None:
    book = openpyxl.Workbook()
    book.active.append(["Part No.", "Qty"])
    book.active.append(["6205-2RS1", 4])
    book.active.append(["6206-2RS1", 4])
    book.active.row_dimensions[3].hidden = True
    second = book.create_sheet("油封")
    second.append(["规格", "数量"])
    second.append(["TC25*40*7", 10])
    stream = io.BytesIO()
    book.save(stream)
    reading = read_enquiry(text_of_file("a.xlsx", stream.getvalue()), BRANDS)
    assert [line.wording for line in reading.lines] == ["6205-2RS1", "TC25*40*7"]
    assert "[hidden] 6206-2RS1\t4" in reading.ignored


@pytest.mark.parametrize(
    ("text", "encoding", "lines"),
    [
        (
            '型号,数量,品牌\n"6205-2RS, C3",10,SKF\n6206,"1,000",NSK\n',
            "gbk",
            [("6205-2RS/C3", "SKF", "10", None), ("6206", "NSK", "1000", None)],
        ),
        (
            "Artikel;Menge;Hersteller\n6205-2RS1;1.500;SKF\n6206;20,0;FAG\n",
            "cp1252",
            [("6205-2RS1", "SKF", "1500", None), ("6206", "FAG", "20", None)],
        ),
    ],
)
def test_delimited_text(text: str, encoding: str, lines: list[Summary]) -> None:
    assert asked(text.encode(encoding), "a.csv") == lines


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.txt", b"", "empty_file"),
        ("a.xlsx", b"", "empty_file"),
        ("a.txt", b" \n\r\n", "empty_file"),
        ("a.txt", b"x" * (10 * 1024 * 1024 + 1), "too_large"),
        ("a.txt", bytes(range(256)) * 8, "binary_file"),
        ("a.csv", b"%PDF-1.7 ....", "binary_file"),
        ("a.exe", b"MZ...", "unsupported_type"),
        ("a.xlsx", b"<html></html>", "wrong_type"),
        ("a.xlsx", b"PK\x03\x04 not a zip", "bad_workbook"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "bad_workbook"),
        ("a.xlsx", archive({"a.txt": b"no workbook"}), "bad_workbook"),
        ("a.xlsx", archive({f"{i}": b"" for i in range(1001)}), "zip_bomb"),
        ("a.xlsx", archive({"xl/a.xml": b"\0" * 20_000_000}), "zip_bomb"),
        ("a.xlsx", workbook([]), "empty_file"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_refused(name: str, content: bytes, code: str) -> None:
    with pytest.raises(UnreadableFile) as caught:
        text_of_file(name, content)
    assert caught.value.code == code
    assert str(caught.value)
