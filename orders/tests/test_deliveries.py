"""A delivery: planned of what is open, shipped from the reserved bins at moving average."""
# mypy: disable-error-code="comparison-overlap"
# (a Decimal and the same whole number are equal)

from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from erp.core.periods import company_today
from finance.ledger import Role, account_balance
from inventory.models import Reservation, StockBalance, StockMove, StockValue
from messaging.models import Notification
from orders import services
from orders.models import Delivery, SalesOrder, SalesOrderLine
from tests import factories
from tests.support import (
    actions,
    assert_books_ok,
    confirmed_order,
    keeper,
    line,
    planned_delivery,
    refused,
    shipped_delivery,
    stock,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]


def test_a_delivery_plans_all_that_is_open() -> None:
    products = [factories.ProductFactory(), factories.ProductFactory()]
    for product in products:
        stock(product, 10, "80.00")
    order = confirmed_order(line(products[0], 4), line(products[1], 6))

    delivery = services.create_delivery(order.pk, by=keeper())

    assert (delivery.status, delivery.number, delivery.owner) == ("reserved", None, order.owner)
    assert [row.quantity for row in delivery.lines.all()] == [4, 6]
    assert delivery.gross_total == order.gross_total
    assert actions(delivery) == ["delivery.created"]
    assert_books_ok()


def test_what_one_delivery_plans_the_next_does_not_plan_again() -> None:
    product = factories.ProductFactory()
    stock(product, 10, "80.00")
    delivery = planned_delivery(line(product, 4))
    with refused("nothing_to_deliver"):
        services.create_delivery(delivery.sales_order_id, by=keeper())

    services.cancel_delivery(delivery.pk, by=keeper())
    again = services.create_delivery(delivery.sales_order_id, by=keeper())
    assert again.lines.get().quantity == 4


def test_what_is_left_after_a_partial_delivery_can_be_planned() -> None:
    product = factories.ProductFactory()
    stock(product, 10, "80.00")
    delivery = planned_delivery(line(product, 10))
    row = delivery.lines.get()
    row.quantity = Decimal(4)
    row.compute_amounts().save()
    delivery.sum_lines([row])
    delivery.save()

    services.ship_delivery(delivery.pk, by=keeper())

    order = SalesOrder.objects.get()
    assert (order.status, order.lines.get().open_quantity) == ("in_progress", 6)
    assert Reservation.objects.get().quantity == 6
    rest = services.create_delivery(order.pk, by=keeper())
    services.ship_delivery(rest.pk, by=keeper())
    order.refresh_from_db()
    assert order.status == "done"
    assert actions(order)[-2:] == ["order.in_progress", "order.done"]
    assert_books_ok()


def test_shipping_moves_goods_cost_order_and_number() -> None:
    accountant = factories.UserFactory(role="accountant")
    product = factories.ProductFactory()
    stock(product, 10, "75.00")

    delivery = shipped_delivery(line(product, 4))

    assert (delivery.status, delivery.number) == ("shipped", f"DN-{company_today().year}-000001")
    assert delivery.lines.get().cost_amount == Decimal("30.00")
    assert SalesOrderLine.objects.get().delivered_quantity == 4
    assert SalesOrder.objects.get().status == "done"
    balance = StockBalance.objects.get()
    assert (balance.on_hand, balance.reserved) == (6, 0)
    assert account_balance(Role.COST_OF_GOODS) == Decimal("30.00")
    assert Notification.objects.filter(recipient=accountant, kind="delivery.shipped").exists()
    assert actions(delivery) == ["delivery.created", "delivery.shipped"]
    assert_books_ok()


def test_goods_leave_from_the_bins_they_were_reserved_in() -> None:
    product = factories.ProductFactory()
    stock(product, 3, "24.00")
    stock(product, 5, "40.00", factories.BinFactory(code="A-020202"))

    delivery = shipped_delivery(line(product, 4))

    moves = StockMove.objects.filter(kind="delivery").order_by("from_bin__code")
    assert [(m.from_bin.code, m.quantity) for m in moves if m.from_bin] == [
        ("A-010101", 3),
        ("A-020202", 1),
    ]
    assert delivery.lines.get().cost_amount == Decimal("32.00")
    assert_books_ok()


