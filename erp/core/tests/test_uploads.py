"""Upload guards: kind, name, size (CASES.md FI01, FI02, FI07); every file is made here."""

import io
import stat
import zipfile
from collections.abc import Callable

import openpyxl
import pytest
from PIL import Image, ImageFile
from PIL.ExifTags import GPS, IFD

from erp.core.tests import files
from erp.core.uploads import (
    UnreadableFile,
    checked_file,
    clean_name,
    disposition,
    picture_of_file,
    table_of_file,
    text_of_file,
    thumbnail_of,
)
from erp.core.uploads.archives import entries_of, pieces_of
from erp.core.uploads.workbooks import bad_workbook


def refused(function: Callable[..., object], *given: object) -> str:
    with pytest.raises(UnreadableFile) as caught:
        function(*given)
    assert str(caught.value)
    return caught.value.code


# --- kinds -----------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", ["html", "svg", "xml", "js", "php", "exe", "sh", "htm"])
@pytest.mark.parametrize("read", [text_of_file, table_of_file, checked_file, picture_of_file])
def test_what_runs_or_renders_is_not_taken(read: Callable[..., object], suffix: str) -> None:
    """FI01."""
    assert refused(read, f"offer.{suffix}", b"6205 10") == "unsupported_type"
    assert refused(read, f"OFFER.{suffix.upper()}", b"6205 10") == "unsupported_type"


@pytest.mark.parametrize(
    "name",
    ["a.php.xlsx", "a.exe.png", "a.html.csv", "a.xlsx.exe", "a.png.svg", "a.php .txt", "a.exe."],
)
@pytest.mark.parametrize("read", [text_of_file, checked_file, picture_of_file])
def test_a_second_end_of_the_name_counts(read: Callable[..., object], name: str) -> None:
    """FI01."""
    assert refused(read, name, files.workbook()) == "unsupported_type"


def test_a_nul_in_the_name_hides_no_end() -> None:
    """FI02."""
    assert refused(text_of_file, "a.exe\x00.txt", b"6205 10") == "unsupported_type"


@pytest.mark.parametrize("name", ["6205.10", "SKF no.7 list", "报价", "a.2026-11-24"])
def test_a_name_without_a_type_is_text(name: str) -> None:
    assert text_of_file(name, b"6205 10") == "6205 10"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.xlsx", files.HTML),
        ("a.xls", files.HTML),
        ("a.pdf", files.HTML),
        ("a.pdf", files.picture()),
        ("a.png", files.HTML),
        ("a.png", files.picture("JPEG")),
        ("a.jpg", files.picture()),
        ("a.docx", b"%PDF-1.7"),
    ],
)
def test_content_that_is_not_what_the_name_says_is_refused(name: str, content: bytes) -> None:
    """FI01: wrong magic."""
    assert refused(checked_file, name, content) == "wrong_type"


@pytest.mark.parametrize(
    "content",
    [files.picture(), b"%PDF-1.7\n1 0 obj", b"MZ\x90\x00\x03\x00", b"\x7fELF\x02", b"\x1f\x8b\x08"],
)
def test_binary_content_is_no_text(content: bytes) -> None:
    """FI01: wrong magic."""
    assert refused(text_of_file, "a.csv", content) == "binary_file"


def test_text_that_begins_like_a_program_is_still_text() -> None:
    assert text_of_file("a.txt", b"MZ 6205 10\nBM 6206 5") == "MZ 6205 10\nBM 6206 5"


@pytest.mark.parametrize("name", ["a.txt", "a.xlsx", "a.png", "a.pdf"])
@pytest.mark.parametrize("content", [b"", b"\x00" * 40, b" \r\n"])
def test_an_empty_file_is_refused(name: str, content: bytes) -> None:
    """FI01: 0 byte."""
    assert refused(checked_file, name, content) == "empty_file"


@pytest.mark.parametrize(
    ("name", "content", "content_type"),
    [
        ("订单.pdf", b"%PDF-1.7\n", "application/pdf"),
        ("a.csv", b"6205;10", "text/plain"),
        ("a.xls", files.old_workbook([(0, 0)]), "application/vnd.ms-excel"),
    ],
)
def test_an_honest_file_is_kept_as_it_came(name: str, content: bytes, content_type: str) -> None:
    kept = checked_file(name, content)
    assert (kept.name, kept.content_type, kept.content) == (name, content_type, content)


