"""``export_data``: the rows of a person's own list, in columns the import reads back."""

import csv
import io
import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command

from audit.models import AuditEntry
from erp.core.models import Company
from erp.core.tables import open_sheets
from finance.services.opening import OpenItem, open_items
from imports import services
from imports.exports import exports
from imports.kinds import kinds
from imports.report import as_report
from products.models import Product
from tests import factories as f
from tests.support import chart, stock
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
    f.ProductFactory(brand=brand, designation="0012345678901234567", name="=old; @store")
    for make in (f.CustomerFactory, f.SupplierFactory):
        make(name="上海示例轴承有限公司", phone="+86 21 5555 0101", notes="=1+1; -2")
        make(name="Example Bearings GmbH", short_name="Example", tax_id="")


@pytest.fixture
def everything(catalogue: None) -> None:
    """Rows of every kind of import, each with what its import might stumble over."""
    chart()
    skf, plain, *_others = Product.objects.order_by("pk")
    nsk = f.BrandFactory(code="N/S", name_zh="恩斯克", aliases=["-N S", "日本精工"])
    other = f.ProductFactory(brand=nsk, designation="6205 DDU C3")
    f.InterchangeFactory(
        from_product=skf, to_product=other, source="=list of 2025", valid_until=date(2027, 2, 3)
    )
    supplier = f.SupplierFactory(code="-S1")
    for on, price in ((date(2026, 1, 5), "12.345678"), (date(2026, 3, 5), "12.5")):
        for of in ({"supplier": supplier, "kind": "rfq"}, {"kind": "list"}):
            f.PriceFactFactory(product=skf, on=on, net_unit_price=Decimal(price), **of)
    f.PriceFactFactory(product=plain, kind="list", net_unit_price=Decimal("1265.25"))
    f.PriceFactFactory(product=plain, kind="sale", net_unit_price=Decimal(3))
    worker = f.UserFactory(username="worker", role="sales", employee_number="007")
    worker.groups.add(Group.objects.get_or_create(name="storekeeper")[0])
    f.UserFactory(username="1E5", title="-", department=f.DepartmentFactory(name="+仓"))
    stock(skf, 1000, "80.00")
    stock(plain, "0.5", "80.00")
    for reference in ("PO/10/1", "PO", "A//B", "1234567890/1234567890/1234567890/12345/6"):
        f.InboundFactory(product=skf, reference=reference, source_type="imports.import")
    f.InboundFactory(product=skf, reference="", confirmed_on=None)
    customer = f.CustomerFactory(code="00K1", name="=Odd & Co")
    open_items(
        [
            OpenItem(partner, number, date(2026, 3, 4), date(2026, 5, 6), Decimal("1265.5"), "CNY")
            for partner, number in ((customer, "期初"), (customer, "0012"), (supplier, "-7"))
        ],
        on=date(2026, 9, 1),
        by=None,
    )


@pytest.mark.parametrize("kind", sorted(exports()))
@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_what_is_exported_is_read_back_unchanged(
    everything: None, tmp_path: Path, kind: str, suffix: str, language: str
) -> None:
    f.UserFactory(username="boss", is_superuser=True, language=language)
    path = tmp_path / f"list.{suffix}"
    call_command("export_data", kind, "--output", str(path), "--user", "boss")
    made = services.create_import(kind, path.name, by=None)
    report = as_report(services.check_import(made.pk, path=path, by=None))
    assert report["problems"] == []
    assert report["unchanged"] == report["rows"] > 0


def test_every_kind_is_exported_as_it_is_imported() -> None:
    assert {name for name in kinds() if name != "names"} == set(exports())


def test_of_prices_the_newest_of_each_identity_is_exported(everything: None) -> None:
    table = exported("prices")
    assert sorted(column(table, 2)) == ["12.500000", "12.500000", "1265.250000"]
    assert sorted(column(table, 4)) == ["", "", "'-S1"]


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