def test_shipping_the_last_unit_leaves_no_value() -> None:
    product = factories.ProductFactory()
    stock(product, 3, "10.00")
    for _unit in range(3):
        shipped_delivery(line(product, 1))
    row = StockValue.objects.get(product=product)
    assert (row.quantity, row.value) == (0, Decimal("0.00"))
    assert account_balance(Role.COST_OF_GOODS) == Decimal("10.00")
    assert_books_ok()


def test_a_delivery_is_dated_as_told() -> None:
    product = factories.ProductFactory()
    stock(product, 10, "80.00", on=date(2025, 12, 1))
    delivery = planned_delivery(line(product, 4))
    shipped = services.ship_delivery(delivery.pk, by=keeper(), on=date(2025, 12, 31))
    assert shipped.number == "DN-2025-000001"
    assert StockMove.objects.get(kind="delivery").on == date(2025, 12, 31)


@pytest.mark.parametrize("area", ["stock", "finance"])
def test_in_a_closed_period_nothing_is_shipped(area: str) -> None:
    product = factories.ProductFactory()
    stock(product, 10, "80.00")
    delivery = planned_delivery(line(product, 4))
    today = company_today()
    factories.PeriodFactory(area=area, starts_on=today, ends_on=today, closed_at=timezone.now())
    with refused("period_closed"):
        services.ship_delivery(delivery.pk, by=keeper())


def test_more_than_is_reserved_is_not_shipped() -> None:
    product = factories.ProductFactory()
    stock(product, 10, "80.00")
    delivery = planned_delivery(line(product, 4))
    row = delivery.lines.get()
    row.quantity = Decimal(5)
    row.compute_amounts().save()
    with refused("not_reserved"):
        services.ship_delivery(delivery.pk, by=keeper())


def test_a_stale_version_is_not_shipped() -> None:
    product = factories.ProductFactory()
    stock(product, 10, "80.00")
    delivery = planned_delivery(line(product, 4))
    services.pick_delivery(delivery.pk, by=keeper())
    with refused("stale_version"):
        services.ship_delivery(delivery.pk, by=keeper(), version=1)
    assert services.ship_delivery(delivery.pk, by=keeper(), version=2).status == "shipped"


@pytest.mark.parametrize(
    "status", [s for s in SalesOrder.Status.values if s not in {"confirmed", "in_progress"}]
)
def test_only_an_open_order_is_delivered(status: str) -> None:
    order = factories.SalesOrderFactory(status=status)
    by = keeper()
    with refused("order_not_open"):
        services.create_delivery(order.pk, by=by)


VERBS: dict[str, tuple[Any, set[str]]] = {
    "pick": (services.pick_delivery, {"reserved"}),
    "ship": (services.ship_delivery, {"reserved", "picked"}),
    "cancel": (services.cancel_delivery, {"draft", "reserved", "picked"}),
    "reserve": (services.reserve_delivery, {"draft", "picked"}),
    "step_back": (services.step_back_delivery, {"reserved", "picked"}),
    "finish": (services.finish_delivery, {"shipped"}),
    "reverse": (partial(services.reverse_delivery, reason="x"), {"shipped", "done"}),
}


@pytest.mark.parametrize(
    ("verb", "status"),
    [(v, s) for v, (_f, ok) in VERBS.items() for s in Delivery.Status.values if s not in ok],
)
def test_a_move_that_is_not_drawn_is_refused(verb: str, status: str) -> None:
    delivery = factories.DeliveryFactory(status=status)
    by = keeper()
    with refused("invalid_transition"):
        VERBS[verb][0](delivery.pk, by=by)


@pytest.mark.parametrize("verb", VERBS)
def test_a_delivery_that_does_not_exist_is_refused(verb: str) -> None:
    by = keeper()
    with refused("not_found"):
        VERBS[verb][0](10**9, by=by)
