"""Stock: the ledger, the moving average, promises over several bins, inbound goods."""
# mypy: disable-error-code="comparison-overlap"
# (a Decimal and the same whole number are equal)

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from erp.core.periods import company_today
from erp.core.service import service
from finance.ledger import Role, account_balance
from finance.models import JournalEntry
from inventory.models import Bin, Inbound, Reservation, StockBalance, StockMove, StockValue
from inventory.services import (
    Movement,
    Need,
    Source,
    available_by_product,
    average_costs,
    expect_inbound,
    inbound_by_product,
    post_movements,
    release,
    reserve,
)
from products.models import Product
from tests import factories
from tests.support import assert_books_ok, chart, main_bin, main_warehouse, outcome, refused, stock

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company"), pytest.mark.case("BZ03")]
ORDER = Source("test.order", 1)


@service("test.post")
def post(*movements: Movement, kind: str = "adjustment", on: date | None = None) -> Any:
    """Post movements the way a document's service does."""
    source = Source("test.document", 1)
    return post_movements(movements, source=source, kind=kind, on=on or company_today(), by=None)


def out(product: Product, quantity: Any, place: Bin | None = None) -> Movement:
    return Movement(1, product.pk, Decimal(quantity), from_bin=place or main_bin())


def into(product: Product, quantity: Any, value: Any, place: Bin | None = None) -> Movement:
    return Movement(
        1, product.pk, Decimal(quantity), to_bin=place or main_bin(), value=Decimal(value)
    )


def value_of(product: Product) -> tuple[Decimal, Decimal]:
    row = StockValue.objects.get(product=product)
    return row.quantity, row.value


# --- the ledger and the moving average -----------------------------------------------------------


def test_what_comes_in_raises_balance_value_and_ledger() -> None:
    product = factories.ProductFactory()
    stock(product, 10, "75.00")

    balance = StockBalance.objects.get(product=product)
    assert (balance.on_hand, balance.reserved) == (10, 0)
    assert value_of(product) == (10, Decimal("75.00"))
    move = StockMove.objects.get()
    assert (move.quantity, move.unit_cost, move.value) == (10, Decimal("7.5"), Decimal("75.00"))
    assert account_balance(Role.INVENTORY) == Decimal("75.00")
    assert account_balance(Role.OPENING) == Decimal("-75.00")
    assert_books_ok()


def test_goods_leave_at_the_average_before_the_move() -> None:
    product = factories.ProductFactory()
    stock(product, 10, "75.00")
    stock(product, 20, "160.00")  # 30 for 235.00

    (move,) = post(out(product, 7))

    assert move.value == Decimal("54.83")  # 7 × 7.8333…
    assert move.unit_cost == Decimal("7.832857")
    assert value_of(product) == (23, Decimal("180.17"))
    assert account_balance(Role.STOCK_ADJUSTMENT) == Decimal("54.83")
    assert_books_ok()


def test_the_last_unit_takes_the_remaining_value() -> None:
    product = factories.ProductFactory()
    stock(product, 3, "10.00")

    values = [post(out(product, 1))[0].value for _unit in range(3)]

    assert values == [Decimal("3.33"), Decimal("3.34"), Decimal("3.33")]
    assert value_of(product) == (0, Decimal("0.00"))
    assert_books_ok()


def test_several_moves_of_one_document_follow_each_other() -> None:
    product = factories.ProductFactory()
    post(into(product, 2, "10.00"), into(product, 2, "20.00"), out(product, 1), out(product, 3))
    assert [m.value for m in StockMove.objects.order_by("pk")][2:] == [
        Decimal("7.50"),
        Decimal("22.50"),
    ]
    assert value_of(product) == (0, Decimal("0.00"))
    assert_books_ok()


def test_each_warehouse_has_its_own_average() -> None:
    product = factories.ProductFactory()
    east = Bin.objects.get(warehouse__code="EAST")
    stock(product, 10, "100.00")
    stock(product, 10, "50.00", east)

    (move,) = post(out(product, 2, east))

    assert move.value == Decimal("10.00")
    assert average_costs([product.pk]) == {product.pk: Decimal("7.777778")}


def test_a_transfer_carries_its_cost_and_posts_nothing() -> None:
    product = factories.ProductFactory()
    east = Bin.objects.get(warehouse__code="EAST")
    stock(product, 10, "75.00")
    entries = JournalEntry.objects.count()
    movement = Movement(1, product.pk, Decimal(4), from_bin=main_bin(), to_bin=east)

    (move,) = post(movement, kind="transfer")

    assert move.value == Decimal("30.00")
    rows = StockValue.objects.order_by("value").values_list("quantity", "value")
    assert list(rows) == [(4, Decimal("30.00")), (6, Decimal("45.00"))]
    assert JournalEntry.objects.count() == entries
    assert_books_ok()


