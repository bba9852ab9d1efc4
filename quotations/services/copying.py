"""Copying a quotation: the same again, for the same customer or for another."""

from collections.abc import Mapping

from accounts.models import User
from erp.core.copying import (
    DOCUMENT_ANEW,
    DOCUMENT_RESET,
    LINE_ANEW,
    LINE_COPIED,
    LINE_RESET,
    check_in_sight,
    copies,
)
from erp.core.periods import company_today
from erp.core.record import record
from erp.core.service import service
from products.services import copyable_lines
from quotations.models import Quotation, QuotationLine, Rfq, RfqLine, RfqSupplier
from quotations.services.drafting import active_customer, create_quotation
from quotations.services.lines import LineInput

QUOTATION = copies(
    Quotation,
    copied=("customer", "notes", "terms"),
    anew=(*DOCUMENT_ANEW, "contact", "valid_until", "payment_term"),
    reset=(
        *DOCUMENT_RESET,
        *("enquiry", "revision", "supersedes", "cost_total", "expiry_told_for"),
        *("decided_on", "outcome_reason", "outcome_note", "competitor", "competitor_price"),
    ),
)
QUOTATION_LINE = copies(
    QuotationLine,
    copied=(*LINE_COPIED, "lead_time_days", "is_optional"),
    anew=(*LINE_ANEW, "suggested_price", "alternative_to", "is_counted"),
    reset=(*LINE_RESET, "outcome", "ordered_quantity", "unit_cost"),
)

RFQ = copies(
    Rfq,
    copied=("notes", "origin_type", "origin_id"),
    anew=("owner", "created_by", "created_at", "updated_at", "dated_on", "due_on"),
    reset=("id", "number", "version", "status", "reason", "reminded_on", "lapse_told_on"),
)
RFQ_LINE = copies(
    RfqLine,
    copied=("product", "quantity", "wording", "origin_line_id"),
    anew=("document", "line_no", "brand_name", "designation", "description", "unit"),
    reset=("id", "wanted_on"),
)
# Whom it asks; nothing of what they answered.
RFQ_SUPPLIER = copies(
    RfqSupplier,
    copied=("supplier",),
    anew=(
        *("document", "contact", "language", "currency", "exchange_rate", "price_includes_tax"),
        "partner_snapshot",
    ),
    reset=(
        *("id", "sent_at", "answered_at", "declined", "reference", "valid_until"),
        *("lead_time_days", "terms"),
    ),
)


@service("quotation.copy")
def copy_quotation(
    quotation_id: int,
    *,
    customer_id: int | None = None,
    reprice: bool = False,
    leave_out_archived: bool = False,
    by: User,
) -> Quotation:
    """Draft the same quotation again: products, quantities and prices as entered.

    Prices are suggested anew when asked for, for another customer, and where the customer's
    currency is another by now; another customer does not get the wording of this one either.
    Raises DomainError not_found, out_of_sight, archived_product, expired_tax_rate,
    nothing_to_copy, and what ``create_quotation`` raises.
    """
    source = Quotation.objects.locked(quotation_id)
    target = active_customer(customer_id if customer_id is not None else source.customer_id)
    check_in_sight(target, by=by)
    same = target.pk == source.customer_id
    keep = same and not reprice and target.currency_id == source.currency_id
    lines = copyable_lines(
        list(source.lines.all()), on=company_today(), leave_out=leave_out_archived
    )
    places = {line.line_no: place for place, line in enumerate(lines, 1)}
    entered = [_entered(line, places, keep_price=keep, keep_wording=same) for line in lines]
    copy = create_quotation(target.pk, entered, by=by)
    if same:
        copy.notes, copy.terms = source.notes, source.terms
        copy.save(update_fields=["notes", "terms"])
    record("quotation.copied", copy, by=by, changes={"copied_from": (None, source.ref)})
    return copy


def _entered(
    line: QuotationLine, places: Mapping[int, int], *, keep_price: bool, keep_wording: bool
) -> LineInput:
    return LineInput(
        product_id=line.product_id,
        quantity=line.quantity,
        unit_price=line.unit_price if keep_price else None,
        price_includes_tax=line.price_includes_tax if keep_price else None,
        partner_wording=line.partner_wording if keep_wording else "",
        lead_time_days=line.lead_time_days,
        alternative_to=places.get(line.alternative_to or 0),
        is_optional=line.is_optional,
    )
