"""Invoices: of what was delivered or received, once, due by the partner's term, posted balanced."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from erp.core.models import PaymentTerm
from erp.core.periods import company_today
from finance import services
from finance.ledger import Role, account_balance
from finance.models import Invoice, JournalEntry
from finance.services import due_date
from orders.models import Delivery, Receipt
from products.models import Product
from tests import factories
from tests.support import (
    accountant,
    actions,
    assert_books_ok,
    buyer,
    chart,
    counted_receipt,
    line,
    planned_delivery,
    posted_invoice,
    posted_receipt,
    refused,
    sent_purchase,
    shipped_delivery,
    stock,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]


def stocked() -> Product:
    product = factories.ProductFactory()
    stock(product, 10, "80.00")
    return product


def entry_of(invoice: Invoice) -> dict[str, Decimal]:
    """Return debit less credit by role of the invoice's one journal entry."""
    entry = JournalEntry.objects.get(source_type="finance.invoice", source_id=invoice.pk)
    return {str(row.account.role): row.debit - row.credit for row in entry.lines.all()}


# --- due dates ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "days", "invoiced_on", "due_on"),
    [
        ("prepaid", 0, date(2026, 11, 5), date(2026, 11, 5)),
        ("cod", 0, date(2026, 11, 5), date(2026, 11, 5)),
        ("days", 30, date(2026, 11, 5), date(2026, 12, 5)),
        ("days", 60, date(2027, 12, 31), date(2028, 2, 29)),
        ("month_end", 30, date(2026, 11, 5), date(2026, 12, 30)),
        ("month_end", 0, date(2026, 11, 30), date(2026, 11, 30)),
        ("month_end", 0, date(2026, 12, 1), date(2026, 12, 31)),
        ("month_end", 0, date(2028, 2, 1), date(2028, 2, 29)),
        ("month_end", 1, date(2027, 2, 28), date(2027, 3, 1)),
    ],
)
def test_when_an_invoice_falls_due(rule: str, days: int, invoiced_on: date, due_on: date) -> None:
    assert due_date(PaymentTerm(code="x", rule=rule, days=days), invoiced_on) == due_on


def test_without_a_term_it_is_due_at_once() -> None:
    assert due_date(None, date(2026, 11, 5)) == date(2026, 11, 5)


def test_the_term_counts_from_the_day_it_is_posted() -> None:
    term = factories.PaymentTermFactory(code="me30", rule="month_end", days=30)
    customer = factories.CustomerFactory(payment_term=term)
    delivery = shipped_delivery(line(stocked(), 4), customer=customer)
    invoice = services.invoice_delivery(delivery.pk, by=accountant())
    services.post_invoice(invoice.pk, by=accountant(), on=date(2026, 11, 5))
    invoice.refresh_from_db()
    assert (invoice.dated_on, invoice.due_on) == (date(2026, 11, 5), date(2026, 12, 30))


# --- drafting ----------------------------------------------------------------------------------


def test_the_invoice_of_a_delivery_has_its_lines_and_sums() -> None:
    delivery = shipped_delivery(line(stocked(), 3, "9.99"))
    invoice = services.invoice_delivery(delivery.pk, by=accountant())
    assert (invoice.direction, invoice.status, invoice.number) == ("out", "draft", None)
    assert (invoice.net_total, invoice.tax_total, invoice.gross_total) == (
        Decimal("26.52"),
        Decimal("3.45"),
        Decimal("29.97"),
    )
    assert invoice.lines.get().source_line == delivery.lines.get()
    assert actions(invoice) == ["invoice.created"]
    assert not JournalEntry.objects.filter(source_type="finance.invoice").exists()
    assert_books_ok()


def test_a_delivery_is_invoiced_once_until_the_draft_is_given_up() -> None:
    delivery = shipped_delivery(line(stocked(), 4))
    invoice = services.invoice_delivery(delivery.pk, by=accountant())
    with refused("already_invoiced"):
        services.invoice_delivery(delivery.pk, by=accountant())

    services.cancel_invoice(invoice.pk, by=accountant(), reason="wrong title")
    again = services.invoice_delivery(delivery.pk, by=accountant())
    assert again.gross_total == invoice.gross_total
    assert_books_ok()


def test_what_was_not_shipped_is_not_invoiced() -> None:
    delivery, by = planned_delivery(line(stocked(), 4)), accountant()
    with refused("not_shipped"):
        services.invoice_delivery(delivery.pk, by=by)


@pytest.mark.parametrize(
    "status", [s for s in Delivery.Status.values if s not in {"shipped", "done"}]
)
def test_a_delivery_in_any_other_state_is_not_invoiced(status: str) -> None:
    delivery, by = factories.DeliveryFactory(status=status), accountant()
    with refused("not_shipped"):
        services.invoice_delivery(delivery.pk, by=by)


@pytest.mark.parametrize("status", [s for s in Receipt.Status.values if s != "posted"])
def test_a_receipt_in_any_other_state_is_not_invoiced(status: str) -> None:
    receipt, by = factories.ReceiptFactory(status=status), accountant()
    with refused("not_posted"):
        services.invoice_receipt(receipt.pk, by=by)


def test_a_receipt_is_invoiced_once() -> None:
    receipt = posted_receipt(sent_purchase(factories.ProductFactory()))
    services.invoice_receipt(receipt.pk, by=accountant())
    with refused("already_invoiced"):
        services.invoice_receipt(receipt.pk, by=accountant())


