"""Faults planted in orders and returns, and found by the name of what they break."""

from decimal import Decimal

import pytest

from erp.core.invariants import verify
from inventory.models import Reservation, StockBalance
from orders import services
from orders.models import DeliveryLine, Return, ReturnLine
from orders.services import ReturnLineInput
from tests import factories
from tests.support import (
    assert_books_ok,
    confirmed_order,
    keeper,
    line,
    main_bin,
    shipped_delivery,
    stock,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]


def posted() -> Return:
    product = factories.ProductFactory()
    stock(product, 10, "80.00")
    delivery = shipped_delivery(line(product, 4))
    entered = ReturnLineInput(delivery.lines.get().pk, Decimal(3), main_bin().pk)
    made = services.create_return(delivery.pk, [entered], reason="x", by=keeper())
    return services.post_return(made.pk, by=keeper())


def found(name: str) -> str:
    bad = {outcome.name: outcome.as_json() for outcome in verify() if not outcome.ok}
    return str(bad[name]["first_difference"])


def test_more_back_than_was_shipped_is_found() -> None:
    made = posted()
    assert_books_ok()
    row = made.lines.get().source_line
    DeliveryLine.objects.filter(pk=row.pk).update(quantity=2)
    told = found("sales: no more comes back of a delivery line than was shipped")
    assert told == f"delivery line {row.pk}: 3.000 came back of 2.000"


def test_goods_back_at_another_cost_are_found() -> None:
    made = posted()
    ReturnLine.objects.update(cost_amount=Decimal("24.01"))
    told = found("sales: goods come back at the cost they left at")
    assert told.startswith(f"delivery line {made.lines.get().source_line_id}: 3.000 of 4.000 came")


def test_more_reserved_than_a_line_has_open_is_found() -> None:
    product = factories.ProductFactory()
    stock(product, 10, "80.00")
    order = confirmed_order(line(product, 4))
    assert_books_ok()
    Reservation.objects.update(quantity=5)
    StockBalance.objects.update(reserved=5)
    told = found("sales: reserved for an order within what it has open or planned")
    assert told == f"line {order.lines.get().pk}: 5.000 reserved, 4.000 open"
