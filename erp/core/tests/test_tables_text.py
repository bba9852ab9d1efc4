"""Text files of any make: their encoding, their delimiter, their records."""

from pathlib import Path

import pytest

from erp.core.tables import open_sheets
from erp.core.tables.text import TextSheet
from erp.core.uploads import UnreadableFile

CHINESE = "品牌,型号,名称\nSKF,6205-2RS1/C3,深沟球轴承\n洛轴,22244,调心滚子轴承，带锁紧套\n"
GERMAN = "Marke;Bezeichnung;Preis (€)\nFAG;Zylinderrollenlager für Größe ß;1.265,25\nÄÖÜ;é;8,71\n"


def sheet_of(path: Path, content: bytes) -> TextSheet:
    path.write_bytes(content)
    (sheet,) = open_sheets(path)
    assert isinstance(sheet, TextSheet)
    return sheet


@pytest.mark.parametrize(
    ("encoding", "found"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("gbk", "gb18030"),
        ("gb18030", "gb18030"),
    ],
)
def test_chinese_is_read_in_every_usual_encoding(tmp_path: Path, encoding: str, found: str) -> None:
    sheet = sheet_of(tmp_path / "list.csv", CHINESE.encode(encoding))
    assert sheet.encoding == found
    rows = list(sheet.rows())
    assert rows[0].cells == ["品牌", "型号", "名称"]
    assert rows[2].cells == ["洛轴", "22244", "调心滚子轴承，带锁紧套"]


def test_western_text_is_not_taken_for_chinese(tmp_path: Path) -> None:
    sheet = sheet_of(tmp_path / "preise.csv", GERMAN.encode("cp1252"))
    assert (sheet.encoding, sheet.delimiter) == ("cp1252", ";")
    assert list(sheet.rows())[1].cells[1] == "Zylinderrollenlager für Größe ß"


def test_rare_hanzi_with_plain_second_bytes_stay_chinese(tmp_path: Path) -> None:
    """GBK writes 丂 and 錬 with a second byte below 0x80, as accents before a letter have."""
    text = "型号,备注\n6205,軸承精錬品，丂字头\n6206,特殊规格請來電詢價\n"
    assert sheet_of(tmp_path / "list.csv", text.encode("gbk")).encoding == "gb18030"


def test_the_encoding_is_that_of_the_whole_file(tmp_path: Path) -> None:
    """The first megabyte is plain ASCII."""
    content = b"model,note\n" + b"6205,plain\n" * 120_000 + "6206,现货\n".encode("gbk")
    sheet = sheet_of(tmp_path / "long.csv", content)
    assert sheet.encoding == "gb18030"
    *_, last = sheet.rows()
    assert (last.number, last.cells) == (120_002, ["6206", "现货"])


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_the_one_that_splits_evenly(tmp_path: Path, delimiter: str) -> None:
    lines = [["型号", "价格", "备注"], ["6205", "8,71", "a,b"], ["6206", "9.5", "x;y|z"]]
    text = "\n".join(delimiter.join(f'"{cell}"' for cell in line) for line in lines)
    sheet = sheet_of(tmp_path / "list.txt", text.encode())
    assert sheet.delimiter == delimiter
    assert [row.cells for row in sheet.rows()] == lines


def test_decimal_commas_do_not_hide_the_semicolon(tmp_path: Path) -> None:
    text = "a;b;c\n" + "1,5;2,25;3,75\n" * 50
    assert sheet_of(tmp_path / "list.csv", text.encode()).delimiter == ";"


def test_a_record_with_line_breaks_counts_once(tmp_path: Path) -> None:
    text = 'a,b\n1,"two\nlines"\n\n2,"say ""no"", please"\n'
    rows = list(sheet_of(tmp_path / "list.csv", text.encode()).rows())
    assert [(row.number, list(row.cells)) for row in rows] == [
        (1, ["a", "b"]),
        (2, ["1", "two\nlines"]),
        (3, []),
        (4, ["2", 'say "no", please']),
    ]


def test_leading_zeros_and_long_numbers_stay_text(tmp_path: Path) -> None:
    text = "code,id\n007,123456789012345678\n1e5,+49 30 1234\n"
    rows = list(sheet_of(tmp_path / "list.csv", text.encode()).rows())
    assert rows[1].cells == ["007", "123456789012345678"]
    assert rows[2].cells == ["1e5", "+49 30 1234"]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.csv", b"", "empty_file"),
        ("a.csv", b" \r\n\t\n", "empty_file"),
        ("a.pdf", b"%PDF-1.7", "unsupported_type"),
        ("a.csv", b"PK\x03\x04" + b"\x00" * 50, "binary_file"),
        ("a.csv", bytes(range(256)) * 20, "binary_file"),
        ("a.xlsx", b"a,b\n1,2\n", "bad_workbook"),
        ("a.php.csv", b"a,b\n1,2\n", "unsupported_type"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, name: str, content: bytes, code: str) -> None:
    path = tmp_path / "upload"
    path.write_bytes(content)
    with pytest.raises(UnreadableFile) as refused:
        open_sheets(path, name)
    assert refused.value.code == code


def test_a_quotation_mark_never_closed_is_told(tmp_path: Path) -> None:
    text = 'a,b\n1,"open' + "x,y\n" * 60_000
    sheet = sheet_of(tmp_path / "list.csv", text.encode())
    with pytest.raises(UnreadableFile) as refused:
        list(sheet.rows())
    assert refused.value.code == "broken_quotes"
