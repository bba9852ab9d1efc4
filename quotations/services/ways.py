"""An enquiry's way: taken up, quoted, won, lost, expired or cancelled, and asked anew.

Most moves follow those of its quotations, whose locks are taken first.
"""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from erp.core.errors import DomainError
from erp.core.record import record
from erp.core.service import service
from quotations.models import Enquiry, EnquiryStatus, Quotation, QuotationStatus


def check_open(enquiry: Enquiry) -> None:
    """Refuse to work on an enquiry that is won, lost, expired or cancelled."""
    if not enquiry.is_open:
        raise DomainError(
            _("%(ref)s is %(status)s.")
            % {"ref": enquiry.ref, "status": enquiry.get_status_display()},
            code="enquiry_closed",
        )


def begin_matching(enquiry: Enquiry) -> None:
    """Work on a new enquiry makes it one being matched; the caller holds its lock and records."""
    if Enquiry.WORKFLOW.allows(enquiry.status, EnquiryStatus.MATCHING):
        enquiry.status = EnquiryStatus.MATCHING
        enquiry.version += 1
        enquiry.save(update_fields=["status", "version"])


def mark_enquiries(
    enquiry_ids: Iterable[int | None], status: EnquiryStatus, *, by: User | None
) -> None:
    """Move enquiries along with their quotations, by key; one that cannot go there stays.

    An enquiry is neither lost nor expired while another quotation of it may still win.
    """
    ids = {pk for pk in enquiry_ids if pk is not None}
    if not ids:
        return
    rows = Enquiry.objects.select_for_update().filter(pk__in=ids)
    movable = [row for row in rows.order_by("pk") if Enquiry.WORKFLOW.allows(row.status, status)]
    if status in {EnquiryStatus.LOST, EnquiryStatus.EXPIRED} and movable:
        hopeful = _hopeful(ids)
        movable = [row for row in movable if row.pk not in hopeful]
    for enquiry in movable:
        _move(enquiry, status, f"enquiry.{status}", by=by)


def _hopeful(enquiry_ids: Iterable[int]) -> set[int | None]:
    """Return which of the enquiries have a quotation that is open or was ordered."""
    live = Quotation.objects.exclude(
        status__in=[
            QuotationStatus.LOST,
            QuotationStatus.EXPIRED,
            QuotationStatus.CANCELLED,
            QuotationStatus.REVISED,
        ]
    )
    return set(live.filter(enquiry__in=enquiry_ids).values_list("enquiry_id", flat=True))


def _move(
    enquiry: Enquiry, status: EnquiryStatus, action: str, *, by: User | None, reason: str = ""
) -> None:
    Enquiry.WORKFLOW.check(EnquiryStatus(enquiry.status), status)
    old, enquiry.status = enquiry.status, str(status)
    enquiry.version += 1
    enquiry.save(update_fields=["status", "version"])
    record(action, enquiry, by=by, changes={"status": (old, enquiry.status)}, reason=reason)


@service("enquiry.cancel")
def cancel_enquiry(
    enquiry_id: int, *, by: User, reason: str = "", version: int | None = None
) -> Enquiry:
    """Put an open enquiry aside that nothing came of.

    Raises DomainError invalid_transition, stale_version, has_quotations.
    """
    enquiry = Enquiry.objects.locked(enquiry_id)
    enquiry.check_version(version)
    if enquiry.pk in _hopeful([enquiry.pk]):
        raise DomainError(
            _("%(ref)s has a quotation that is still open.") % {"ref": enquiry.ref},
            code="has_quotations",
        )
    _move(enquiry, EnquiryStatus.CANCELLED, "enquiry.cancelled", by=by, reason=reason)
    return enquiry


@service("enquiry.reopen")
def reopen_enquiry(enquiry_id: int, *, by: User, version: int | None = None) -> Enquiry:
    """Take a lost enquiry up again: the customer came back.

    Raises DomainError invalid_transition, stale_version.
    """
    enquiry = Enquiry.objects.locked(enquiry_id)
    enquiry.check_version(version)
    _move(enquiry, EnquiryStatus.NEW, "enquiry.reopened", by=by)
    return enquiry
