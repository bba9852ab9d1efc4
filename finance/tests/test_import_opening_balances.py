"""Kind opening_balances: what was owed before these books, settled like any invoice."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from erp.core.errors import DomainError
from finance import services as finance
from finance.ledger import Role, account_balance
from finance.models import Invoice, JournalEntry
from imports import services
from tests import factories as f
from tests.importing import Importing, counts, told
from tests.support import accountant, assert_books_ok, chart, posted_payment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]
HEAD = "往来类别,往来单位,发票号,日期,到期日,金额,币种"


@pytest.fixture
def balances(tmp_path: Path) -> Importing:
    chart()
    return Importing("opening_balances", tmp_path)


def test_open_items_are_posted_against_the_opening_account(balances: Importing) -> None:
    customer, supplier = f.CustomerFactory(code="K1"), f.SupplierFactory(name="洛阳轴承有限公司")
    path = balances.file(
        HEAD,
        "客户,K1,FP-1,2026-09-01,2026-10-01,1000.50,CNY",
        "供应商,洛阳轴承有限公司,FP-9,2026-09-05,,400,",
    )
    of = balances.apply(path)
    owed = Invoice.objects.get(customer=customer)
    assert (owed.partner_reference, owed.gross_total) == ("FP-1", Decimal("1000.50"))
    assert (owed.dated_on, owed.due_on) == (date(2026, 9, 1), date(2026, 10, 1))
    assert owed.status == Invoice.Status.POSTED
    assert owed.number is not None
    assert owed.number.startswith("OPN-")
    assert account_balance(Role.RECEIVABLE) == Decimal("1000.50")
    assert account_balance(Role.PAYABLE) == Decimal("-400.00")
    assert account_balance(Role.OPENING) == Decimal("-600.50")
    assert Invoice.objects.get(supplier=supplier).due_on >= date(2026, 9, 5)
    assert_books_ok()
    assert counts(of) == {"new": 2}
    assert counts(balances.apply(path)) == {"unchanged": 2}
    assert Invoice.objects.count() == 2


def test_a_balance_without_an_invoice_is_one_item_per_partner_and_currency(
    balances: Importing,
) -> None:
    f.CustomerFactory(code="K1")
    balances.apply(balances.file("客户,余额", "K1,88"))
    assert Invoice.objects.get().partner_reference == "期初"


def test_foreign_items_are_valued_at_the_days_rate(balances: Importing) -> None:
    f.CustomerFactory(code="K1", currency=f.CurrencyFactory(code="USD"))
    f.ExchangeRateFactory(currency__code="USD", rate=Decimal("7.1"))
    balances.apply(balances.file("客户,余额", "K1,100"))
    assert account_balance(Role.RECEIVABLE) == Decimal("710.00")
    assert_books_ok()


def test_a_payment_settles_an_opening_item(balances: Importing) -> None:
    customer = f.CustomerFactory(code="K1")
    of = balances.apply(balances.file("客户,余额", "K1,100"))
    payment = posted_payment("60.00", partner=customer)
    item = Invoice.objects.get()
    finance.allocate_payment(payment.pk, item.pk, Decimal(60), by=accountant())
    assert list(Invoice.objects.outstanding()) == [item]
    assert_books_ok()
    with pytest.raises(DomainError) as refusal:
        services.undo_import(of.pk, by=None)
    assert refusal.value.code == "undo_blocked"
    item.refresh_from_db()
    assert item.status == Invoice.Status.POSTED


def test_undoing_posts_the_opposite(balances: Importing) -> None:
    f.CustomerFactory(code="K1")
    of = balances.apply(balances.file("客户,余额", "K1,100"))
    services.undo_import(of.pk, by=None)
    assert Invoice.objects.get().status == Invoice.Status.CANCELLED
    assert account_balance(Role.RECEIVABLE) == 0
    assert JournalEntry.objects.count() == 2
    assert_books_ok()
    assert counts(balances.apply(balances.file("客户,余额", "K1,100"))) == {"new": 1}


def test_every_refusal_is_told(balances: Importing) -> None:
    f.CustomerFactory(code="K1", name="两面机械")
    f.SupplierFactory(code="S1", name="两面机械")
    f.CustomerFactory(code="K2", name="同名机械")
    f.CustomerFactory(code="K3", name="同名机械")
    path = balances.file(
        HEAD,
        "客户,,F1,,,1,",
        "客户,K9,F1,,,1,",
        ",两面机械,F1,,,1,",
        "客户,同名机械,F1,,,1,",
        "朋友,K1,F1,,,1,",
        "客户,K1,F2,,,,",
        "客户,K1,F3,,,-5,",
        "客户,K1,F4,,,1.005,",
        "客户,K1,F5,2026-13-01,,1,",
        "客户,K1,F6,2026-09-01,2026-08-01,1,",
        "客户,K1,F7,,,1,USD",
    )
    assert told(balances.check(path)) == [
        (2, "missing_partner"),
        (3, "unknown_partner"),
        (4, "which_side"),
        (5, "ambiguous_partner"),
        (6, "bad_side"),
        (7, "missing_amount"),
        (8, "negative_amount"),
        (9, "bad_amount"),
        (10, "bad_date"),
        (11, "due_before_date"),
        (12, "no_exchange_rate"),
    ]


def test_an_item_that_is_open_with_another_amount_is_refused(balances: Importing) -> None:
    f.CustomerFactory(code="K1")
    balances.apply(balances.file("客户,发票号,余额", "K1,F1,100"))
    of = balances.check(balances.file("客户,发票号,余额", "K1,F1,101"))
    assert told(of) == [(2, "already_open")]
