"""Two at once: the same file in two tabs, the same import applied twice (CASES.md IM01)."""

from pathlib import Path

import pytest
from django.db import connection  # noqa: F401 -- the mark below asks it

from erp.core.errors import DomainError
from erp.core.models import Company
from imports import services
from imports.models import Import
from products.models import PriceFact, Product
from tests import factories
from tests.racing import at_once

pytestmark = [
    pytest.mark.mariadb,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        "connection.vendor != 'mysql'", reason="row locks need MariaDB (DATABASE_URL=mysql://…)"
    ),
]
ROWS = 300


@pytest.fixture
def path(company: Company, tmp_path: Path) -> Path:
    factories.BrandFactory(code="SKF")
    path = tmp_path / "list.csv"
    rows = "\n".join(f"SKF,PART-{n},1.5" for n in range(ROWS))
    path.write_text(f"品牌,型号,单价\n{rows}\n", encoding="utf-8")
    return path


def checked(path: Path) -> Import:
    made = services.create_import("products", path.name, by=None)
    return services.check_import(made.pk, path=path, by=None)


def test_the_same_file_twice_at_once_is_written_once(path: Path) -> None:
    imports = [checked(path) for _tab in range(3)]
    applied = at_once(*(lambda pk=of.pk: services.apply_import(pk, by=None) for of in imports))
    assert sorted(of.counts["new"] for of in applied) == [0, 0, ROWS]
    assert sorted(of.counts["unchanged"] for of in applied) == [0, ROWS, ROWS]
    assert Product.objects.count() == PriceFact.objects.count() == ROWS


def test_one_import_applied_twice_at_once_is_applied_once(path: Path) -> None:
    of = checked(path)

    def apply() -> str:
        try:
            return str(services.apply_import(of.pk, by=None).status)
        except DomainError as refusal:
            return refusal.code

    outcomes = at_once(apply, apply, apply)
    assert outcomes.count("applied") == 1
    assert set(outcomes) <= {"applied", "import_running", "invalid_transition"}
    assert Product.objects.count() == PriceFact.objects.count() == ROWS