# --- names -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../x", "x"),
        ("/etc/x", "x"),
        ("..\\x", "x"),
        ("%2e%2e%2fx", "x"),
        ("a\x00b\r\n.txt", "ab.txt"),
        ("CON", "_CON"),
        ("nul.txt", "_nul.txt"),
        ("..", "file"),
        ("", "file"),
        ("报价 单.xlsx", "报价 单.xlsx"),
        ("a\u202egnp.exe.txt", "agnp.exe.txt"),
        ('a"<b>|c?.txt', "abc.txt"),
    ],
)
def test_a_name_is_cleaned_for_people(name: str, shown: str) -> None:
    """FI02."""
    assert clean_name(name) == shown


def test_a_long_name_keeps_its_end() -> None:
    """FI02: 300 characters."""
    shown = clean_name("零" * 300 + ".xlsx")
    assert len(shown) == 100
    assert shown.endswith("零.xlsx")


def test_the_header_holds_the_name_in_both_spellings() -> None:
    """FI02, RFC 6266."""
    assert disposition('../报"价\r\nX: 1.pdf') == (
        "attachment; filename=\"__X 1.pdf\"; filename*=UTF-8''%E6%8A%A5%E4%BB%B7X%201.pdf"
    )
    assert disposition("报价.pdf") == (
        "attachment; filename=\"__.pdf\"; filename*=UTF-8''%E6%8A%A5%E4%BB%B7.pdf"
    )
    assert disposition("a.png", inline=True).startswith('inline; filename="a.png"')


# --- workbooks -------------------------------------------------------------------------------


def test_an_honest_workbook_is_read() -> None:
    assert table_of_file("a.xlsx", files.workbook()) == [["型号", "数量"], ["6205-2RS", "10"]]
    assert text_of_file("a.xls", files.old_workbook([(0, 0)], small=True)) == "1.5"


def test_a_workbook_that_says_it_is_huge_is_refused_unread() -> None:
    """FI07: 0.4 MB to 200 MB, judged by the directory."""
    content = files.workbook_with(sheet=files.sheet(b" " * 200_000_000))
    assert len(content) < 500_000
    assert refused(text_of_file, "a.xlsx", content) == "zip_bomb"


def test_a_workbook_whose_directory_lies_is_stopped_where_it_lied() -> None:
    """FI07: declared small, inflating large."""
    large = files.workbook_with(sheet=files.sheet(b" " * 40_000_000))
    content = files.declaring(large, "xl/worksheets/sheet1.xml", 900)
    assert refused(text_of_file, "a.xlsx", content) == "zip_bomb"
    stream = io.BytesIO(content)
    entry = next(e for e in entries_of(content, bad_workbook) if "sheet1" in e.filename)
    pieces = pieces_of(stream, entry, bad_workbook)
    assert refused(next, pieces) == "zip_bomb"


def test_a_workbook_that_unpacks_to_less_than_it_says_is_damaged() -> None:
    content = files.declaring(files.workbook(), "xl/worksheets/sheet1.xml", 5000)
    assert refused(text_of_file, "a.xlsx", content) == "bad_workbook"


@pytest.mark.parametrize(
    "cells",
    [
        b'<row><c r="A1"><v>1</v></c></row><row><c r="XFD1048576"><v>1</v></c></row>',
        b"<row r='1'><c t='n' r = 'A1'><v>1</v></c><c r='XFD1000'><v>1</v></c></row>",
        b"<row><c><v>1</v></c></row>" + b'<row r="1048576">' + b"<c><v>1</v></c>" * 3 + b"</row>",
        b'<row><c r="XFD1"><v>1</v></c></row><row r="200"><c r="A200"><v>1</v></c></row>',
    ],
)
def test_cells_far_apart_are_refused_before_a_rectangle_is_made(cells: bytes) -> None:
    """FI07: 1 M rows, 16,384 columns in a small file."""
    content = files.workbook_with(sheet=files.sheet(cells))
    assert len(content) < 20_000
    assert refused(text_of_file, "a.xlsx", content) == "too_large"


