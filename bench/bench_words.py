"""Seconds and memory to stream the hot word list of whatever the database holds.

    DATA_DIR=/tmp/bench python bench/bench_words.py

Run it on the scratch database of bench_search.py. The memory is what Python itself allocated at
most while streaming; it must not grow with the number of products.
"""

import json
import os
import statistics
import sys
import time
import tracemalloc
from pathlib import Path

import django

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "erp.settings")
django.setup()

from django.db import connection  # noqa: E402 (needs the settings)

from products import words  # noqa: E402
from products.models import Product  # noqa: E402

RUNS = 3


def main() -> None:
    seconds = []
    for _ in range(RUNS):
        began = time.perf_counter()
        size = sum(map(len, words.lines(words.WORDS)))
        seconds.append(time.perf_counter() - began)
    tracemalloc.start()
    lines = sum(piece.count(b"\n") for piece in words.lines(words.WORDS))
    _now, peak = tracemalloc.get_traced_memory()
    print(
        json.dumps(
            {
                "database": connection.vendor,
                "products": Product.objects.count(),
                "lines": lines,
                "bytes": size,
                "seconds": round(statistics.median(seconds), 2),
                "peak_mb": round(peak / 1e6, 1),
            }
        )
    )


if __name__ == "__main__":
    main()
