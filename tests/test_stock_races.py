"""Counts, receipts, shipments and transfers at once, on the real database (CASES C08).

The books are read while all of it goes on: at any read, not only at the end.
"""

from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from erp.core.periods import company_today
from erp.core.service import service
from inventory import services
from inventory.models import (
    Bin,
    StockBalance,
    StockCount,
    StockMove,
    Transfer,
)
from inventory.services import CountInput, Movement, Source, StockLineInput, post_movements
from tests import factories
from tests.racing import ON_MARIADB, ROUNDS, THREADS, at_once, codes, on_and_on, wrong_books
from tests.support import assert_books_ok, keeper, main_bin, main_warehouse, stock

pytestmark = ON_MARIADB


def east_bin() -> Bin:
    return Bin.objects.get(warehouse__code="EAST")


def reserved_transfer(product: Any, quantity: int = 4) -> Transfer:
    lines = [StockLineInput(product.pk, Decimal(quantity), to_bin_id=east_bin().pk)]
    transfer = services.create_transfer(
        main_warehouse().pk, east_bin().warehouse_id, lines, by=keeper()
    )
    return services.reserve_transfer(transfer.pk, by=keeper())


def counted(product: Any, quantity: int) -> StockCount:
    count = services.create_count(main_warehouse().pk, product_ids=[product.pk], by=keeper())
    services.start_count(count.pk, by=keeper())
    entry = CountInput(Decimal(quantity), line_id=count.lines.get().pk)
    services.record_counts(count.pk, [entry], by=keeper())
    return services.review_count(count.pk, by=keeper())


# --- one thing twice at once ---------------------------------------------------------------------


def _twice(step: Callable[..., Any], pk: int) -> list[Callable[[], Any]]:
    by = keeper()
    return [partial(step, pk, by=by) for _number in range(2)]


def test_a_transfer_shipped_or_received_by_two_at_once_moves_once() -> None:
    for _round in range(ROUNDS // 2):
        product = factories.ProductFactory()
        stock(product, 10, "80.00")
        transfer = reserved_transfer(product)
        assert codes(at_once(*_twice(services.ship_transfer, transfer.pk))) == [
            "invalid_transition",
            "ok",
        ]
        assert codes(at_once(*_twice(services.receive_transfer, transfer.pk))) == [
            "invalid_transition",
            "ok",
        ]
        assert StockBalance.objects.get(product=product, bin=east_bin()).on_hand == 4
    assert_books_ok()


def test_a_count_posted_by_two_at_once_is_posted_once() -> None:
    for _round in range(ROUNDS // 2):
        product = factories.ProductFactory()
        stock(product, 10, "80.00")
        count = counted(product, 8)
        assert codes(at_once(*_twice(services.post_count, count.pk))) == [
            "invalid_transition",
            "ok",
        ]
        assert StockBalance.objects.get(product=product).on_hand == 8
    assert_books_ok()


# --- all at once --------------------------------------------------------------------------------


@service("test.trade")
def trade(product: Any, quantity: int) -> None:
    """Goods come in above zero, leave below."""
    amount = Decimal(abs(quantity))
    comes_from, goes_to = (None, main_bin()) if quantity > 0 else (main_bin(), None)
    movement = Movement(1, product.pk, amount, comes_from, goes_to, amount * 8 if goes_to else None)
    kind = "receipt" if quantity > 0 else "delivery"
    post_movements(
        [movement], source=Source("test.trade", 1), kind=kind, on=company_today(), by=None
    )


def _move_over(product: Any) -> None:
    transfer = reserved_transfer(product, 2)
    services.ship_transfer(transfer.pk, by=keeper())
    services.receive_transfer(transfer.pk, by=keeper())


def _count_down(product: Any) -> None:
    count = services.create_count(main_warehouse().pk, product_ids=[product.pk], by=keeper())
    services.start_count(count.pk, by=keeper())
    row = count.lines.get()
    at_hand = StockBalance.objects.get(product=product, bin=main_bin()).on_hand
    entry = CountInput(max(at_hand - 1, Decimal(0)), line_id=row.pk)
    services.record_counts(count.pk, [entry], by=keeper())
    services.review_count(count.pk, by=keeper())
    services.post_count(count.pk, by=keeper())


# INV1, INV2 and INV10 of the release gate.
STOCK_CHECKS = (
    "on hand = sum of moves",
    "0 <= reserved = sum of reservations <= on hand",
    "stock quantity and value per warehouse = sums of moves",
)


@pytest.mark.case("C08")
def test_counts_receipts_shipments_and_transfers_never_break_the_books_at_any_read(
    record_property: Any,
) -> None:
    products = [factories.ProductFactory() for _number in range(3)]
    for product in products:
        stock(product, 2000, "16000.00")
    keeper()
    verbs: list[Callable[..., Any]] = [
        partial(trade, quantity=5),
        partial(trade, quantity=-3),
        _move_over,
        _count_down,
    ]
    load = [on_and_on(partial(verbs[n % 4], products[n % 3])) for n in range(THREADS)]

    *told, reads, more = at_once(*load, *[on_and_on(partial(wrong_books, STOCK_CHECKS))] * 2)

    ends = Counter(code for one in told for code in one)
    record_property("load", dict(ends))
    seen = [wrong for one in (reads, more) for wrong in one if wrong != "ok"]
    record_property("reads violating / total", f"{len(seen)} / {len(reads) + len(more)}")
    assert seen == []
    assert reads
    assert more
    assert set(ends) <= {
        "ok",
        "insufficient_stock",
        "corrected_since",
        "count_below_reserved",
        "counted_meanwhile",
    }
    assert ends["ok"] >= ends.total() // 2
    assert_books_ok()


def test_a_count_and_a_sale_of_one_bin_at_once_take_turns() -> None:
    by = keeper()
    for _round in range(ROUNDS):
        product = factories.ProductFactory()
        stock(product, 10, "80.00")
        count = services.create_count(main_warehouse().pk, product_ids=[product.pk], by=by)
        services.start_count(count.pk, by=by)
        entry = CountInput(Decimal(10), line_id=count.lines.get().pk)
        record = partial(services.record_counts, count.pk, [entry], by=by)
        assert codes(at_once(record, partial(trade, product, -3))) == ["ok", "ok"]
        row = count.lines.get()
        # Counted before the sale 10 were expected, after it 7; nothing in between.
        moved_before = StockMove.objects.filter(
            product=product, kind="delivery", posted_at__lte=row.counted_at
        ).exists()
        assert row.expected_quantity == (7 if moved_before else 10), row.expected_quantity