def test_a_million_rows_are_refused() -> None:
    """FI07."""
    row = b'<row r="%d"><c r="A%d"><v>1</v></c><c r="B%d"><v>2</v></c><c r="C%d"/></row>'
    rows = b"".join(row % (n, n, n, n) for n in range(1, 1_000_002))
    assert refused(text_of_file, "a.xlsx", files.workbook_with(sheet=files.sheet(rows))) in {
        "too_large",
        "zip_bomb",
    }


def test_empty_formatted_cells_do_not_make_a_sheet_large() -> None:
    """A sheet formatted to its last row holds nothing there."""
    cells = b'<row r="1"><c r="A1"><v>6205</v></c></row>'
    cells += b'<row r="1048576" s="1" customFormat="1"><c r="XFD1048576" s="1"/></row>'
    assert text_of_file("a.xlsx", files.workbook_with(sheet=files.sheet(cells))) == "6205"


def test_one_long_text_shown_in_every_cell_is_refused() -> None:
    """FI07: small file, large when each cell gets its copy."""
    strings = b"<sst><si><t>" + b"x" * 32_000 + b"</t></si></sst>"
    cells = b"".join(
        b'<row r="%d"><c r="A%d" t="s"><v>0</v></c></row>' % (n, n) for n in range(1, 20_001)
    )
    content = files.workbook_with(sheet=files.sheet(cells), strings=strings)
    assert refused(text_of_file, "a.xlsx", content) == "zip_bomb"


@pytest.mark.parametrize(
    "declaration",
    [
        b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>',
        b'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>',
        '<!doctype x [<!ENTITY a "aaaa">]>'.encode("utf-16"),
    ],
)
def test_declarations_of_entities_are_refused(declaration: bytes) -> None:
    """FI07: entity bomb, XXE."""
    content = files.workbook_with(sheet=declaration + files.sheet(b""))
    assert refused(text_of_file, "a.xlsx", content) == "bad_workbook"


def _special(name: str, mode: int, content: bytes = b"/etc/passwd") -> bytes:
    stream = io.BytesIO(files.workbook())
    with zipfile.ZipFile(stream, "a") as file:
        entry = zipfile.ZipInfo(name)
        entry.external_attr = mode << 16
        file.writestr(entry, content)
    return stream.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        _special("xl/link.xml", stat.S_IFLNK | 0o777),
        _special("xl/pipe", stat.S_IFIFO | 0o600),
        _special("xl/device", stat.S_IFCHR | 0o600),
        _special("../../evil.xml", stat.S_IFREG | 0o600),
        _special("/etc/evil.xml", stat.S_IFREG | 0o600),
        _special("..\\evil.xml", stat.S_IFREG | 0o600),
        _special("c:/evil.xml", stat.S_IFREG | 0o600),
        files.workbook_with(**{"xl/nested.zip": files.archive({"a": b"x"})}),
        files.archive({"content.xml": b"<a/>", "xl/workbook.xml": b"<a/>"}),
        files.archive({"mimetype": b"application/zip"}),
    ],
)
def test_an_archive_with_a_member_of_another_kind_is_refused(content: bytes) -> None:
    """FI07: symlink, nested zip; FI08: link, device, `../`, absolute."""
    assert refused(text_of_file, "a.xlsx", content) == "bad_workbook"
    assert refused(checked_file, "a.xlsx", content) == "bad_workbook"


