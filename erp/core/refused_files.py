"""Files that are not taken, said to people in their language and to machines by a status."""

from django.forms import BaseForm
from django.utils.translation import gettext_lazy as _

from erp.core.errors import DomainError
from erp.core.uploads import UnreadableFile

_MESSAGES = {
    "empty_file": _("The file is empty."),
    "binary_file": _("The file is neither text nor a workbook."),
    "too_large": _("The file is too large."),
    "zip_bomb": _("The file is far larger when unpacked than it looks; it was not opened."),
    "bad_workbook": _("The workbook cannot be read."),
    "bad_file": _("The file is damaged."),
    "bad_picture": _("The picture is damaged."),
    "unsupported_type": _("Files of this type are not taken here."),
    "wrong_type": _("The file is not what its name says."),
}
STATUSES = {
    "empty_file": 415,
    "binary_file": 415,
    "unsupported_type": 415,
    "wrong_type": 415,
    "too_large": 413,
    "zip_bomb": 413,
    "bad_workbook": 400,
    "bad_file": 400,
    "bad_picture": 400,
}


def refused(error: UnreadableFile, *, field: str = "file") -> DomainError:
    """Return the refusal of a file, with the code of the guard that refused it."""
    message = _MESSAGES.get(error.code, _("The file cannot be read."))
    return DomainError(message, code=error.code, field=field)


def status_of(form: BaseForm, field: str) -> int:
    """Return what a page answers to a wrong form: the status of its refused file, or 400."""
    if field not in form.errors:
        return 400
    codes = [str(error.code) for error in form.errors[field].as_data()]
    return next((STATUSES[code] for code in codes if code in STATUSES), 400)
