"""What every step of a stock document does first and last."""

from typing import Any, TypeVar

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from erp.core.errors import DomainError
from erp.core.numbering import draw_number
from erp.core.record import record
from inventory.models.documents import StockDocument

D = TypeVar("D", bound=StockDocument)


def opened(model: type[D], pk: int, version: int | None) -> D:
    """Return the document under its lock. Raises DomainError not_found, stale_version."""
    manager: Any = model._default_manager
    document: D = manager.locked(pk)
    document.check_version(version)
    return document


def require_status(document: Any, *statuses: str) -> None:
    """Refuse what a document's status does not allow; DomainError invalid_transition."""
    if document.status not in statuses:
        raise DomainError(
            _("%(ref)s is %(status)s.")
            % {"ref": document.ref, "status": document.get_status_display()},
            code="invalid_transition",
        )


def finish(
    document: D, action: str, old: str, *, by: User, reason: str = "", draws: bool = False
) -> D:
    """Draw the number where the document takes effect, save and record the step."""
    if draws:
        document.number = draw_number(document.number_series, document.dated_on)
    document.save()
    status = document.status  # type: ignore[attr-defined]  # every concrete document has one
    record(action, document, by=by, changes={"status": (old, status)}, reason=reason)
    return document