def test_a_hundred_thousand_entries_are_refused() -> None:
    """FI07: by what the end of the archive says, before its directory is read."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as file:
        for number in range(20_000):
            file.writestr(f"{number}", b"")
    assert refused(text_of_file, "a.xlsx", stream.getvalue()) == "zip_bomb"


def test_entries_that_share_their_bytes_are_refused() -> None:
    """FI07: a bomb without nesting, its directory naming one part many times."""
    content = files.workbook_with(sheet=files.sheet(b"<x/>" * 20_000))
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        start = file.start_dir
        entry = file.getinfo("xl/worksheets/sheet1.xml")
    record = bytearray(content[content.rindex(entry.filename.encode()) - 46 :][: 46 + 24])
    more = b""
    for number in range(300):
        record[46:] = b"xl/worksheets/shee%06d" % number
        record[28:30] = (24).to_bytes(2, "little")
        more += bytes(record[:70])
    end = bytearray(content[-22:])
    end[8:10] = end[10:12] = (int.from_bytes(end[10:12], "little") + 300).to_bytes(2, "little")
    end[12:16] = (int.from_bytes(end[12:16], "little") + len(more)).to_bytes(4, "little")
    assert start
    assert refused(text_of_file, "a.xlsx", content[:-22] + more + bytes(end)) == "zip_bomb"


@pytest.mark.parametrize("small", [False, True])
def test_an_old_workbook_with_cells_far_apart_is_refused(small: bool) -> None:
    """FI07 for .xls: 65,536 rows × 256 columns from two cells."""
    content = files.old_workbook([(0, 0), (65_535, 255)], small=small)
    assert refused(text_of_file, "a.xls", content) == "too_large"


@pytest.mark.parametrize("cut", [40, 600, 700, 1100, 3000])
def test_a_damaged_old_workbook_is_refused(cut: int) -> None:
    content = files.old_workbook([(0, 0)])[:cut]
    assert refused(text_of_file, "a.xls", content) == "bad_workbook"


def test_the_limit_is_exact() -> None:
    """FI06: at most 10 MB, one byte more is refused."""
    most = 10 * 1024 * 1024
    assert len(text_of_file("a.txt", b"6205 10\n" * (most // 8))) == most
    assert refused(text_of_file, "a.txt", b"x" * (most + 1)) == "too_large"


# --- pictures --------------------------------------------------------------------------------


def test_a_polyglot_loses_its_second_face() -> None:
    """FI01: PNG and HTML in one."""
    kept = checked_file("a.png", files.picture() + files.HTML)
    assert b"script" not in kept.content
    assert Image.open(io.BytesIO(kept.content)).size == (64, 48)


def test_place_and_camera_stay_behind() -> None:
    """FI07: EXIF with GPS; the picture is turned upright before."""
    exif = Image.Exif()
    exif[0x0112] = 6  # turned a quarter
    exif[0x010F] = "Camera"
    exif.get_ifd(IFD.GPSInfo)[GPS.GPSLatitude] = (31.0, 13.0, 5.0)
    kept = picture_of_file("a.jpg", files.picture("JPEG", exif=exif, comment=b"secret"))
    image = Image.open(io.BytesIO(kept.content))
    assert image.size == (48, 64)
    assert not image.getexif()
    assert b"Camera" not in kept.content
    assert b"secret" not in kept.content


@pytest.mark.parametrize("size", [(30_000, 30_000), (20_001, 1), (65_535, 65_535)])
def test_too_many_pixels_are_refused_by_the_header(size: tuple[int, int]) -> None:
    """FI07."""
    assert refused(picture_of_file, "a.png", files.png_claiming(*size)) == "too_large"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_truncated_picture_is_refused(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """FI07, also once WeasyPrint has told Pillow to accept such pictures."""
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    suffix = {"JPEG": "jpg"}.get(kind, kind.lower())
    whole = files.picture(kind, (400, 300))
    assert picture_of_file(f"a.{suffix}", whole).width == 400
    assert refused(picture_of_file, f"a.{suffix}", whole[: len(whole) // 2]) == "bad_picture"


def test_a_large_picture_becomes_a_bounded_one_and_a_thumbnail() -> None:
    kept = picture_of_file("a.jpg", files.picture("JPEG", (3200, 1200)))
    assert (kept.width, kept.height, kept.content_type) == (1600, 600, "image/jpeg")
    small = thumbnail_of(kept.content)
    assert (small.width, small.height) == (240, 90)


def test_a_drawing_stays_sharp_and_what_is_transparent_stays_so() -> None:
    stream = io.BytesIO()
    Image.new("RGBA", (30, 20), (255, 0, 0, 0)).save(stream, "PNG")
    kept = picture_of_file("a.png", stream.getvalue())
    assert kept.content_type == "image/png"
    assert Image.open(io.BytesIO(kept.content)).mode == "RGBA"


def test_a_workbook_of_another_writer_is_read() -> None:
    """With formulas, merged cells, a style and several sheets."""
    book = openpyxl.Workbook()
    first = book.active
    assert first is not None
    first.append(["6205", 3])
    first.merge_cells("A3:XFD3")
    book.create_sheet("二").append(["=1+1", None, "6206"])
    stream = io.BytesIO()
    book.save(stream)
    assert "6205\t3" in text_of_file("a.xlsx", stream.getvalue())
