"""Uploaded files before anything trusts them: size, kind, archive directory, encoding, pixels.

No Django, so that parsers without it can use this. Guards come before parsing; what cannot be
judged from the first bytes is counted while it is inflated.

``text_of_file`` and ``table_of_file`` read enquiries and imports, ``picture_of_file`` and
``checked_file`` judge what is kept, ``clean_name`` and ``disposition`` treat names.
"""

from erp.core.uploads.documents import ACCEPTED, CheckedFile, checked_file
from erp.core.uploads.guards import (
    MAX_BYTES,
    UnreadableFile,
    check_readable,
    check_size,
    clean_name,
    disposition,
)
from erp.core.uploads.images import Picture, picture_of_file, thumbnail_of
from erp.core.uploads.tables import table_of_file, text_of_file
from erp.core.uploads.workbooks import MAX_CELLS, check_ole_workbook, check_workbook

__all__ = [
    "ACCEPTED",
    "MAX_BYTES",
    "MAX_CELLS",
    "CheckedFile",
    "Picture",
    "UnreadableFile",
    "check_ole_workbook",
    "check_readable",
    "check_size",
    "check_workbook",
    "checked_file",
    "clean_name",
    "disposition",
    "picture_of_file",
    "table_of_file",
    "text_of_file",
    "thumbnail_of",
]