def test_goods_that_cost_nothing_post_no_entry() -> None:
    product = factories.ProductFactory()
    chart()
    post(into(product, 5, "0.00"))
    post(out(product, 5))
    assert not JournalEntry.objects.exists()
    assert_books_ok()


@pytest.mark.parametrize("wanted", ["10.001", "11"])
def test_no_more_leaves_than_is_there(wanted: str) -> None:
    product = factories.ProductFactory()
    stock(product, 10, "75.00")
    with refused("insufficient_stock", field=str(product)):
        post(out(product, wanted))


def test_what_is_promised_does_not_leave() -> None:
    product = factories.ProductFactory()
    stock(product, 10, "75.00")
    promise(product, 4)
    with refused("insufficient_stock"):
        post(out(product, 7))
    post(out(product, 6))
    assert_books_ok()


def test_from_a_bin_that_never_held_it_nothing_leaves() -> None:
    product = factories.ProductFactory()
    with refused("insufficient_stock"):
        post(out(product, 1))


def test_one_line_that_falls_short_refuses_the_whole_document() -> None:
    plenty, short = factories.ProductFactory(), factories.ProductFactory()
    stock(plenty, 10, "80.00")
    stock(short, 1, "8.00")
    with refused("insufficient_stock", field=str(short)):
        post(out(plenty, 1), out(short, 2))


@pytest.mark.parametrize("area", ["stock", "finance"])
def test_a_closed_period_admits_no_move_dated_inside_it(area: str) -> None:
    product, today = factories.ProductFactory(), company_today()
    stock(product, 10, "75.00")
    factories.PeriodFactory(area=area, starts_on=today, ends_on=today, closed_at=timezone.now())
    with refused("period_closed", field="date"):
        post(out(product, 1))


def test_an_open_period_and_the_day_after_a_closed_one_admit_moves() -> None:
    product = factories.ProductFactory()
    stock(product, 10, "75.00")
    november = {"starts_on": date(2026, 11, 1), "ends_on": date(2026, 11, 30)}
    factories.PeriodFactory(area="stock", **november, closed_at=timezone.now())
    factories.PeriodFactory(area="finance", **november)
    with refused("period_closed"):
        post(out(product, 1), on=date(2026, 11, 30))
    post(out(product, 1), on=date(2026, 12, 1))


