"""From a file to its sheets, the guards first."""

from collections.abc import Sequence
from pathlib import Path, PurePath
from typing import BinaryIO

from erp.core.tables.sheet import Sheet
from erp.core.tables.text import text_sheet
from erp.core.tables.workbook import workbook_sheets
from erp.core.uploads import (
    MAX_BYTES,
    UnreadableFile,
    check_ole_workbook,
    check_size,
    check_workbook,
)
from erp.core.uploads.guards import OLE, binary_magic, suffix_of

TEXT_KINDS = (".csv", ".tsv", ".txt")
WORKBOOK_KINDS = (".xlsx", ".xlsm", ".xls")


def open_sheets(path: Path, name: str = "") -> Sequence[Sheet]:
    """Return the sheets of a file; ``name`` is what it was called, where that is not the path.

    Raises UnreadableFile: empty_file, unsupported_type, too_large, binary_file, zip_bomb,
    bad_workbook; while its rows are read: broken_quotes, binary_file.
    """
    name = PurePath((name or path.name).replace("\\", "/")).name
    with path.open("rb") as file:
        is_workbook = check_file(file, name)
    return workbook_sheets(path) if is_workbook else [text_sheet(path, PurePath(name).stem)]


def check_file(file: BinaryIO, name: str) -> bool:
    """Judge a file before anything parses it; return whether it is a workbook.

    A text may be as long as it likes, for it is streamed. Raises UnreadableFile.
    """
    kind = suffix_of(name)
    head = file.read(4096)
    check_size(head)
    if kind in TEXT_KINDS:
        if binary_magic(head):
            raise UnreadableFile("The file is not text.", "binary_file")
        return False
    if kind not in WORKBOOK_KINDS:
        raise UnreadableFile(
            "This type of file cannot be read; use .csv, .txt, .xlsx or .xls.", "unsupported_type"
        )
    content = head + file.read(MAX_BYTES)
    if len(content) > MAX_BYTES:
        raise UnreadableFile("The workbook is larger than 10 MB; save it as csv.", "too_large")
    if content.startswith(OLE):
        check_ole_workbook(content)
    else:
        check_workbook(content)
    return True
