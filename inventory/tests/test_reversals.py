"""Taking back what a document moved, and changing values without quantity."""
# mypy: disable-error-code="comparison-overlap"
# (a Decimal and the same whole number are equal)

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from erp.core.periods import company_today
from erp.core.service import service
from finance.ledger import Role, account_balance
from inventory.models import Bin, StockMove, StockValue
from inventory.services import (
    Movement,
    Need,
    Revaluation,
    Source,
    available_by_product,
    post_movements,
    reserve,
    revalue,
    reverse_movements,
)
from products.models import Product
from tests import factories
from tests.support import assert_books_ok, main_bin, main_warehouse, refused, stock

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]
RECEIPT = Source("test.receipt", 1)
ISSUE = Source("test.issue", 1)
FREIGHT = Source("test.freight", 1)


@service("test.post")
def post(
    *movements: Movement, kind: str, source: Source, on: date | None = None
) -> list[StockMove]:
    return post_movements(movements, source=source, kind=kind, on=on or company_today(), by=None)


@service("test.reverse")
def take_back(
    source: Source, quantities: dict[int, Decimal] | None = None, *, on: date | None = None
) -> list[StockMove]:
    return reverse_movements(source, on=on or company_today(), by=None, line_quantities=quantities)


@service("test.revalue")
def dearer(
    product: Product, quantity: Any, amount: Any, *, source: Source = FREIGHT
) -> list[StockMove]:
    change = Revaluation(1, product.pk, main_bin(), Decimal(quantity), Decimal(amount))
    return revalue(
        [change], source=source, kind=StockMove.Kind.LANDED_COST, on=company_today(), by=None
    )


def receive(product: Product, quantity: Any, value: Any, *, source: Source = RECEIPT) -> None:
    movement = Movement(1, product.pk, Decimal(quantity), to_bin=main_bin(), value=Decimal(value))
    post(movement, kind="receipt", source=source)


def issue(product: Product, quantity: Any, *, value: Any = None, kind: str = "delivery") -> Any:
    movement = Movement(
        1,
        product.pk,
        Decimal(quantity),
        from_bin=main_bin(),
        value=None if value is None else Decimal(value),
    )
    (move, *_more) = post(movement, kind=kind, source=ISSUE)
    return move


def worth(product: Product) -> tuple[Decimal, Decimal]:
    row = StockValue.objects.get(product=product, warehouse=main_warehouse())
    return row.quantity, row.value


@pytest.fixture
def product() -> Product:
    """Ten pieces for 75.00."""
    product: Product = factories.ProductFactory()
    stock(product, 10, "75.00")
    return product


# --- reversal ------------------------------------------------------------------------------------


def test_what_left_comes_back_at_the_value_it_left_at(product: Product) -> None:
    left = issue(product, 7)
    receive(product, 10, "200.00")

    (back,) = take_back(ISSUE)

    assert back.reverses == left
    assert (back.from_bin, back.to_bin) == (None, main_bin())
    assert (back.kind, back.quantity, back.value) == ("delivery", 7, Decimal("52.50"))
    assert worth(product) == (20, Decimal("275.00"))
    assert account_balance(Role.COST_OF_GOODS) == 0
    assert_books_ok()


def test_what_came_goes_at_the_value_it_came_at(product: Product) -> None:
    receive(product, 10, "200.00")

    take_back(RECEIPT)

    assert worth(product) == (10, Decimal("75.00"))
    assert account_balance(Role.RECEIVED_NOT_INVOICED) == 0
    assert_books_ok()


def test_where_the_stock_no_longer_carries_the_value_the_rest_is_a_price_difference(
    product: Product,
) -> None:
    receive(product, 10, "200.00")
    issue(product, 10)  # at 13.75: 137.50 is left, for 10

    take_back(RECEIPT)

    assert worth(product) == (0, Decimal("0.00"))
    assert account_balance(Role.RECEIVED_NOT_INVOICED) == 0
    assert account_balance(Role.PRICE_DIFFERENCE) == Decimal("-62.50")
    residual = StockMove.objects.get(kind="residual")
    assert residual.reverses is not None
    assert_books_ok()


