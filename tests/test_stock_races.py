"""One stock document moved by two at once, on the real database: SQLite knows no row locks."""

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from inventory import services
from inventory.models import Bin, StockBalance, StockCount, Transfer
from inventory.services import CountInput, StockLineInput
from products.models import Product
from tests import factories
from tests.support import assert_books_ok, at_once, codes, keeper, main_warehouse, stock

pytestmark = [
    pytest.mark.mariadb,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        "connection.vendor != 'mysql'", reason="row locks need MariaDB (DATABASE_URL=mysql://…)"
    ),
]
ROUNDS = 10


def east_bin() -> Bin:
    return Bin.objects.get(warehouse__code="EAST")


def reserved_transfer(product: Product, quantity: int = 4) -> Transfer:
    lines = [StockLineInput(product.pk, Decimal(quantity), to_bin_id=east_bin().pk)]
    transfer = services.create_transfer(
        main_warehouse().pk, east_bin().warehouse_id, lines, by=keeper()
    )
    return services.reserve_transfer(transfer.pk, by=keeper())


def counted(product: Product, quantity: int) -> StockCount:
    count = services.create_count(main_warehouse().pk, product_ids=[product.pk], by=keeper())
    services.start_count(count.pk, by=keeper())
    entry = CountInput(Decimal(quantity), line_id=count.lines.get().pk)
    services.record_counts(count.pk, [entry], by=keeper())
    return services.review_count(count.pk, by=keeper())


def _twice(step: Callable[..., Any], pk: int) -> list[Callable[[], Any]]:
    by = keeper()
    return [partial(step, pk, by=by) for _number in range(2)]


def test_a_transfer_shipped_or_received_by_two_at_once_moves_once() -> None:
    for _round in range(ROUNDS):
        product = factories.ProductFactory()
        stock(product, 10, "80.00")
        transfer = reserved_transfer(product)
        for step in (services.ship_transfer, services.receive_transfer):
            told = codes(at_once(*_twice(step, transfer.pk)))
            assert told == ["invalid_transition", "ok"]
        assert StockBalance.objects.get(product=product, bin=east_bin()).on_hand == 4
    assert_books_ok()


def test_a_count_posted_by_two_at_once_is_posted_once() -> None:
    for _round in range(ROUNDS):
        product = factories.ProductFactory()
        stock(product, 10, "80.00")
        count = counted(product, 8)
        told = codes(at_once(*_twice(services.post_count, count.pk)))
        assert told == ["invalid_transition", "ok"]
        assert StockBalance.objects.get(product=product).on_hand == 8
    assert_books_ok()
