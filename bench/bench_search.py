"""Milliseconds per search by kind, over N invented products in a scratch database.

    DATA_DIR=/tmp/bench python manage.py migrate
    DATA_DIR=/tmp/bench python bench/bench_search.py --products 1000000

Run it on MariaDB with DATABASE_URL. Filled once, the database may be measured again; one that holds
products of others is refused. Besides the time that passes it tells what this process alone took
(cpu), what waiting for the database took, and how many statements were sent, all per search, so
that a busy machine can be told from a slow search.
"""

import argparse
import json
import os
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from itertools import islice
from pathlib import Path
from typing import Any

import django

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "erp.settings")
django.setup()

from django.db import connection, transaction  # noqa: E402 (needs the settings)
from search_catalogue import BRANDS, Invented, catalogue  # noqa: E402

from erp.core.models import Unit  # noqa: E402
from products.models import Brand, Product  # noqa: E402
from products.search import match  # noqa: E402

BATCH = 2_000
LAND = "ZZ"  # of the brands: tells our products from those of others


def fill(wanted: int) -> None:
    """Make the products, unless they are there already."""
    if Product.objects.exclude(brand__country=LAND).exists():
        sys.exit("This database holds products of others; use a scratch database.")
    if (present := Product.objects.count()) and present != wanted:
        sys.exit(f"This database holds {present} products; use another scratch database.")
    if present:
        return
    Unit.objects.get_or_create(code="piece")
    brands = {
        code: Brand.objects.get_or_create(code=code, defaults={"name_en": code, "country": LAND})[
            0
        ].pk
        for code, _weight in BRANDS
    }
    columns = [f for f in Product._meta.concrete_fields if not f.primary_key]
    names = ", ".join(connection.ops.quote_name(str(f.column)) for f in columns)
    marks = ", ".join(["%s"] * len(columns))
    insert = f"INSERT INTO {Product._meta.db_table} ({names}) VALUES ({marks})"  # noqa: S608
    rows = _rows(wanted, brands, columns)
    while batch := list(islice(rows, BATCH)):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.executemany(insert, batch)
    if connection.vendor == "mysql":  # which does so by itself, a little later
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE TABLE products_product")


def _rows(wanted: int, brands: dict[str, int], columns: list[Any]) -> Iterator[list[Any]]:
    """Yield rows as the database takes them, past the model: a million in a minute or two."""
    for invented in catalogue(wanted, random.Random(1)):
        values = dict(_values(invented._replace(brand="")))
        values["brand_id"] = brands[invented.brand]
        yield [values[field.column] for field in columns]


@lru_cache(maxsize=50_000)
def _values(invented: Invented) -> dict[str, Any]:
    product = Product(
        designation=invented.designation,
        name=invented.name,
        old_designation=f"8{invented.designation}" if len(invented.designation) < 6 else "",
        unit_id="piece",
    )
    product.set_keys()
    if invented.sizes:
        product.bore_mm, product.outside_mm, product.width_mm = invented.sizes
    return {
        str(field.column): field.get_db_prep_save(field.pre_save(product, add=True), connection)
        for field in Product._meta.concrete_fields
        if field.name != "brand"
    }


