"""A shipped delivery taken back, and goods that come back of it."""
# mypy: disable-error-code="comparison-overlap"
# (a Decimal and the same whole number are equal)

from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone, translation

from erp.core.models import Period
from finance import services as finance
from finance.ledger import Role, account_balance
from inventory.models import Bin, Reservation, StockBalance, StockMove, StockValue
from orders import services
from orders.models import Delivery, Return, ReturnLine
from orders.services import ReturnLineInput
from tests import factories
from tests.support import (
    accountant,
    actions,
    assert_books_ok,
    keeper,
    line,
    main_bin,
    refused,
    shipped_delivery,
    stock,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]


def shipped(quantity: Any = 4, value: str = "100.00") -> Delivery:
    product = factories.ProductFactory()
    stock(product, 9, value)
    return shipped_delivery(line(product, quantity))


def test_a_reversal_brings_back_goods_value_and_the_order() -> None:
    product = factories.ProductFactory()
    stock(product, 9, "100.00")
    balance, value = StockBalance.objects.values().get(), StockValue.objects.values().get()
    delivery = shipped_delivery(line(product, 4))
    stock(product, 3, "99.00")  # the average moved on meanwhile

    delivery = services.reverse_delivery(delivery.pk, reason="拒收", by=keeper())

    order = delivery.sales_order
    assert (delivery.status, order.status) == ("reversed", "confirmed")
    assert (order.lines.get().delivered_quantity, order.lines.get().open_quantity) == (0, 4)
    now = StockBalance.objects.get()
    assert (now.on_hand, now.reserved) == (balance["on_hand"] + 3, 4)
    assert StockValue.objects.get().value == value["value"] + 99
    assert account_balance(Role.COST_OF_GOODS) == 0
    assert Reservation.objects.get().quantity == 4
    assert actions(delivery)[-1] == "delivery.reversed"
    assert_books_ok()
    again = services.create_delivery(order.pk, by=keeper())
    assert services.ship_delivery(again.pk, by=keeper()).status == "shipped"
    assert_books_ok()


def test_an_order_done_or_in_progress_is_opened_again() -> None:
    product = factories.ProductFactory()
    stock(product, 10, "80.00")
    first = shipped_delivery(line(product, 5))
    order = first.sales_order
    assert order.status == "done"
    services.finish_delivery(first.pk, by=keeper())
    services.reverse_delivery(first.pk, reason="x", by=keeper())
    row = order.lines.get()
    part = services.create_delivery(order.pk, {row.pk: Decimal(2)}, by=keeper())
    rest = services.create_delivery(order.pk, by=keeper())
    for delivery in (part, rest):
        services.ship_delivery(delivery.pk, by=keeper())
    services.reverse_delivery(rest.pk, reason="x", by=keeper())
    order.refresh_from_db()
    assert order.status == "in_progress"
    assert_books_ok()


def test_a_reversal_needs_a_reason_and_is_made_once() -> None:
    delivery = shipped()
    with refused("reason_missing"):
        services.reverse_delivery(delivery.pk, reason="", by=keeper())
    with refused("stale_version"):
        services.reverse_delivery(delivery.pk, reason="x", version=1, by=keeper())
    services.reverse_delivery(delivery.pk, reason="x", by=keeper())
    with refused("invalid_transition"):
        services.reverse_delivery(delivery.pk, reason="x", by=keeper())


def test_what_is_invoiced_is_not_reversed_until_that_is_cancelled() -> None:
    delivery = shipped()
    invoice = finance.invoice_delivery(delivery.pk, by=accountant())
    with translation.override("en"), refused("blocked") as refusal:
        services.reverse_delivery(delivery.pk, reason="x", by=keeper())
    assert refusal.value.message == f"It is invoiced by {invoice.ref}."
    finance.cancel_invoice(invoice.pk, by=accountant())
    services.reverse_delivery(delivery.pk, reason="x", by=keeper())


def test_a_closed_period_admits_no_reversal() -> None:
    delivery = shipped()
    factories.PeriodFactory(
        area=Period.Area.STOCK,
        starts_on=delivery.dated_on,
        ends_on=delivery.dated_on,
        closed_at=timezone.now(),
    )
    with refused("period_closed"):
        services.reverse_delivery(delivery.pk, reason="x", by=keeper())


# --- returns ---------------------------------------------------------------------------------


def back(delivery: Delivery, quantity: Any, *, scrap: Any = 0, place: Bin | None = None) -> Return:
    entered = ReturnLineInput(
        delivery.lines.get().pk,
        Decimal(quantity),
        (place or main_bin()).pk,
        scrap_quantity=Decimal(scrap),
    )
    return services.create_return(delivery.pk, [entered], reason="错发", by=keeper())


def test_goods_come_back_at_the_cost_they_left_at() -> None:
    delivery = shipped(7)  # 77.78 of 100.00
    cost = delivery.lines.get().cost_amount
    values = []
    for quantity in (2, 2, 3):
        made = services.post_return(back(delivery, quantity).pk, by=keeper())
        values.append(made.lines.get().cost_amount or Decimal(0))
    assert sum(values) == cost
    assert values[0] == Decimal("22.22")
    assert made.ref.startswith("RT-20")
    assert StockValue.objects.get().value == Decimal("100.00")
    assert account_balance(Role.COST_OF_GOODS) == 0
    delivery.sales_order.refresh_from_db()
    assert delivery.sales_order.status == "done"
    assert_books_ok()


