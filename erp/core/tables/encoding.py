"""Which encoding a text file is in: found by reading all of it once, block by block."""

import codecs
import re
from collections.abc import Iterator
from pathlib import Path

from erp.core.uploads import UnreadableFile
from erp.core.uploads.guards import binary_magic

_BLOCK = 1024 * 1024
_SAMPLE = 256 * 1024
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_HIGH = re.compile(rb"[^\n]*[\x80-\xff][^\n]*")
_PAIR = re.compile(rb"[\x81-\xfe][\x40-\xfe]")
_COMMON_PAIR = re.compile(rb"[\xa1-\xf7][\xa1-\xfe]")


def encoding_of(path: Path) -> str:
    """Return Python's name of the encoding, one that drops the byte order mark.

    UTF-8 and UTF-16 with and without a mark, GB 18030 (GBK, GB 2312) and Windows-1252. Raises
    UnreadableFile ``binary_file``.
    """
    with path.open("rb") as file:
        head = file.read(_SAMPLE)
    for bom, encoding in _BOMS:
        if head.startswith(bom):
            return encoding
    if binary_magic(head):
        raise _binary()
    if b"\x00" in head:
        return _utf16_without_mark(head)
    if _decodes(path, "utf-8"):
        return "utf-8"
    if _decodes(path, "gb18030") and not _is_western(_lines_with_high_bytes(path)):
        return "gb18030"
    return "cp1252"


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for block in _blocks(path):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            yield block


def _utf16_without_mark(head: bytes) -> str:
    """Whichever order reads as text: letters of the languages we meet, hardly anything else."""
    even = head[: len(head) // 2 * 2]
    best, most = "", 0.8
    for encoding in ("utf-16-le", "utf-16-be"):
        text = even.decode(encoding, errors="replace")
        share = sum(map(_is_usual, text)) / max(1, len(text))
        if share > most and "\x00" not in text:
            best, most = encoding, share
    if not best:
        raise _binary()
    return best


def _is_usual(c: str) -> bool:
    return (
        c in "\t\r\n"
        or " " <= c <= "\u017f"
        or "\u3000" <= c <= "\u303f"
        or ("\u4e00" <= c <= "\u9fff" or "\uff00" <= c <= "\uffef")
    )


def _lines_with_high_bytes(path: Path) -> bytes:
    sample: list[bytes] = []
    size = 0
    for block in _blocks(path):
        for line in _HIGH.findall(block):
            sample.append(line[:1000])
            size += len(sample[-1])
        if size > _SAMPLE:
            break
    return b"\n".join(sample)


def _is_western(sample: bytes) -> bool:
    """Does GB 18030 only fit by accident? Accents are followed by plain letters, Hanzi are not."""
    pairs = _PAIR.findall(sample)
    common = sum(_COMMON_PAIR.fullmatch(pair) is not None for pair in pairs)
    return common * 2 < len(pairs)


def _binary() -> UnreadableFile:
    return UnreadableFile("The file is not text.", "binary_file")
