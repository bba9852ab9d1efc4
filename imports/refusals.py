"""Why a file cannot be read, in words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from erp.core.errors import DomainError
from erp.core.uploads import UnreadableFile

UNREADABLE: dict[str, str | Promise] = {
    "empty_file": _("The file is empty."),
    "unsupported_type": _("This type of file cannot be read; use .csv, .txt, .xlsx or .xls."),
    "too_large": _("The file is too large; save it as csv or split it."),
    "binary_file": _("The file is not text."),
    "bad_workbook": _("The workbook is damaged and cannot be read."),
    "zip_bomb": _("The workbook is too large when unpacked."),
    "broken_quotes": _("A quotation mark in the file is never closed."),
}


def unreadable(error: UnreadableFile) -> DomainError:
    """Return the refusal of a file, in the reader's language."""
    return DomainError(UNREADABLE.get(error.code, str(error)), code=error.code, field="file")
