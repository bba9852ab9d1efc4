"""Enquiries that arrive as files, with refusals in the reader's language."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from erp.core.attachments import attach
from erp.core.errors import DomainError
from erp.core.refused_files import refused
from quotations.models import Enquiry
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


def keep_file(enquiry: Enquiry, file: Any, *, by: Any) -> None:
    """Keep the file an enquiry was read from as it came; None when it came as text."""
    if file is None:
        return
    file.seek(0)
    attach(Enquiry, enquiry.pk, file.name or "", file.read(), by=by)
