"""Stock of 1,000 products as of a past day, over a million moves.

    python bench/bench_stock.py [MOVES [PRODUCTS]]        (1000000 10000)

The ledger is written in bulk over two years and two warehouses, and its days with it as a posting
would; then each question is asked 15 times. The median wall time counts, beside the same question
answered from the moves themselves.
"""

import json
import random
import statistics
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from scratch import driver, scratch_database

ASKED, TIMES, DAYS, CHUNK = 1000, 15, 730, 20_000
FIRST = date(2024, 11, 1)


def fill(moves: int, products: list[int], bins: list[Any]) -> None:
    from erp.core import bulk  # noqa: PLC0415
    from inventory.models import StockDay, StockMove, StockValue  # noqa: PLC0415

    chance = random.Random(1)
    accounts = {
        (product, place.warehouse_id): StockValue(
            product_id=product, warehouse_id=place.warehouse_id
        )
        for product in products
        for place in bins
    }
    bulk.insert(list(accounts.values()))
    days: dict[tuple[int, date], StockDay] = {}
    rows: list[StockMove] = []
    for number in range(moves):
        product, place = chance.choice(products), chance.choice(bins)
        account = accounts[product, place.warehouse_id]
        on = FIRST + timedelta(days=number * DAYS // moves)
        comes_in = account.quantity < 100
        quantity = Decimal(200 if comes_in else chance.randrange(1, 20))
        value = quantity * 8
        rows.append(
            StockMove(
                product_id=product,
                from_bin=None if comes_in else place,
                to_bin=place if comes_in else None,
                quantity=quantity,
                unit_cost=Decimal(8),
                value=value,
                kind="receipt" if comes_in else "delivery",
                on=on,
                source_type="bench.document",
                source_id=number,
                source_line_id=1,
            )
        )
        account.quantity += quantity if comes_in else -quantity
        account.value += value if comes_in else -value
        account.moved_on = on
        days[account.pk, on] = StockDay(
            account_id=account.pk, on=on, quantity=account.quantity, value=account.value
        )
        if len(rows) == CHUNK:
            bulk.insert(rows)
            rows = []
    bulk.insert(rows)
    bulk.insert(list(days.values()))
    bulk.overwrite(list(accounts.values()), ["quantity", "value", "moved_on"])


def median_ms(ask: Callable[[], Any]) -> float:
    took = []
    for _time in range(TIMES):
        start = time.perf_counter()
        ask()
        took.append(time.perf_counter() - start)
    return round(1000 * statistics.median(took), 1)


def main() -> None:
    sizes = [int(word) for word in sys.argv[1:]]
    moves, kinds = (sizes + [1_000_000, 10_000][len(sizes) :])[:2]
    with scratch_database():
        from django.db import connection  # noqa: PLC0415

        from inventory.models import StockDay  # noqa: PLC0415
        from inventory.services import stock_as_of  # noqa: PLC0415
        from products.models import Product  # noqa: PLC0415
        from tests import factories  # noqa: PLC0415

        factories.CompanyFactory()
        model = factories.ProductFactory()
        Product.objects.bulk_create(
            [
                Product(brand=model.brand, designation=f"B{n}", unit=model.unit, search_key=f"b{n}")
                for n in range(kinds)
            ],
            batch_size=1000,
        )
        products = list(Product.objects.exclude(pk=model.pk).values_list("pk", flat=True))
        bins = [factories.BinFactory(warehouse__code=code, code="A-010101") for code in ("A", "B")]
        fill(moves, products, bins)
        if connection.vendor == "mysql":
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE TABLE inventory_stockday, inventory_stockvalue")
                cursor.fetchall()
        asked = random.Random(2).sample(products, ASKED)
        told = {}
        for name, day in (("a year ago", 365), ("last week", 723), ("first month", 30)):
            on = FIRST + timedelta(days=day)
            told[name] = median_ms(lambda on=on: stock_as_of(asked, on))  # type: ignore[misc]
        figures = {
            "database": driver(),
            "moves": moves,
            "products": kinds,
            "days kept": StockDay.objects.count(),
            f"{ASKED} products as of a day (ms)": told,
        }
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
