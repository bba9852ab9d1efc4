"""Import speed: rows checked, applied and undone a second, and the most memory the process held.

    python bench/bench_import.py [ROWS …]        (50000 1000000)

Runs on the database of DATABASE_URL in a scratch schema that is made and dropped. Each size is
measured in a process of its own, so that the memory is its own; wall time and, beside it, the
processor time of our process, for the database server works on the same machine.
"""

import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
SIZES = (50_000, 1_000_000)
BRANDS = ("SKF", "FAG", "NSK", "NTN", "KOYO", "TIMKEN", "HRB", "ZWZ", "LYC", "NACHI")
SUFFIXES = ("", "-2RS1", "/C3", "-2Z", "-2RS1/C3", "C3", "DDU", "LLU", "/P5", "-RSR")
PREFIXES = ("6", "NU", "22", "32", "7", "N", "51", "K", "HK", "NJ")


def write_list(path: Path, rows: int) -> None:
    """Write a price list of distinct products: designations as makers build them, and sizes."""
    chance = random.Random(1)
    with path.open("w", encoding="utf-8-sig") as file:
        file.write("品牌,型号,名称,内径,外径,宽度,重量,单价,库存,单位\n")
        for n in range(rows):
            number = f"{PREFIXES[n % 10]}{200 + n // 1000}-{n}{SUFFIXES[n // 10 % 10]}"
            price = chance.randrange(100, 500_000) / 100
            file.write(
                f"{BRANDS[n // 7 % 10]},{number},深沟球轴承,{20 + n % 80},{50 + n % 120},"
                f"{10 + n % 40},{n % 900 / 1000:.3f},{price:.2f},{n % 500},套\n"
            )


def measure(rows: int) -> dict[str, Any]:
    """Check, apply and undo one list in this process."""
    from imports import services  # noqa: PLC0415

    figures: dict[str, Any] = {"rows": rows}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list.csv"
        write_list(path, rows)
        figures["megabytes"] = round(path.stat().st_size / 1e6, 1)
        before = _megabytes()
        made = services.create_import("products", path.name, by=None)
        steps: dict[str, Callable[[], Any]] = {
            "check": lambda: services.check_import(made.pk, path=path, by=None),
            "apply": lambda: services.apply_import(made.pk, by=None),
            "again": lambda: services.check_import(
                services.create_import("products", path.name, by=None).pk, path=path, by=None
            ),
            "undo": lambda: services.undo_import(made.pk, by=None),
        }
        for name, step in steps.items():
            wall, own = time.perf_counter(), time.process_time()
            done = step()
            figures[name] = {
                "rows/s": round(rows / (time.perf_counter() - wall)),
                "rows/own cpu s": round(rows / (time.process_time() - own)),
            }
            expected = {"check": ("new", rows), "again": ("unchanged", rows)}.get(name)
            if expected and done.counts[expected[0]] != expected[1]:
                raise SystemExit(f"{name}: {done.counts}")
        figures["memory before (MB)"], figures["most memory (MB)"] = before, _megabytes()
    return figures


def _megabytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "erp.settings")
    import django  # noqa: PLC0415

    django.setup()
    from django.db import connection  # noqa: PLC0415

    if len(sys.argv) == 3 and sys.argv[1] == "--measure":
        print(json.dumps(measure(int(sys.argv[2]))))
        return
    sizes = [int(size) for size in sys.argv[1:]] or SIZES
    name = connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        _set_up()
        base = connection.settings_dict
        url = f"sqlite:///{name}"
        if connection.vendor == "mysql":
            who = base["USER"] + (f":{base['PASSWORD']}" if base["PASSWORD"] else "")
            url = f"mysql://{who}@{base['HOST']}:{base['PORT'] or 3306}/{name}"
        for size in sizes:
            subprocess.run(  # noqa: S603
                [sys.executable, __file__, "--measure", str(size)],
                env={**os.environ, "DATABASE_URL": url},
                check=True,
            )
    finally:
        connection.creation.destroy_test_db("", verbosity=0)


def _set_up() -> None:
    from tests import factories  # noqa: PLC0415

    factories.CompanyFactory()
    factories.TaxRateFactory()
    for code in ("piece", "pair", "set", "box"):
        factories.UnitFactory(code=code)
    for code in BRANDS:
        factories.BrandFactory(code=code)


if __name__ == "__main__":
    main()
