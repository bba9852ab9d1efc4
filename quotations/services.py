"""Enquiries and quotations: every change of them.

A quotation is drafted, submitted, approved by somebody else, and sent; sending gives it its number,
freezes the partner's details and records what price was offered.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from customers.models import Customer
from customers.services import default_contact, partner_snapshot
from erp.core.documents import Document
from erp.core.errors import DomainError
from erp.core.models import rate_on
from erp.core.money import CENT, ZERO, round_money, round_price
from erp.core.numbering import draw_number
from erp.core.periods import company, company_today, standard_tax_rate
from erp.core.policy import allowed
from erp.core.record import field_changes, record
from erp.core.service import service
from messaging.services import holders_of, notify
from products.models import PriceFact, Product
from products.prices import record_price_facts, suggested_prices
from quotations.matching import PricedEnquiry, price_enquiry
from quotations.models import Enquiry, EnquiryLine, Quotation, QuotationLine

MAX_LINES = 1000
ONE_UNIT = Decimal(1)


@dataclass(frozen=True, slots=True)
class LineInput:
    """A quotation line as entered; without a price the suggested one is taken."""

    product_id: int
    quantity: Decimal
    unit_price: Decimal | None = None
    price_includes_tax: bool | None = None
    partner_wording: str = ""
    lead_time_days: int | None = None
    source_line_id: int | None = None


# --- enquiries -------------------------------------------------------------------------------


@service("enquiry.create")
def create_enquiry(
    text: str, *, customer_id: int, by: User, priced: PricedEnquiry | None = None
) -> Enquiry:
    """Keep a customer's text and what was read from it; ``priced`` spares a second reading.

    Raises DomainError no_text, too_many_lines, bad_quantity, nothing_found.
    """
    customer = _active_customer(customer_id)
    priced = priced or price_enquiry(text, customer=customer, user=by)
    if not priced.lines:
        raise DomainError(_("No part was found in this text."), code="nothing_found", field="text")
    enquiry = Enquiry.objects.create(
        customer=customer,
        owner=by,
        text=text,
        ignored=priced.ignored,
        status=Enquiry.Status.MATCHING,
        number=draw_number(Enquiry.number_series, company_today()),
    )
    EnquiryLine.objects.bulk_create(
        EnquiryLine(
            document=enquiry,
            line_no=line.line_no,
            raw=line.raw[:300],
            designation=line.designation[:120],
            brand_name=line.brand[:60],
            quantity=line.quantity,
            unit_id=line.unit,
            product=line.product,
            match=line.match,
            candidates=line.candidates_json(),
            note=line.note[:200],
        )
        for line in priced.lines
    )
    record("enquiry.created", enquiry, by=by)
    return enquiry


@service("enquiry.quote")
def quote_text(
    text: str, *, customer_id: int, by: User, priced: PricedEnquiry | None = None
) -> tuple[Enquiry, Quotation | None]:
    """Keep a text as an enquiry and draft its quotation, both or neither.

    The quotation is None when no part of the text has a product yet.
    """
    enquiry = create_enquiry(text, customer_id=customer_id, by=by, priced=priced)
    if not enquiry.lines.exclude(product=None).exists():
        return enquiry, None
    return enquiry, create_quotation_from_enquiry(enquiry.pk, by=by)


@service("enquiry.choose_product")
def choose_product(line_id: int, product_id: int, *, by: User) -> EnquiryLine:
    """Let a person decide what a line means. Raises DomainError unknown_line, unknown_product."""
    line = EnquiryLine.objects.select_related("document").filter(pk=line_id).first()
    if line is None:
        raise DomainError(_("There is no such line."), code="unknown_line", field="line")
    Enquiry.objects.locked(line.document_id)
    product = Product.objects.active().filter(pk=product_id).first()
    if product is None:
        raise DomainError(_("There is no such product."), code="unknown_product", field="product")
    before = line.product
    line.product, line.match = product, "exact" if line.product_id == product_id else "chosen"
    line.save(update_fields=["product", "match"])
    record("enquiry.product_chosen", line.document, by=by, changes={line.raw: (before, product)})
    return line


# --- drafting a quotation --------------------------------------------------------------------


@service("quotation.create")
def create_quotation_from_enquiry(enquiry_id: int, *, by: User) -> Quotation:
    """Draft a quotation with one line per matched line of the enquiry.

    Raises DomainError nothing_matched, no_customer.
    """
    enquiry = Enquiry.objects.locked(enquiry_id)
    if enquiry.customer_id is None:
        raise DomainError(_("The enquiry has no customer yet."), code="no_customer")
    lines = [
        LineInput(
            product_id=line.product_id,
            quantity=line.quantity or ONE_UNIT,
            partner_wording=line.raw,
            source_line_id=line.pk,
        )
        for line in enquiry.lines.all()
        if line.product_id is not None
    ]
    if not lines:
        raise DomainError(_("No line has a product yet."), code="nothing_matched")
    return create_quotation(enquiry.customer_id, lines, enquiry_id=enquiry.pk, by=by)


@service("quotation.create")
def create_quotation(
    customer_id: int, lines: Sequence[LineInput], *, enquiry_id: int | None = None, by: User
) -> Quotation:
    """Draft a quotation. Raises DomainError naming the line that is wrong."""
    customer = _active_customer(customer_id)
    us, today = company(), company_today()
    rate = rate_on(customer.currency_id, us, today)
    if rate is None:
        raise DomainError(
            _("There is no exchange rate for %(currency)s.") % {"currency": customer.currency_id},
            code="no_exchange_rate",
            field="currency",
        )
    quotation = Quotation(
        customer=customer,
        contact=default_contact(customer),
        enquiry_id=enquiry_id,
        owner=by,
        created_by=by,
        dated_on=today,
        valid_until=today + timedelta(days=us.quotation_validity_days),
        currency_id=customer.currency_id,
        exchange_rate=rate,
    )
    rows = _build_lines(quotation, lines)
    quotation.sum_lines(rows)
    quotation.save()
    for row in rows:
        row.document = quotation
    QuotationLine.objects.bulk_create(rows, batch_size=500)
    record("quotation.created", quotation, by=by)
    return quotation


@service("quotation.change")
def replace_lines(
    quotation_id: int, lines: Sequence[LineInput], *, version: int | None, by: User
) -> Quotation:
    """Replace all lines of a draft.

    Raises DomainError not_a_draft, stale_version, or one naming the line that is wrong.
    """
    quotation = Quotation.objects.locked(quotation_id)
    quotation.check_version(version)
    _check_draft(quotation)
    before = {"lines": _described(quotation.lines.all()), "gross_total": quotation.gross_total}
    rows = _build_lines(quotation, lines)
    quotation.lines.all().delete()
    QuotationLine.objects.bulk_create(rows, batch_size=500)
    quotation.sum_lines(rows)
    quotation.version += 1
    quotation.save()
    after = {"lines": _described(rows), "gross_total": quotation.gross_total}
    record("quotation.changed", quotation, by=by, changes=field_changes(before, after))
    return quotation


def _described(lines: Any) -> list[str]:
    return [f"{line} × {line.quantity:f} @ {line.unit_price:f}" for line in lines]


def _active_customer(customer_id: int) -> Customer:
    customer = Customer.objects.active().filter(pk=customer_id).first()
    if customer is None:
        raise DomainError(
            _("There is no such customer."), code="unknown_customer", field="customer"
        )
    return customer


def _check_draft(quotation: Quotation) -> None:
    if quotation.status != Quotation.Status.DRAFT:
        raise DomainError(
            _("Only a draft can be edited; %(ref)s is %(status)s.")
            % {"ref": quotation.ref, "status": quotation.get_status_display()},
            code="not_a_draft",
        )


def _build_lines(quotation: Quotation, inputs: Sequence[LineInput]) -> list[QuotationLine]:
    if not 0 < len(inputs) <= MAX_LINES:
        raise DomainError(
            _("A quotation has 1 to %(most)d lines.") % {"most": MAX_LINES},
            code="bad_line_count",
            field="lines",
        )
    ids = {line.product_id for line in inputs}
    products = Product.objects.select_related("brand", "tax_rate").in_bulk(ids)
    suggested = suggested_prices(
        ids, customer_id=quotation.customer_id, currency=quotation.currency_id
    )
    standard = standard_tax_rate(quotation.dated_on).rate
    rows = []
    for number, entered in enumerate(inputs, 1):
        product = products.get(entered.product_id)
        if product is None:
            raise DomainError(
                _("There is no such product."),
                code="unknown_product",
                field=f"lines[{number}].product_id",
            )
        rate = product.tax_rate.rate if product.tax_rate else standard
        net, _fact = suggested.get(product.pk, (None, None))
        rows.append(_build_line(quotation, number, entered, product, rate, net))
    return rows


def _build_line(
    quotation: Quotation,
    number: int,
    entered: LineInput,
    product: Product,
    rate: Decimal,
    suggested_net: Decimal | None,
) -> QuotationLine:
    includes = entered.price_includes_tax
    if includes is None:
        includes = quotation.customer.price_includes_tax
    suggested = None
    if suggested_net is not None:
        suggested = shown_price(suggested_net * (1 + rate) if includes else suggested_net)
    price = entered.unit_price if entered.unit_price is not None else suggested
    line = QuotationLine(
        document=quotation,
        line_no=number,
        product=product,
        partner_wording=entered.partner_wording[:200],
        quantity=entered.quantity,
        unit_price=price if price is not None else ZERO,
        price_includes_tax=includes,
        tax_rate=rate,
        lead_time_days=entered.lead_time_days,
        source_line_id=entered.source_line_id,
        suggested_price=suggested,
    )
    return line.describe(product).compute_amounts()


def shown_price(price: Decimal) -> Decimal:
    """Round a proposed price as a person would write it: cents, or 4 decimals below 1."""
    return round_money(price) if price >= 1 else round_price(price.quantize(CENT * CENT))


# --- the quotation's way ---------------------------------------------------------------------


def _move(quotation: Quotation, status: str, action: str, *, by: User, reason: str = "") -> None:
    old = quotation.move_to(status)
    quotation.save()
    record(action, quotation, by=by, changes={"status": (old, str(status))}, reason=reason)


@service("quotation.submit")
def submit_quotation(quotation_id: int, *, by: User, version: int | None = None) -> Quotation:
    """Hand a draft in for approval. Raises DomainError invalid_transition, missing_price."""
    quotation = Quotation.objects.locked(quotation_id)
    quotation.check_version(version)
    for line in quotation.lines.all():
        if not line.unit_price:
            raise DomainError(
                _("Line %(line)s has no price.") % {"line": line},
                code="missing_price",
                field=f"lines[{line.line_no}].unit_price",
            )
    _move(quotation, Quotation.Status.SUBMITTED, "quotation.submitted", by=by)
    notify("quotation.submitted", quotation, holders_of("quotations.approve_quotation"))
    return quotation


@service("quotation.approve")
def approve_quotation(quotation_id: int, *, by: User, version: int | None = None) -> Quotation:
    """Approve a submitted quotation. Raises DomainError invalid_transition, own_document."""
    quotation = Quotation.objects.locked(quotation_id)
    quotation.check_version(version)
    check_not_own(quotation, "quotations.approve_own_quotation", by=by)
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

    Raises DomainError invalid_transition, quotation_expired.
    """
    quotation = Quotation.objects.locked(quotation_id)
    quotation.check_version(version)
    today = company_today()
    if quotation.valid_until < today:
        raise DomainError(_("The quotation has expired."), code="quotation_expired")
    quotation.partner_snapshot = partner_snapshot(quotation.customer)
    quotation.dated_on = today
    old = quotation.move_to(Quotation.Status.SENT)
    lines = list(quotation.lines.all())
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
    Raises DomainError invalid_transition, quotation_expired.
    """
    quotation = Quotation.objects.locked(quotation_id)
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
