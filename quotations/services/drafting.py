"""Drafting a quotation, changing its head and its lines, and the next revision of a sent one."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from customers.models import Contact, Customer
from customers.services import check_not_blocked, default_contact
from erp.core import bulk
from erp.core.errors import DomainError
from erp.core.models import PaymentTerm
from erp.core.money import ZERO
from erp.core.periods import company, company_today, exchange_rate_on
from erp.core.record import field_changes, record
from erp.core.service import service
from products.models import Product
from quotations.doubts import units_in_product
from quotations.models import Enquiry, EnquiryLine, Quotation, QuotationLine
from quotations.services.lines import (
    LineInput,
    build_lines,
    describe_lines,
    store_lines,
    total,
)
from quotations.services.ways import begin_matching, check_open

ONE_UNIT = Decimal(1)
# What a draft's head lets be changed, beside its lines.
HEAD_FIELDS = (
    "valid_until",
    "contact_id",
    "partner_reference",
    "payment_term_id",
    "terms",
    "notes",
)
_LONGEST = {"partner_reference": 60, "terms": 4000, "notes": 4000}


@service("quotation.create")
def create_quotation_from_enquiry(enquiry_id: int, *, by: User) -> Quotation:
    """Draft a quotation with one line per matched line of the enquiry.

    Where other brands were asked for too, each is a line offered instead of it.
    Raises DomainError nothing_matched, no_customer, enquiry_closed.
    """
    enquiry = Enquiry.objects.locked(enquiry_id)
    check_open(enquiry)
    begin_matching(enquiry)
    if enquiry.customer_id is None:
        raise DomainError(_("The enquiry has no customer yet."), code="no_customer")
    asked = [line for line in enquiry.lines.select_related("product") if line.product]
    others = Product.objects.following({pk for line in asked for pk in line.alternatives})
    lines: list[LineInput] = []
    for line in asked:
        lines.append(_from_enquiry_line(line))
        main, offered = len(lines), {line.product_id}
        for pk in line.alternatives:
            product = others.get(pk)
            if product and product.archived_at is None and product.pk not in offered:
                offered.add(product.pk)
                lines.append(_from_enquiry_line(line, product, alternative_to=main))
    if not lines:
        raise DomainError(_("No line has a product yet."), code="nothing_matched")
    return create_quotation(enquiry.customer_id, lines, enquiry_id=enquiry.pk, by=by)


def _from_enquiry_line(
    line: EnquiryLine, other: Product | None = None, *, alternative_to: int | None = None
) -> LineInput:
    """Quote a line in the product's unit.

    Where the quantity is unknown, or its unit says nothing of the product's (a box of pieces), the
    line has no price: nothing can be submitted before a person has looked.
    """
    product = other or line.product
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
        alternative_to=alternative_to,
    )


@service("quotation.create")
def create_quotation(
    customer_id: int,
    lines: Sequence[LineInput],
    *,
    enquiry_id: int | None = None,
    head: Mapping[str, Any] | None = None,
    by: User,
) -> Quotation:
    """Draft a quotation; of ``HEAD_FIELDS`` what is not given is the customer's.

    Raises DomainError partner_blocked or one naming the line that is wrong.
    """
    customer = active_customer(customer_id)
    check_not_blocked(customer)
    us, today = company(), company_today()
    quotation = Quotation(
        customer=customer,
        contact=default_contact(customer),
        payment_term_id=customer.payment_term_id,
        enquiry_id=enquiry_id,
        owner=by,
        created_by=by,
        dated_on=today,
        valid_until=today + timedelta(days=us.quotation_validity_days),
        currency_id=customer.currency_id,
        exchange_rate=exchange_rate_today(customer.currency_id),
    )
    for name, value in (head or {}).items():
        _set_head(quotation, name, value)
    rows = build_lines(quotation, lines)
    total(quotation, rows)
    quotation.save()
    for row in rows:
        row.document = quotation
    bulk.insert(rows)
    record("quotation.created", quotation, by=by)
    return quotation


@service("quotation.change")
def change_quotation(
    quotation_id: int,
    *,
    lines: Sequence[LineInput] | None = None,
    head: Mapping[str, Any] | None = None,
    version: int | None,
    by: User,
) -> Quotation:
    """Change a draft: all its lines at once, and of ``HEAD_FIELDS`` what is given.

    Raises DomainError not_a_draft, stale_version, or one naming the field or line that is wrong.
    """
    quotation = Quotation.objects.locked(quotation_id)
    quotation.check_version(version)
    check_draft(quotation)
    before = _described(quotation) if lines is None else _described(quotation, _stored(quotation))
    for name, value in (head or {}).items():
        _set_head(quotation, name, value)
    rows = None
    if lines is not None:
        rows = build_lines(quotation, lines)
        store_lines(quotation, rows, lines)
        total(quotation, rows)
    quotation.version += 1
    quotation.save()
    changes = field_changes(before, _described(quotation, rows))
    record("quotation.changed", quotation, by=by, changes=changes)
    return quotation


def replace_lines(
    quotation_id: int, lines: Sequence[LineInput], *, version: int | None, by: User
) -> Quotation:
    """Replace all lines of a draft."""
    return change_quotation(quotation_id, lines=lines, version=version, by=by)


def _stored(quotation: Quotation) -> list[QuotationLine]:
    return list(quotation.lines.all())


def _described(quotation: Quotation, rows: Sequence[QuotationLine] | None = None) -> dict[str, Any]:
    told: dict[str, Any] = {name: getattr(quotation, name) for name in HEAD_FIELDS}
    if rows is not None:
        told |= {"lines": describe_lines(rows), "gross_total": quotation.gross_total}
    return told


def _set_head(quotation: Quotation, name: str, value: Any) -> None:
    """Set one field of the head; raises DomainError naming it."""
    if name not in HEAD_FIELDS:
        raise ValueError(name)
    if name in _LONGEST and len(value) > _LONGEST[name]:
        raise DomainError(
            _("At most %(most)d characters.") % {"most": _LONGEST[name]},
            code="too_long",
            field=name,
        )
    if name == "valid_until" and value != quotation.valid_until and value < company_today():
        raise DomainError(
            _("The offer would have expired already."), code="bad_validity", field=name
        )
    if value is not None and value != getattr(quotation, name):
        _check_related(quotation, name, value)
    setattr(quotation, name, value)


def _check_related(quotation: Quotation, name: str, value: Any) -> None:
    if name == "contact_id":
        contacts = Contact.objects.filter(pk=value, customer=quotation.customer_id)
        if not contacts.exists():
            raise DomainError(
                _("The customer has no such contact."), code="unknown_contact", field=name
            )
    elif name == "payment_term_id" and not PaymentTerm.objects.filter(pk=value).exists():
        raise DomainError(
            _("There is no such payment term."), code="unknown_payment_term", field=name
        )


def exchange_rate_today(currency: str) -> Decimal:
    return exchange_rate_on(currency, company_today())


def active_customer(customer_id: int) -> Customer:
    customer = Customer.objects.active().filter(pk=customer_id).first()
    if customer is None:
        raise DomainError(
            _("There is no such customer."), code="unknown_customer", field="customer"
        )
    return customer


def check_draft(quotation: Quotation) -> None:
    if quotation.status != Quotation.Status.DRAFT:
        raise DomainError(
            _("Only a draft can be edited; %(ref)s is %(status)s.")
            % {"ref": quotation.ref, "status": quotation.get_status_display()},
            code="not_a_draft",
        )
