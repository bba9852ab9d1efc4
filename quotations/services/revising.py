"""The next revision of a quotation the customer has."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from customers.services import check_not_blocked
from erp.core.errors import DomainError
from erp.core.periods import company, company_today
from erp.core.record import record
from erp.core.service import service
from quotations.models import Quotation, QuotationLine, QuotationStatus
from quotations.services.drafting import HEAD_FIELDS, exchange_rate_today
from quotations.services.lines import LineInput, build_lines, total


@service("quotation.revise")
def revise_quotation(
    quotation_id: int, *, by: User, reason: str = "", version: int | None = None
) -> Quotation:
    """Draft the next revision of a sent quotation; the sent one holds until the new one is sent.

    Head, lines, prices and lead times are taken over; costs and the rate of exchange are today's.
    Raises DomainError invalid_transition, revision_exists, partner_blocked.
    """
    old = Quotation.objects.locked(quotation_id)
    old.check_version(version)
    Quotation.WORKFLOW.check(Quotation.Status(old.status), QuotationStatus.REVISED)
    later = Quotation.objects.filter(supersedes=old).first()
    if later is not None:
        raise DomainError(
            _("%(ref)s is being revised already, by %(other)s.") % {"ref": old, "other": later},
            code="revision_exists",
        )
    check_not_blocked(old.customer)
    us, today = company(), company_today()
    lines = [_as_entered(line) for line in old.lines.all()]
    new = Quotation(
        owner=old.owner,
        created_by=by,
        customer=old.customer,
        enquiry_id=old.enquiry_id,
        dated_on=today,
        valid_until=max(today + timedelta(days=us.quotation_validity_days), old.valid_until),
        currency_id=old.currency_id,
        exchange_rate=exchange_rate_today(old.currency_id),
        revision=old.revision + 1,
        supersedes=old,
    )
    for name in HEAD_FIELDS:
        if name != "valid_until":
            setattr(new, name, getattr(old, name))
    rows = build_lines(new, lines)
    total(new, rows)
    new.save()
    for row in rows:
        row.document = new
    QuotationLine.objects.bulk_create(rows, batch_size=500)
    changes = {"supersedes": (None, old.ref)}
    record("quotation.revision_drafted", new, by=by, changes=changes, reason=reason)
    return new


def _as_entered(line: QuotationLine) -> LineInput:
    return LineInput(
        product_id=line.product_id,
        quantity=line.quantity,
        unit_price=line.unit_price,
        price_includes_tax=line.price_includes_tax,
        partner_wording=line.partner_wording,
        lead_time_days=line.lead_time_days,
        source_line_id=line.source_line_id,
        alternative_to=line.alternative_to,
        is_optional=line.is_optional,
    )
