"""Files that are kept as they came, beside their row: a customer's order, a drawing."""

from dataclasses import dataclass

from erp.core.uploads.archives import entries_of
from erp.core.uploads.guards import (
    MAX_BYTES,
    OLE,
    ZIP,
    UnreadableFile,
    check_size,
    clean_name,
    is_text_suffix,
    suffix_of,
)
from erp.core.uploads.images import SUFFIXES, picture_of_file
from erp.core.uploads.text import decoded
from erp.core.uploads.workbooks import check_ole_workbook, check_workbook

_OFFICE = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
_OLD_OFFICE = {".xls": "application/vnd.ms-excel", ".doc": "application/msword"}
_PDF = "application/pdf"
ACCEPTED = (".pdf", *SUFFIXES, *_OFFICE, *_OLD_OFFICE, ".xlsm", ".txt", ".csv", ".tsv", ".eml")


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """A file that may be stored: its name for people, its type by content, its bytes."""

    name: str
    content_type: str
    content: bytes


def checked_file(name: str, content: bytes, most: int = MAX_BYTES) -> CheckedFile:
    """Return an uploaded file whose name and content agree; pictures are written anew.

    Raises UnreadableFile empty_file, too_large, unsupported_type, wrong_type, binary_file,
    zip_bomb, bad_workbook or bad_picture.
    """
    check_size(content, most)
    suffix = suffix_of(name)
    shown = clean_name(name)
    if suffix in SUFFIXES:
        picture = picture_of_file(name, content)
        stem = shown.rpartition(".")[0] or "picture"
        return CheckedFile(f"{stem}{picture.suffix}", picture.content_type, picture.content)
    return CheckedFile(shown, _type_of(suffix, content), content)


def _type_of(suffix: str, content: bytes) -> str:
    if suffix == ".pdf" and content.startswith(b"%PDF-"):
        return _PDF
    if suffix in {".xlsx", ".xlsm", ".xls"} and content.startswith(ZIP):
        check_workbook(content)
        return _OFFICE[".xlsx"]
    if suffix == ".docx" and content.startswith(ZIP):
        entries_of(content, _damaged)
        return _OFFICE[".docx"]
    if suffix == ".xls" and content.startswith(OLE):
        check_ole_workbook(content)
        return _OLD_OFFICE[".xls"]
    if suffix == ".doc" and content.startswith(OLE):
        return _OLD_OFFICE[".doc"]
    if is_text_suffix(suffix):
        decoded(content)
        return "text/plain"
    if suffix not in ACCEPTED:
        raise UnreadableFile("This type of file is not taken.", "unsupported_type")
    raise UnreadableFile("The content is not what the name says.", "wrong_type")


def _damaged() -> UnreadableFile:
    return UnreadableFile("The file is damaged.", "bad_file")
