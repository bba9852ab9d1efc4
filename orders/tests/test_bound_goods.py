"""Goods bought for a sales order's line are its own when they come."""
# mypy: disable-error-code="comparison-overlap"
# (a Decimal and the same whole number are equal)

from decimal import Decimal
from typing import Any

import pytest

from inventory.models import Reservation, StockBalance
from orders import services
from orders.models import PurchaseOrder, SalesOrder
from orders.services import CountedLine
from orders.services.sales import reserved_by_line
from products.models import Product
from tests import factories as f
from tests.support import (
    actions,
    assert_books_ok,
    buyer,
    chart,
    confirmed_order,
    draft_order,
    keeper,
    line,
    main_bin,
    main_warehouse,
    manager,
    refused,
    seller,
    stock,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]


@pytest.fixture(autouse=True)
def _people() -> None:
    chart()
    for person in (buyer, keeper, manager, seller):
        person()


def waiting(product: Product, quantity: int = 10) -> SalesOrder:
    order = draft_order(line(product, quantity))
    return services.confirm_order(order.pk, partial=True, by=seller())


def bought_for(order: SalesOrder, quantity: int = 10) -> PurchaseOrder:
    sold = order.lines.get()
    supplier = f.SupplierFactory(owner=buyer(), receipt_tolerance=Decimal("0.5"))
    entered = services.PurchaseLineInput(
        sold.product_id, Decimal(quantity), Decimal(8), source_line_id=sold.pk
    )
    made = services.create_purchase_order(
        supplier.pk, [entered], warehouse_id=main_warehouse().pk, by=buyer()
    )
    services.submit_purchase_order(made.pk, accept_prices=True, by=buyer())
    services.approve_purchase_order(made.pk, by=manager())
    return services.send_purchase_order(made.pk, by=buyer())


def come(purchase: PurchaseOrder, quantity: int = 10, **more: Any) -> Any:
    counted = CountedLine(purchase.lines.get().pk, Decimal(quantity), **more)
    made = services.create_receipt(purchase.pk, lines=[counted], by=keeper())
    services.count_receipt(made.pk, by=keeper())
    return services.post_receipt(made.pk, by=keeper())


def held(order: SalesOrder) -> Any:
    return reserved_by_line(order).get(order.lines.get().pk, 0)


def test_what_comes_is_reserved_for_the_line_it_was_bought_for() -> None:
    product = f.ProductFactory()
    order, rival = waiting(product), waiting(product)
    come(bought_for(order))
    assert (held(order), held(rival)) == (10, 0)
    before = order.version
    order.refresh_from_db()
    assert order.version == before + 1, "who has the order open is told"
    assert actions(order)[-1] == "order.reserved"
    assert_books_ok()


def test_a_part_is_reserved_as_it_comes_and_rejects_are_not() -> None:
    order = waiting(f.ProductFactory())
    purchase = bought_for(order)
    come(purchase, 4, rejected=Decimal(2), reject_reason="锈")
    assert held(order) == 4
    come(purchase, 6)
    assert held(order) == 10
    assert_books_ok()


def test_what_comes_above_the_line_stays_free() -> None:
    order = waiting(f.ProductFactory())
    come(bought_for(order), 15)
    assert held(order) == 10
    assert StockBalance.objects.get(product=order.lines.get().product_id).available == 5
    assert_books_ok()


def test_what_the_line_has_from_elsewhere_is_not_reserved_twice() -> None:
    product = f.ProductFactory()
    order = waiting(product)
    purchase = bought_for(order)
    stock(product, 7, "56.00")
    services.reserve_waiting(order.pk, by=seller())
    come(purchase)
    assert held(order) == 10
    assert_books_ok()


@pytest.mark.parametrize("end", ["cancel", "close", "draft"])
def test_goods_of_an_order_that_no_longer_waits_stay_free(end: str) -> None:
    order = waiting(f.ProductFactory())
    purchase = bought_for(order)
    if end == "cancel":
        services.cancel_order(order.pk, by=seller())
    elif end == "close":
        services.close_order(order.pk, reason="x", by=seller())
    else:
        services.reopen_order(order.pk, by=seller())
    come(purchase)
    assert not Reservation.objects.exists()
    assert_books_ok()


def test_goods_that_come_elsewhere_than_the_line_ships_from_stay_free() -> None:
    order = waiting(f.ProductFactory())
    purchase = bought_for(order)
    east = f.BinFactory(warehouse=f.WarehouseFactory(code="WEST"))
    order.lines.update(warehouse=east.warehouse)
    come(purchase)
    assert held(order) == 0


def test_a_reversal_gives_the_reservation_back() -> None:
    order = waiting(f.ProductFactory())
    purchase = bought_for(order)
    receipt = come(purchase)
    services.reverse_receipt(receipt.pk, by=manager())
    assert held(order) == 0
    assert actions(order)[-1] == "order.unreserved"
    come(purchase)
    assert held(order) == 10
    assert_books_ok()


def test_a_reversal_leaves_what_the_line_has_from_elsewhere() -> None:
    product = f.ProductFactory()
    stock(product, 4, "32.00")
    order = waiting(product)
    receipt = come(bought_for(order, 6), 9)
    assert held(order) == 10
    services.reverse_receipt(receipt.pk, by=manager())
    assert held(order) == 4
    assert_books_ok()


def test_a_reversal_takes_free_goods_before_promised_ones() -> None:
    product = f.ProductFactory()
    order = waiting(product)
    receipt = come(bought_for(order))
    stock(product, 10, "80.00", main_bin())
    services.reverse_receipt(receipt.pk, by=manager())
    assert held(order) == 10
    assert_books_ok()


def test_a_reversal_is_refused_while_a_delivery_plans_the_goods() -> None:
    order = waiting(f.ProductFactory())
    receipt = come(bought_for(order))
    delivery = services.create_delivery(order.pk, by=keeper())
    with refused("blocked") as refusal:
        services.reverse_receipt(receipt.pk, by=manager())
    assert delivery.ref in refusal.value.message
    services.cancel_delivery(delivery.pk, by=keeper())
    services.reverse_receipt(receipt.pk, by=manager())
    assert held(order) == 0
    assert_books_ok()


def test_goods_that_were_shipped_are_not_taken_back() -> None:
    order = waiting(f.ProductFactory())
    receipt = come(bought_for(order))
    delivery = services.create_delivery(order.pk, by=keeper())
    services.ship_delivery(delivery.pk, by=keeper())
    with refused("insufficient_stock"):
        services.reverse_receipt(receipt.pk, by=manager())


def test_unbound_goods_are_nobodys() -> None:
    product = f.ProductFactory()
    order = waiting(product)
    stock(product, 10, "80.00")
    assert held(order) == 0
    assert held(confirmed_order(line(product, 10))) == 10
