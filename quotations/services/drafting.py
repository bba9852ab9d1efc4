"""Drafting a quotation and changing its lines."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from customers.models import Customer
from customers.services import check_not_blocked, default_contact
from erp.core.errors import DomainError
from erp.core.models import rate_on
from erp.core.money import CENT, ZERO, round_money, round_price
from erp.core.periods import company, company_today, standard_tax_rate
from erp.core.record import field_changes, record
from erp.core.service import service
from products.models import Product
from products.prices import suggested_prices
from quotations.doubts import units_in_product
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


@service("quotation.create")
def create_quotation_from_enquiry(enquiry_id: int, *, by: User) -> Quotation:
    """Draft a quotation with one line per matched line of the enquiry.

    Raises DomainError nothing_matched, no_customer, enquiry_closed.
    """
    enquiry = Enquiry.objects.locked(enquiry_id)
    check_open(enquiry)
    if enquiry.customer_id is None:
        raise DomainError(_("The enquiry has no customer yet."), code="no_customer")
    lines = [
        _from_enquiry_line(line)
        for line in enquiry.lines.select_related("product")
        if line.product_id is not None
    ]
    if not lines:
        raise DomainError(_("No line has a product yet."), code="nothing_matched")
    return create_quotation(enquiry.customer_id, lines, enquiry_id=enquiry.pk, by=by)


def _from_enquiry_line(line: EnquiryLine) -> LineInput:
    """Quote a line in the product's unit.

    Where the quantity is unknown, or its unit says nothing of the product's (a box of pieces), the
    line has no price: nothing can be submitted before a person has looked.
    """
    product = line.product
    if product is None:
        raise ValueError("only a line with a product is quoted")
    unit, own = line.unit_id or product.unit_id, product.unit_id
    factor = units_in_product(unit, own)
    known = line.quantity is not None and factor is not None
    return LineInput(
        product_id=product.pk,
        quantity=(line.quantity or ONE_UNIT) * (factor or 1),
        unit_price=None if known else ZERO,
        partner_wording=line.raw,
        source_line_id=line.pk,
    )


def check_open(enquiry: Enquiry) -> None:
    """Refuse to work on an enquiry that is won, lost, expired or cancelled."""
    if not enquiry.is_open:
        raise DomainError(
            _("%(ref)s is %(status)s.")
            % {"ref": enquiry.ref, "status": enquiry.get_status_display()},
            code="enquiry_closed",
        )


@service("quotation.create")
def create_quotation(
    customer_id: int, lines: Sequence[LineInput], *, enquiry_id: int | None = None, by: User
) -> Quotation:
    """Draft a quotation.

    Raises DomainError partner_blocked or one naming the line that is wrong.
    """
    customer = active_customer(customer_id)
    check_not_blocked(customer)
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


def active_customer(customer_id: int) -> Customer:
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
    _check_sources(quotation, inputs)
    ids = {line.product_id for line in inputs}
    products = Product.objects.select_related("brand", "tax_rate").following(ids)
    suggested = suggested_prices(
        {product.pk for product in products.values()},
        customer_id=quotation.customer_id,
        currency=quotation.currency_id,
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


def _check_sources(quotation: Quotation, inputs: Sequence[LineInput]) -> None:
    """Refuse a source line that is none of the quotation's own enquiry."""
    named = {line.source_line_id for line in inputs if line.source_line_id is not None}
    if not named:
        return
    own = EnquiryLine.objects.filter(document_id=quotation.enquiry_id, pk__in=named)
    known = set(own.values_list("pk", flat=True))
    for number, line in enumerate(inputs, 1):
        if line.source_line_id is not None and line.source_line_id not in known:
            raise DomainError(
                _("The enquiry has no such line."),
                code="unknown_source_line",
                field=f"lines[{number}].source_line_id",
            )


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
