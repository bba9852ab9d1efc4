"""Rows per second and memory of exporting N invented products, as csv and as xlsx.

    DATA_DIR=/tmp/bench python manage.py migrate
    DATA_DIR=/tmp/bench python bench/bench_export.py --products 100000

Run it on MariaDB with DATABASE_URL; a database that holds products of others is refused. Each
export runs in a process of its own: its peak memory is told beside that of an empty list.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import django

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "erp.settings")


def export(kind: str, *filters: str) -> dict[str, float]:
    """Export in this process and tell how it went."""
    django.setup()
    from django.core.management import call_command  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / f"products.{kind}"
        started = time.perf_counter()
        options = [option for one in filters for option in ("--filter", one)]
        call_command("export_data", "products.product", "--output", str(path), *options)
        seconds = time.perf_counter() - started
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        size = path.stat().st_size / 1024 / 1024
    return {"seconds": round(seconds, 2), "peak_mb": round(peak), "file_mb": round(size, 1)}


def apart(*arguments: str) -> dict[str, float]:
    command = [sys.executable, __file__, "--one", *arguments]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603
    answer: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return answer


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--products", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--one", nargs="+", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(export(*options.one)))
        return
    from bench_search import fill  # noqa: PLC0415

    fill(options.products)
    for kind in ("csv", "xlsx"):
        alone = apart(kind, "q=no such designation")
        rounds = [apart(kind) for _round in range(options.rounds)]
        rate = options.products / statistics.median(one["seconds"] for one in rounds)
        peak = max(one["peak_mb"] for one in rounds)
        print(
            f"{kind}: {options.products} rows, {rate:,.0f} rows/s, {rounds[0]['file_mb']} MB,"
            f" peak {peak} MB ({peak - alone['peak_mb']:+.0f} MB over an empty list)"
        )


if __name__ == "__main__":
    main()
