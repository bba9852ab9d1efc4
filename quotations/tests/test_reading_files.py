"""Enquiry files: encodings, workbooks, and what is refused before it is parsed."""

import io
import zipfile

import openpyxl
import pytest

from quotations.reading import UnreadableFile, text_of_file

TEXT = "型号\t数量\n6205-2RS\t10 个\n"


def workbook(rows: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(row)
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
