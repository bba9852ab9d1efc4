"""Merging a product while others work with it, on the real database."""

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import connection, connections  # noqa: F401 (the mark asks connection)

from erp.core import registry
from inventory import services
from inventory.services import available_by_product
from orders import services as orders
from orders.models import SalesOrderLine
from products.models import Product
from products.services import merge_products
from products.tasks import sweep_all
from quotations import services as quotations
from quotations.models import QuotationLine
from quotations.services import drafting, lines
from tests import factories
from tests.racing import ON_MARIADB, ROUNDS, at_once, codes
from tests.support import (
    assert_books_ok,
    confirmed_order,
    draft_order,
    keeper,
    line,
    manager,
    seller,
    stock,
)

pytestmark = ON_MARIADB


def twins() -> tuple[Product, Product]:
    keep, gone = factories.ProductFactory(), factories.ProductFactory()
    stock(keep, 3, "30.00")
    stock(gone, 5, "55.55")
    return keep, gone


def merging(keep: Product, gone: Product) -> Callable[[], Any]:
    boss = manager()
    return lambda: merge_products(keep.pk, gone.pk, on_purpose=True, by=boss)


def elsewhere(call: Callable[[], Any]) -> Any:
    """Run a call to its end in a connection of its own; return its result or what it raised."""
    results: list[Any] = []

    def run() -> None:
        try:
            results.append(call())
        except Exception as error:  # noqa: BLE001 (the test looks at it)
            results.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(60)
    return results[0] if results else TimeoutError()


@pytest.mark.parametrize("of_which", ["gone", "keep"])
def test_an_order_confirmed_at_the_same_time_is_reserved(of_which: str) -> None:
    boss = seller()
    for _round in range(ROUNDS):
        keep, gone = twins()
        order = draft_order(line(gone if of_which == "gone" else keep, 3))
        results = at_once(partial(orders.confirm_order, order.pk, by=boss), merging(keep, gone))
        assert codes(results) == ["ok", "ok"]
        assert available_by_product([keep.pk])[keep.pk] == 5
        assert not SalesOrderLine.objects.filter(product=gone).exists()
    assert_books_ok()


def test_a_delivery_shipped_at_the_same_time_leaves_the_books_right() -> None:
    boss = keeper()
    for _round in range(ROUNDS):
        keep, gone = twins()
        delivery = orders.create_delivery(confirmed_order(line(gone, 4)).pk, by=boss)
        results = at_once(
            partial(orders.ship_delivery, delivery.pk, by=boss),
            merging(keep, gone),
        )
        assert codes(results) == ["ok", "ok"]
        assert available_by_product([keep.pk])[keep.pk] == 4
    assert_books_ok()


def test_two_merges_of_one_product_have_one_winner() -> None:
    for _round in range(ROUNDS):
        (keep, gone), other = twins(), factories.ProductFactory()
        results = at_once(merging(keep, gone), merging(other, gone))
        assert codes(results) == ["already_merged", "ok"]
    assert_books_ok()


def test_without_the_documents_lock_an_order_would_miss_its_stock(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The merge slips in between reading the lines and reserving them."""
    keep, gone = twins()
    order = draft_order(line(gone, 3))
    merge, reserve = merging(keep, gone), services.reserve
    monkeypatch.setattr(registry, "_merge_locks", {Product: []})

    def slip_in(*args: Any, **kwargs: Any) -> Any:
        assert not isinstance(elsewhere(merge), Exception)
        return reserve(*args, **kwargs)

    monkeypatch.setattr("orders.services.sales.reserve", slip_in)
    assert codes([elsewhere(lambda: orders.confirm_order(order.pk, by=seller()))]) == [
        "insufficient_stock"
    ]


def test_a_line_that_was_being_drafted_is_swept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing locks a document that is not there yet."""
    keep, gone = twins()
    customer = factories.CustomerFactory(owner=seller())
    merge, record = merging(keep, gone), lines.build_lines

    def slip_in(*args: Any, **kwargs: Any) -> Any:
        rows = record(*args, **kwargs)
        assert not isinstance(elsewhere(merge), Exception)
        return rows

    monkeypatch.setattr(drafting, "build_lines", slip_in)
    quotations.create_quotation(customer.pk, [line(gone)], by=seller())
    assert QuotationLine.objects.get().product == gone
    sweep_all()
    assert QuotationLine.objects.get().product == keep
    assert_books_ok()
