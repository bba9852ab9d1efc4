"""Enquiries that arrive as files, with refusals in the reader's language."""

from django.utils.translation import gettext_lazy as _

from erp.core.errors import DomainError
from quotations.reading import UnreadableFile, text_of_file

_MESSAGES = {
    "empty_file": _("The file is empty."),
    "binary_file": _("The file is neither text nor a workbook."),
    "too_large": _("The file is too large (10 MB at most)."),
    "bad_workbook": _("The workbook cannot be read."),
    "unsupported_type": _("Use a .txt, .csv, .xlsx or .xls file."),
}


def enquiry_text(name: str, content: bytes) -> str:
    """Return the text of a file; DomainError with the reader's code and field ``file``."""
    try:
        return text_of_file(name, content)
    except UnreadableFile as error:
        message = _MESSAGES.get(error.code, _("The file cannot be read."))
        raise DomainError(message, code=error.code, field="file") from error
