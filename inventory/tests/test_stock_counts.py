"""Stock counts: while trade goes on, posted once, at the cost of today."""
# mypy: disable-error-code="comparison-overlap"

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from erp.core.periods import company_today
from finance.ledger import Role, account_balance
from inventory.models import Bin, StockBalance, StockCount, StockCountLine, StockMove, StockValue
from inventory.services import (
    CountInput,
    Movement,
    Source,
    cancel_count,
    copy_count,
    create_count,
    post_count,
    post_movements,
    record_counts,
    recount,
    reverse_count,
    review_count,
    start_count,
)
from inventory.services.costs import CurrentCosts
from inventory.services.locked_stock import LockedStock
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
    manager,
    refused,
    stock,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]


def part(quantity: Any = 10, value: Any = "75.00", place: Bin | None = None) -> Product:
    product = factories.ProductFactory()
    stock(product, quantity, value, place)
    return product


def counting(**options: Any) -> StockCount:
    count = create_count(main_warehouse().pk, by=keeper(), **options)
    return start_count(count.pk, by=keeper())


def row_of(count: StockCount, product: Product) -> StockCountLine:
    return StockCountLine.objects.get(document=count, product=product)


def counted(count: StockCount, product: Product, quantity: Any, **more: Any) -> StockCountLine:
    row = row_of(count, product)
    value = None if quantity is None else Decimal(quantity)
    more.setdefault("by", keeper())
    by = more.pop("by")
    record_counts(count.pk, [CountInput(value, line_id=row.pk, **more)], by=by)
    return row_of(count, product)


def posted(count: StockCount, by: User | None = None) -> StockCount:
    review_count(count.pk, by=keeper())
    return post_count(count.pk, by=by or keeper())


def move(product: Product, quantity: Any, *, comes_in: bool = False) -> None:
    """Trade goes on: goods leave the main bin, or come in at 8.00 each."""
    amount = Decimal(quantity)
    side: Any = (
        {"to_bin": main_bin(), "value": amount * 8} if comes_in else {"from_bin": main_bin()}
    )
    movement = Movement(1, product.pk, amount, **side)
    kind = "receipt" if comes_in else "delivery"
    with transaction.atomic():
        post_movements([movement], source=Source("test", 1), kind=kind, on=company_today(), by=None)


def on_hand(product: Product) -> Decimal:
    return StockBalance.objects.get(product=product, bin=main_bin()).on_hand


# --- the way -------------------------------------------------------------------------------------


def test_a_shortage_and_a_find_are_posted_at_the_cost_of_today() -> None:
    short, more = part(), part()
    count = counting()
    counted(count, short, 8)
    counted(count, more, "11.5")

    count = posted(count)

    assert (count.status, count.number) == ("posted", f"SC-{company_today().year}-000001")
    assert (on_hand(short), on_hand(more)) == (8, Decimal("11.5"))
    assert row_of(count, short).variance_value == Decimal("-15.00")
    assert row_of(count, more).variance_value == Decimal("11.25")
    assert account_balance(Role.STOCK_ADJUSTMENT) == Decimal("3.75")
    assert actions(count) == [
        "stock_count.created",
        "stock_count.started",
        "stock_count.counted",
        "stock_count.counted",
        "stock_count.reviewed",
        "stock_count.posted",
    ]
    assert_books_ok()


def test_a_count_that_agrees_moves_nothing() -> None:
    product = part()
    count = counting()
    counted(count, product, 10)
    count = posted(count)
    assert count.status == "posted"
    assert not StockMove.objects.filter(kind="count").exists()
    assert_books_ok()


def test_lines_nobody_counted_are_left_out() -> None:
    seen, unseen = part(), part()
    count = counting()
    counted(count, seen, 9)
    posted(count)
    assert on_hand(unseen) == 10
    assert row_of(count, unseen).variance is None
    assert_books_ok()


def test_nothing_is_posted_twice() -> None:
    product = part()
    count = counting()
    counted(count, product, 9)
    posted(count)
    with refused("invalid_transition"):
        post_count(count.pk, by=keeper())
    assert on_hand(product) == 9


