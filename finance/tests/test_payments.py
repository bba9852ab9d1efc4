"""Payments and what they settle: never more than the payment, never more than the invoice."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from erp.core.errors import DomainError
from erp.core.money import MAX_AMOUNT
from erp.core.periods import company_today
from finance import services
from finance.ledger import Posting, Role, account_balance, post_entry
from finance.models import Allocation, Invoice, JournalEntry, Payment
from tests import factories
from tests.support import (
    accountant,
    actions,
    assert_books_ok,
    chart,
    outcome,
    posted_payment,
    refused,
    simple_invoice,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]


def draft(amount: Any = "100.00", **changes: Any) -> Payment:
    wanted = {
        "direction": "in",
        "partner": changes.pop("partner", None) or factories.CustomerFactory(),
        "amount": Decimal(amount),
        "bank_account_id": factories.BankAccountFactory().pk,
        "by": accountant(),
        **changes,
    }
    return services.create_payment(**wanted)


# --- the payment -------------------------------------------------------------------------------


def test_money_received_is_posted_to_the_bank_and_the_customer() -> None:
    payment = posted_payment("100.00", partner=factories.CustomerFactory())
    assert (payment.status, payment.version) == ("posted", 2)
    assert payment.number == f"PAY-{company_today().year}-000001"
    assert account_balance(Role.BANK) == Decimal("100.00")
    assert account_balance(Role.RECEIVABLE) == Decimal("-100.00")
    assert actions(payment) == ["payment.created", "payment.posted"]
    assert_books_ok()


def test_money_paid_is_posted_to_the_bank_and_the_supplier() -> None:
    posted_payment("100.00", partner=factories.SupplierFactory())
    assert account_balance(Role.BANK) == Decimal("-100.00")
    assert account_balance(Role.PAYABLE) == Decimal("100.00")
    assert_books_ok()


def test_money_given_back_to_a_customer_is_owed_again() -> None:
    chart()
    payment = draft(direction="out")
    services.post_payment(payment.pk, by=accountant())
    assert account_balance(Role.RECEIVABLE) == Decimal("100.00")
    assert_books_ok()


def test_a_payment_has_the_currency_and_rate_of_its_account() -> None:
    eur = factories.CurrencyFactory(code="EUR")
    factories.ExchangeRateFactory(currency=eur, on=date(2026, 1, 1), rate=Decimal("7.80"))
    account = factories.BankAccountFactory(code="EUR", currency=eur)
    chart()
    payment = draft(bank_account_id=account.pk, on=date(2026, 11, 5))
    services.post_payment(payment.pk, by=accountant())
    assert (payment.currency_id, payment.exchange_rate) == ("EUR", Decimal("7.80"))
    assert account_balance(Role.BANK) == Decimal("780.00")
    assert_books_ok()


@pytest.mark.parametrize(
    "amount", ["0", "-1", "0.001", "1e30", "NaN", "Infinity", str(MAX_AMOUNT + 1)]
)
def test_an_amount_that_is_not_money_is_refused(amount: str) -> None:
    partner, by = factories.CustomerFactory(), accountant()
    account = factories.BankAccountFactory()
    with refused("bad_amount", field="amount"):
        services.create_payment("in", partner, Decimal(amount), bank_account_id=account.pk, by=by)


def test_an_unknown_direction_method_or_account_and_a_missing_rate_are_refused() -> None:
    partner, by = factories.CustomerFactory(), accountant()
    account = factories.BankAccountFactory()
    foreign = factories.BankAccountFactory(
        code="EUR", currency=factories.CurrencyFactory(code="EUR")
    )
    closed = factories.BankAccountFactory(code="OLD", archived_at=timezone.now())
    wrong: list[tuple[str, dict[str, Any]]] = [
        ("bad_direction", {"direction": "sideways"}),
        ("bad_method", {"method": "shells"}),
        ("unknown_bank_account", {"bank_account_id": 10**9}),
        ("unknown_bank_account", {"bank_account_id": closed.pk}),
        ("no_exchange_rate", {"bank_account_id": foreign.pk}),
    ]
    for code, change in wrong:
        wanted: dict[str, Any] = {"direction": "in", "bank_account_id": account.pk, **change}
        with refused(code):
            services.create_payment(partner=partner, amount=Decimal(1), by=by, **wanted)


def test_in_a_closed_period_no_payment_is_posted() -> None:
    chart()
    payment = draft(on=date(2026, 10, 31))
    factories.PeriodFactory(
        starts_on=date(2026, 10, 1), ends_on=date(2026, 10, 31), closed_at=timezone.now()
    )
    with refused("period_closed"):
        services.post_payment(payment.pk, by=accountant())


@pytest.mark.parametrize("status", ["posted", "reversed"])
def test_only_a_draft_is_posted(status: str) -> None:
    payment, by = factories.PaymentFactory(status=status), accountant()
    with refused("invalid_transition"):
        services.post_payment(payment.pk, by=by)


def test_a_payment_that_does_not_exist_is_refused() -> None:
    by = accountant()
    with refused("not_found"):
        services.post_payment(10**9, by=by)


# --- allocations -------------------------------------------------------------------------------


def pair(paid: str = "100.00", owed: str = "80.00") -> tuple[Payment, Invoice]:
    customer = factories.CustomerFactory()
    return posted_payment(paid, partner=customer), simple_invoice(owed, customer=customer)


def allocate(payment: Payment, invoice: Invoice, amount: Any) -> Allocation:
    return services.allocate_payment(payment.pk, invoice.pk, Decimal(amount), by=accountant())


def test_an_allocation_settles_and_leaves_the_ledger_alone() -> None:
    payment, invoice = pair()
    entries = JournalEntry.objects.count()
    assert list(Invoice.objects.outstanding()) == [invoice]

    allocation = allocate(payment, invoice, "80.00")

    assert not Invoice.objects.outstanding().exists()
    assert JournalEntry.objects.count() == entries
    assert actions(allocation) == ["payment.allocated"]
    assert_books_ok()


def test_an_invoice_can_be_settled_in_parts_to_the_cent() -> None:
    payment, invoice = pair("100.00", "0.30")
    for _time in range(3):
        allocate(payment, invoice, "0.10")
    with refused("over_paid", field="amount"):
        allocate(payment, invoice, "0.01")
    assert_books_ok()


def test_no_more_than_the_payment_is_allocated() -> None:
    payment, invoice = pair("50.00", "80.00")
    allocate(payment, invoice, "49.99")
    with refused("over_allocated", field="amount"):
        allocate(payment, invoice, "0.02")
    allocate(payment, invoice, "0.01")
    assert_books_ok()


def test_no_more_than_the_invoice_is_settled() -> None:
    payment, invoice = pair("100.00", "80.00")
    with refused("over_paid", field="amount"):
        allocate(payment, invoice, "80.01")


@pytest.mark.parametrize("amount", ["0", "-1", "0.001", "NaN", "1e30"])
def test_a_wrong_amount_is_not_allocated(amount: str) -> None:
    payment, invoice = pair()
    with refused("bad_amount", field="amount"):
        allocate(payment, invoice, amount)


def test_across_partners_directions_or_currencies_nothing_is_allocated() -> None:
    payment, invoice = pair()
    eur = factories.CurrencyFactory(code="EUR")
    factories.ExchangeRateFactory(currency=eur, on=date(2026, 1, 1))
    account = factories.BankAccountFactory(code="EUR", currency=eur)
    customer = invoice.customer
    assert customer is not None
    back = draft(direction="out", partner=customer)
    services.post_payment(back.pk, by=accountant())
    for other in (
        posted_payment("100.00", partner=factories.CustomerFactory()),
        posted_payment("100.00", partner=factories.SupplierFactory()),
        posted_payment("100.00", partner=customer, account=account),
        back,
    ):
        with refused("mismatch"):
            allocate(other, invoice, "1.00")
    allocate(payment, invoice, "1.00")


@pytest.mark.parametrize("status", ["draft", "cancelled"])
def test_an_invoice_that_is_not_posted_is_not_settled(status: str) -> None:
    payment, invoice = pair()
    Invoice.objects.filter(pk=invoice.pk).update(status=status)
    with refused("not_posted"):
        allocate(payment, invoice, "1.00")


@pytest.mark.parametrize("status", ["draft", "reversed"])
def test_a_payment_that_is_not_posted_settles_nothing(status: str) -> None:
    payment, invoice = pair()
    Payment.objects.filter(pk=payment.pk).update(status=status)
    with refused("not_posted"):
        allocate(payment, invoice, "1.00")


def test_what_does_not_exist_is_not_allocated() -> None:
    payment, invoice = pair()
    for one, other in [(10**9, invoice.pk), (payment.pk, 10**9)]:
        with refused("not_found"):
            services.allocate_payment(one, other, Decimal(1), by=accountant())


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.decimals("0.01", "500", places=2),
    st.decimals("0.01", "500", places=2),
    st.lists(st.decimals("0.01", "300", places=2), min_size=1, max_size=6),
)
def test_however_it_is_tried_no_more_is_allocated_than_there_is(
    paid: Decimal, owed: Decimal, tries: list[Decimal]
) -> None:
    with transaction.atomic():
        payment, invoice = pair(str(paid), str(owed))
        done = Decimal(0)
        for amount in tries:
            fits = done + amount <= min(paid, owed)
            told = outcome(lambda amount=amount: allocate(payment, invoice, amount))  # type: ignore[misc]
            assert told in ({"ok"} if fits else {"over_allocated", "over_paid"})
            done += amount if fits else 0
        assert services.allocated_sum(payment.allocations) == done
        transaction.set_rollback(True)


# --- the ledger itself -------------------------------------------------------------------------


def _entry(*postings: Posting) -> JournalEntry | None:
    return post_entry(
        postings, on=company_today(), memo="test", source_type="test", source_id=1, by=None
    )


def test_an_entry_that_does_not_balance_is_refused() -> None:
    chart()
    with pytest.raises(DomainError) as refusal:
        _entry(Posting(Role.BANK, Decimal("1.00")), Posting(Role.REVENUE, Decimal("-0.99")))
    assert refusal.value.code == "unbalanced"
    assert not JournalEntry.objects.exists()


def test_zero_amounts_are_left_out_and_nothing_at_all_is_no_entry() -> None:
    chart()
    one = Decimal("1.00")
    entry = _entry(
        Posting(Role.BANK, one), Posting(Role.TAX_INPUT, 0 * one), Posting(Role.REVENUE, -one)
    )
    assert entry is not None
    assert entry.lines.count() == 2
    assert _entry(Posting(Role.BANK, 0 * one), Posting(Role.REVENUE, 0 * one)) is None
    assert JournalEntry.objects.count() == 1
