"""Deliveries before they leave: chosen lines, warehouses, tolerances, and every step back."""
# mypy: disable-error-code="comparison-overlap"
# (a Decimal and the same whole number are equal)

from decimal import Decimal
from typing import Any

import pytest

from inventory.models import Reservation, StockMove
from orders import services
from orders.models import SalesOrder, SalesOrderLine
from orders.services import OrderLineInput
from tests import factories
from tests.support import (
    actions,
    assert_books_ok,
    confirmed_order,
    draft_order,
    keeper,
    line,
    main_warehouse,
    refused,
    seller,
    stock,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]


def stocked(quantity: Any = 10) -> Any:
    product = factories.ProductFactory()
    stock(product, quantity, "80.00")
    return product


def reserved() -> Decimal:
    return sum((row.quantity for row in Reservation.objects.all()), Decimal(0))


def two_places() -> SalesOrder:
    """An order of two products, the second from another warehouse."""
    east = factories.BinFactory(warehouse__code="EAST", code="B-010101")
    here, there = stocked(), factories.ProductFactory()
    stock(there, 10, "80.00", east)
    customer = factories.CustomerFactory(owner=seller())
    order = services.create_order(
        customer.pk,
        [
            OrderLineInput(here.pk, Decimal(4), Decimal(10)),
            OrderLineInput(there.pk, Decimal(5), Decimal(10), warehouse_id=east.warehouse_id),
        ],
        header={"warehouse_id": main_warehouse().pk},
        by=seller(),
    )
    return services.confirm_order(order.pk, by=seller())


def test_lines_are_reserved_and_delivered_from_their_own_warehouse() -> None:
    order = two_places()
    places = [row.bin.warehouse.code for row in Reservation.objects.order_by("pk")]
    assert places == ["MAIN", "EAST"]

    first, second = services.create_deliveries(order.pk, by=keeper())

    assert [d.warehouse.code for d in (first, second)] == ["MAIN", "EAST"]
    assert [d.lines.get().quantity for d in (first, second)] == [4, 5]
    for delivery in (first, second):
        services.ship_delivery(delivery.pk, by=keeper())
    order.refresh_from_db()
    assert order.status == "done"
    assert_books_ok()


def test_one_warehouse_can_be_chosen_and_lines_and_quantities_of_it() -> None:
    order = two_places()
    here, there = order.lines.all()
    east = there.warehouse_id
    delivery = services.create_delivery(order.pk, warehouse_id=east, by=keeper())
    assert delivery.lines.get().source_line == there
    chosen = services.create_deliveries(order.pk, {here.pk: Decimal(3)}, by=keeper())
    assert [row.quantity for row in chosen[0].lines.all()] == [3]
    with refused("nothing_to_deliver"):
        services.create_delivery(order.pk, warehouse_id=east, by=keeper())
    with refused("unknown_line"):
        services.create_delivery(order.pk, {10**9: Decimal(1)}, by=keeper())


def test_only_what_is_reserved_is_ready_to_be_delivered() -> None:
    product = stocked(4)
    order = services.confirm_order(draft_order(line(product, 10)).pk, partial=True, by=seller())
    delivery = services.create_delivery(order.pk, by=keeper())
    assert delivery.lines.get().quantity == 4
    with refused("nothing_to_deliver"):
        services.create_delivery(order.pk, by=keeper())
    stock(product, 3, "24.00")
    row = order.lines.get()
    with refused("insufficient_stock"):
        services.create_delivery(order.pk, {row.pk: Decimal(4)}, by=keeper())
    services.create_delivery(order.pk, {row.pk: Decimal(3)}, by=keeper())
    assert reserved() == 7
    assert_books_ok()


