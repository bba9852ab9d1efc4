"""``export_data``: the rows of a person's own list, in columns the import reads back."""

import csv
import io
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from audit.models import AuditEntry
from erp.core.models import Company
from erp.core.tables import open_sheets
from imports import services
from imports.exports import exports
from imports.report import as_report
from tests import factories as f
from tests.test_exports import TABLES, answer, client_of

pytestmark = pytest.mark.django_db


def exported(kind: str, *options: str) -> list[list[str]]:
    out = io.StringIO()
    call_command("export_data", kind, *options, stdout=out)
    text = out.getvalue()
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def column(table: list[list[str]], index: int = 0) -> list[str]:
    return [row[index] for row in table[1:]]


@pytest.fixture
def catalogue(company: Company) -> None:
    brand = f.BrandFactory(code="SKF")
    f.ProductFactory(brand=brand, designation="6205-2RS/C3", bore_mm=Decimal("25"), name="球轴承")
    f.ProductFactory(brand=brand, designation="22220 EK", mass_kg=Decimal("4.905"))
    f.ProductFactory(brand=brand, designation="1E5", name="+86, 备用")
    f.ProductFactory(brand=brand, designation="0012345678901234567")
    for make in (f.CustomerFactory, f.SupplierFactory):
        make(name="上海示例轴承有限公司", phone="+86 21 5555 0101", notes="=1+1; -2")
        make(name="Example Bearings GmbH", short_name="Example", tax_id="")


@pytest.mark.parametrize("kind", sorted(exports()))
@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_what_is_exported_is_read_back_unchanged(
    catalogue: None, tmp_path: Path, kind: str, suffix: str, language: str
) -> None:
    f.UserFactory(username="boss", is_superuser=True, language=language)
    path = tmp_path / f"list.{suffix}"
    call_command("export_data", kind, "--output", str(path), "--user", "boss")
    made = services.create_import(kind, path.name, by=None)
    report = as_report(services.check_import(made.pk, path=path, by=None))
    assert report["problems"] == []
    assert report["unchanged"] == report["rows"] > 0


def test_it_holds_the_rows_of_the_user_s_list(company: Company) -> None:
    """EX02: equals the list on the page and its export."""
    seller = f.UserFactory(username="seller", role="sales")
    for _number in range(3):
        f.CustomerFactory(owner=seller)
    f.CustomerFactory(code="FOREIGN")
    mine = exported("customers.customer", "--user", "seller")
    page = client_of(seller).get("/admin/customers/customer/").context["cl"].result_list
    assert column(mine) == [row.code for row in page]
    content = b"".join(answer(seller, "customers.customer").streaming_content)
    assert mine == list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert "FOREIGN" in column(exported("customers.customer"))


def test_a_user_without_the_right_gets_nothing(company: Company) -> None:
    f.UserFactory(username="viewer", rights=["products.view_product"])
    with pytest.raises(CommandError) as refused:
        exported("products", "--user", "viewer")
    assert refused.value.returncode == 1


def test_filters_are_those_of_the_page(catalogue: None) -> None:
    assert len(exported("products", "--filter", "q=6205")) == 2
    for wrong in ("pk__in=1", "nonsense=1"):
        with pytest.raises(CommandError) as refused:
            exported("products", "--filter", wrong)
        assert refused.value.returncode == 2


@pytest.mark.parametrize(
    "options", [("--user", "nobody"), ("--format", "xlsx"), ("--filter", "q"), ("--json",)]
)
def test_wrong_use_is_said(catalogue: None, options: tuple[str, ...]) -> None:
    with pytest.raises(CommandError) as refused:
        exported("products", *options)
    assert refused.value.returncode == 2


def test_it_is_written_into_the_log_and_told(catalogue: None, tmp_path: Path) -> None:
    out, path = io.StringIO(), tmp_path / "products.xlsx"
    call_command("export_data", "products", "--output", str(path), "--json", stdout=out)
    assert json.loads(out.getvalue()) == {"kind": "products", "rows": 4, "file": str(path)}
    assert path.stat().st_mode & 0o077 == 0
    assert list(tmp_path.iterdir()) == [path]
    assert len(list(open_sheets(path)[0].rows())) == 5
    entry: Any = AuditEntry.objects.get(action="list.exported")
    assert (entry.actor, entry.changes["rows"]) == (None, [None, 4])


@pytest.mark.parametrize("label", TABLES)
def test_everything_can_be_exported_without_a_user(company: Company, label: str) -> None:
    assert exported(label)[0]


@pytest.mark.parametrize("kind", ["brands", "sales_orders", "orders.salesorder", "employees"])
def test_every_list_has_a_name(company: Company, kind: str) -> None:
    assert exported(kind)[0]
