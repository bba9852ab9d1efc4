"""Attachments as text: rows with tabs between the cells, every visible sheet after the other.

Merged cells count for each row they span and simple formulas are computed, as in imports. A row
the customer has hidden is kept, marked as such, and asks for nothing.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path, PurePath

from erp.core import uploads
from erp.core.tables import Sheet, open_sheets
from erp.core.uploads import UnreadableFile, check_readable
from erp.core.uploads.guards import OLE, ZIP

HIDDEN = "[hidden] "  # before a row that nobody sees who opens the file


def text_of_file(name: str, content: bytes) -> str:
    """Return an enquiry's file as text. Raises UnreadableFile as ``erp.core.uploads`` does."""
    if not check_readable(name, content):
        return uploads.text_of_file(name, content)
    if not content.startswith((OLE, ZIP)):
        raise UnreadableFile("The file is not an Excel workbook.", "wrong_type")
    suffix = PurePath(name.replace("\\", "/")).suffix
    with tempfile.NamedTemporaryFile(suffix=suffix) as file:
        file.write(content)
        file.flush()
        sheets = open_sheets(Path(file.name), name)
        text = "\n\n".join("\n".join(_lines(sheet)) for sheet in sheets).strip("\n")
    if not text.strip():
        raise UnreadableFile("The workbook has no filled cells.", "empty_file")
    return text


def _lines(sheet: Sheet) -> Iterator[str]:
    for row in sheet.rows():
        cells = [" ".join(cell.split()) for cell in row.cells]
        line = "\t".join(cells).rstrip("\t")
        yield HIDDEN + line if line and row.number in sheet.hidden else line
