"""Open items taken over from other books: what customers still owe and what we still owe.

Each is a posted invoice without lines, against the account for opening balances; payments settle
it like any other. Taking it back posts the opposite and cancels it: the journal keeps both.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from customers.models import Customer, Supplier
from customers.services import partner_snapshot
from erp.core.errors import DomainError
from erp.core.money import ZERO
from erp.core.numbering import draw_number
from erp.core.periods import exchange_rate_on
from erp.core.record import record
from erp.core.service import service
from finance.ledger import Posting, Role, base_amount, post_entry
from finance.models import Invoice
from finance.services import allocated_sum, check_amount


@dataclass(frozen=True, slots=True)
class OpenItem:
    """One invoice of the former books that is not settled yet, in its own currency."""

    partner: Customer | Supplier
    reference: str
    dated_on: date
    due_on: date
    amount: Decimal
    currency_id: str


@service("opening.open")
def open_items(items: Sequence[OpenItem], *, on: date, by: Any) -> list[Invoice]:
    """Take items over, all or none; the journal is dated ``on``, the items keep their dates.

    Draws numbers last. Raises DomainError bad_amount, no_exchange_rate, period_closed, no_account.
    """
    invoices = [_opened(item, on=on, by=by) for item in items]
    for invoice in invoices:
        invoice.save()
        post_entry(
            _postings(invoice),
            on=on,
            memo="open_item",
            source_type=invoice.source_type,
            source_id=invoice.pk,
            by=by,
        )
        record("invoice.opened", invoice, by=by)
    for invoice in invoices:
        invoice.number = draw_number(invoice.series, on)
        invoice.save(update_fields=["number"])
    return invoices


def _opened(item: OpenItem, *, on: date, by: Any) -> Invoice:
    check_amount(item.amount)
    rate = exchange_rate_on(item.currency_id, on)
    is_customer = isinstance(item.partner, Customer)
    return Invoice(
        direction=Invoice.Direction.OUT if is_customer else Invoice.Direction.IN,
        status=Invoice.Status.POSTED,
        is_opening=True,
        customer=item.partner if isinstance(item.partner, Customer) else None,
        supplier=item.partner if isinstance(item.partner, Supplier) else None,
        owner_id=item.partner.owner_id,
        created_by_id=by.pk if by is not None else item.partner.owner_id,
        dated_on=item.dated_on,
        due_on=item.due_on,
        currency_id=item.currency_id,
        exchange_rate=rate,
        partner_reference=item.reference,
        partner_snapshot=partner_snapshot(item.partner),
        net_total=item.amount,
        tax_total=ZERO,
        gross_total=item.amount,
    )


def _postings(invoice: Invoice) -> list[Posting]:
    amount = base_amount(invoice.gross_total, invoice.exchange_rate)
    if invoice.direction == Invoice.Direction.OUT:
        control = Posting(Role.RECEIVABLE, amount, customer_id=invoice.customer_id)
        return [control, Posting(Role.OPENING, -amount)]
    control = Posting(Role.PAYABLE, -amount, supplier_id=invoice.supplier_id)
    return [control, Posting(Role.OPENING, amount)]


@service("opening.take_back")
def take_back_item(invoice_id: int, *, on: date, by: Any) -> Invoice:
    """Cancel an opening item nobody has paid on, and post the opposite.

    Raises DomainError not_found, not_posted, invalid_transition, already_paid, period_closed.
    """
    invoice = Invoice.objects.locked(invoice_id)
    if not invoice.is_opening:
        raise DomainError(_("This is no open item of the former books."), code="not_posted")
    Invoice.Opening.WORKFLOW.check(Invoice.Status(invoice.status), Invoice.Status.CANCELLED)
    if allocated_sum(invoice.allocations):
        raise DomainError(
            _("%(ref)s is paid in part already.") % {"ref": invoice.ref}, code="already_paid"
        )
    opposite = [
        Posting(p.role, -p.amount, customer_id=p.customer_id, supplier_id=p.supplier_id)
        for p in _postings(invoice)
    ]
    post_entry(
        opposite,
        on=on,
        memo="open_item",
        source_type=invoice.source_type,
        source_id=invoice.pk,
        by=by,
    )
    old, invoice.status = invoice.status, Invoice.Status.CANCELLED
    invoice.version += 1
    invoice.save()
    record("invoice.cancelled", invoice, by=by, changes={"status": (old, invoice.status)})
    return invoice