def test_without_the_account_nothing_is_posted() -> None:
    product = factories.ProductFactory()
    with refused("no_account"):
        post(into(product, 1, "8.00"))


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.tuples(
            st.decimals("0.001", "500", places=3),
            st.decimals("0", "9999.99", places=2),
            st.booleans(),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_whatever_comes_and_goes_the_books_agree_and_nothing_is_left_at_zero(
    steps: list[tuple[Decimal, Decimal, bool]],
) -> None:
    with transaction.atomic():
        product = factories.ProductFactory()
        chart()
        for quantity, value, leaves in steps:
            step = out(product, quantity) if leaves else into(product, quantity, value)
            told = outcome(lambda step=step: post(step))  # type: ignore[misc]
            assert told in ({"ok", "insufficient_stock"} if leaves else {"ok"})
        on_hand = available_by_product([product.pk]).get(product.pk, Decimal(0))
        if on_hand:
            post(out(product, on_hand))
            assert value_of(product) == (0, Decimal("0.00"))
        assert_books_ok()
        transaction.set_rollback(True)


# --- promises ------------------------------------------------------------------------------------


@service("test.reserve")
def promise(product: Product, quantity: Any, *, line_id: int = 1, source: Source = ORDER) -> None:
    needs = [Need(line_id, product.pk, Decimal(quantity), main_warehouse().pk)]
    reserve(needs, source=source)


@service("test.release")
def give_up(quantities: dict[int, Decimal] | None = None) -> Sequence[Reservation]:
    return release(ORDER, quantities)


def promised() -> list[tuple[int, str, Decimal]]:
    rows = Reservation.objects.order_by("source_line_id", "bin__code")
    return [(row.source_line_id, row.bin.code, row.quantity) for row in rows]


@pytest.fixture
def spread() -> Product:
    """A product lying in two bins: 3 and 5."""
    product = factories.ProductFactory()
    stock(product, 3, "24.00")
    stock(product, 5, "40.00", factories.BinFactory(code="A-020202"))
    return product


def test_a_promise_is_spread_over_bins_until_it_is_covered(spread: Product) -> None:
    promise(spread, 4)
    assert promised() == [(1, "A-010101", Decimal(3)), (1, "A-020202", Decimal(1))]
    assert available_by_product([spread.pk]) == {spread.pk: Decimal(4)}
    assert_books_ok()


def test_the_next_promise_takes_what_the_first_left(spread: Product) -> None:
    promise(spread, 4)
    promise(spread, 4, line_id=2)
    assert promised()[-1] == (2, "A-020202", Decimal(4))
    assert available_by_product([spread.pk]) == {spread.pk: Decimal(0)}
    assert_books_ok()


def test_two_lines_of_one_product_share_what_is_there(spread: Product) -> None:
    main = main_warehouse().pk
    needs = [Need(1, spread.pk, Decimal(4), main), Need(2, spread.pk, Decimal(4), main)]
    with transaction.atomic():
        assert reserve(needs, source=ORDER) == {1: 4, 2: 4}
    assert sum(quantity for _line, _bin, quantity in promised()) == 8
    assert_books_ok()


def test_no_more_is_promised_than_is_free(spread: Product) -> None:
    promise(spread, 4)
    with refused("insufficient_stock", field=str(spread)):
        promise(spread, 5, line_id=2)


def test_stock_of_another_warehouse_is_not_promised() -> None:
    product = factories.ProductFactory()
    stock(product, 10, "80.00", Bin.objects.get(warehouse__code="EAST"))
    with refused("insufficient_stock"):
        promise(product, 1)


def test_part_is_promised_where_part_is_enough(spread: Product) -> None:
    other = factories.ProductFactory()
    main, east = main_bin(), Bin.objects.get(warehouse__code="EAST")
    stock(spread, 2, "16.00", east)
    needs = [
        Need(1, spread.pk, Decimal(10), main.warehouse_id),
        Need(2, spread.pk, Decimal(1), east.warehouse_id),
        Need(3, other.pk, Decimal(1), main.warehouse_id),
    ]
    with transaction.atomic():
        got = reserve(needs, source=ORDER, allow_partial=True)
    assert got == {1: 8, 2: 1, 3: 0}
    assert [(line, quantity) for line, _bin, quantity in promised()] == [(1, 3), (1, 5), (2, 1)]
    assert_books_ok()


def test_a_later_promise_for_the_same_line_adds_to_it(spread: Product) -> None:
    promise(spread, 2)
    promise(spread, 3)
    assert promised() == [(1, "A-010101", Decimal(3)), (1, "A-020202", Decimal(2))]
    assert_books_ok()


def test_giving_up_all_frees_all(spread: Product) -> None:
    promise(spread, 4)
    freed = give_up()
    assert sorted(row.quantity for row in freed) == [1, 3]
    assert not Reservation.objects.exists()
    assert available_by_product([spread.pk]) == {spread.pk: Decimal(8)}
    assert_books_ok()


def test_giving_up_part_of_a_line_keeps_the_rest(spread: Product) -> None:
    promise(spread, 4)
    promise(spread, 2, line_id=2)
    freed = give_up({1: Decimal("3.5")})
    assert sum(row.quantity for row in freed) == Decimal("3.5")
    assert promised() == [(1, "A-020202", Decimal("0.5")), (2, "A-020202", Decimal(2))]
    assert_books_ok()


def test_no_more_is_given_up_than_is_promised(spread: Product) -> None:
    promise(spread, 4)
    with refused("not_reserved"):
        give_up({1: Decimal(5)})


def test_giving_up_where_nothing_is_promised_is_no_error() -> None:
    assert give_up() == []


def test_another_document_s_promise_is_left_alone(spread: Product) -> None:
    promise(spread, 2)
    promise(spread, 2, source=Source("test.order", 2), line_id=9)
    give_up()
    assert [line for line, _bin, _quantity in promised()] == [9, 9]
    assert_books_ok()


# --- inbound and questions -----------------------------------------------------------------------


def _expect(product: Product, quantity: Any) -> None:
    expect_inbound(
        [Need(1, product.pk, Decimal(quantity), main_warehouse().pk)],
        requested_on=date(2026, 12, 1),
        source=Source("orders.purchaseorder", 1),
    )


def test_what_is_expected_replaces_what_was_expected() -> None:
    product = factories.ProductFactory()
    _expect(product, 20)
    _expect(product, 5)
    assert inbound_by_product([product.pk]) == {product.pk: Decimal(5)}
    _expect(product, 0)
    assert not Inbound.objects.exists()


def test_questions_about_nothing_answer_nothing() -> None:
    assert available_by_product([]) == {}
    assert inbound_by_product([10**9]) == {}
    assert average_costs([10**9]) == {}


def test_stock_can_be_asked_for_one_warehouse() -> None:
    product = factories.ProductFactory()
    east = Bin.objects.get(warehouse__code="EAST")
    stock(product, 3, "24.00")
    stock(product, 5, "40.00", east)
    one = available_by_product([product.pk], warehouse_id=east.warehouse_id)
    assert one == {product.pk: Decimal(5)}
    assert available_by_product([product.pk]) == {product.pk: Decimal(8)}
