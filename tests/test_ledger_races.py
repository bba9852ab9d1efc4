"""What many at once may not break in the ledger: taking back while goods leave, values that change.

On the real database: SQLite knows no row locks. See tests/test_races.py.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet

from erp.core.periods import company_today
from erp.core.service import service
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
from tests.support import Rendezvous, assert_books_ok, at_once, codes, main_bin, stock
from tests.test_races import meet_before, without_lock

pytestmark = [
    pytest.mark.mariadb,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor != "mysql", reason="row locks need MariaDB (DATABASE_URL=mysql://…)"
    ),
]
ROUNDS = 20


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


def test_a_document_is_taken_back_once() -> None:
    for number in range(ROUNDS):
        product = _stocked()
        _issue(product, number, 7)
        results = at_once(*[lambda n=number: _take_back(Source("test.issue", n))] * 4)
        assert codes(results) == ["already_reversed"] * 3 + ["ok"]
        assert StockBalance.objects.get(product=product).on_hand == 10
    assert_books_ok()


def test_without_the_lock_on_stock_a_document_is_taken_back_twice(monkeypatch: Any) -> None:
    product = _stocked()
    _issue(product, 1, 7)
    without_lock(monkeypatch, StockBalance, StockValue)
    meet_before(monkeypatch, QuerySet, "annotate", Rendezvous(2), of=StockMove)

    results = at_once(*[lambda: _take_back(Source("test.issue", 1))] * 2)

    assert codes(results) == ["ok", "ok"]
    assert StockMove.objects.exclude(reverses=None).count() == 2


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