def test_reversed_all_is_as_before() -> None:
    product = part(3, "10.00")
    count = counting()
    counted(count, product, 1)
    posted(count)
    reverse_count(count.pk, by=manager(), reason="错盘")
    row = StockValue.objects.get(product=product)
    assert (row.quantity, row.value) == (3, Decimal("10.00"))
    assert_books_ok()
    with refused("invalid_transition"):
        reverse_count(count.pk, by=manager())


def test_a_reviewed_count_goes_on_and_a_cancelled_one_does_not() -> None:
    product = part()
    count = counting()
    counted(count, product, 9)
    review_count(count.pk, by=keeper())
    with refused("invalid_transition"):
        counted(count, product, 8)
    recount(count.pk, by=keeper())
    for step in (recount, start_count):
        with refused("invalid_transition"):
            step(count.pk, by=keeper())
    counted(count, product, 8)
    cancel_count(count.pk, by=keeper(), reason="改天")
    with refused("invalid_transition"):
        review_count(count.pk, by=keeper())
    assert on_hand(product) == 10


def test_without_a_counted_line_there_is_nothing_to_review() -> None:
    part()
    count = counting()
    with refused("nothing_counted"):
        review_count(count.pk, by=keeper())
    with refused("no_lines"):
        record_counts(count.pk, [], by=keeper())


# --- while trade goes on -------------------------------------------------------------------------


def test_what_moves_before_and_after_the_counting_does_not_matter() -> None:
    product = part(10, "80.00")
    count = counting()  # 10 in the snapshot
    move(product, 3)  # 7 left: sold before he came to the bin
    row = counted(count, product, 6)  # one is missing
    move(product, 2)
    move(product, 5, comes_in=True)

    assert (row.snapshot_quantity, row.expected_quantity, row.variance) == (10, 7, -1)
    posted(count)

    assert on_hand(product) == 9  # 10 − 3 − 1 − 2 + 5
    assert_books_ok()


def test_an_earlier_moment_is_held_against_the_books_of_then() -> None:
    product = part(10, "80.00")
    start = timezone.now()
    with time_machine.travel(start + timedelta(minutes=1), tick=False):
        count = counting()
    with time_machine.travel(start + timedelta(minutes=10), tick=False):
        move(product, 4)
    with time_machine.travel(start + timedelta(minutes=20), tick=False):
        at = start + timedelta(minutes=5)
        row = counted(count, product, 10, at=at)
        assert (row.expected_quantity, row.counted_at) == (10, at)
        assert row.variance == 0
        later = counted(count, product, 6, at=start + timedelta(minutes=15))
        assert (later.expected_quantity, later.variance) == (6, 0)
        with refused("bad_moment"):
            counted(count, product, 6, at=start)
        with refused("bad_moment"):
            counted(count, product, 6, at=start + timedelta(minutes=30))


def test_a_place_set_right_meanwhile_is_counted_again() -> None:
    product = part()
    first, second = counting(), counting()
    counted(first, product, 8)
    counted(second, product, 8)
    posted(first)
    review_count(second.pk, by=keeper())
    with refused("corrected_since", field="lines[1].counted"):
        post_count(second.pk, by=keeper())
    recount(second.pk, by=keeper())
    counted(second, product, 8)
    posted(second)
    assert on_hand(product) == 8
    assert_books_ok()


def test_what_is_promised_stays() -> None:
    product = part()
    order = confirmed_order(line(product, 6))
    count = counting()
    counted(count, product, 5)
    review_count(count.pk, by=keeper())
    with refused("count_below_reserved", field="lines[1].counted") as told:
        post_count(count.pk, by=keeper())
    assert order.ref in str(told.value)
    recount(count.pk, by=keeper())
    counted(count, product, 6)
    posted(count)
    assert on_hand(product) == 6
    assert_books_ok()


