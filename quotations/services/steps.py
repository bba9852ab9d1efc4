"""A quotation's way: submitted, approved by somebody else, sent, and how it ends.

Sending gives it its number, freezes the partner's details and records what price was offered.
"""

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from customers.services import check_not_blocked, partner_snapshot
from erp.core.documents import Document
from erp.core.errors import DomainError
from erp.core.numbering import draw_number
from erp.core.periods import company_today
from erp.core.policy import allowed
from erp.core.record import record
from erp.core.service import service
from messaging.services import holders_of, notify
from products.models import PriceFact
from products.prices import record_price_facts
from products.protected import RIGHT as PROTECTED_RIGHT
from quotations.models import Enquiry, Quotation
from quotations.services.protected import check_protected, give_leave, lines_of


def _move(quotation: Quotation, status: str, action: str, *, by: User, reason: str = "") -> None:
    old = quotation.move_to(status)
    quotation.save()
    record(action, quotation, by=by, changes={"status": (old, str(status))}, reason=reason)


@service("quotation.submit")
def submit_quotation(quotation_id: int, *, by: User, version: int | None = None) -> Quotation:
    """Hand a draft in for approval.

    Raises DomainError invalid_transition, missing_price, protected_item, partner_blocked.
    """
    quotation = Quotation.objects.locked(quotation_id)
    quotation.check_version(version)
    check_not_blocked(quotation.customer)
    lines = lines_of(quotation)
    for line in lines:
        if not line.unit_price:
            raise DomainError(
                _("Line %(line)s has no price.") % {"line": line},
                code="missing_price",
                field=f"lines[{line.line_no}].unit_price",
            )
    check_protected(quotation, lines, by=by)
    _move(quotation, Quotation.Status.SUBMITTED, "quotation.submitted", by=by)
    notify("quotation.submitted", quotation, holders_of("quotations.approve_quotation"))
    return quotation


@service("quotation.approve")
def approve_quotation(quotation_id: int, *, by: User, version: int | None = None) -> Quotation:
    """Approve a submitted quotation; who may quote protected items allows them with it.

    Raises DomainError invalid_transition, own_document, protected_item.
    """
    quotation = Quotation.objects.locked(quotation_id)
    quotation.check_version(version)
    check_not_own(quotation, "quotations.approve_own_quotation", by=by)
    lines = lines_of(quotation)
    if allowed(by, PROTECTED_RIGHT):
        give_leave(quotation, lines, by=by)
    else:
        check_protected(quotation, lines, by=by)
    _move(quotation, Quotation.Status.APPROVED, "quotation.approved", by=by)
    notify("quotation.approved", quotation, [quotation.owner])
    return quotation


def check_not_own(document: Document, right: str, *, by: User) -> None:
    """Refuse the author's own approval unless he holds the right to it (maker ≠ checker)."""
    if by.pk in {document.owner_id, document.created_by_id} and not allowed(by, right):
        raise DomainError(_("You cannot approve a document of your own."), code="own_document")


@service("quotation.refuse")
def refuse_quotation(
    quotation_id: int, *, by: User, reason: str = "", version: int | None = None
) -> Quotation:
    """Give a submitted quotation back to its author as a draft."""
    quotation = Quotation.objects.locked(quotation_id)
    quotation.check_version(version)
    _move(quotation, Quotation.Status.DRAFT, "quotation.refused", by=by, reason=reason)
    notify("quotation.refused", quotation, [quotation.owner])
    return quotation


@service("quotation.send")
def send_quotation(quotation_id: int, *, by: User, version: int | None = None) -> Quotation:
    """Give an approved quotation to the customer: number, snapshot, price facts.

    Raises DomainError invalid_transition, quotation_expired, protected_item, partner_blocked.
    """
    quotation = Quotation.objects.locked(quotation_id)
    quotation.check_version(version)
    check_not_blocked(quotation.customer)
    today = company_today()
    if quotation.valid_until < today:
        raise DomainError(_("The quotation has expired."), code="quotation_expired")
    quotation.partner_snapshot = partner_snapshot(quotation.customer)
    quotation.dated_on = today
    old = quotation.move_to(Quotation.Status.SENT)
    lines = lines_of(quotation)
    check_protected(quotation, lines, by=by)
    record_price_facts(
        PriceFact.Kind.QUOTE, quotation, lines, on=today, customer=quotation.customer
    )
    if quotation.enquiry_id:
        _mark_enquiry(quotation.enquiry_id, Enquiry.Status.QUOTED, by=by)
    quotation.number = draw_number(Quotation.number_series, today)
    quotation.save()
    record("quotation.sent", quotation, by=by, changes={"status": (old, quotation.status)})
    return quotation


@service("quotation.lose")
def lose_quotation(
    quotation_id: int, *, by: User, reason: str = "", version: int | None = None
) -> Quotation:
    """Note that the customer bought elsewhere, and why."""
    quotation = Quotation.objects.locked(quotation_id)
    quotation.check_version(version)
    _move(quotation, Quotation.Status.LOST, "quotation.lost", by=by, reason=reason)
    if quotation.enquiry_id:
        _mark_enquiry(quotation.enquiry_id, Enquiry.Status.LOST, by=by)
    return quotation


@service("quotation.cancel")
def cancel_quotation(
    quotation_id: int, *, by: User, reason: str = "", version: int | None = None
) -> Quotation:
    """Withdraw a quotation that nobody has accepted."""
    quotation = Quotation.objects.locked(quotation_id)
    quotation.check_version(version)
    _move(quotation, Quotation.Status.CANCELLED, "quotation.cancelled", by=by, reason=reason)
    return quotation


@service("quotation.accept")
def accept_quotation(quotation_id: int, *, by: User) -> Quotation:
    """Note the customer's acceptance and that an order is being made of it.

    Orders call this; a superseded or expired quotation cannot be ordered.
    Raises DomainError invalid_transition, quotation_expired, partner_blocked.
    """
    quotation = Quotation.objects.locked(quotation_id)
    check_not_blocked(quotation.customer)
    if quotation.valid_until < company_today():
        raise DomainError(_("The quotation has expired."), code="quotation_expired")
    _move(quotation, Quotation.Status.ACCEPTED, "quotation.accepted", by=by)
    _move(quotation, Quotation.Status.ORDERED, "quotation.ordered", by=by)
    if quotation.enquiry_id:
        _mark_enquiry(quotation.enquiry_id, Enquiry.Status.WON, by=by)
    return quotation


def _mark_enquiry(enquiry_id: int, status: str, *, by: User) -> None:
    """Move the enquiry along with its quotation; where it already is there, leave it."""
    enquiry = Enquiry.objects.locked(enquiry_id)
    if not Enquiry.WORKFLOW.allows(enquiry.status, status):
        return
    old, enquiry.status = enquiry.status, str(status)
    enquiry.version += 1
    enquiry.save(update_fields=["status", "version"])
    record(f"enquiry.{status}", enquiry, by=by, changes={"status": (old, enquiry.status)})
