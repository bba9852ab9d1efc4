"""What becomes of a confirmed order: partly reserved, waiting, short-closed, reopened, held."""
# mypy: disable-error-code="comparison-overlap"
# (a Decimal and the same whole number are equal)

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import translation

from customers.models import Customer
from erp.core.models import Company
from erp.core.periods import company_today
from finance.models import Invoice
from inventory.models import Reservation, StockBalance
from orders import services
from orders.models import SalesOrder, SalesOrderLine
from tests import factories
from tests.support import (
    actions,
    assert_books_ok,
    confirmed_order,
    draft_order,
    keeper,
    line,
    posted_invoice,
    refused,
    seller,
    shipped_delivery,
    simple_invoice,
    stock,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]


def stocked(quantity: Any = 10) -> Any:
    product = factories.ProductFactory()
    stock(product, quantity, "80.00")
    return product


def reserved() -> Decimal:
    return sum((row.quantity for row in Reservation.objects.all()), Decimal(0))


# --- waiting for stock -----------------------------------------------------------------------


def test_an_order_can_be_confirmed_with_what_is_there() -> None:
    product = stocked(4)
    order = draft_order(line(product, 10))
    with refused("insufficient_stock"):
        services.confirm_order(order.pk, by=seller())

    order = services.confirm_order(order.pk, partial=True, by=seller())

    assert (order.status, reserved()) == ("confirmed", 4)
    assert_books_ok()


def test_later_stock_is_reserved_for_the_order_that_waits() -> None:
    product = stocked(4)
    order = services.confirm_order(draft_order(line(product, 10)).pk, partial=True, by=seller())
    with refused("nothing_to_reserve"):
        services.reserve_waiting(order.pk, by=seller())
    stock(product, 9, "72.00")

    row = order.lines.get()
    services.reserve_waiting(order.pk, {row.pk: Decimal(2)}, by=seller())
    assert reserved() == 6
    services.reserve_waiting(order.pk, by=seller())

    assert (reserved(), StockBalance.objects.get().available) == (10, 3)
    assert actions(order)[-2:] == ["order.reserved", "order.reserved"]
    assert_books_ok()


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({10**9: Decimal(1)}, "unknown_line"),
        (Decimal("NaN"), "bad_quantity"),
        (Decimal(-1), "bad_quantity"),
    ],
)
def test_wrong_lines_and_quantities_are_not_reserved(asked: Any, code: str) -> None:
    product = stocked(4)
    order = services.confirm_order(draft_order(line(product, 10)).pk, partial=True, by=seller())
    asked = asked if isinstance(asked, dict) else {order.lines.get().pk: asked}
    with refused(code):
        services.reserve_waiting(order.pk, asked, by=seller())


def test_reserved_stock_is_given_up_and_the_order_made_a_draft_again() -> None:
    order = confirmed_order(line(stocked(), 4))
    number = order.number
    with refused("has_reservations"):
        services.reopen_order(order.pk, by=seller())
    services.unreserve_order(order.pk, by=seller())
    with refused("nothing_reserved"):
        services.unreserve_order(order.pk, by=seller())

    order = services.reopen_order(order.pk, by=seller())
    assert (order.status, order.number, reserved()) == ("draft", number, 0)

    order = services.confirm_order(order.pk, by=seller())
    assert (order.number, reserved()) == (number, 4)
    assert actions(order)[-3:] == ["order.unreserved", "order.reopened", "order.confirmed"]
    assert_books_ok()


def test_an_order_with_a_delivery_keeps_its_stock_and_its_status() -> None:
    order = confirmed_order(line(stocked(), 4))
    services.create_delivery(order.pk, by=keeper())
    for verb in (services.unreserve_order, services.reopen_order):
        with refused("has_deliveries"):
            verb(order.pk, by=seller())


# --- closing short ---------------------------------------------------------------------------


def test_the_remainder_is_closed_with_a_reason_and_its_stock_given_up() -> None:
    order = confirmed_order(line(stocked(), 10))
    row = order.lines.get()
    delivery = services.create_delivery(order.pk, {row.pk: Decimal(4)}, by=keeper())
    services.ship_delivery(delivery.pk, by=keeper())

    services.close_order(order.pk, {row.pk: Decimal(1)}, reason="客户少要", by=seller())
    assert reserved() == 5
    order = services.close_order(order.pk, reason="客户不要了", by=seller())

    row.refresh_from_db()
    assert (order.status, row.closed_quantity, row.open_quantity, reserved()) == ("done", 6, 0, 0)
    assert "order.closed" in actions(order)
    assert_books_ok()


def test_closing_needs_a_reason_and_something_open_that_nobody_is_about_to_ship() -> None:
    order = confirmed_order(line(stocked(), 10))
    row = order.lines.get()
    with refused("reason_missing", field="reason"):
        services.close_order(order.pk, reason=" ", by=seller())
    with refused("bad_quantity"):
        services.close_order(order.pk, {row.pk: Decimal(11)}, reason="x", by=seller())
    with refused("nothing_to_close"):
        services.close_order(order.pk, {row.pk: Decimal(0)}, reason="x", by=seller())
    services.create_delivery(order.pk, by=keeper())
    with refused("has_deliveries"):
        services.close_order(order.pk, reason="x", by=seller())


# --- confirming ------------------------------------------------------------------------------


def test_what_is_sold_needs_a_price_and_a_sample_does_not() -> None:
    order = draft_order(line(stocked(), 1), line(stocked(), 2))
    SalesOrderLine.objects.update(unit_price=0, net_amount=0, tax_amount=0, gross_amount=0)
    SalesOrder.objects.update(net_total=0, tax_total=0, gross_total=0)
    with refused("missing_price", field="lines[1].unit_price"):
        services.confirm_order(order.pk, by=seller())
    SalesOrderLine.objects.update(issue="sample")
    assert services.confirm_order(order.pk, by=seller()).status == "confirmed"


