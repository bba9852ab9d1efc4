"""The old .xls: finding its workbook in the compound file, and how far its cells reach."""

import struct

_END = 0xFFFFFFFA  # this and above are no sectors
_ENTRY = 128
_ROOT = 5
_STREAM_NAMES = {"workbook", "book"}
_BOF, _EOF, _MULTIPLE = {0x0009, 0x0209, 0x0409, 0x0809}, 0x000A, 0x00BD
_CELLS = {
    *(0x0002, 0x0003, 0x0004, 0x0005, 0x0006, 0x0203, 0x0204, 0x0205, 0x0206, 0x0406),
    *(0x027E, 0x00D6, 0x00FD, _MULTIPLE),
}


def workbook_stream(content: bytes) -> bytes:
    """Return the bytes of the workbook's stream.

    Raises ValueError, IndexError or struct.error where the compound file is damaged.
    """
    sector, mini = (1 << shift for shift in struct.unpack_from("<HH", content, 30))
    if sector not in {512, 4096} or mini != 64:
        raise ValueError("sector size")
    first_directory, _mark, cutoff, first_mini_fat = struct.unpack_from("<4L", content, 48)
    fat = _fat(content, sector)
    entries = _chain(content, fat, first_directory, sector, skip=1)
    root, book = _entries(entries)
    if book is None:
        raise ValueError("no workbook")
    start, size = book
    if size >= cutoff:
        return _chain(content, fat, start, sector, skip=1)[:size]
    small = _chain(content, fat, root, sector, skip=1)
    mini_fat = _numbers(_chain(content, fat, first_mini_fat, sector, skip=1))
    return _chain(small, mini_fat, start, mini, skip=0)[:size]


def _numbers(content: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(content) // 4}L", content[: len(content) // 4 * 4])


def _fat(content: bytes, sector: int) -> tuple[int, ...]:
    numbers = list(struct.unpack_from("<109L", content, 76))
    (following,) = struct.unpack_from("<L", content, 68)
    for _count in range(len(content) // sector):
        if following >= _END:
            break
        more = _numbers(content[(following + 1) * sector : (following + 2) * sector])
        numbers += more[:-1]
        following = more[-1]
    used = [number for number in numbers if number < _END]
    return _numbers(
        b"".join(content[(number + 1) * sector : (number + 2) * sector] for number in used)
    )


def _chain(content: bytes, fat: tuple[int, ...], start: int, size: int, *, skip: int) -> bytes:
    """Join the sectors of a chain; a circle ends where the file would."""
    parts, number = [], start
    for _count in range(len(content) // size + 1):
        if number >= _END:
            break
        parts.append(content[(number + skip) * size : (number + skip + 1) * size])
        number = fat[number]
    return b"".join(parts)


def _entries(directory: bytes) -> tuple[int, tuple[int, int] | None]:
    """Return where the mini stream starts, and start and size of the workbook."""
    root, book = _END, None
    for at in range(0, len(directory) - _ENTRY + 1, _ENTRY):
        (length,) = struct.unpack_from("<H", directory, at + 64)
        name = directory[at : at + max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
        start, size = struct.unpack_from("<LL", directory, at + 116)
        if directory[at + 66] == _ROOT:
            root = start
        elif name.lower() in _STREAM_NAMES:
            book = (start, size)
    return root, book


def cells_of_biff(stream: bytes) -> int:
    """Return how many cells the rectangles of all sheets have together."""
    total = at = first_row = first_column = last_row = last_column = 0
    seen = False
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        if kind in _CELLS and length >= 4:
            row, column = struct.unpack_from("<HH", stream, at + 4)
            last = column
            if kind == _MULTIPLE:
                (last,) = struct.unpack_from("<H", stream, at + 4 + length - 2)
            if not seen:
                first_row, first_column, last_row, last_column, seen = row, column, row, last, True
            first_row, last_row = min(first_row, row), max(last_row, row)
            first_column, last_column = min(first_column, column), max(last_column, last)
        elif (kind == _EOF or kind in _BOF) and seen:
            total += (last_row - first_row + 1) * (last_column - first_column + 1)
            seen = False
        at += 4 + length
    if seen:
        total += (last_row - first_row + 1) * (last_column - first_column + 1)
    return total