def test_more_than_ordered_is_delivered_within_the_tolerance_only() -> None:
    order = confirmed_order(line(stocked(20), 10))
    SalesOrderLine.objects.update(over_rate=Decimal("0.1"))
    row = order.lines.get()
    with refused("over_delivery", field="lines[1].quantity"):
        services.create_delivery(order.pk, {row.pk: Decimal("11.001")}, by=keeper())

    delivery = services.create_delivery(order.pk, {row.pk: Decimal(11)}, by=keeper())
    assert reserved() == 11
    services.ship_delivery(delivery.pk, by=keeper())

    row.refresh_from_db()
    order.refresh_from_db()
    assert (row.delivered_quantity, row.open_quantity, order.status) == (11, 0, "done")
    assert reserved() == 0
    assert_books_ok()


def test_who_may_exceed_the_tolerance_does_and_the_line_says_so() -> None:
    order = confirmed_order(line(stocked(20), 10))
    row = order.lines.get()
    boss = factories.UserFactory(role="manager")
    delivery = services.create_delivery(order.pk, {row.pk: Decimal(13)}, by=boss)
    services.ship_delivery(delivery.pk, by=keeper())
    row.refresh_from_db()
    assert (row.over_rate, row.delivered_quantity) == (Decimal("0.3"), 13)
    assert "order.tolerance_exceeded" in actions(order)
    assert_books_ok()


def test_a_little_that_is_left_is_closed_by_the_tolerance() -> None:
    order = confirmed_order(line(stocked(), 10))
    SalesOrderLine.objects.update(under_rate=Decimal("0.05"))
    row = order.lines.get()
    delivery = services.create_delivery(order.pk, {row.pk: Decimal("9.5")}, by=keeper())

    services.ship_delivery(delivery.pk, by=keeper())

    row.refresh_from_db()
    order.refresh_from_db()
    assert (row.closed_quantity, order.status, reserved()) == (Decimal("0.5"), "done", 0)
    assert_books_ok()
    services.reverse_delivery(delivery.pk, reason="x", by=keeper())
    row.refresh_from_db()
    assert (row.closed_quantity, row.open_quantity) == (0, 10)
    assert reserved() == Decimal("9.5")
    assert_books_ok()


def test_what_another_delivery_still_brings_is_not_closed() -> None:
    order = confirmed_order(line(stocked(), 10))
    SalesOrderLine.objects.update(under_rate=Decimal("0.05"))
    row = order.lines.get()
    most = services.create_delivery(order.pk, {row.pk: Decimal("9.5")}, by=keeper())
    rest = services.create_delivery(order.pk, {row.pk: Decimal("0.5")}, by=keeper())
    services.ship_delivery(most.pk, by=keeper())
    services.ship_delivery(rest.pk, by=keeper())
    order.refresh_from_db()
    assert (order.status, order.lines.get().closed_quantity) == ("done", 0)
    assert_books_ok()


# --- changing and taking back ----------------------------------------------------------------


def test_a_planned_delivery_is_changed_line_by_line() -> None:
    order = confirmed_order(line(stocked(), 4), line(stocked(), 6))
    delivery = services.create_delivery(order.pk, by=keeper())
    first, second = delivery.lines.all()

    changed = services.change_delivery(
        delivery.pk, {first.pk: Decimal(0), second.pk: Decimal(5)}, version=1, by=keeper()
    )

    row = changed.lines.get()
    assert (row.quantity, row.gross_amount, changed.gross_total) == (
        5,
        Decimal("56.5"),
        Decimal("56.5"),
    )
    assert (changed.version, reserved()) == (2, 10)
    assert actions(delivery) == ["delivery.created", "delivery.changed"]
    assert_books_ok()


@pytest.mark.parametrize(
    ("quantity", "code"),
    [
        ("0", "nothing_to_deliver"),
        ("11", "over_delivery"),
        ("NaN", "bad_quantity"),
        ("1.0001", "bad_quantity"),
    ],
)
def test_a_wrong_change_is_refused(quantity: str, code: str) -> None:
    delivery = services.create_delivery(confirmed_order(line(stocked(), 10)).pk, by=keeper())
    row = delivery.lines.get()
    with refused(code):
        services.change_delivery(delivery.pk, {row.pk: Decimal(quantity)}, version=1, by=keeper())