def test_what_was_not_posted_is_not_invoiced() -> None:
    receipt, by = counted_receipt(sent_purchase(factories.ProductFactory())), accountant()
    with refused("not_posted"):
        services.invoice_receipt(receipt.pk, by=by)


# --- posting -----------------------------------------------------------------------------------


def test_a_sales_invoice_posts_receivable_revenue_and_output_tax() -> None:
    invoice = posted_invoice(line(stocked(), 4, "11.30"))
    assert entry_of(invoice) == {
        "receivable": Decimal("45.20"),
        "revenue": Decimal("-40.00"),
        "tax_output": Decimal("-5.20"),
    }
    assert invoice.number == f"INV-{company_today().year}-000001"
    assert invoice.partner_snapshot["code"] == invoice.customer.code  # type: ignore[union-attr]
    assert actions(invoice) == ["invoice.created", "invoice.posted"]
    assert_books_ok()


def test_a_purchase_invoice_clears_what_was_received() -> None:
    receipt = posted_receipt(sent_purchase(factories.ProductFactory(), 20, "8.00"))
    invoice = services.invoice_receipt(receipt.pk, by=accountant())
    services.post_invoice(invoice.pk, by=accountant())
    assert entry_of(invoice) == {
        "received_not_invoiced": Decimal("160.00"),
        "tax_input": Decimal("20.80"),
        "payable": Decimal("-180.80"),
    }
    assert account_balance(Role.RECEIVED_NOT_INVOICED) == 0
    assert Invoice.objects.get().number == f"PINV-{company_today().year}-000001"
    assert_books_ok()


def test_invoices_in_another_currency_are_posted_in_ours_and_balance() -> None:
    eur = factories.CurrencyFactory(code="EUR")
    factories.ExchangeRateFactory(currency=eur, on=company_today(), rate=Decimal("7.8123"))
    supplier = factories.SupplierFactory(owner=buyer(), currency=eur)
    receipt = posted_receipt(
        sent_purchase(factories.ProductFactory(), 3, "9.99", supplier=supplier)
    )
    bought = services.invoice_receipt(receipt.pk, by=accountant())
    services.post_invoice(bought.pk, by=accountant())
    customer = factories.CustomerFactory(currency=eur)
    sold = posted_invoice(line(stocked(), 3, "9.99"), customer=customer)
    assert entry_of(sold)["receivable"] == Decimal("234.13")  # 29.97 EUR
    assert sum(entry_of(sold).values()) == sum(entry_of(bought).values()) == 0
    assert_books_ok()


def test_an_invoice_of_nothing_but_samples_posts_no_entry() -> None:
    receipt = posted_receipt(sent_purchase(factories.ProductFactory(), 2, "0"))
    invoice = services.invoice_receipt(receipt.pk, by=accountant())
    assert services.post_invoice(invoice.pk, by=accountant()).status == "posted"
    assert not JournalEntry.objects.exists()
    assert_books_ok()


@pytest.mark.parametrize("closed", [True, False])
def test_in_a_closed_period_no_invoice_is_posted(closed: bool) -> None:
    delivery = shipped_delivery(line(stocked(), 4))
    invoice = services.invoice_delivery(delivery.pk, by=accountant())
    october = {"starts_on": date(2026, 10, 1), "ends_on": date(2026, 10, 31)}
    factories.PeriodFactory(area="stock", **october, closed_at=timezone.now())
    factories.PeriodFactory(area="finance", **october, closed_at=timezone.now() if closed else None)
    if closed:
        with refused("period_closed", field="date"):
            services.post_invoice(invoice.pk, by=accountant(), on=date(2026, 10, 31))
    else:
        services.post_invoice(invoice.pk, by=accountant(), on=date(2026, 10, 31))
        assert_books_ok()


def test_a_posted_invoice_is_posted_and_cancelled_no_more() -> None:
    invoice = posted_invoice(line(stocked(), 4))
    for verb in VERBS.values():
        with refused("invalid_transition"):
            verb(invoice.pk, by=accountant())


def test_a_stale_version_is_not_posted() -> None:
    invoice, by = factories.InvoiceFactory(version=3), accountant()
    with refused("stale_version"):
        services.post_invoice(invoice.pk, by=by, version=2)


def test_without_its_accounts_an_invoice_is_not_posted() -> None:
    invoice, by = factories.InvoiceFactory(), accountant()
    with refused("no_account"):
        services.post_invoice(invoice.pk, by=by)


VERBS: dict[str, Any] = {"post": services.post_invoice, "cancel": services.cancel_invoice}


@pytest.mark.parametrize("status", [s for s in Invoice.Status.values if s != "draft"])
@pytest.mark.parametrize("verb", VERBS)
def test_a_move_that_is_not_drawn_is_refused(verb: str, status: str) -> None:
    chart()
    invoice, by = factories.InvoiceFactory(status=status), accountant()
    with refused("invalid_transition"):
        VERBS[verb](invoice.pk, by=by)


@pytest.mark.parametrize(
    "verb",
    [
        services.post_invoice,
        services.cancel_invoice,
        services.invoice_delivery,
        services.invoice_receipt,
    ],
)
def test_what_does_not_exist_is_refused(verb: Any) -> None:
    by = accountant()
    with refused("not_found"):
        verb(10**9, by=by)
