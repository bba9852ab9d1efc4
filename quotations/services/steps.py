"""A quotation's way to the customer: submitted, approved by somebody else, sent.

Sending gives it its number, freezes the partner's details and records what price was offered.
"""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from customers.models import Customer
from customers.services import check_not_blocked, partner_with_snapshot
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
from quotations.costs import unit_costs
from quotations.models import EnquiryStatus, Quotation, QuotationLine, QuotationStatus
from quotations.services.approval import approval_reasons
from quotations.services.lines import total
from quotations.services.protected import check_protected, give_leave, lines_of
from quotations.services.ways import mark_enquiries


def _move(quotation: Quotation, status: str, action: str, *, by: User, reason: str = "") -> None:
    old = quotation.move_to(status)
    quotation.save()
    record(action, quotation, by=by, changes={"status": (old, str(status))}, reason=reason)


@service("quotation.submit")
def submit_quotation(quotation_id: int, *, by: User, version: int | None = None) -> Quotation:
    """Hand a draft in for approval; one within the limits of ``by`` is approved at once.

    Costs are looked up anew: by them it is decided. Raises DomainError invalid_transition,
    missing_price, nothing_counts, protected_item, partner_blocked.
    """
    quotation = Quotation.objects.locked(quotation_id)
    quotation.check_version(version)
    check_not_blocked(quotation.customer)
    lines = lines_of(quotation)
    _check_complete(lines)
    check_protected(quotation, lines, by=by)
    old = quotation.move_to(QuotationStatus.SUBMITTED)
    _refresh_costs(quotation, lines)
    reasons = approval_reasons(quotation, lines, by=by)
    told = ", ".join(reason.code for reason in reasons)
    changes = {"status": (old, quotation.status)}
    record("quotation.submitted", quotation, by=by, changes=changes, reason=told)
    if not reasons:
        old = quotation.move_to(QuotationStatus.APPROVED)
        changes = {"status": (old, quotation.status)}
        record("quotation.approved", quotation, by=by, changes=changes, reason="within_limits")
    quotation.save()
    if reasons:
        notify("quotation.submitted", quotation, holders_of("quotations.approve_quotation"))
    return quotation


def _check_complete(lines: Sequence[QuotationLine]) -> None:
    for line in lines:
        if not line.unit_price:
            raise DomainError(
                _("Line %(line)s has no price.") % {"line": line},
                code="missing_price",
                field=f"lines[{line.line_no}].unit_price",
            )
    if not any(line.is_counted for line in lines):
        raise DomainError(
            _("At least one line must be neither optional nor an alternative."),
            code="nothing_counts",
            field="lines",
        )


def _refresh_costs(quotation: Quotation, lines: Sequence[QuotationLine]) -> None:
    costs = unit_costs(line.product_id for line in lines)
    changed = [line for line in lines if line.unit_cost != costs.get(line.product_id)]
    for line in changed:
        line.unit_cost = costs.get(line.product_id)
    QuotationLine.objects.bulk_update(changed, ["unit_cost"], batch_size=500)
    total(quotation, lines)


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
    notify("quotation.approved", quotation, [quotation.owner_id])
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
    notify("quotation.refused", quotation, [quotation.owner_id])
    return quotation


@service("quotation.send")
def send_quotation(quotation_id: int, *, by: User, version: int | None = None) -> Quotation:
    """Give an approved quotation to the customer: number, snapshot, price facts.

    A revision takes the place of the one before, which is revised from now on.
    Raises DomainError invalid_transition, quotation_expired, protected_item, partner_blocked,
    superseded_ordered.
    """
    quotation, before = _locked_with_superseded(quotation_id)
    quotation.check_version(version)
    quotation.customer, snapshot = partner_with_snapshot(Customer, quotation.customer_id)
    check_not_blocked(quotation.customer)
    today = company_today()
    if quotation.valid_until < today:
        raise DomainError(_("The quotation has expired."), code="quotation_expired")
    quotation.partner_snapshot = snapshot
    quotation.dated_on = today
    old = quotation.move_to(Quotation.Status.SENT)
    lines = lines_of(quotation)
    check_protected(quotation, lines, by=by)
    if before is not None:
        _supersede(before, quotation, by=by)
    record_price_facts(
        PriceFact.Kind.QUOTE, quotation, lines, on=today, customer=quotation.customer
    )
    mark_enquiries([quotation.enquiry_id], EnquiryStatus.QUOTED, by=by)
    quotation.number = _number(quotation, before)
    quotation.save()
    record("quotation.sent", quotation, by=by, changes={"status": (old, quotation.status)})
    return quotation


def _locked_with_superseded(quotation_id: int) -> tuple[Quotation, Quotation | None]:
    """Return the quotation and the one it revises, the earlier one locked first.

    What it revises never changes but to nothing, when the revision is cancelled.
    """
    drafts = Quotation.objects.filter(pk=quotation_id)
    before_id = drafts.values_list("supersedes_id", flat=True).first()
    before = Quotation.objects.locked(before_id) if before_id is not None else None
    return Quotation.objects.locked(quotation_id), before


def _supersede(old: Quotation, new: Quotation, *, by: User) -> None:
    """End the offer that is replaced; one that ended otherwise meanwhile stays so, unless won."""
    if old.status in {QuotationStatus.ACCEPTED, QuotationStatus.ORDERED}:
        raise DomainError(
            _("%(ref)s was ordered in the meantime.") % {"ref": old.ref}, code="superseded_ordered"
        )
    if old.status != QuotationStatus.SENT:
        return
    before = old.move_to(QuotationStatus.REVISED)
    old.save()
    changes = {"status": (before, old.status), "superseded_by": (None, f"R{new.revision}")}
    record("quotation.revised", old, by=by, changes=changes)


def _number(quotation: Quotation, before: Quotation | None) -> str:
    """A revision keeps the number of the first, with its own mark; only the first draws one."""
    if before is not None and before.root_number:
        return f"{before.root_number}-R{quotation.revision}"
    return draw_number(Quotation.number_series, quotation.dated_on)