def test_a_delivery_that_moved_on_is_not_changed() -> None:
    delivery = services.create_delivery(confirmed_order(line(stocked(), 10)).pk, by=keeper())
    row = delivery.lines.get()
    with refused("stale_version"):
        services.change_delivery(delivery.pk, {row.pk: Decimal(1)}, version=2, by=keeper())
    services.pick_delivery(delivery.pk, by=keeper())
    with refused("not_editable"):
        services.change_delivery(delivery.pk, {row.pk: Decimal(1)}, version=2, by=keeper())


def test_every_step_goes_back_until_it_is_shipped() -> None:
    delivery = services.create_delivery(confirmed_order(line(stocked(), 10)).pk, by=keeper())
    services.pick_delivery(delivery.pk, by=keeper())
    assert services.step_back_delivery(delivery.pk, by=keeper()).status == "reserved"
    assert services.step_back_delivery(delivery.pk, by=keeper()).status == "draft"
    assert reserved() == 10
    with refused("invalid_transition"):
        services.step_back_delivery(delivery.pk, by=keeper())
    assert services.reserve_delivery(delivery.pk, by=keeper()).status == "reserved"
    services.pick_delivery(delivery.pk, by=keeper())
    assert services.cancel_delivery(delivery.pk, by=keeper()).status == "cancelled"
    assert reserved() == 10
    assert_books_ok()


def test_only_a_draft_is_reserved() -> None:
    delivery = services.create_delivery(confirmed_order(line(stocked(), 10)).pk, by=keeper())
    with refused("invalid_transition"):
        services.reserve_delivery(delivery.pk, by=keeper())
    services.pick_delivery(delivery.pk, by=keeper())
    with refused("invalid_transition"):  # what is picked stays picked
        services.reserve_delivery(delivery.pk, by=keeper())


def test_a_draft_reserves_again_what_was_given_up_meanwhile() -> None:
    product = stocked()
    order = confirmed_order(line(product, 10))
    SalesOrderLine.objects.update(over_rate=Decimal("0.5"))
    delivery = services.create_delivery(order.pk, by=keeper())
    services.step_back_delivery(delivery.pk, by=keeper())
    row = delivery.lines.get()
    services.change_delivery(delivery.pk, {row.pk: Decimal(12)}, version=2, by=keeper())
    with refused("insufficient_stock"):
        services.reserve_delivery(delivery.pk, by=keeper())
    stock(product, 2, "16.00")
    services.reserve_delivery(delivery.pk, by=keeper())
    assert reserved() == 12
    services.cancel_delivery(delivery.pk, by=keeper())
    assert reserved() == 10
    assert_books_ok()


def test_samples_leave_at_cost_as_samples() -> None:
    sold, given = stocked(), stocked()
    customer = factories.CustomerFactory(owner=seller())
    order = services.create_order(
        customer.pk,
        [
            OrderLineInput(sold.pk, Decimal(1), Decimal(10)),
            OrderLineInput(given.pk, Decimal(2), Decimal(0), issue="sample"),
        ],
        header={"warehouse_id": main_warehouse().pk},
        by=seller(),
    )
    services.confirm_order(order.pk, by=seller())
    delivery = services.create_delivery(order.pk, by=keeper())
    services.ship_delivery(delivery.pk, by=keeper())

    kinds = StockMove.objects.filter(source_type="orders.delivery")
    assert dict(kinds.values_list("kind", "value")) == {"delivery": 8, "sample": 16}
    assert [row.cost_amount for row in delivery.lines.all()] == [8, 16]
    assert_books_ok()
    services.reverse_delivery(delivery.pk, reason="x", by=keeper())
    assert_books_ok()
