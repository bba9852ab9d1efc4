"""Text in whatever encoding it came: Unicode with and without mark, GB 18030, Western."""

from itertools import pairwise

from erp.core.uploads.guards import UnreadableFile, binary_magic

_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def decoded(content: bytes) -> str:
    """Return the text of a file; UnreadableFile ``binary_file`` when it is none."""
    for bom, encoding in _BOMS:
        if content.startswith(bom):
            return _as_text(content, encoding)
    guessed = _utf16_without_bom(content)
    if guessed:
        return _as_text(content, guessed)
    if binary_magic(content):
        raise _binary()
    for encoding in ("utf-8", "gb18030", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding == "gb18030" and _is_western(content, text):
            continue
        return _checked(text)
    return _checked(content.decode("latin-1"))


def _as_text(content: bytes, encoding: str) -> str:
    try:
        return _checked(content.decode(encoding))
    except UnicodeDecodeError as error:
        raise _binary() from error


def _utf16_without_bom(content: bytes) -> str | None:
    """Every second byte of Latin text in UTF-16 is zero."""
    sample = content[:2000]
    half = len(sample) // 2
    if half < 4:
        return None
    if sample[1::2].count(0) > half * 0.4 and sample[::2].count(0) < half * 0.1:
        return "utf-16-le"
    if sample[::2].count(0) > half * 0.4 and sample[1::2].count(0) < half * 0.1:
        return "utf-16-be"
    return None


def _is_western(content: bytes, text: str) -> bool:
    """Does GB 18030 only fit by accident? Umlauts stand alone between ASCII letters."""
    high = [i for i, byte in enumerate(content) if byte >= 0x80]
    alone = sum(
        1
        for i in high
        if (i == 0 or content[i - 1] < 0x80) and (i + 1 == len(content) or content[i + 1] < 0x80)
    )
    common = sum("\u4e00" <= c <= "\u9fff" for c in text)
    joined = sum(1 for a, b in pairwise(high) if b == a + 1)
    return alone > 0 or (common > 0 and joined * 4 < len(high))


def _checked(text: str) -> str:
    text = text.removeprefix("\ufeff")
    sample = text[:20_000]
    controls = sum((c < " " and c not in "\t\n\r\x0b\x0c") or c in "\x7f\ufffd" for c in sample)
    if "\x00" in sample or controls > max(2, len(sample) // 50):
        raise _binary()
    return text


def _binary() -> UnreadableFile:
    return UnreadableFile("The file is not text.", "binary_file")
