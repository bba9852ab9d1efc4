"""A request's way: sent, answered, rejected and taken up again, cancelled."""

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from customers.services import check_not_blocked
from erp.core.errors import DomainError
from erp.core.numbering import draw_number
from erp.core.periods import company_today
from erp.core.record import record
from erp.core.service import service
from messaging.services import notify
from quotations.models import Rfq, RfqSupplier
from quotations.services.rfqs import mark_asked


def move_rfq(rfq: Rfq, status: str, action: str, *, by: User, reason: str = "") -> None:
    """Move a locked request, save and record it."""
    old = rfq.move_to(status)
    rfq.save()
    record(action, rfq, by=by, changes={"status": (old, str(status))}, reason=reason)


@service("rfq.send")
def send_rfq(rfq_id: int, *, by: User, version: int | None = None) -> Rfq:
    """Give a draft its number and note that its suppliers were asked.

    Raises DomainError invalid_transition, no_suppliers, bad_due_date, partner_blocked.
    """
    rfq = Rfq.objects.locked(rfq_id)
    rfq.check_version(version)
    old = rfq.move_to(Rfq.Status.SENT)
    rows = list(rfq.suppliers.select_related("supplier"))
    if not rows:
        raise DomainError(
            _("Choose at least one supplier."), code="no_suppliers", field="suppliers"
        )
    for row in rows:
        check_not_blocked(row.supplier)
    rfq.dated_on = company_today()
    if rfq.due_on < rfq.dated_on:
        raise DomainError(
            _("The day to answer by lies in the past."), code="bad_due_date", field="due_on"
        )
    mark_asked(rows)
    RfqSupplier.objects.bulk_update(rows, ["sent_at", "partner_snapshot"], batch_size=500)
    rfq.number = draw_number(Rfq.number_series, rfq.dated_on)
    rfq.save()
    record("rfq.sent", rfq, by=by, changes={"status": (old, rfq.status)})
    if rfq.owner_id != by.pk:
        notify("rfq.sent", rfq, [rfq.owner])
    return rfq


@service("rfq.cancel")
def cancel_rfq(rfq_id: int, *, by: User, reason: str = "", version: int | None = None) -> Rfq:
    """Give up a request nobody has answered. Raises DomainError invalid_transition."""
    rfq = Rfq.objects.locked(rfq_id)
    rfq.check_version(version)
    rfq.reason = reason[:200]
    move_rfq(rfq, Rfq.Status.CANCELLED, "rfq.cancelled", by=by, reason=reason)
    return rfq


@service("rfq.reject")
def reject_rfq(rfq_id: int, *, by: User, reason: str = "", version: int | None = None) -> Rfq:
    """Take none of the replies. Raises DomainError invalid_transition."""
    rfq = Rfq.objects.locked(rfq_id)
    rfq.check_version(version)
    rfq.reason = reason[:200]
    move_rfq(rfq, Rfq.Status.REJECTED, "rfq.rejected", by=by, reason=reason)
    if rfq.owner_id != by.pk:
        notify("rfq.rejected", rfq, [rfq.owner])
    return rfq


@service("rfq.reopen")
def reopen_rfq(rfq_id: int, *, by: User, version: int | None = None) -> Rfq:
    """Look at rejected replies again. Raises DomainError invalid_transition."""
    rfq = Rfq.objects.locked(rfq_id)
    rfq.check_version(version)
    if rfq.status != Rfq.Status.REJECTED:
        raise DomainError(
            _("Only rejected replies can be taken up again."), code="invalid_transition"
        )
    rfq.reason = ""
    move_rfq(rfq, Rfq.Status.RECEIVED, "rfq.reopened", by=by)
    return rfq
