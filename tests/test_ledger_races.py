"""What many at once may not break in the ledger: taking back while goods leave, values that change.

On the real database: SQLite knows no row locks. See tests/test_races.py.
"""

import itertools
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import QuerySet

from customers.models import Customer
from erp.core.periods import company_today
from erp.core.service import service
from finance import services as finance
from finance.models import BankAccount
from inventory.models import StockBalance, StockMove, StockValue
from inventory.services import (
    Movement,
    Revaluation,
    Source,
    post_movements,
    revalue,
    reverse_movements,
)
from products.models import Product
from tests import factories
from tests.racing import (
    ON_MARIADB,
    ROUNDS,
    THREADS,
    Rendezvous,
    at_once,
    codes,
    meet_before,
    on_and_on,
    without_lock,
    wrong_books,
)
from tests.support import (
    accountant,
    assert_books_ok,
    chart,
    keeper,
    main_bin,
    posted_payment,
    seller,
    simple_invoice,
    stock,
)

pytestmark = ON_MARIADB


@service("test.issue")
def _issue(product: Product, number: int, quantity: int = 1) -> Any:
    movement = Movement(1, product.pk, Decimal(quantity), from_bin=main_bin())
    source = Source("test.issue", number)
    return post_movements([movement], source=source, kind="delivery", on=company_today(), by=None)


@service("test.reverse")
def _take_back(source: Source) -> Any:
    return reverse_movements(source, on=company_today(), by=None)


@service("test.revalue")
def _dearer(product: Product, number: int) -> Any:
    change = Revaluation(1, product.pk, main_bin(), Decimal(10), Decimal("7.00"))
    source = Source("test.freight", number)
    return revalue([change], source=source, kind="landed_cost", on=company_today(), by=None)


def _stocked(quantity: int = 10) -> Product:
    product: Product = factories.ProductFactory()
    stock(product, quantity, f"{quantity * 8}.00")
    return product


@pytest.mark.case("C09")
def test_what_came_is_taken_back_or_leaves_but_not_both() -> None:
    """Ten came in; one document takes them back while sixteen want one each."""
    for _round in range(ROUNDS):
        product = _stocked()
        opening = StockMove.objects.get(product=product)
        receipt = Source("test.receipt", opening.pk)
        StockMove.objects.filter(pk=opening.pk).update(
            source_type=receipt.type, source_id=opening.pk
        )

        calls: list[Callable[[], Any]] = [lambda r=receipt: _take_back(r)]  # type: ignore[misc]
        calls += [lambda p=product, n=n: _issue(p, n) for n in range(16)]  # type: ignore[misc]
        results = at_once(*calls)

        told = codes(results)
        left = StockBalance.objects.get(product=product).on_hand
        assert told.count("ok") in {1, 10}  # the reversal alone, or ten issues without it
        assert left == 0
    assert_books_ok()


@pytest.mark.case("C09")
def test_a_document_is_taken_back_once() -> None:
    for number in range(ROUNDS):
        product = _stocked()
        _issue(product, number, 7)
        results = at_once(*[lambda n=number: _take_back(Source("test.issue", n))] * 4)
        assert codes(results) == ["already_reversed"] * 3 + ["ok"]
        assert StockBalance.objects.get(product=product).on_hand == 10
    assert_books_ok()


@pytest.mark.case("C09")
def test_without_the_lock_on_stock_a_document_is_taken_back_twice(monkeypatch: Any) -> None:
    product = _stocked()
    _issue(product, 1, 7)
    without_lock(monkeypatch, StockBalance, StockValue)
    meet_before(monkeypatch, QuerySet, "annotate", Rendezvous(2), of=StockMove)

    results = at_once(*[lambda: _take_back(Source("test.issue", 1))] * 2)

    assert codes(results) == ["ok", "ok"]
    assert StockMove.objects.exclude(reverses=None).count() == 2


@pytest.mark.case("C09")
def test_goods_leave_while_their_value_changes_and_no_cent_is_lost() -> None:
    for number in range(ROUNDS):
        product = _stocked()
        calls: list[Callable[[], Any]] = [
            *[lambda p=product, n=number * 100 + n: _issue(p, n) for n in range(10)],
            *[lambda p=product, n=number * 100 + n: _dearer(p, n) for n in range(6)],
        ]
        assert codes(at_once(*calls)) == ["ok"] * 16
        row = StockValue.objects.get(product=product)
        assert not row.quantity
        assert not row.value
    assert_books_ok()


# --- the bank test -------------------------------------------------------------------------------


def _pay(number: int) -> str:
    """Post an invoice and a payment of one customer and settle most of it: six commits."""
    by, amount = accountant(), Decimal(number % 90 + 10)
    customer = Customer.objects.order_by("pk")[number % 4]
    invoice = simple_invoice(amount, customer=customer)
    bank = BankAccount.objects.order_by("pk")[number % 2]
    paid = posted_payment(amount + number % 3, partner=customer, account=bank)
    finance.allocate_payment(paid.pk, invoice.pk, amount - number % 5, by=by)
    return "ok"


@pytest.mark.case("C09")
def test_money_and_goods_change_hands_and_every_read_balances(record_property: Any) -> None:
    """All books as of one moment: entries balance, accounts are what their ledgers say."""
    for hire in (accountant, seller, keeper):
        hire()
    chart()
    for code in ("A", "B"):
        factories.BankAccountFactory(code=code)
    for _number in range(4):
        factories.CustomerFactory(owner=seller())
    product = _stocked(5000)
    number = itertools.count(1)
    moves: list[Callable[[], Any]] = [
        lambda: _pay(next(number)),
        lambda: _pay(next(number)),
        lambda: _issue(product, next(number)),
        lambda: _dearer(product, next(number)),
    ]
    load = [on_and_on(moves[n % 4]) for n in range(THREADS)]

    *told, reads, more = at_once(*load, *[on_and_on(wrong_books)] * 2)

    ends = Counter(code for one in told for code in one)
    record_property("load", dict(ends))
    seen = [wrong for one in (reads, more) for wrong in one if wrong != "ok"]
    record_property("reads violating / total", f"{len(seen)} / {len(reads) + len(more)}")
    assert seen == []
    assert reads
    assert more
    assert set(ends) == {"ok"}
    assert_books_ok()
