"""What many at once may not do to one sales order, its deliveries and its returns (C07)."""

from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from customers.models import Customer
from erp.core.deletion import delete_rows
from inventory.models import Reservation
from orders import services as orders
from orders.models import Delivery, Return, SalesOrder
from orders.services.credit import check_credit
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
    without_lock,
)
from tests.support import (
    assert_books_ok,
    draft_order,
    keeper,
    line,
    main_bin,
    seller,
    shipped_delivery,
    stock,
)

pytestmark = ON_MARIADB
# What an order may answer to whoever came too late.
LATE = {
    "ok",
    "invalid_transition",
    "has_deliveries",
    "has_reservations",
    "order_not_open",
    "nothing_to_deliver",
    "not_a_draft",
    "nothing_to_close",
    "nothing_reserved",
    "not_found",
    "in_use",
}


@pytest.fixture
def product() -> Product:
    made: Product = factories.ProductFactory()
    stock(made, 100_000, "800000.00")
    seller()
    keeper()
    return made


def _ship(order_id: int) -> Delivery:
    return orders.ship_delivery(orders.create_delivery(order_id, by=keeper()).pk, by=keeper())


def _returning(delivery: Delivery, quantity: int) -> Callable[[], Return]:
    row = delivery.lines.get()
    entered = orders.ReturnLineInput(row.pk, Decimal(quantity), main_bin().pk)
    return partial(orders.create_return, delivery.pk, [entered], reason="x", by=keeper())


@pytest.mark.case("C07")
def test_one_order_confirmed_edited_shipped_deleted_and_cancelled_at_once(
    product: Product,
) -> None:
    deleted = 0
    for _ in range(ROUNDS):
        order = draft_order(line(product, 4))
        pk, entered = order.pk, orders.OrderLineInput(product.pk, Decimal(3), Decimal(9))
        calls: list[Callable[[], Any]] = [
            *[partial(orders.confirm_order, pk, by=seller())] * 4,
            *[partial(orders.cancel_order, pk, by=seller())] * 2,
            *[partial(orders.replace_lines, pk, [entered], version=None, by=seller())] * 3,
            *[partial(_ship, pk)] * 4,
            *[partial(delete_rows, SalesOrder, [pk], by=seller())] * 2,
            partial(orders.reopen_order, pk, by=seller()),
            partial(orders.unreserve_order, pk, by=seller()),
            partial(orders.close_order, pk, reason="x", by=seller()),
        ]
        assert set(codes(at_once(*calls))) <= LATE
        found = SalesOrder.objects.filter(pk=pk).first()
        if found is None:
            deleted += 1
            assert not Delivery.objects.filter(sales_order=pk).exists()
            assert not Reservation.objects.filter(source_id=pk).exists()
        else:
            assert found.status in SalesOrder.Status.values
    assert deleted < ROUNDS
    assert_books_ok()


@pytest.mark.case("C07")
def test_without_the_orders_lock_it_ends_in_no_legal_state(
    product: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A draft is cancelled while somebody who saw the same draft confirms it."""
    order = draft_order(line(product, 4))
    confirm = partial(orders.confirm_order, order.pk, by=seller())
    seen = order.version
    without_lock(monkeypatch, SalesOrder)
    meet_before(monkeypatch, SalesOrder, "save", Rendezvous(2))
    cancel = partial(orders.cancel_order, order.pk, by=seller())
    assert codes(at_once(cancel, confirm)) == ["ok", "ok"]
    order.refresh_from_db()
    assert order.version == seen + 1  # of two changes: one was lost


@pytest.mark.case("BZ04")
def test_of_many_tabs_over_one_order_one_saves(product: Product) -> None:
    for _ in range(ROUNDS):
        order = draft_order(line(product, 4))
        version = order.version
        tabs = [
            partial(
                orders.replace_lines,
                order.pk,
                [orders.OrderLineInput(product.pk, Decimal(1 + tab), Decimal(9))],
                version=version,
                by=seller(),
            )
            for tab in range(THREADS)
        ]
        told = codes(at_once(*tabs))
        assert Counter(told) == {"ok": 1, "stale_version": THREADS - 1}
    assert_books_ok()


def test_no_more_comes_back_than_was_shipped(product: Product) -> None:
    for _ in range(ROUNDS):
        delivery = shipped_delivery(line(product, 10))
        got = codes(at_once(*[_returning(delivery, 3)] * 16))
        assert Counter(got) == {"ok": 3, "over_return": 13}
    assert_books_ok()


def test_without_the_deliverys_lock_more_comes_back(
    product: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    delivery = shipped_delivery(line(product, 10))
    without_lock(monkeypatch, Delivery)
    meet_before(monkeypatch, Return, "save", Rendezvous(2))
    assert codes(at_once(*[_returning(delivery, 6)] * 2)) == ["ok", "ok"]


def test_a_delivery_is_reversed_or_comes_back(product: Product) -> None:
    for _ in range(ROUNDS):
        delivery = shipped_delivery(line(product, 10))
        reverse = partial(orders.reverse_delivery, delivery.pk, reason="x", by=keeper())
        got = codes(at_once(*[_returning(delivery, 10)] * 8, *[reverse] * 8))
        assert got.count("ok") == 1
        assert set(got) <= {"ok", "over_return", "blocked", "not_shipped", "invalid_transition"}
    assert_books_ok()


def _confirming(order: SalesOrder) -> Callable[[], Any]:
    return partial(orders.confirm_order, order.pk, by=seller())


def test_the_last_of_a_credit_limit_goes_to_one_order(product: Product) -> None:
    for _ in range(ROUNDS):
        customer = factories.CustomerFactory(owner=seller(), credit_limit=Decimal(100))
        drafts = [draft_order(line(product, 1, "60"), customer=customer) for _ in range(16)]
        got = codes(at_once(*map(_confirming, drafts)))
        assert Counter(got) == {"ok": 1, "credit_limit": 15}
    assert_books_ok()


def test_without_the_customers_lock_the_limit_is_passed(
    product: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer = factories.CustomerFactory(owner=seller(), credit_limit=Decimal(100))
    drafts = [draft_order(line(product, 1, "60"), customer=customer) for _ in range(2)]
    without_lock(monkeypatch, Customer)
    place = Rendezvous(2)
    checked = check_credit

    def check_and_wait(*args: Any, **kwargs: Any) -> None:
        checked(*args, **kwargs)
        place.meet()

    monkeypatch.setattr("orders.services.sales.check_credit", check_and_wait)
    assert codes(at_once(*map(_confirming, drafts))) == ["ok", "ok"]
