"""Invoices, payments and what settles what.

Amounts of invoices and payments are in the document's currency; journal entries in the company's.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from customers.models import Customer, Supplier
from customers.services import partner_with_snapshot
from erp.core.aggregates import ExactSum
from erp.core.errors import DomainError
from erp.core.models import PaymentTerm
from erp.core.money import MAX_AMOUNT, round_money
from erp.core.numbering import draw_number
from erp.core.periods import company_today, exchange_rate_on
from erp.core.record import record
from erp.core.service import service
from finance.ledger import Posting, Role, base_amount, post_entry
from finance.models import Allocation, BankAccount, Invoice, InvoiceLine, Payment
from finance.services.purchases import Purchase
from orders.models import Delivery, Receipt

# --- invoices --------------------------------------------------------------------------------


@service("invoice.create")
def invoice_delivery(delivery_id: int, *, by: User) -> Invoice:
    """Draft the sales invoice of a shipped delivery.

    Raises DomainError not_shipped, already_invoiced.
    """
    delivery = Delivery.objects.locked(delivery_id)
    if delivery.status not in {Delivery.Status.SHIPPED, Delivery.Status.DONE}:
        raise DomainError(_("Only shipped deliveries can be invoiced."), code="not_shipped")
    lines = list(delivery.lines.all())
    _check_not_invoiced(InvoiceLine.objects.filter(source_line__in=lines))
    invoice = _draft(Invoice.Direction.OUT, delivery, customer_id=delivery.customer_id, by=by)
    rows = [_line(invoice, line, source_line=line) for line in lines]
    return _save_draft(invoice, rows, by=by)


@service("invoice.create")
def invoice_receipt(receipt_id: int, *, by: User) -> Invoice:
    """Draft the purchase invoice of a posted goods receipt.

    Raises DomainError not_posted, already_invoiced.
    """
    receipt = Receipt.objects.locked(receipt_id)
    if receipt.status != Receipt.Status.POSTED:
        raise DomainError(_("Only posted goods receipts can be invoiced."), code="not_posted")
    # What was rejected altogether is not owed.
    lines = list(receipt.lines.filter(quantity__gt=0))
    _check_not_invoiced(InvoiceLine.objects.filter(receipt_line__in=lines))
    invoice = _draft(Invoice.Direction.IN, receipt, supplier_id=receipt.supplier_id, by=by)
    rows = [_line(invoice, line, receipt_line=line) for line in lines]
    return _save_draft(invoice, rows, by=by)


def _check_not_invoiced(lines: Any) -> None:
    live = lines.exclude(document__status=Invoice.Status.CANCELLED).select_related("document")
    taken = live.first()
    if taken is not None:
        raise DomainError(
            _("This is already invoiced by %(ref)s.") % {"ref": taken.document.ref},
            code="already_invoiced",
        )


def _draft(direction: str, source: Delivery | Receipt, *, by: User, **partner: Any) -> Invoice:
    today = company_today()
    owner_of_terms = _partner_of(source)
    return Invoice(
        direction=direction,
        owner_id=source.owner_id,
        created_by=by,
        dated_on=today,
        due_on=due_date(owner_of_terms.payment_term, today, cut_off_day=owner_of_terms.cut_off_day),
        currency_id=source.currency_id,
        exchange_rate=source.exchange_rate,
        partner_reference=source.partner_reference,
        **partner,
    )


def _partner_of(document: Any) -> Any:
    """The customer or the supplier of a document, with his payment term."""
    model, pk = _partner_key(document)
    return model.objects.select_related("payment_term").get(pk=pk)


def _partner_key(document: Any) -> tuple[Any, int]:
    name = "customer" if getattr(document, "customer_id", None) else "supplier"
    model: Any = type(document)._meta.get_field(name).remote_field.model
    return model, getattr(document, f"{name}_id")


def due_date(
    term: PaymentTerm | None, invoiced_on: date, *, cut_off_day: int | None = None
) -> date:
    """Return when an invoice of this day falls due (month end + 30 from 2026-11-05: 12-30).

    Invoiced after the partner's cut-off day it counts to the next month (cut-off 25: 2026-11-26
    with month end + 30 is due 2027-01-30).
    """
    if term is None:
        return invoiced_on
    start = invoiced_on
    if term.rule == PaymentTerm.Rule.MONTH_END:
        start = _month_end(invoiced_on)
        if cut_off_day is not None and invoiced_on.day > cut_off_day:
            start = _month_end(start + timedelta(days=1))
    return start + timedelta(days=term.days)


def _month_end(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def _line(invoice: Invoice, line: Any, **sources: Any) -> InvoiceLine:
    row = InvoiceLine(
        document=invoice,
        line_no=line.line_no,
        product_id=line.product_id,
        quantity=line.quantity,
        **sources,
    )
    return row.copy_terms(line).compute_amounts()


def _save_draft(invoice: Invoice, rows: Sequence[InvoiceLine], *, by: User) -> Invoice:
    invoice.sum_lines(rows)
    invoice.save()
    for row in rows:
        row.document = invoice
    InvoiceLine.objects.bulk_create(rows, batch_size=500)
    record("invoice.created", invoice, by=by)
    return invoice


@service("invoice.post")
def post_invoice(
    invoice_id: int, *, by: User, on: date | None = None, version: int | None = None
) -> Invoice:
    """Post a draft: receivable or payable, tax, and its number. Nothing changes afterwards.

    What a purchase invoice charges otherwise than was received changes the value of those goods.
    Locks invoice, stock by key, number. Raises DomainError invalid_transition, period_closed.
    """
    invoice = Invoice.objects.locked(invoice_id)
    invoice.check_version(version)
    old = invoice.move_to(Invoice.Status.POSTED)
    invoice.dated_on = on or invoice.dated_on
    partner, invoice.partner_snapshot = partner_with_snapshot(
        *_partner_key(invoice), "payment_term"
    )
    invoice.due_on = due_date(
        partner.payment_term, invoice.dated_on, cut_off_day=partner.cut_off_day
    )
    bought = Purchase(invoice) if invoice.direction == "in" else None
    postings = bought.postings() if bought is not None else _out_postings(invoice)
    post_entry(
        postings,
        on=invoice.dated_on,
        memo="invoice",
        source_type=invoice.source_type,
        source_id=invoice.pk,
        by=by,
    )
    if bought is not None:
        bought.revalue_stock(by=by)
    invoice.number = draw_number(invoice.series, invoice.dated_on)
    invoice.save()
    record("invoice.posted", invoice, by=by, changes={"status": (old, invoice.status)})
    return invoice


def _out_postings(invoice: Invoice) -> list[Posting]:
    gross = base_amount(invoice.gross_total, invoice.exchange_rate)
    tax = base_amount(invoice.tax_total, invoice.exchange_rate)
    return [
        Posting(Role.RECEIVABLE, gross, customer_id=invoice.customer_id),
        Posting(Role.REVENUE, tax - gross),
        Posting(Role.TAX_OUTPUT, -tax),
    ]


@service("invoice.cancel")
def cancel_invoice(invoice_id: int, *, by: User, reason: str = "") -> Invoice:
    """Give up a draft invoice; what it was for can be invoiced again."""
    invoice = Invoice.objects.locked(invoice_id)
    old = invoice.move_to(Invoice.Status.CANCELLED)
    invoice.save()
    changes = {"status": (old, invoice.status)}
    record("invoice.cancelled", invoice, by=by, changes=changes, reason=reason)
    return invoice


# --- payments --------------------------------------------------------------------------------


@service("payment.create")
def create_payment(
    direction: str,
    partner: Customer | Supplier,
    amount: Decimal,
    *,
    bank_account_id: int,
    on: date | None = None,
    method: str = Payment.Method.BANK,
    reference: str = "",
    by: User,
) -> Payment:
    """Draft a payment in its bank account's currency.

    Raises DomainError bad_amount, bad_direction, bad_method, unknown_bank_account,
    no_exchange_rate.
    """
    check_amount(amount)
    if direction not in Payment.Direction.values:
        raise DomainError(_("Money is received or paid."), code="bad_direction", field="direction")
    if method not in Payment.Method.values:
        raise DomainError(_("There is no such method."), code="bad_method", field="method")
    account = BankAccount.objects.filter(pk=bank_account_id, archived_at=None).first()
    if account is None:
        raise DomainError(
            _("There is no such bank account."), code="unknown_bank_account", field="bank_account"
        )
    on = on or company_today()
    rate = exchange_rate_on(account.currency_id, on)
    payment = Payment.objects.create(
        direction=direction,
        customer=partner if isinstance(partner, Customer) else None,
        supplier=partner if isinstance(partner, Supplier) else None,
        bank_account=account,
        method=method,
        dated_on=on,
        amount=amount,
        currency_id=account.currency_id,
        exchange_rate=rate,
        reference=reference,
        owner=by,
    )
    record("payment.created", payment, by=by)
    return payment


def check_amount(amount: Decimal) -> None:
    """Refuse an amount that is not positive, too large, or finer than cents."""
    if not amount.is_finite() or not 0 < amount <= MAX_AMOUNT or amount != round_money(amount):
        raise DomainError(
            _("Enter a positive amount in whole cents."), code="bad_amount", field="amount"
        )


@service("payment.post")
def post_payment(payment_id: int, *, by: User) -> Payment:
    """Post a draft payment to the bank and the partner's account.

    Raises DomainError invalid_transition, period_closed.
    """
    payment = _locked_payment(payment_id)
    Payment.WORKFLOW.check(Payment.Status(payment.status), Payment.Status.POSTED)
    old, payment.status = payment.status, Payment.Status.POSTED
    payment.version += 1
    amount = base_amount(payment.amount, payment.exchange_rate)
    signed = amount if payment.direction == Payment.Direction.IN else -amount
    partner_role = Role.RECEIVABLE if payment.customer_id else Role.PAYABLE
    post_entry(
        [
            Posting(Role.BANK, signed),
            Posting(
                partner_role,
                -signed,
                customer_id=payment.customer_id,
                supplier_id=payment.supplier_id,
            ),
        ],
        on=payment.dated_on,
        memo="payment",
        source_type=payment.source_type,
        source_id=payment.pk,
        by=by,
    )
    payment.number = draw_number(Payment.number_series, payment.dated_on)
    payment.save()
    record("payment.posted", payment, by=by, changes={"status": (old, payment.status)})
    return payment


def _locked_payment(payment_id: int) -> Payment:
    for payment in Payment.objects.select_for_update().filter(pk=payment_id).order_by():
        return payment
    raise DomainError(_("There is no such document."), code="not_found")


def allocated_sum(allocations: Any) -> Decimal:
    total: Decimal = allocations.aggregate(total=ExactSum("amount"))["total"]
    return total


@service("payment.allocate")
def allocate_payment(payment_id: int, invoice_id: int, amount: Decimal, *, by: User) -> Allocation:
    """Set part of a posted payment against a posted invoice of the same partner and currency.

    Locks payment, then invoice. Raises DomainError bad_amount, not_posted, mismatch,
    over_allocated, over_paid.
    """
    check_amount(amount)
    payment = _locked_payment(payment_id)
    invoice = Invoice.objects.locked(invoice_id)
    if payment.status != Payment.Status.POSTED or invoice.status != Invoice.Status.POSTED:
        raise DomainError(_("Payment and invoice must be posted."), code="not_posted")
    if _settles(payment) != _owes(invoice):
        raise DomainError(
            _("Payment and invoice differ in partner, direction or currency."), code="mismatch"
        )
    of_payment, of_invoice = _allocated(payment, invoice)
    if amount > payment.amount - of_payment:
        raise DomainError(
            _("The payment has less than that left."), code="over_allocated", field="amount"
        )
    if amount > invoice.gross_total - of_invoice:
        raise DomainError(_("The invoice owes less than that."), code="over_paid", field="amount")
    allocation = Allocation.objects.create(
        payment=payment, invoice=invoice, amount=amount, created_by=by
    )
    record("payment.allocated", allocation, by=by)
    return allocation


def _allocated(payment: Payment, invoice: Invoice) -> tuple[Decimal, Decimal]:
    """Return what is allocated of the payment and on the invoice."""
    found = Allocation.objects.filter(Q(payment=payment) | Q(invoice=invoice)).order_by()
    of_payment = of_invoice = Decimal(0)
    for payment_id, invoice_id, amount in found.values_list("payment", "invoice", "amount"):
        of_payment += amount if payment_id == payment.pk else 0
        of_invoice += amount if invoice_id == invoice.pk else 0
    return of_payment, of_invoice


def _settles(payment: Payment) -> tuple[Any, ...]:
    return (
        payment.direction == Payment.Direction.IN,
        payment.customer_id,
        payment.supplier_id,
        payment.currency_id,
    )


def _owes(invoice: Invoice) -> tuple[Any, ...]:
    return (
        invoice.direction == Invoice.Direction.OUT,
        invoice.customer_id,
        invoice.supplier_id,
        invoice.currency_id,
    )