def test_goods_sold_after_the_counting_leave_less_than_is_missing() -> None:
    """Counted 2 of 10, then 5 are sold: −8 would be below nothing."""
    product = part()
    count = counting()
    counted(count, product, 2)
    move(product, 5)
    review_count(count.pk, by=keeper())
    with refused("count_below_reserved"):
        post_count(count.pk, by=keeper())


# --- who ------------------------------------------------------------------------------------------


def test_two_people_who_count_one_line_are_told_of_each_other() -> None:
    product = part()
    count, _other = counting(), manager()
    counted(count, product, 9, seen=None)
    with refused("counted_meanwhile", field="lines[1].counted"):
        counted(count, product, 8, seen=None, by=manager())
    counted(count, product, 8, seen=Decimal(9), by=manager())
    assert row_of(count, product).counted_by == manager()


def test_two_people_count_different_lines_at_once() -> None:
    one, two = part(), part()
    count = counting()
    counted(count, one, 9, seen=None)
    counted(count, two, 9, seen=None, by=manager())
    posted(count)
    assert (on_hand(one), on_hand(two)) == (9, 9)


def test_large_differences_are_posted_by_somebody_else() -> None:
    product = part(1000, "8000.00")
    approver = factories.UserFactory(rights=["inventory.approve_stockcount"])
    count = counting()
    counted(count, product, 900, by=approver)
    review_count(count.pk, by=keeper())
    with refused("approval_needed"):
        post_count(count.pk, by=keeper())
    with refused("own_document"):
        post_count(count.pk, by=approver)
    other = factories.UserFactory(rights=["inventory.approve_stockcount"])
    count = post_count(count.pk, by=other)
    assert count.posted_by == other
    assert_books_ok()


def test_finds_and_losses_do_not_hide_each_other_from_approval() -> None:
    one, two = part(1000, "8000.00"), part(1000, "8000.00")
    count = counting()
    counted(count, one, 960)
    counted(count, two, 1040)
    review_count(count.pk, by=keeper())
    with refused("approval_needed"):
        post_count(count.pk, by=keeper())


def test_who_may_approves_his_own() -> None:
    product = part(1000, "8000.00")
    boss = factories.UserFactory(
        rights=["inventory.approve_stockcount", "inventory.approve_own_stockcount"]
    )
    count = counting()
    counted(count, product, 900, by=boss)
    assert posted(count, by=boss).status == "posted"


# --- which places --------------------------------------------------------------------------------


def test_a_zone_is_the_bins_whose_code_begins_so() -> None:
    here, there = part(), part(5, "40.00", factories.BinFactory(code="C-010101"))
    count = counting(zone="c-01")
    assert [row.product for row in count.lines.all()] == [there]
    whole = counting()
    assert [row.product for row in whole.lines.all()] == [here, there]


def test_chosen_products_are_counted_wherever_they_lie() -> None:
    wanted, other = part(), part()
    stock(wanted, 5, "40.00", factories.BinFactory(code="C-010101"))
    count = counting(product_ids=[wanted.pk])
    assert {(row.product_id, row.bin.code) for row in count.lines.all()} == {
        (wanted.pk, "A-010101"),
        (wanted.pk, "C-010101"),
    }
    copy = copy_count(count.pk, by=keeper())
    assert copy.lines.count() == 2
    assert (copy.status, copy.by_product) == ("draft", True)
    assert other.pk not in copy.lines.values_list("product_id", flat=True)


def test_the_start_lists_what_came_since_the_draft() -> None:
    early = part()
    count = create_count(main_warehouse().pk, by=keeper())
    late = part(4, "32.00")
    start_count(count.pk, by=keeper())
    rows = {row.product_id: row.snapshot_quantity for row in count.lines.all()}
    assert rows == {early.pk: 10, late.pk: 4}


def test_where_nothing_lies_nothing_is_counted() -> None:
    part()
    with refused("nothing_to_count", field="zone"):
        create_count(main_warehouse().pk, zone="Z", by=keeper())


