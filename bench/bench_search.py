"""Milliseconds per search by kind, over N products in a scratch database.

    DATA_DIR=/tmp/bench python manage.py migrate
    DATA_DIR=/tmp/bench python bench/bench_search.py --products 200000

Run it on MariaDB with DATABASE_URL. It adds invented products (50 brands of "B00" to "B49") up to
the number asked for and leaves them there; it refuses a database that holds products of others.
"""

import argparse
import json
import os
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial
from itertools import islice, product
from pathlib import Path

import django

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "erp.settings")
django.setup()

from django.db import connection  # noqa: E402 (needs the settings)

from erp.core.models import Unit  # noqa: E402
from products.models import Brand, Product  # noqa: E402
from products.search import match  # noqa: E402

BRANDS = 50
SERIES = ("60", "62", "63", "64", "72", "73", "222", "223", "230", "302", "NU 2", "NU 22", "NJ 3")
SUFFIXES = [
    f"{seal}{cage}{clearance}{tolerance}"
    for seal, cage, clearance, tolerance in product(
        ("", "-2RS1", "-2Z", "DDU", "LLU", "-RZ", " E", " K"),
        ("", "M", "TN9", "J"),
        ("", "/C3", "/C4", "/C2"),
        ("", "/P6", "/P5"),
    )
]
BATCH = 5_000


def designations() -> Iterator[tuple[int, str, int, int]]:
    """Yield brand number, designation, series number and bore code of every invented product."""
    for code, brand, suffix in product(range(41), range(BRANDS), SUFFIXES):
        for i, series in enumerate(SERIES):
            yield brand, f"{series}{code:02d}{suffix}", i, code


def fill(wanted: int) -> None:
    """Add products until there are as many as wanted."""
    if Product.objects.exclude(name="bench").exists():
        sys.exit("This database holds products of others; use a scratch database.")
    unit, _ = Unit.objects.get_or_create(code="piece")
    brands = [
        Brand.objects.get_or_create(code=f"B{n:02d}", defaults={"name_en": f"Bench {n}"})[0]
        for n in range(BRANDS)
    ]
    missing = islice(designations(), Product.objects.count(), wanted)
    while batch := list(islice(missing, BATCH)):
        rows = []
        for brand, designation, series, code in batch:
            row = Product(brand=brands[brand], designation=designation, name="bench", unit=unit)
            row.bore_mm = Decimal(code * 5)
            row.outside_mm = Decimal(code * 9 + series)
            row.width_mm = Decimal(code + 5)
            row.set_keys()
            rows.append(row)
        Product.objects.bulk_create(rows, batch_size=1000)


def kinds(chance: random.Random) -> dict[str, Callable[[], str]]:
    """What is searched, for each kind, as a maker of such texts."""
    rows = list(Product.objects.filter(pk__in=_some_ids(chance)).select_related("brand"))

    def some() -> Product:
        return chance.choice(rows)

    def size() -> str:
        found = some()
        return f"{found.bore_mm:f}x{found.outside_mm:f}x{found.width_mm:f}"

    def slip() -> str:
        text = some().designation
        return f"{text[:-1]}Q{text[-1]}"

    return {
        "exact": lambda: f"{some().brand.code} {some().designation}",
        "normalised": lambda: f" {some().search_key.lower()}",
        "parsed": lambda: f"{some().designation.split('/')[0]} 2RSR C3".replace("-2RS1", ""),
        "prefix": lambda: some().search_key[:-2],
        "dimension": size,
        "fuzzy": slip,
        "nothing": lambda: f"{chance.randrange(10**8, 10**9)}XQ",
    }


def _some_ids(chance: random.Random) -> list[int]:
    last = Product.objects.order_by("-id").values_list("id", flat=True)[0]
    return [chance.randrange(1, last + 1) for _ in range(400)]


def milliseconds(run: Callable[[], object]) -> float:
    start = time.perf_counter()
    run()
    return (time.perf_counter() - start) * 1000


def measure(rounds: int) -> dict[str, dict[str, float]]:
    chance = random.Random(7)
    figures: dict[str, dict[str, float]] = {}
    makers = kinds(chance)
    for kind, make in makers.items():
        texts = [make() for _ in range(rounds)]
        match(texts[:1])
        times = sorted(milliseconds(partial(match, [text])) for text in texts)
        figures[kind] = {
            "median_ms": round(statistics.median(times), 1),
            "p95_ms": round(times[int(len(times) * 0.95) - 1], 1),
        }
    mixed = [chance.choice(list(makers.values()))() for _ in range(100)]
    figures["100 mixed"] = {"median_ms": round(milliseconds(partial(match, mixed)), 1)}
    usual = [makers["normalised"]() for _ in range(100)]
    figures["100 known"] = {"median_ms": round(milliseconds(partial(match, usual)), 1)}
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--products", type=int, default=15_000)
    parser.add_argument("--rounds", type=int, default=60)
    options = parser.parse_args()
    fill(options.products)
    if connection.vendor == "mysql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE TABLE products_product")
    answer = {
        "database": connection.vendor,
        "products": Product.objects.count(),
        "kinds": measure(options.rounds),
    }
    print(json.dumps(answer, indent=2))


if __name__ == "__main__":
    main()