def test_tolerances_are_those_of_the_customer_then_the_product_then_the_company() -> None:
    Company.objects.update(over_delivery_rate=Decimal("0.01"), under_delivery_rate=Decimal("0.02"))
    products = [stocked(), stocked()]
    factories.DeliveryToleranceFactory(
        customer=None, product=products[0], over_rate=Decimal("0.03"), under_rate=0
    )
    lines = [line(product, 1) for product in products]
    order = confirmed_order(*lines)
    rates = [(row.over_rate, row.under_rate) for row in order.lines.all()]
    assert rates == [(Decimal("0.03"), 0), (Decimal("0.01"), Decimal("0.02"))]

    customer = factories.CustomerFactory(owner=seller())
    factories.DeliveryToleranceFactory(customer=customer, over_rate=Decimal("0.5"))
    order = confirmed_order(*lines, customer=customer)
    assert {row.over_rate for row in order.lines.all()} == {Decimal("0.5")}


def test_the_database_itself_refuses_more_than_the_tolerance() -> None:
    order = confirmed_order(line(stocked(), 10))
    rows = SalesOrderLine.objects.filter(document=order)
    rows.update(over_rate=Decimal("0.1"), delivered_quantity=Decimal("10.6"), closed_quantity="0.4")
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(closed_quantity=Decimal("0.401"))


# --- credit ----------------------------------------------------------------------------------


@pytest.fixture
def limited() -> Customer:
    customer: Customer = factories.CustomerFactory(owner=seller(), credit_limit=Decimal("200.00"))
    return customer


def test_an_order_goes_up_to_the_limit_and_not_beyond(limited: Customer) -> None:
    product = stocked(100)
    confirmed_order(line(product, 10, "11.30"), customer=limited)  # 113.00 to ship
    shipped_delivery(line(product, 5, "11.30"), customer=limited)  # 56.50 shipped
    exact = draft_order(line(product, 1, "30.50"), customer=limited)
    over = draft_order(line(product, 1, "30.51"), customer=limited)

    with refused("credit_limit"):
        services.confirm_order(over.pk, by=seller())
    services.confirm_order(exact.pk, by=seller())


def test_what_is_invoiced_and_owed_counts_until_it_is_paid(limited: Customer) -> None:
    product = stocked(100)
    posted_invoice(line(product, 10, "11.30"), customer=limited)
    order = draft_order(line(product, 1, "87.01"), customer=limited)
    with refused("credit_limit"):
        services.confirm_order(order.pk, by=seller())
    Customer.objects.update(credit_limit=Decimal("200.01"))
    services.confirm_order(order.pk, by=seller())


def test_figures_are_told_to_those_alone_who_may_override(limited: Customer) -> None:
    order = draft_order(line(stocked(), 1, "300"), customer=limited)
    boss = factories.UserFactory(role="manager")
    with translation.override("en"):
        with refused("credit_limit") as hidden:
            services.confirm_order(order.pk, by=seller())
        with refused("credit_limit") as shown:
            services.confirm_order(order.pk, by=boss)
        assert "200" not in hidden.value.message
        assert "200.00" in shown.value.message
    assert hidden.value.details == []
    assert shown.value.details == [{"limit": "200.00", "owed": "0.00", "to_ship": "300.00"}]


def test_a_holder_of_the_right_lets_an_order_go_over_with_a_reason(limited: Customer) -> None:
    order = draft_order(line(stocked(), 1, "300"), customer=limited)
    boss = factories.UserFactory(role="manager")
    with pytest.raises(PermissionDenied):
        services.confirm_order(order.pk, override_reason="老客户", by=seller())
    order = services.confirm_order(order.pk, override_reason="老客户", by=boss)
    assert (order.status, order.credit_override) == ("confirmed", "老客户")
    assert actions(order)[-2:] == ["order.credit_allowed", "order.confirmed"]
    delivery = services.create_delivery(order.pk, by=keeper())
    assert services.ship_delivery(delivery.pk, by=keeper()).status == "shipped"


def test_shipping_is_held_too_and_let_go_on_the_order(limited: Customer) -> None:
    order = confirmed_order(line(stocked(), 1, "150"), customer=limited)
    delivery = services.create_delivery(order.pk, by=keeper())
    Customer.objects.update(credit_limit=Decimal("100.00"))
    with refused("credit_limit"):
        services.ship_delivery(delivery.pk, by=keeper())
    boss = factories.UserFactory(role="manager")
    with refused("reason_missing"):
        services.allow_credit(order.pk, reason="", by=boss)
    services.allow_credit(order.pk, reason="已付款", by=boss)
    assert services.ship_delivery(delivery.pk, by=keeper()).status == "shipped"
    with refused("order_not_open"):
        services.allow_credit(order.pk, reason="x", by=boss)
    assert_books_ok()


def test_invoices_overdue_too_long_hold_an_order() -> None:
    customer = factories.CustomerFactory(owner=seller())
    simple_invoice("10.00", customer=customer)
    Invoice.objects.update(due_on=company_today() - timedelta(days=31))
    order = draft_order(line(stocked(), 1), customer=customer)
    Company.objects.update(overdue_hold_days=30)
    with refused("overdue_invoices"):
        services.confirm_order(order.pk, by=seller())
    Company.objects.update(overdue_hold_days=31)
    services.confirm_order(order.pk, by=seller())
