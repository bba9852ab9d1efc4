"""What a file is allowed to be before it is opened: its size, its name, its first bytes."""

import re
import unicodedata
from pathlib import PurePosixPath
from urllib.parse import quote

MAX_BYTES = 10 * 1024 * 1024
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

TEXTS = (".txt", ".csv", ".tsv", ".text", ".eml", "")
WORKBOOKS = (".xlsx", ".xlsm", ".xls")
# First bytes of what is surely no text.
_BINARY = (
    *(ZIP, b"PK\x05\x06", b"PK\x07\x08", OLE, b"%PDF", b"{\\rtf"),
    *(b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\x00", b"MM\x00*"),
    *(b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe"),
    *(b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00", b"7z\xbc\xaf\x27\x1c", b"Rar!"),
)
# First bytes that are text and may be what somebody wrote.
_ALSO_WRITTEN = (b"BM", b"MZ", b"BZh", b"Rar!", b"II*\x00", b"MM\x00*")
# Ends of names that some program runs or a browser renders, also in the middle of a name.
_LIVE_SUFFIXES = {
    *(".php", ".phtml", ".phar", ".html", ".htm", ".xhtml", ".shtml", ".svg", ".xml", ".js"),
    *(".mjs", ".exe", ".dll", ".msi", ".scr", ".bat", ".cmd", ".ps1", ".vbs", ".hta", ".jar"),
    *(".jsp", ".jspx", ".asp", ".aspx", ".cgi", ".sh", ".lnk", ".swf"),
}
_WINDOWS_NAMES = re.compile(r"(?i)(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)")
_MAX_NAME = 100


class UnreadableFile(ValueError):  # noqa: N818 -- says what it is
    """A file that is not taken; `code` is stable, the message is English."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


def check_size(content: bytes, most: int = MAX_BYTES) -> None:
    """Raise UnreadableFile ``empty_file`` or ``too_large``."""
    if not content or not content.strip(b"\x00\t\n\r \xef\xbb\xbf\xff\xfe"):
        raise UnreadableFile("The file is empty.", "empty_file")
    if len(content) > most:
        raise UnreadableFile(f"The file is larger than {most // 1024 // 1024} MB.", "too_large")


def suffix_of(name: str) -> str:
    """Return the end of a file's name in small letters.

    Raises UnreadableFile ``unsupported_type`` for a name with an end inside that somewhere is run
    or rendered: ``offer.php.xlsx``.
    """
    plain = unicodedata.normalize("NFKC", name).replace("\\", "/").rstrip(" .\x00")
    suffixes = [suffix.strip().lower() for suffix in PurePosixPath(plain).suffixes]
    if "\x00" in plain or not _LIVE_SUFFIXES.isdisjoint(suffixes):
        raise unsupported()
    return suffixes[-1] if suffixes else ""


def unsupported() -> UnreadableFile:
    return UnreadableFile(
        "This type of file cannot be read; use .txt, .csv, .xlsx or .xls.", "unsupported_type"
    )


def check_readable(name: str, content: bytes, most: int = MAX_BYTES) -> bool:
    """Check size and kind of a file to be read; return whether it is a workbook, not text.

    Raises UnreadableFile empty_file, too_large, unsupported_type.
    """
    check_size(content, most)
    suffix = suffix_of(name)
    if is_text_suffix(suffix):
        return False
    if suffix in WORKBOOKS:
        return True
    raise unsupported()


def is_text_suffix(suffix: str) -> bool:
    """Return whether a file of this end is text; ``SKF 6205.10 pcs`` has no type at all."""
    return suffix in TEXTS or not re.fullmatch(r"\.[a-z][a-z0-9]{1,5}", suffix)


def binary_magic(content: bytes) -> bool:
    """Return whether the first bytes are those of a known format that is not text."""
    if content.startswith(_ALSO_WRITTEN):
        return b"\x00" in content[:2000]
    return content.startswith(_BINARY)


def clean_name(name: str) -> str:
    """Return a client's name for a file, fit to show and to offer for saving.

    No path, no control or formatting characters, no name Windows reserves, at most 100 characters;
    storage never uses it.
    """
    text = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    text = "".join(
        " " if unicodedata.category(c) in {"Zs", "Zl", "Zp"} else c
        for c in text
        if unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co", "Cn"} and c not in '<>:"|?*'
    )
    text = re.sub(r"(?i)%(2e|2f|5c|00)", "", " ".join(text.split())).strip(" .")
    if _WINDOWS_NAMES.match(text):
        text = f"_{text}"
    stem, dot, suffix = text.rpartition(".")
    if dot and stem and len(suffix) <= 10:
        return f"{stem[: _MAX_NAME - len(suffix) - 1].rstrip(' .')}.{suffix}"
    return text[:_MAX_NAME].strip(" .") or "file"


def disposition(name: str, *, inline: bool = False) -> str:
    """Return the Content-Disposition for a name (RFC 6266): ASCII, and the name in UTF-8."""
    shown = clean_name(name)
    ascii_name = re.sub(r"[^A-Za-z0-9 ._()+-]", "_", shown)
    kind = "inline" if inline else "attachment"
    return f"{kind}; filename=\"{ascii_name}\"; filename*=UTF-8''{quote(shown, safe='')}"
