"""Seconds from a pasted enquiry of 100 mixed lines to priced lines, over N invented products.

    DATA_DIR=/tmp/bench python manage.py migrate
    DATA_DIR=/tmp/bench python bench/bench_enquiry.py --products 1000000

Run it on MariaDB with DATABASE_URL, and in the scratch database of bench_search.py if it is there.
Reading alone, matching alone, and all of it with stock, inbound, last and suggested price. What it
adds to the catalogue (a customer, stock, prices) is rolled back.
"""

import argparse
import json
import os
import random
import statistics
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench_search import fill
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from customers.models import Customer
from products.models import PriceFact, Product
from products.search import Query, match
from quotations.matching import brand_names, price_enquiry
from quotations.reading import read_enquiry
from tests import factories

LINES = 100


def prepare(chance: random.Random) -> tuple[Customer, str]:
    """Make a customer, stock and prices of the parts he asks for, and his text."""
    for code in ("piece", "pair", "set", "box"):
        factories.UnitFactory(code=code)
    factories.TaxRateFactory()
    factories.CompanyFactory()
    customer = factories.CustomerFactory()
    last = Product.objects.order_by("-pk").values_list("pk", flat=True)[0]
    ids = [chance.randrange(1, last + 1) for _ in range(2 * LINES)]
    rows = list(Product.objects.filter(pk__in=ids).select_related("brand"))
    chance.shuffle(rows)
    place = factories.BinFactory()
    for product in rows[:LINES]:
        factories.StockFactory(product=product, bin=place)
        for kind, of in ((PriceFact.Kind.LIST, None), (PriceFact.Kind.QUOTE, customer)):
            factories.PriceFactFactory(
                product=product, kind=kind, customer=of, net_unit_price=Decimal(10)
            )
    return customer, "\n".join(line(number, rows, chance) for number in range(LINES))


def line(number: int, rows: list[Product], chance: random.Random) -> str:
    """One line as customers write it: with and without brand, misspelled, by size, unknown."""
    product = rows[number]
    name, brand, amount = product.designation, product.brand.code, chance.randrange(1, 500)
    sizes = [f"{mm:f}" for mm in (product.bore_mm, product.outside_mm, product.width_mm) if mm]
    forms = (
        f"{brand} {name} {amount}个",
        f"{name} {brand} {amount}只",
        f"{name} * {amount}",
        f"{product.search_key.lower()} {amount} pcs",
        f"{name.replace('0', 'O', 1)} {brand} {amount}套",
        f"{amount}个 {name}，急",
        f"{name[:-1]}Q {amount}个",
        f"{'*'.join(sizes)} 轴承 {amount}个" if len(sizes) == 3 else f"{name} {amount}个",
        f"{brand} {name} {chance.randrange(10, 20)}-{chance.randrange(30, 40)}个",
        f"XK{number}-7 {amount}件",
    )
    return forms[number % len(forms)]


def seconds(run: Callable[[], object], rounds: int) -> dict[str, float]:
    run()
    taken: list[tuple[float, float]] = []
    for _round in range(rounds):
        start, used = time.perf_counter(), time.process_time()
        run()
        taken.append((time.perf_counter() - start, time.process_time() - used))
    wall, cpu = zip(*taken, strict=True)
    return {
        "median_s": round(statistics.median(wall), 3),
        "worst_s": round(max(wall), 3),
        "cpu_s": round(statistics.median(cpu), 3),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--products", type=int, default=15_000)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    fill(options.products)
    with transaction.atomic():
        customer, text = prepare(random.Random(7))
        brands = brand_names()
        lines = read_enquiry(text, brands).lines
        queries = [Query(x.wording, x.brand or "", (), x.dimensions) for x in lines]
        with CaptureQueriesContext(connection) as sent:
            priced = price_enquiry(text, customer=customer).lines
        answer = {
            "database": connection.vendor,
            "products": options.products,
            "load": round(os.getloadavg()[0], 1),
            "lines": len(priced),
            "found": sum(one.product is not None for one in priced),
            "unsure": sum(bool(one.doubts) for one in priced),
            "statements": len(sent),
            "reading": seconds(lambda: read_enquiry(text, brands), options.rounds),
            "matching": seconds(lambda: match(queries, customer_id=customer.pk), options.rounds),
            "all": seconds(lambda: price_enquiry(text, customer=customer), options.rounds),
        }
        transaction.set_rollback(True)
    sys.stdout.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main()
