"""Transfers: from bin to bin at once, between warehouses over the road, at the cost they had."""
# mypy: disable-error-code="comparison-overlap"

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from erp.core.periods import company_today
from finance.ledger import Role, account_balance
from inventory.models import Bin, Reservation, StockBalance, StockMove, StockValue, Transfer
from inventory.services import (
    Reception,
    StockLineInput,
    available_by_product,
    cancel_transfer,
    copy_transfer,
    create_transfer,
    post_transfer,
    receive_transfer,
    replace_transfer_lines,
    reserve_transfer,
    reverse_transfer,
    ship_transfer,
    unreserve_transfer,
)
from products.models import Product
from tests import factories
from tests.support import (
    actions,
    assert_books_ok,
    confirmed_order,
    keeper,
    line,
    main_bin,
    main_warehouse,
    refused,
    stock,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company"), pytest.mark.case("BZ03")]


def east_bin() -> Bin:
    return Bin.objects.get(warehouse__code="EAST", code="B-010101")


def other_bin() -> Bin:
    return factories.BinFactory(code="A-020202")


def part(quantity: Any = 10, value: Any = "75.00", place: Bin | None = None) -> Product:
    product = factories.ProductFactory()
    stock(product, quantity, value, place)
    return product


def of(product: Product, quantity: Any, **places: Bin) -> StockLineInput:
    ids = {f"{name}_id": place.pk for name, place in places.items()}
    return StockLineInput(product.pk, Decimal(quantity), **ids)  # type: ignore[arg-type]


def draft(*lines: StockLineInput, to: Bin | None = None, by: User | None = None) -> Transfer:
    target = (to or east_bin()).warehouse_id
    return create_transfer(main_warehouse().pk, target, lines, by=by or keeper())


def shipped(*lines: StockLineInput) -> Transfer:
    transfer = draft(*lines)
    reserve_transfer(transfer.pk, by=keeper())
    return ship_transfer(transfer.pk, by=keeper())


def receive(transfer: Transfer, *receptions: Reception) -> Transfer:
    came: Sequence[Reception] | None = receptions or None
    return receive_transfer(transfer.pk, came, by=keeper())


def lies(product: Product) -> dict[str, Decimal]:
    rows = StockBalance.objects.filter(product=product, on_hand__gt=0).select_related("bin")
    return {row.bin.code: row.on_hand for row in rows}


def worth(product: Product) -> dict[str, tuple[Decimal, Decimal]]:
    rows = StockValue.objects.filter(product=product, quantity__gt=0).select_related("warehouse")
    return {row.warehouse.code: (row.quantity, row.value) for row in rows}


# --- within one warehouse ------------------------------------------------------------------------


def test_goods_change_their_bin_in_one_step() -> None:
    product, goal = part(), other_bin()
    transfer = draft(of(product, 4, bin=main_bin(), to_bin=goal), to=main_bin())

    transfer = post_transfer(transfer.pk, by=keeper())

    assert (transfer.status, transfer.number) == ("done", f"TR-{company_today().year}-000001")
    assert lies(product) == {"A-010101": 6, "A-020202": 4}
    assert worth(product) == {"MAIN": (10, Decimal("75.00"))}
    assert actions(transfer) == ["transfer.created", "transfer.posted"]
    assert_books_ok()


def test_twenty_lines_take_no_more_queries_than_two(django_assert_max_num_queries: Any) -> None:
    goal = other_bin()
    lines = [of(part(), 1, bin=main_bin(), to_bin=goal) for _number in range(20)]
    transfer = draft(*lines, to=main_bin())
    with django_assert_max_num_queries(30):
        post_transfer(transfer.pk, by=keeper())
    assert_books_ok()


def test_source_and_target_are_two_bins() -> None:
    product = part()
    with refused("same_bin", field="lines[1].to_bin_id"):
        draft(of(product, 1, bin=main_bin(), to_bin=main_bin()), to=main_bin())


@pytest.mark.parametrize(
    ("places", "field"),
    [({}, "lines[1].bin_id"), ({"bin": main_bin}, "lines[1].to_bin_id")],
)
def test_both_bins_are_named(places: dict[str, Any], field: str) -> None:
    product = part()
    named = {name: place() for name, place in places.items()}
    transfer = draft(of(product, 1, **named), to=main_bin())
    with refused("bin_missing", field=field):
        post_transfer(transfer.pk, by=keeper())


def test_no_more_changes_its_bin_than_is_free() -> None:
    product = part()
    confirmed_order(line(product, 7))
    transfer = draft(of(product, 4, bin=main_bin(), to_bin=other_bin()), to=main_bin())
    with refused("insufficient_stock"):
        post_transfer(transfer.pk, by=keeper())


def test_within_one_warehouse_nothing_is_reserved_and_beyond_nothing_goes_at_once() -> None:
    product = part()
    within = draft(of(product, 1, bin=main_bin(), to_bin=other_bin()), to=main_bin())
    beyond = draft(of(product, 1))
    with refused("within_one_warehouse"):
        reserve_transfer(within.pk, by=keeper())
    with refused("not_within"):
        post_transfer(beyond.pk, by=keeper())


# --- over the road -------------------------------------------------------------------------------


def test_what_is_reserved_for_a_transfer_is_nobody_else_s() -> None:
    product = part()
    transfer = reserve_transfer(draft(of(product, 4)).pk, by=keeper())
    assert transfer.status == "reserved"
    assert transfer.number is None
    assert available_by_product([product.pk]) == {product.pk: 6}
    unreserve_transfer(transfer.pk, by=keeper())
    assert available_by_product([product.pk]) == {product.pk: 10}
    assert_books_ok()


def test_goods_leave_from_the_bin_that_is_named() -> None:
    product, named = part(), other_bin()
    stock(product, 5, "37.50", named)
    shipped(of(product, 4, bin=named))
    assert lies(product) == {"A-010101": 10, "A-020202": 1, "EAST": 4}


def test_a_named_bin_that_holds_too_little_is_not_helped_by_others() -> None:
    product, named = part(), other_bin()
    stock(product, 2, "15.00", named)
    transfer = draft(of(product, 4, bin=named))
    with refused("insufficient_stock"):
        reserve_transfer(transfer.pk, by=keeper())


def test_on_the_road_goods_count_in_value_and_are_not_available() -> None:
    product = part()
    transfer = shipped(of(product, 4))
    assert transfer.status == "in_transit"
    assert transfer.number
    assert worth(product) == {
        "MAIN": (6, Decimal("45.00")),
        "TRANSIT": (4, Decimal("30.00")),
    }
    assert available_by_product([product.pk]) == {product.pk: 6}
    assert account_balance(Role.INVENTORY) == Decimal("75.00")
    assert_books_ok()


def test_what_arrives_lies_in_its_bin_at_the_cost_it_left_with() -> None:
    product = part()
    transfer = receive(shipped(of(product, 4, to_bin=east_bin())))
    assert transfer.status == "done"
    assert worth(product) == {"MAIN": (6, Decimal("45.00")), "EAST": (4, Decimal("30.00"))}
    assert available_by_product([product.pk]) == {product.pk: 10}
    assert not Reservation.objects.exists()
    assert_books_ok()


def test_two_transfers_of_one_product_each_carry_their_own_cost() -> None:
    product = part(4, "30.00")
    first = shipped(of(product, 2))
    stock(product, 2, "85.00")
    second = shipped(of(product, 2))
    goal = east_bin()
    for transfer, value in ((second, "50.00"), (first, "15.00")):
        row = transfer.lines.get()
        receive(transfer, Reception(row.pk, Decimal(2), bin_id=goal.pk))
        moves = StockMove.objects.filter(source_id=transfer.pk, to_bin=goal)
        assert [move.value for move in moves] == [Decimal(value)]
    assert_books_ok()


def test_what_comes_in_parts_leaves_nothing_on_the_road() -> None:
    product = part(3, "10.00")
    transfer = shipped(of(product, 3, to_bin=east_bin()))
    row = transfer.lines.get()
    for number in range(3):
        transfer = receive(transfer, Reception(row.pk, Decimal(1)))
        assert transfer.status == ("done" if number == 2 else "in_transit")
        assert_books_ok()
    assert worth(product) == {"EAST": (3, Decimal("10.00"))}
    assert actions(transfer)[-3:] == [
        "transfer.partly_received",
        "transfer.partly_received",
        "transfer.received",
    ]


def test_a_loss_is_booked_with_its_reason() -> None:
    product = part()
    transfer = shipped(of(product, 4, to_bin=east_bin()))
    row = transfer.lines.get()
    with refused("loss_reason", field="lines[1].loss_reason"):
        receive(transfer, Reception(row.pk, Decimal(3), lost=Decimal(1)))

    transfer = receive(transfer, Reception(row.pk, Decimal(3), lost=Decimal(1), reason="压坏"))

    row.refresh_from_db()
    assert (transfer.status, row.received_quantity, row.lost_quantity) == ("done", 3, 1)
    assert row.loss_reason == "压坏"
    lost = StockMove.objects.get(kind="loss")
    assert (lost.quantity, lost.value) == (1, Decimal("7.50"))
    assert worth(product) == {"MAIN": (6, Decimal("45.00")), "EAST": (3, Decimal("22.50"))}
    assert account_balance(Role.STOCK_LOSS) == Decimal("7.50")
    assert_books_ok()


def test_the_usual_bin_is_taken_where_none_is_named() -> None:
    product = part()
    usual = factories.BinFactory(warehouse=east_bin().warehouse, code="B-999999")
    factories.UsualBinFactory(product=product, bin=usual)
    receive(shipped(of(product, 4)))
    assert lies(product) == {"A-010101": 6, "B-999999": 4}


def test_a_place_to_put_it_is_needed() -> None:
    product = part()
    transfer = shipped(of(product, 4))
    with refused("bin_missing", field="lines[1].to_bin_id"):
        receive(transfer)
    with refused("unknown_bin", field="lines[1].to_bin_id"):
        row = transfer.lines.get()
        receive(transfer, Reception(row.pk, Decimal(4), bin_id=main_bin().pk))


def test_no_more_arrives_than_was_sent_and_no_line_of_others() -> None:
    product = part()
    transfer = shipped(of(product, 4, to_bin=east_bin()))
    row = transfer.lines.get()
    with refused("over_received", field="lines[1].received"):
        receive(transfer, Reception(row.pk, Decimal("4.001")))
    with refused("unknown_line"):
        receive(transfer, Reception(10**9, Decimal(1)))
    with refused("unknown_line"):
        receive(transfer, *[Reception(row.pk, Decimal(1))] * 2)
    with refused("nothing_to_receive"):
        receive(transfer, Reception(row.pk, Decimal(0)))


def test_nothing_arrives_before_it_left_nor_twice() -> None:
    product = part()
    transfer = draft(of(product, 4, to_bin=east_bin()))
    with refused("invalid_transition"):
        receive(transfer)
    reserve_transfer(transfer.pk, by=keeper())
    ship_transfer(transfer.pk, by=keeper())
    receive(transfer)
    with refused("invalid_transition"):
        receive(transfer)
    with refused("invalid_transition"):
        ship_transfer(transfer.pk, by=keeper())


def test_what_left_is_no_draft_again_and_not_cancelled() -> None:
    transfer = shipped(of(part(), 4))
    with refused("invalid_transition"):
        unreserve_transfer(transfer.pk, by=keeper())
    with refused("invalid_transition"):
        cancel_transfer(transfer.pk, by=keeper())


def test_a_cancelled_transfer_holds_nothing() -> None:
    product = part()
    transfer = reserve_transfer(draft(of(product, 4)).pk, by=keeper())
    cancel_transfer(transfer.pk, by=keeper(), reason="不用了")
    assert available_by_product([product.pk]) == {product.pk: 10}
    assert_books_ok()


def test_a_closed_period_lets_nothing_leave() -> None:
    product, today = part(), company_today()
    transfer = reserve_transfer(draft(of(product, 4)).pk, by=keeper())
    factories.PeriodFactory(area="stock", starts_on=today, ends_on=today, closed_at=timezone.now())
    with refused("period_closed"):
        ship_transfer(transfer.pk, by=keeper())


# --- back again ----------------------------------------------------------------------------------


def test_reversed_everything_is_where_it_was() -> None:
    product = part(3, "10.00")
    before = (lies(product), worth(product))
    transfer = shipped(of(product, 2, to_bin=east_bin()))
    row = transfer.lines.get()
    receive(transfer, Reception(row.pk, Decimal(1), lost=Decimal(1), reason="丢失"))

    transfer = reverse_transfer(transfer.pk, by=keeper(), reason="错发")

    assert transfer.status == "reversed"
    assert (lies(product), worth(product)) == before
    assert account_balance(Role.STOCK_LOSS) == 0
    assert_books_ok()
    with refused("invalid_transition"):
        reverse_transfer(transfer.pk, by=keeper())


def test_reversed_on_the_road_it_comes_home() -> None:
    product = part()
    transfer = shipped(of(product, 4, to_bin=east_bin()))
    row = transfer.lines.get()
    receive(transfer, Reception(row.pk, Decimal(1)))
    reverse_transfer(transfer.pk, by=keeper())
    assert worth(product) == {"MAIN": (10, Decimal("75.00"))}
    assert not Reservation.objects.exists()
    assert_books_ok()


def test_what_was_sold_since_is_not_brought_back() -> None:
    product = part(4, "30.00")
    transfer = receive(shipped(of(product, 4, to_bin=east_bin())))
    back = create_transfer(
        east_bin().warehouse_id, main_warehouse().pk, [of(product, 1)], by=keeper()
    )
    reserve_transfer(back.pk, by=keeper())
    with refused("insufficient_stock"):
        reverse_transfer(transfer.pk, by=keeper())


# --- drafts --------------------------------------------------------------------------------------


def test_a_draft_s_lines_are_replaced_by_whoever_saw_the_last_version() -> None:
    product = part()
    transfer = draft(of(product, 4))
    changed = replace_transfer_lines(
        transfer.pk, [of(product, 5)], by=keeper(), version=1, notes="急"
    )
    assert (changed.version, changed.notes) == (2, "急")
    assert [row.quantity for row in changed.lines.all()] == [5]
    with refused("stale_version"):
        replace_transfer_lines(transfer.pk, [of(product, 6)], by=keeper(), version=1)
    reserve_transfer(transfer.pk, by=keeper(), version=2)
    with refused("invalid_transition"):
        replace_transfer_lines(transfer.pk, [of(product, 6)], by=keeper())


def test_a_copy_is_a_new_draft_of_the_same_lines() -> None:
    product = part()
    transfer = receive(shipped(of(product, 4, bin=main_bin(), to_bin=east_bin())))
    copy = copy_transfer(transfer.pk, by=keeper())
    row = copy.lines.get()
    assert (copy.status, copy.number, copy.shipped_on) == ("draft", None, None)
    assert (row.quantity, row.from_bin, row.to_bin) == (4, main_bin(), east_bin())
    assert (row.received_quantity, row.lost_quantity) == (0, 0)


@pytest.mark.parametrize(
    ("make", "code", "field"),
    [
        (lambda p: [], "no_lines", "lines"),
        (lambda p: [of(p, 1)] * 1001, "too_many_lines", "lines"),
        (lambda p: [of(p, 0)], "bad_quantity", "lines[1].quantity"),
        (lambda p: [of(p, 1), of(p, "0.0001")], "bad_quantity", "lines[2].quantity"),
        (
            lambda p: [StockLineInput(10**9, Decimal(1))],
            "unknown_product",
            "lines[1].product_id",
        ),
        (lambda p: [of(p, 1, bin=east_bin())], "unknown_bin", "lines[1].bin_id"),
        (lambda p: [of(p, 1, to_bin=main_bin())], "unknown_bin", "lines[1].to_bin_id"),
    ],
)
def test_wrong_lines_are_refused_by_name(make: Any, code: str, field: str) -> None:
    product = part()
    keeper()
    east_bin()
    with refused(code, field=field):
        draft(*make(product))


def test_a_warehouse_has_to_be_there_and_no_road() -> None:
    road = shipped(of(part(), 1)).lines.get()
    with refused("unknown_warehouse", field="warehouse_id"):
        create_transfer(10**9, main_warehouse().pk, [], by=keeper())
    transit = Reservation.objects.get(source_line_id=road.pk).bin.warehouse_id
    with refused("unknown_warehouse", field="to_warehouse_id"):
        create_transfer(main_warehouse().pk, transit, [], by=keeper())
