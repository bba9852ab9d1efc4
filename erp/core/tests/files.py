"""Files made for tests: workbooks honest and not, archives, pictures."""

import io
import struct
import zipfile
import zlib
from typing import Any

import openpyxl
from PIL import Image

HTML = b"<html><script>alert(1)</script></html>"


def workbook(rows: list[list[Any]] | None = None) -> bytes:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    for row in rows or [["型号", "数量"], ["6205-2RS", 10]]:
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


def parts_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        return {name: file.read(name) for name in file.namelist()}


def workbook_with(**parts: bytes) -> bytes:
    """A workbook with parts replaced or added; ``sheet`` is its first sheet."""
    names = {"sheet": "xl/worksheets/sheet1.xml", "strings": "xl/sharedStrings.xml"}
    changed = {names.get(name, name): content for name, content in parts.items()}
    return archive(parts_of(workbook()) | changed)


def sheet(cells: bytes) -> bytes:
    name = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return b'<worksheet xmlns="' + name + b'"><sheetData>' + cells + b"</sheetData></worksheet>"


def declaring(content: bytes, name: str, size: int) -> bytes:
    """The archive, its directory and header now saying that an entry unpacks to ``size`` bytes."""
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        entry = file.getinfo(name)
    changed = bytearray(content)
    struct.pack_into("<L", changed, entry.header_offset + 22, size)
    at = content.rindex(name.encode()) - 46
    assert content[at : at + 4] == b"PK\x01\x02"
    struct.pack_into("<L", changed, at + 24, size)
    return bytes(changed)


def picture(kind: str = "PNG", size: tuple[int, int] = (64, 48), **options: Any) -> bytes:
    """A picture of many colours."""
    width, height = size
    image = Image.linear_gradient("L").resize(size)
    coloured = Image.merge("RGB", (image, image.rotate(90).resize(size), image.rotate(180)))
    assert coloured.size == (width, height)
    stream = io.BytesIO()
    coloured.save(stream, kind, **options)
    return stream.getvalue()


def png_claiming(width: int, height: int) -> bytes:
    """A small PNG whose header says it is large."""
    content = bytearray(picture())
    struct.pack_into(">LL", content, 16, width, height)
    struct.pack_into(">L", content, 29, zlib.crc32(bytes(content[12:29])))
    return bytes(content)


def old_workbook(cells: list[tuple[int, int]], *, small: bool = False) -> bytes:
    """An .xls (BIFF8 in a compound file) with a number in each of these cells."""
    return _old_workbook(
        [struct.pack("<HHHHHd", 0x0203, 14, row, column, 0, 1.5) for row, column in cells],
        small=small,
    )


def old_table(rows: list[list[str | float]]) -> bytes:
    """An .xls with texts and numbers."""
    return _old_workbook(
        [
            _cell(row, column, value)
            for row, values in enumerate(rows)
            for column, value in enumerate(values)
        ]
    )


def _cell(row: int, column: int, value: str | float) -> bytes:
    if isinstance(value, str):
        text = value.encode("utf-16-le")
        head = struct.pack("<HHHHB", row, column, 0, len(value), 1)
        return struct.pack("<HH", 0x0204, len(head) + len(text)) + head + text
    return struct.pack("<HHHHHd", 0x0203, 14, row, column, 0, value)


def _old_workbook(cells: list[bytes], *, small: bool = False) -> bytes:
    globals_at = struct.pack("<HHHHHHLL", 0x0809, 16, 0x0600, 0x0005, 0, 0, 0, 0)
    sheet_name = struct.pack("<HHLBBBB", 0x0085, 13, 0, 0, 0, 5, 0) + b"Sheet"
    records = globals_at + sheet_name + struct.pack("<HH", 0x000A, 0)
    offset = struct.pack("<L", len(records))
    records = records.replace(sheet_name, sheet_name[:4] + offset + sheet_name[8:])
    records += struct.pack("<HHHHHHLL", 0x0809, 16, 0x0600, 0x0010, 0, 0, 0, 0)
    records += b"".join(cells)
    records += struct.pack("<HH", 0x000A, 0)
    return _compound(records if small else records.ljust(8192, b"\x00"))


def _compound(stream: bytes) -> bytes:
    """One stream ``Workbook`` in a compound file of 512-byte sectors."""
    end, free, fat_mark = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
    is_small = len(stream) < 4096
    unit = 64 if is_small else 512
    padded = stream.ljust(-(-len(stream) // unit) * unit, b"\x00")
    data = padded.ljust(-(-len(padded) // 512) * 512, b"\x00")
    # Sectors: 0 FAT, 1 directory, (2 mini FAT,) then the data.
    head = [fat_mark, end, end] if is_small else [fat_mark, end]
    fat = [*head, *range(len(head) + 1, len(head) + len(data) // 512), end]
    fat_sector = struct.pack("<128L", *(fat + [free] * (128 - len(fat))))

    def entry(name: str, kind: int, start: int, size: int, child: int = free) -> bytes:
        encoded = (name + "\0").encode("utf-16-le")
        return (
            encoded.ljust(64, b"\x00")
            + struct.pack("<HBBLLL", len(encoded), kind, 1, free, free, child)
            + b"\x00" * 36
            + struct.pack("<LLL", start, size, 0)
        )

    first = len(head)
    root = entry("Root Entry", 5, first if is_small else end, len(data) if is_small else 0, 1)
    book = entry("Workbook", 2, 0 if is_small else first, len(stream))
    directory = (root + book).ljust(512, b"\x00")
    units = len(padded) // 64
    mini = struct.pack("<128L", *([*range(1, units), end] + [free] * (128 - units)))
    header = struct.pack(
        "<8s16sHHHHH6sLLLLLLLLLL",
        *(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"", 0x3E, 3, 0xFFFE, 9, 6, b""),
        *(0, 1, 1, 0, 4096, 2 if is_small else end, 1 if is_small else 0, end, 0, 0),
    )
    header += struct.pack("<108L", *[free] * 108)
    sectors = [fat_sector, directory] + ([mini] if is_small else []) + [data]
    return header + b"".join(sectors)
