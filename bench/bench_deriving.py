"""Seconds and statements of deriving interchanges over the products of the database.

    DATA_DIR=/tmp/bench python manage.py migrate && DATA_DIR=/tmp/bench python manage.py demo
    DATA_DIR=/tmp/bench python bench/bench_deriving.py

Each run is taken back. The first derives everything, the second finds all of it known.
"""

import argparse
import json
import os
import resource
import statistics
import sys
import time
from pathlib import Path

import django

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "erp.settings")
django.setup()

from django.db import connection, transaction  # noqa: E402 (needs the settings)

from products.models import DERIVED, Derivation, Interchange  # noqa: E402
from products.services import run_derivation, start_derivation  # noqa: E402


def measured() -> dict[str, float]:
    sent = 0

    def count(execute, sql, params, many, context):  # type: ignore[no-untyped-def]
        nonlocal sent
        sent += 1
        return execute(sql, params, many, context)

    began, cpu = time.perf_counter(), time.process_time()
    with connection.execute_wrapper(count):
        run = run_derivation(start_derivation(full=True, queue=False, by=None).pk)
    return {
        "products": run.total,
        "proposals": run.proposed,
        "seconds": time.perf_counter() - began,
        "cpu": time.process_time() - cpu,
        "statements": sent,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    told: dict[str, list[dict[str, float]]] = {"first": [], "again": []}
    for _round in range(rounds):
        with transaction.atomic():
            Derivation.objects.all().delete()
            Interchange.objects.filter(source=DERIVED).delete()
            for runs in told.values():
                runs.append(measured())
            transaction.set_rollback(True)
    for name, runs in told.items():
        medians = {key: round(statistics.median(run[key] for run in runs), 2) for key in runs[0]}
        print(name, json.dumps(medians))
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")


if __name__ == "__main__":
    main()
