"""Memory does not grow with the file (run by ``make proof``)."""

import tracemalloc
from pathlib import Path

import pytest

from erp.core.models import Company
from imports import services
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.proof]

SMALL, LARGE = 20_000, 100_000
# What the caches of the designation grammar and of SQLite may hold besides.
MOST_GROWTH = 25 * 1024 * 1024


def peak(tmp_path: Path, rows: int) -> int:
    """Check and apply a list; return the most memory Python held above where it began."""
    path = tmp_path / f"{rows}.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write("品牌,型号,名称,单价\n")
        for n in range(rows):
            file.write(f"SKF,{rows}-{n},深沟球轴承,{n % 900 + 1}.50\n")
    tracemalloc.start()
    try:
        made = services.create_import("products", path.name, by=None)
        services.check_import(made.pk, path=path, by=None)
        services.apply_import(made.pk, by=None)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_five_times_the_rows_take_no_more_memory(company: Company, tmp_path: Path) -> None:
    factories.BrandFactory(code="SKF")
    peak(tmp_path, 2000)  # what is loaded once
    small, large = peak(tmp_path, SMALL), peak(tmp_path, LARGE)
    assert large < small + MOST_GROWTH
