"""Enquiries that arrive as files, with refusals in the reader's language."""

from django.utils.translation import gettext_lazy as _

from erp.core.errors import DomainError
from erp.core.refused_files import refused
from quotations.reading import UnreadableFile, text_of_file


def enquiry_text(name: str, content: bytes) -> str:
    """Return the text of a file; DomainError with the reader's code and field ``file``."""
    try:
        return text_of_file(name, content)
    except UnreadableFile as error:
        if error.code == "unsupported_type":
            message = _("Use a .txt, .csv, .xlsx or .xls file.")
            raise DomainError(message, code=error.code, field="file") from error
        raise refused(error) from error
