"""Stock as it was at the end of any day."""
# mypy: disable-error-code="comparison-overlap"
# (a Decimal and the same whole number are equal)

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from erp.core.errors import DomainError
from finance.ledger import Role, account_balance
from inventory.models import Bin, StockMove
from inventory.services import (
    Movement,
    Revaluation,
    Source,
    StockAt,
    post_movements,
    revalue,
    reverse_movements,
    stock_as_of,
)
from products.models import Product
from tests import factories
from tests.support import assert_books_ok, chart, main_bin, main_warehouse, outcome, stock

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]


def day(number: int) -> date:
    return date(2026, 1, number)


def move(product: Product, number: int, quantity: int, *, kind: str, to: Bin | None = None) -> None:
    movement = Movement(1, product.pk, Decimal(quantity), from_bin=main_bin(), to_bin=to)
    source = Source("test.document", 1)
    post_movements([movement], source=source, kind=kind, on=day(number), by=None)


@pytest.fixture
def product() -> Product:
    """Ten for 75.00 on the 2nd, four sold on the 5th, three to the east on the 7th."""
    product: Product = factories.ProductFactory()
    chart()
    stock(product, 10, "75.00", on=day(2))
    move(product, 5, 4, kind=StockMove.Kind.DELIVERY)
    east = Bin.objects.get(warehouse__code="EAST")
    move(product, 7, 3, kind=StockMove.Kind.TRANSFER, to=east)
    return product


def test_each_day_has_the_stock_it_ended_with(product: Product) -> None:
    main, east = main_warehouse().pk, Bin.objects.get(warehouse__code="EAST").warehouse_id
    told = {number: stock_as_of([product.pk], day(number)) for number in (1, 2, 4, 5, 7, 30)}
    assert told[1] == {}
    assert told[2] == told[4] == {(product.pk, main): (Decimal(10), Decimal("75.00"))}
    assert told[5] == {(product.pk, main): (Decimal(6), Decimal("45.00"))}
    half = (Decimal(3), Decimal("22.50"))
    assert told[7] == told[30] == {(product.pk, main): half, (product.pk, east): half}


def test_one_warehouse_is_told_alone(product: Product) -> None:
    main = main_warehouse().pk
    half = (Decimal(3), Decimal("22.50"))
    assert stock_as_of([product.pk], day(9), main) == {(product.pk, main): half}


def test_without_products_there_is_no_stock(product: Product) -> None:
    assert stock_as_of([], day(9)) == {}
    assert stock_as_of([product.pk + 1], day(9)) == {}


# --- dated before others -------------------------------------------------------------------------


def worth(product: Product, number: int) -> tuple[Decimal, Decimal]:
    at = stock_as_of([product.pk], day(number), main_warehouse().pk)
    return at.get((product.pk, main_warehouse().pk), StockAt(Decimal(0), Decimal(0)))


def sell(product: Product, number: int, quantity: int) -> None:
    move(product, number, quantity, kind=StockMove.Kind.DELIVERY)


@pytest.fixture
def dearer() -> Product:
    """Ten at 10.00 on the 2nd, ten at 30.00 on the 6th."""
    product: Product = factories.ProductFactory()
    stock(product, 10, "100.00", on=day(2))
    stock(product, 10, "300.00", on=day(6))
    return product


def test_goods_leave_a_past_day_at_its_average(dearer: Product) -> None:
    sell(dearer, 4, 4)
    assert [worth(dearer, number) for number in (2, 4, 6)] == [
        (10, Decimal("100.00")),
        (6, Decimal("60.00")),
        (16, Decimal("360.00")),
    ]
    assert StockMove.objects.get(kind="delivery").value == Decimal("40.00")
    assert_books_ok()


def test_the_last_unit_of_a_past_day_leaves_nothing_behind(dearer: Product) -> None:
    sell(dearer, 4, 10)
    assert worth(dearer, 4) == (0, 0)
    assert worth(dearer, 6) == (10, Decimal("300.00"))
    assert_books_ok()


def test_no_day_keeps_a_value_without_goods(dearer: Product) -> None:
    sell(dearer, 8, 10)  # at 20.00: 200.00 is left
    sell(dearer, 4, 10)  # at 10.00
    assert worth(dearer, 8) == (0, 0)
    residual = StockMove.objects.get(kind="residual")
    assert (residual.on, residual.value) == (day(8), Decimal("100.00"))
    assert account_balance(Role.PRICE_DIFFERENCE) == Decimal("100.00")
    assert_books_ok()


def test_what_later_days_need_does_not_leave_a_past_one(dearer: Product) -> None:
    sell(dearer, 3, 8)
    with pytest.raises(DomainError) as refusal:
        sell(dearer, 2, 3)
    assert refusal.value.code == "insufficient_stock"


def test_what_comes_in_on_a_past_day_raises_every_later_one(dearer: Product) -> None:
    sell(dearer, 8, 20)
    stock(dearer, 5, "50.00", on=day(4))
    assert [worth(dearer, number) for number in (3, 4, 6, 8)] == [
        (10, Decimal("100.00")),
        (15, Decimal("150.00")),
        (25, Decimal("450.00")),
        (5, Decimal("50.00")),
    ]
    assert_books_ok()


Step = tuple[str, int, int, Decimal]


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["in", "out", "given", "back", "dearer", "cheaper"]),
            st.integers(1, 9),
            st.integers(1, 30),
            st.decimals("0.01", "999.99", places=2),
        ),
        min_size=2,
        max_size=14,
    )
)
def test_whatever_is_posted_on_whatever_day_every_day_adds_up(steps: list[Step]) -> None:
    with transaction.atomic():
        product: Product = factories.ProductFactory()
        chart()
        for number, step in enumerate(steps, 1):
            outcome(lambda step=step, number=number: _do(product, number, step))  # type: ignore[misc]
        assert_books_ok()
        transaction.set_rollback(True)


def _do(product: Product, number: int, step: Step) -> None:
    verb, on, quantity, amount = step
    source = Source("test.document", number)
    pieces, place = Decimal(quantity), main_bin()
    told: dict[str, Any] = {"on": day(on), "by": None}
    if verb == "back":
        reverse_movements(Source("test.document", max(1, number - quantity % 3 - 1)), **told)
    elif verb in {"dearer", "cheaper"}:
        signed = amount if verb == "dearer" else -amount
        change = Revaluation(1, product.pk, place, pieces, signed)
        revalue([change], source=source, kind="landed_cost", **told)
    else:
        ends = {"to_bin" if verb == "in" else "from_bin": place}
        value = None if verb == "out" else amount
        movement = Movement(1, product.pk, pieces, value=value, **ends)
        kind = {"in": "receipt", "out": "delivery", "given": "supplier_return"}[verb]
        post_movements([movement], source=source, kind=kind, **told)