def test_what_stays_keeps_its_average_when_the_value_asked_for_is_not_there(
    product: Product,
) -> None:
    receive(product, 10, "200.00")
    issue(product, 8)  # 12 at 13.75 are left: 165.00

    take_back(RECEIPT)

    assert worth(product) == (2, Decimal("27.50"))
    assert_books_ok()


def test_part_of_a_line_goes_back_and_later_the_rest() -> None:
    product = factories.ProductFactory()
    stock(product, 3, "10.00")
    issue(product, 3)

    values = [take_back(ISSUE, {1: Decimal(1)})[0].value for _part in range(2)]
    (rest,) = take_back(ISSUE)

    assert [*values, rest.value] == [Decimal("3.33"), Decimal("3.33"), Decimal("3.34")]
    assert worth(product) == (3, Decimal("10.00"))
    with refused("already_reversed"):
        take_back(ISSUE)
    assert_books_ok()


def test_no_more_goes_back_than_is_left_to_reverse(product: Product) -> None:
    issue(product, 3)
    with refused("already_reversed"):
        take_back(ISSUE, {1: Decimal(4)})


def test_goods_that_are_gone_cannot_be_taken_back(product: Product) -> None:
    receive(product, 5, "50.00")
    issue(product, 11)
    with refused("insufficient_stock", field=str(product)):
        take_back(RECEIPT)


def test_goods_that_are_promised_cannot_be_taken_back(product: Product) -> None:
    receive(product, 5, "50.00")
    needs = [Need(1, product.pk, Decimal(11), main_warehouse().pk)]
    service("test.reserve")(reserve)(needs, source=Source("test.order", 1))
    with refused("insufficient_stock"):
        take_back(RECEIPT)


def test_a_transfer_goes_back_the_way_it_came(product: Product) -> None:
    east = Bin.objects.get(warehouse__code="EAST")
    transfer = Source("test.transfer", 1)
    there = Movement(1, product.pk, Decimal(4), from_bin=main_bin(), to_bin=east)
    post(there, kind="transfer", source=transfer)

    take_back(transfer)

    assert worth(product) == (10, Decimal("75.00"))
    assert available_by_product([product.pk], warehouse_id=east.warehouse_id) == {product.pk: 0}
    assert_books_ok()


def test_a_document_that_moved_nothing_has_nothing_to_reverse() -> None:
    assert take_back(Source("test.nothing", 1)) == []


def test_in_a_closed_period_nothing_is_reversed_but_after_it(product: Product) -> None:
    issue(product, 3)
    today = company_today()
    factories.PeriodFactory(area="stock", starts_on=today, ends_on=today, closed_at=timezone.now())
    with refused("period_closed", field="date"):
        take_back(ISSUE)
    (back,) = take_back(ISSUE, on=date(2030, 1, 1))
    assert back.on == date(2030, 1, 1)


def test_goods_leave_at_the_value_given(product: Product) -> None:
    move = issue(product, 4, value="10.00", kind="supplier_return")
    assert move.value == Decimal("10.00")
    assert worth(product) == (6, Decimal("65.00"))
    assert account_balance(Role.RECEIVED_NOT_INVOICED) == Decimal("10.00")
    assert_books_ok()


def test_goods_returned_dearer_than_the_stock_come_back_with_the_residual(
    product: Product,
) -> None:
    issue(product, 10, value="90.00", kind="supplier_return")
    assert worth(product) == (0, Decimal("0.00"))
    assert account_balance(Role.PRICE_DIFFERENCE) == Decimal("-15.00")

    take_back(ISSUE)

    assert worth(product) == (10, Decimal("75.00"))
    assert account_balance(Role.PRICE_DIFFERENCE) == 0
    assert_books_ok()


