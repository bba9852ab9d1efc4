"""From a file to its sheets, the guards first."""

from collections.abc import Sequence
from pathlib import Path, PurePath

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
from erp.core.uploads.guards import OLE, suffix_of

TEXT_KINDS = (".csv", ".tsv", ".txt")
WORKBOOK_KINDS = (".xlsx", ".xlsm", ".xls")


def open_sheets(path: Path, name: str = "") -> Sequence[Sheet]:
    """Return the sheets of a file; ``name`` is what it was called, where that is not the path.

    Raises UnreadableFile: empty_file, unsupported_type, too_large, binary_file, zip_bomb,
    bad_workbook; while its rows are read: broken_quotes, binary_file.
    """
    name = PurePath((name or path.name).replace("\\", "/")).name
    kind = suffix_of(name)
    with path.open("rb") as file:
        check_size(file.read(4096))  # an empty one; a text may be as long as it likes
    if kind in TEXT_KINDS:
        return [text_sheet(path, PurePath(name).stem)]
    if kind in WORKBOOK_KINDS:
        _check_workbook(path)
        return workbook_sheets(path)
    raise UnreadableFile(
        "This type of file cannot be read; use .csv, .txt, .xlsx or .xls.", "unsupported_type"
    )


def _check_workbook(path: Path) -> None:
    if path.stat().st_size > MAX_BYTES:
        raise UnreadableFile("The workbook is larger than 10 MB; save it as csv.", "too_large")
    content = path.read_bytes()
    if content.startswith(OLE):
        check_ole_workbook(content)
    else:
        check_workbook(content)