def test_what_is_scrap_comes_in_and_leaves_at_its_cost() -> None:
    delivery = shipped(4)
    place = factories.BinFactory(warehouse=main_bin().warehouse, code="R-01")
    made = services.post_return(back(delivery, 4, scrap=1, place=place).pk, by=keeper())
    kinds = dict(
        StockMove.objects.filter(source_type=made.source_type).values_list("kind", "value")
    )
    assert kinds == {"customer_return": Decimal("44.44"), "scrap": Decimal("11.11")}
    assert StockBalance.objects.get(bin=place).on_hand == 3
    assert_books_ok()


def test_no_more_comes_back_than_was_shipped() -> None:
    delivery = shipped(4)
    first = back(delivery, 3)
    with refused("over_return", field="lines[1].quantity"):
        back(delivery, 2)
    services.cancel_return(first.pk, by=keeper())
    services.post_return(back(delivery, 4).pk, by=keeper())
    with refused("over_return"):
        back(delivery, "0.001")


def test_one_line_named_twice_counts_twice() -> None:
    delivery = shipped(4)
    entered = ReturnLineInput(delivery.lines.get().pk, Decimal(3), main_bin().pk)
    with refused("over_return", field="lines[2].quantity"):
        services.create_return(delivery.pk, [entered, entered], reason="x", by=keeper())


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"quantity": Decimal(0)}, "bad_quantity"),
        ({"quantity": Decimal("NaN")}, "bad_quantity"),
        ({"scrap_quantity": Decimal(5)}, "bad_quantity"),
        ({"scrap_quantity": Decimal(-1)}, "bad_quantity"),
        ({"bin_id": 10**9}, "unknown_bin"),
        ({"delivery_line_id": 10**9}, "unknown_line"),
    ],
)
def test_a_wrong_return_is_refused(wrong: dict[str, Any], code: str) -> None:
    delivery = shipped(4)
    values: dict[str, Any] = {
        "delivery_line_id": delivery.lines.get().pk,
        "quantity": Decimal(1),
        "bin_id": main_bin().pk,
    }
    with refused(code):
        services.create_return(
            delivery.pk, [ReturnLineInput(**(values | wrong))], reason="x", by=keeper()
        )


def test_a_return_needs_shipped_goods_a_reason_lines_and_one_warehouse() -> None:
    delivery = shipped(4)
    row = delivery.lines.get()
    other = factories.BinFactory(warehouse__code="EAST2", code="B-01")
    here = ReturnLineInput(row.pk, Decimal(1), main_bin().pk)
    there = ReturnLineInput(row.pk, Decimal(1), other.pk)
    with refused("several_warehouses"):
        services.create_return(delivery.pk, [here, there], reason="x", by=keeper())
    with refused("reason_missing"):
        services.create_return(delivery.pk, [here], reason=" ", by=keeper())
    with refused("empty_return"):
        services.create_return(delivery.pk, [], reason="x", by=keeper())
    services.reverse_delivery(delivery.pk, reason="x", by=keeper())
    with refused("not_shipped"):
        services.create_return(delivery.pk, [here], reason="x", by=keeper())


def test_a_delivery_of_which_goods_came_back_is_not_reversed() -> None:
    delivery = shipped(4)
    made = back(delivery, 1)
    with refused("blocked"):
        services.reverse_delivery(delivery.pk, reason="x", by=keeper())
    services.cancel_return(made.pk, by=keeper())
    services.reverse_delivery(delivery.pk, reason="x", by=keeper())


def test_a_posted_return_is_taken_back_exactly_while_its_goods_are_there() -> None:
    delivery = shipped(4)
    before = StockBalance.objects.get().on_hand, StockValue.objects.get().value
    made = services.post_return(back(delivery, 3, scrap=1).pk, by=keeper())
    with refused("reason_missing"):
        services.reverse_return(made.pk, reason="", by=keeper())

    made = services.reverse_return(made.pk, reason="数错", by=keeper())

    assert made.status == "reversed"
    assert (StockBalance.objects.get().on_hand, StockValue.objects.get().value) == before
    assert actions(made) == ["return.created", "return.posted", "return.reversed"]
    assert_books_ok()
    assert services.post_return(back(delivery, 4).pk, by=keeper()).status == "posted"
    assert_books_ok()


VERBS: dict[str, tuple[Any, set[str], dict[str, str]]] = {
    "post": (services.post_return, {"draft"}, {}),
    "cancel": (services.cancel_return, {"draft"}, {}),
    "reverse": (services.reverse_return, {"posted"}, {"reason": "x"}),
}


@pytest.mark.parametrize(
    ("verb", "status"),
    [(v, s) for v, (_f, ok, _m) in VERBS.items() for s in Return.Status.values if s not in ok],
)
def test_a_move_that_is_not_drawn_is_refused(verb: str, status: str) -> None:
    made, by = factories.ReturnFactory(status=status), keeper()
    call, _allowed, more = VERBS[verb]
    with refused("invalid_transition"):
        call(made.pk, by=by, **more)


def test_the_database_keeps_scrap_within_what_came_back() -> None:
    row = factories.ReturnLineFactory()
    with pytest.raises(Exception, match="return_scrap_within_quantity"):
        ReturnLine.objects.filter(pk=row.pk).update(scrap_quantity=11)