# --- on a past day -------------------------------------------------------------------------------


def test_goods_do_not_leave_on_a_day_on_which_they_were_not_there(product: Product) -> None:
    movement = Movement(1, product.pk, Decimal(1), from_bin=main_bin())
    with refused("insufficient_stock"):
        post(movement, kind="delivery", source=ISSUE, on=date(2020, 1, 1))


def test_goods_do_not_leave_on_a_day_when_later_ones_needed_them() -> None:
    product = factories.ProductFactory()
    stock(product, 10, "75.00", on=date(2026, 1, 1))
    for day, quantity in ((3, 8), (5, 1)):
        movement = Movement(1, product.pk, Decimal(quantity), from_bin=main_bin())
        post(movement, kind="delivery", source=ISSUE, on=date(2026, 1, day))
    stock(product, 5, "40.00", on=date(2026, 1, 9))

    out = Movement(1, product.pk, Decimal(2), from_bin=main_bin())
    with refused("insufficient_stock"):
        post(out, kind="delivery", source=ISSUE, on=date(2026, 1, 2))
    one = Movement(1, product.pk, Decimal(1), from_bin=main_bin())
    post(one, kind="delivery", source=ISSUE, on=date(2026, 1, 2))
    assert_books_ok()


def test_goods_do_not_move_to_where_they_are(product: Product) -> None:
    movement = Movement(1, product.pk, Decimal(1), from_bin=main_bin(), to_bin=main_bin())
    with refused("same_bin", field="to_bin"):
        post(movement, kind="transfer", source=ISSUE)


# --- value without quantity ----------------------------------------------------------------------


def test_what_is_on_hand_bears_the_whole_cost(product: Product) -> None:
    dearer(product, 10, "20.00")
    assert worth(product) == (10, Decimal("95.00"))
    assert account_balance(Role.LANDED_COST) == Decimal("-20.00")
    assert account_balance(Role.COST_OF_GOODS) == 0
    assert_books_ok()


def test_the_share_of_what_is_sold_is_cost_of_goods(product: Product) -> None:
    issue(product, 6)  # 45.00
    dearer(product, 10, "20.00")
    assert worth(product) == (4, Decimal("38.00"))
    assert account_balance(Role.COST_OF_GOODS) == Decimal("57.00")
    assert_books_ok()


def test_with_nothing_left_all_of_it_is_cost_of_goods(product: Product) -> None:
    issue(product, 10)
    dearer(product, 10, "20.00")
    assert worth(product) == (0, Decimal("0.00"))
    assert account_balance(Role.COST_OF_GOODS) == Decimal("95.00")
    assert_books_ok()


def test_cheaper_goods_never_fall_below_nothing(product: Product) -> None:
    dearer(product, 10, "-80.00")
    assert worth(product) == (10, Decimal("0.00"))
    assert account_balance(Role.COST_OF_GOODS) == Decimal("-5.00")
    assert_books_ok()


def test_a_change_of_value_is_taken_back_exactly(product: Product) -> None:
    issue(product, 6)
    dearer(product, 10, "20.00")
    take_back(FREIGHT)
    assert worth(product) == (4, Decimal("30.00"))
    assert account_balance(Role.COST_OF_GOODS) == Decimal("45.00")
    assert account_balance(Role.LANDED_COST) == 0
    assert not StockMove.objects.filter(kind="residual").exists()
    assert_books_ok()


def test_what_left_with_its_share_keeps_it_when_the_change_is_taken_back(
    product: Product,
) -> None:
    dearer(product, 10, "20.00")  # 9.50 each
    issue(product, 5)

    take_back(FREIGHT)

    assert worth(product) == (5, Decimal("37.50"))
    assert account_balance(Role.LANDED_COST) == 0
    assert account_balance(Role.PRICE_DIFFERENCE) == Decimal("-10.00")
    assert_books_ok()