def test_what_is_found_where_nothing_was_listed_gets_a_line() -> None:
    listed, found = part(), factories.ProductFactory()
    place = factories.BinFactory(code="A-020202")
    count = counting()
    entry = CountInput(Decimal(3), product_id=found.pk, bin_id=place.pk)
    record_counts(count.pk, [entry], by=keeper())
    row = row_of(count, found)
    assert (row.line_no, row.snapshot_quantity, row.expected_quantity) == (2, 0, 0)
    again = CountInput(Decimal(4), product_id=found.pk, bin_id=place.pk)
    record_counts(count.pk, [again], by=keeper())
    counted(count, listed, 10)
    posted(count)
    assert StockBalance.objects.get(product=found).on_hand == 4
    assert StockValue.objects.get(product=found).value == 0  # it cost nothing anybody knows of
    assert_books_ok()


def test_a_find_of_a_product_of_another_warehouse_costs_what_it_costs_there() -> None:
    product = part(10, "80.00", Bin.objects.get(warehouse__code="EAST"))
    part()
    count = counting()
    entry = CountInput(Decimal(2), product_id=product.pk, bin_id=main_bin().pk)
    record_counts(count.pk, [entry], by=keeper())
    posted(count)
    row = StockValue.objects.get(product=product, warehouse=main_warehouse())
    assert (row.quantity, row.value) == (2, Decimal("16.00"))


@pytest.mark.parametrize("quantity", ["-1", "0.0001", "1000000000000", "NaN"])
def test_only_a_quantity_is_counted(quantity: str) -> None:
    product = part()
    count = counting()
    with refused("bad_quantity", field="lines[1].counted"):
        counted(count, product, quantity)


def test_a_line_counted_by_mistake_is_uncounted() -> None:
    product = part()
    count = counting()
    counted(count, product, 3)
    row = counted(count, product, None)
    assert (row.counted_quantity, row.expected_quantity, row.counted_by) == (None, None, None)


def test_lines_of_others_bins_of_others_and_doubles_are_refused() -> None:
    product = part()
    count, other = counting(), counting()
    strange = Bin.objects.get(warehouse__code="EAST")
    row = row_of(count, product)
    for entries, code in (
        ([CountInput(Decimal(1), line_id=row_of(other, product).pk)], "unknown_line"),
        ([CountInput(Decimal(1), product_id=product.pk, bin_id=strange.pk)], "unknown_bin"),
        ([CountInput(Decimal(1), product_id=10**9, bin_id=main_bin().pk)], "unknown_product"),
        ([CountInput(Decimal(1), line_id=row.pk)] * 2, "unknown_line"),
    ):
        with refused(code):
            record_counts(count.pk, entries, by=keeper())


def test_two_hundred_bins_are_counted_in_a_fixed_number_of_queries(
    django_assert_max_num_queries: Any,
) -> None:
    product = factories.ProductFactory()
    for number in range(200):
        stock(product, 1, "8.00", factories.BinFactory(code=f"B-{number:06d}"))
    count = counting()
    entries = [CountInput(Decimal(2), line_id=row.pk, seen=None) for row in count.lines.all()]
    with django_assert_max_num_queries(15):
        record_counts(count.pk, entries, by=keeper())
    review_count(count.pk, by=keeper())
    boss = factories.UserFactory(rights=["inventory.approve_stockcount"])
    with django_assert_max_num_queries(40):
        post_count(count.pk, by=boss)
    assert StockValue.objects.get(product=product).quantity == 400
    assert_books_ok()


def test_the_current_cost_is_the_average_here_or_elsewhere() -> None:
    here, there = part(10, "75.00"), part(4, "10.00", Bin.objects.get(warehouse__code="EAST"))
    with transaction.atomic():
        places = [(here.pk, main_bin()), (there.pk, main_bin())]
        stock_ = LockedStock(places, company_today())
        costs = CurrentCosts(stock_, [here.pk, there.pk])
        assert costs.unit_cost(here.pk, main_bin()) == Decimal("7.5")
        assert costs.unit_cost(there.pk, main_bin()) == Decimal("2.5")
        transaction.set_rollback(True)