def kinds(chance: random.Random) -> dict[str, Callable[[], str]]:
    """What is searched, for each kind, as a maker of such texts."""
    last = Product.objects.order_by("-id").values_list("id", flat=True)[0]
    ids = [chance.randrange(1, last + 1) for _ in range(3000)]
    rows = list(Product.objects.filter(pk__in=ids).select_related("brand"))
    sized = [row for row in rows if row.bore_mm]
    clearance = [row for row in rows if "/C3" in row.designation]

    def some() -> Product:
        return chance.choice(rows)

    def size(joint: str = "x", most: int = 3) -> str:
        found = chance.choice(sized)
        return joint.join(
            f"{mm:f}" for mm in (found.bore_mm, found.outside_mm, found.width_mm)[:most] if mm
        )

    def parsed() -> str:
        text = chance.choice(clearance).designation
        return (
            f"C3 {text.replace('/C3', '')}" if chance.random() < 0.1 else text.replace("/", " - ")
        )

    def digits_swapped() -> str:
        text = some().search_key
        at = next((i for i in range(len(text) - 2, 0, -1) if text[i : i + 2].isdigit()), 0)
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]

    def letter_added() -> str:
        text = some().designation
        return f"{text[:-1]}Q{text[-1]}"

    def misread() -> str:
        return some().designation.replace("0", "O").replace("1", "l")

    return {
        "exact": lambda: f"{some().brand.code} {some().designation}",
        "exact, no brand": lambda: some().designation,
        "normalised": lambda: f" {some().search_key.lower()}",
        "parsed": parsed,
        "misread": misread,
        "prefix": lambda: some().search_key[:-2],
        "prefix, brand": lambda: f"{some().brand.code} {some().search_key[:4]}",
        "begin": lambda: some().search_key[:3],
        "dimension": size,
        "d and D": lambda: size(most=2),
        "fuzzy: digits": digits_swapped,
        "fuzzy: letter": letter_added,
        "nothing": lambda: f"{chance.randrange(10**8, 10**9)}XQ",
        "pinyin": lambda: chance.choice(("sgqzc", "yzgz", "slzc", "jjcqzc", "gzzc", "tlq")),
        "name": lambda: some().name[: chance.randrange(3, 6)],
        "brand name": lambda: f"{some().brand.code} {some().name}",
    }


class Clock:
    """What one call took: altogether, in this process, and in waiting for the database."""

    def __init__(self) -> None:
        self.database = 0.0
        self.statements = 0

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001
        start = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.database += time.perf_counter() - start
            self.statements += 1

    def measure(self, run: Callable[[], object]) -> tuple[float, float, float, int]:
        self.database, self.statements = 0.0, 0
        start, cpu = time.perf_counter(), time.process_time()
        with connection.execute_wrapper(self):
            run()
        wall, used = time.perf_counter() - start, time.process_time() - cpu
        return wall * 1000, used * 1000, self.database * 1000, self.statements


def _figures(taken: list[tuple[float, float, float, int]]) -> dict[str, float]:
    wall, cpu, database, statements = zip(*taken, strict=True)
    return {
        "median_ms": round(statistics.median(wall), 1),
        "p95_ms": round(sorted(wall)[max(int(len(wall) * 0.95) - 1, 0)], 1),
        "cpu_ms": round(statistics.median(cpu), 1),
        "database_ms": round(statistics.median(database), 1),
        "statements": max(statements),
    }


def measure(rounds: int) -> dict[str, dict[str, float]]:
    chance = random.Random(7)
    clock = Clock()
    figures: dict[str, dict[str, float]] = {}
    makers = kinds(chance)
    for kind, make in makers.items():
        texts = [make() for _ in range(rounds)]
        match(texts[:1])
        figures[kind] = _figures(
            [clock.measure(partial(match, [text], limit=10)) for text in texts]
        )
    mixed = [chance.choice(list(makers.values()))() for _ in range(100)]
    figures["100 mixed"] = _figures([clock.measure(lambda: match(mixed)) for _ in range(3)])
    usual = [makers["normalised"]() for _ in range(100)]
    figures["100 known"] = _figures([clock.measure(lambda: match(usual)) for _ in range(3)])
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--products", type=int, default=15_000)
    parser.add_argument("--rounds", type=int, default=60)
    options = parser.parse_args()
    start = time.perf_counter()
    fill(options.products)
    filled = time.perf_counter() - start
    answer = {
        "database": connection.vendor,
        "products": Product.objects.count(),
        "filled_s": round(filled),
        "load": round(os.getloadavg()[0], 1),
        "kinds": {},
    }
    print(json.dumps(answer)[:-3])
    for kind, figures in measure(options.rounds).items():
        print(f"{kind:16}", "  ".join(f"{name} {value:7}" for name, value in figures.items()))


if __name__ == "__main__":
    main()
