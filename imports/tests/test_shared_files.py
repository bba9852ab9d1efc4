"""The messy files of the shared folder come out row by row as their expected.csv says."""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from erp.core.models import Company
from imports import services
from imports.models import Import
from imports.report import as_report
from products.models import Product
from tests import factories

SHARED = Path(settings.BASE_DIR).parent / "shared" / "data"
FILES = sorted((SHARED / "imports").glob("*.expected.csv"))
NOT_DATA = {"not_a_product", "blank"}

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not FILES, reason="../shared is not there"),
]


@pytest.fixture(autouse=True)
def _brands(company: Company) -> None:
    with (SHARED / "bearings" / "brands.csv").open(encoding="utf-8-sig") as file:
        for row in csv.DictReader(file):
            factories.BrandFactory(
                code=row["code"], name_zh=row["name_zh"], aliases=row["aliases"].split("|")
            )
    for code in ("CRAFT", "BBC", "SNFA", "NBS"):
        factories.BrandFactory(code=code)


def expected(path: Path) -> Iterator[tuple[int, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            status = row["status"]
            if status != "ok" and status not in NOT_DATA:
                yield int(row["source_row"]), status


def told(of: Import) -> dict[int, str]:
    """The first thing that is wrong with each row; what is only told is not wrong."""
    found: dict[int, str] = {}
    for problem in as_report(of)["problems"]:
        if problem["code"] != "same_record":
            found.setdefault(problem["row"], problem["code"])
    return found


@pytest.mark.parametrize("answers", FILES, ids=lambda path: path.name.removesuffix(".expected.csv"))
def test_every_row_is_what_the_expected_file_says(answers: Path) -> None:
    path = answers.with_name(answers.name.removesuffix(".expected.csv"))
    if path.name == "products_20k.csv":
        with path.open(encoding="utf-8-sig") as file:
            for name in {row["品牌"] for row in csv.DictReader(file) if row["品牌"]}:
                factories.BrandFactory(code=name)
    made = services.create_import("products", path.name, by=None)
    of = services.check_import(made.pk, path=path, by=None)
    wanted, found = dict(expected(answers)), told(of)
    if set(wanted.values()) & {"duplicate"}:  # this file does not tell their kinds apart
        found = {
            row: code.partition("_")[0] if "duplic" in code else code for row, code in found.items()
        }
    assert found == wanted
    with answers.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    counts = of.counts
    assert counts["not_data"] == sum(row["status"] in NOT_DATA for row in rows)
    assert counts["duplicates"] == sum("duplicate" in status for status in wanted.values())
    assert counts["refused"] == len(wanted) - counts["duplicates"]
    ok = sum(row["status"] == "ok" for row in rows)
    accepted = counts["new"] + counts["changed"] + counts["unchanged"]
    assert accepted == (ok or counts["rows"] - len(wanted))


def test_models_are_stored_as_the_expected_file_writes_them() -> None:
    path = SHARED / "imports" / "supplier_price_list.xlsx"
    made = services.create_import("products", path.name, by=None)
    services.check_import(made.pk, path=path, by=None)
    services.apply_import(made.pk, skip_refused=True, by=None)
    with path.with_name(f"{path.name}.expected.csv").open(encoding="utf-8-sig") as file:
        wanted = {f"{r['brand']} {r['model']}" for r in csv.DictReader(file) if r["status"] == "ok"}
    stored = {f"{p.brand.code} {p.designation}" for p in Product.objects.select_related("brand")}
    assert stored == wanted
