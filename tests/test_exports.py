"""Exports of lists (CASES.md EX01, EX02): what a list shows its reader, and nothing more."""

import csv
import io
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from audit.models import AuditEntry
from customers.models import Customer
from erp.core import exporting, lists
from erp.core.admin import ScopedAdmin
from erp.core.exports import BOM, restored
from erp.core.models import Export
from erp.core.uploads import table_of_file
from products.models import Product
from tests import factories as f

pytestmark = pytest.mark.django_db
LIVE = ["=1+1", "==1", "+1", "-1", "@x", "\t=1", "＝1", "＋1", "－1", "＠x", " =1", "'=1"]
TABLES = sorted(
    model._meta.label_lower
    for model, model_admin in admin.site._registry.items()
    if isinstance(model_admin, ScopedAdmin)
)


@pytest.fixture(autouse=True)
def _media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def everything() -> Any:
    user = f.UserFactory(language="en")
    user.user_permissions.set(Permission.objects.all())
    return user


def client_of(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def answer(
    user: Any, label: str, kind: str = "csv", query: str = "", client: Client | None = None
) -> Any:
    path = f"/admin/{label.replace('.', '/')}/export/"
    return (client or client_of(user)).post(f"{path}?{query}", {"format": kind})


def content_of(response: Any) -> str:
    pieces = response.streaming_content if response.streaming else [response.content]
    return b"".join(pieces).decode()


def rows_of(response: Any) -> list[list[str]]:
    content = b"".join(response.streaming_content)
    assert content.startswith(BOM)
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def records_of(response: Any) -> list[dict[str, str]]:
    header, *rows = rows_of(response)
    return [dict(zip(header, row, strict=True)) for row in rows]


def sheet_of(response: Any) -> Any:
    return load_workbook(io.BytesIO(b"".join(response.streaming_content))).worksheets[0]


# --- every list ------------------------------------------------------------------------------


@pytest.mark.parametrize("label", TABLES)
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_every_list_can_be_exported(everything: Any, label: str, kind: str) -> None:
    response = answer(everything, label, kind)
    assert response.status_code == 200
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Disposition"].startswith("attachment; filename=")
    assert response.headers["Content-Disposition"].endswith(f".{kind}")
    table = table_of_file(f"a.{kind}", b"".join(response.streaming_content))
    assert len(table[0]) == len(set(table[0]))
    assert AuditEntry.objects.get(action="list.exported").object_type == label


@pytest.mark.parametrize("label", TABLES)
def test_no_secret_is_exported(everything: Any, label: str) -> None:
    header = rows_of(answer(everything, label))[0]
    assert not [name for name in header if "password" in name.lower() or "SHA" in name]


def test_queries_do_not_grow_with_the_rows(everything: Any, monkeypatch: Any) -> None:
    """Labels and documents are looked up by the chunk."""
    from tests.test_admin import _rows  # noqa: PLC0415

    client = client_of(everything)

    def asked() -> dict[str, list[str]]:
        statements = {}
        for label in TABLES:
            answer(everything, label, client=client)  # content types are remembered after this
            with CaptureQueriesContext(connection) as queries:
                assert answer(everything, label, client=client).status_code == 200
            statements[label] = [query["sql"] for query in queries]
        return statements

    for number in range(3):
        _rows(number)
    few = asked()
    for number in range(3, 12):
        _rows(number)
    many = asked()
    more = {
        label: (few[label], many[label]) for label in TABLES if len(many[label]) > len(few[label])
    }
    assert more == {}


# --- what a reader gets ----------------------------------------------------------------------


def test_values_are_words_and_numbers(everything: Any) -> None:
    product = f.ProductFactory(
        designation="6205", bore_mm=Decimal("25.000"), name="ball", unit=f.UnitFactory(code="piece")
    )
    (record,) = records_of(answer(everything, "products.product", query="o="))
    assert record["Brand"] == product.brand.code
    assert record["Designation"] == "6205"
    assert record["Status"] == "active"
    assert record["Bore d (mm)"] == "25.000"
    sheet = sheet_of(answer(everything, "products.product", "xlsx"))
    header = [cell.value for cell in sheet[1]]
    bore = sheet[2][header.index("Bore d (mm)")]
    assert (bore.value, bore.data_type, bore.number_format) == (25, "n", "0.000")
    assert sheet.title == "Products"


def test_headers_and_labels_are_in_the_reader_s_language(everything: Any) -> None:
    f.ProductFactory()
    everything.language = "zh-hans"
    everything.save()
    (record,) = records_of(answer(everything, "products.product"))
    assert record["型号"]
    assert record["状态"] == "在产"


def test_dates_and_truths(everything: Any) -> None:
    f.InterchangeFactory(one_way=True)
    (record,) = records_of(answer(everything, "products.interchange"))
    assert record["One way"] == "yes"
    f.ExchangeRateFactory()
    sheet = sheet_of(answer(everything, "core.exchangerate", "xlsx"))
    header = [cell.value for cell in sheet[1]]
    assert sheet[2][header.index("Date")].is_date


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_could_run_is_neutralised_and_read_back_equal(everything: Any, kind: str) -> None:
    """EX01: values; a customer named ``=cmd|…``."""
    for text in LIVE:
        f.CustomerFactory(name=text)
    content = b"".join(answer(everything, "customers.customer", kind).streaming_content)
    if kind == "csv":
        text = content.decode("utf-8-sig")
        header, *rows = csv.reader(io.StringIO(text, newline=""))
    else:
        sheet = load_workbook(io.BytesIO(content)).worksheets[0]
        header, *rows = ([cell.value for cell in row] for row in sheet.iter_rows())
        assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n", "b"}
    names = [row[header.index("Name")] for row in rows]
    assert all(name.startswith("'") for name in names)
    assert sorted(map(restored, names)) == sorted(LIVE)


def test_a_negative_number_stays_a_number(everything: Any) -> None:
    """EX01."""
    f.StockMoveFactory(unit_cost=Decimal(-5), value=Decimal(0))
    sheet = sheet_of(answer(everything, "inventory.stockmove", "xlsx"))
    header = [cell.value for cell in sheet[1]]
    cost = sheet[2][[name.lower() for name in header].index("unit cost")]
    assert (cost.data_type, cost.value) == ("n", -5)


# --- rows and columns a person may see -------------------------------------------------------


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_salesperson_gets_the_own_list(kind: str) -> None:
    """EX02: another's customers are absent; the file equals the list."""
    seller = f.UserFactory(role="sales")
    for _number in range(3):
        f.CustomerFactory(owner=seller)
    f.CustomerFactory(name="另一人的客户")
    content = b"".join(answer(seller, "customers.customer", kind).streaming_content)
    table = table_of_file(f"a.{kind}", content)
    listed = client_of(seller).get("/admin/customers/customer/").context["cl"].result_list
    assert [row[0] for row in table[1:]] == [row.code for row in listed]
    assert "另一人" not in str(table)


@pytest.mark.parametrize("query", ["fields=unit_cost", "format=json", "columns=unit_cost", "o=1"])
def test_cost_is_not_to_be_had_by_asking(query: str) -> None:
    """EX02."""
    f.StockMoveFactory(unit_cost=Decimal("7.77"))
    view = ["inventory.view_stockmove", "core.add_export"]
    without = answer(f.UserFactory(rights=view), "inventory.stockmove", query=query)
    with_cost = answer(f.UserFactory(rights=[*view, "products.view_cost"]), "inventory.stockmove")
    assert "7.77" not in content_of(without)
    assert "7.77" in content_of(with_cost)


@pytest.mark.parametrize("label", ["orders.purchaseorder", "orders.receipt", "products.pricefact"])
def test_buying_amounts_are_cost(label: str) -> None:
    """EX02: neither in the list's columns nor in those of the page."""
    secret = Decimal("4321.98")
    totals = {"net_total": secret, "tax_total": 0, "gross_total": secret}
    f.PriceFactFactory(kind="purchase", customer=None, net_unit_price=secret)
    for row in (f.PurchaseOrderFactory(), f.ReceiptFactory()):
        type(row)._default_manager.filter(pk=row.pk).update(**totals)
    app, model = label.split(".")
    view = [f"{app}.view_{model}", "core.add_export"]
    if model != "pricefact":
        view.append(f"{app}.view_all_{model}")
    blind = b"".join(answer(f.UserFactory(rights=view), label).streaming_content)
    told = answer(f.UserFactory(rights=[*view, "products.view_cost"]), label).streaming_content
    assert b"4321.98" not in blind
    assert b"4321.98" in b"".join(told)


def test_without_the_right_nothing_is_exported() -> None:
    viewer = f.UserFactory(rights=["products.view_product"])
    exporter = f.UserFactory(rights=["core.add_export"])
    assert answer(viewer, "products.product").status_code == 403
    assert answer(exporter, "products.product").status_code == 403
    assert b"erp-export" not in client_of(viewer).get("/admin/products/product/").content
    assert not AuditEntry.objects.filter(action="list.exported").exists()


def test_a_list_is_not_exported_by_a_link(everything: Any) -> None:
    client = client_of(everything)
    assert client.get("/admin/products/product/export/?format=csv").status_code == 405
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(everything)
    assert strict.post("/admin/products/product/export/", {"format": "csv"}).status_code == 403


# --- filter, search, order -------------------------------------------------------------------


def test_filter_search_and_order_of_the_page_hold(everything: Any) -> None:
    for number in range(5):
        f.ProductFactory(designation=f"620{number}", status="active" if number else "discontinued")
    f.ProductFactory(designation="NU208")
    Product.objects.filter(designation="6203").update(archived_at=timezone.now())
    query = "q=62&status__exact=active"
    found = [
        row["Designation"]
        for row in records_of(answer(everything, "products.product", query=query))
    ]
    assert found == ["6201", "6202", "6204"]
    entry = AuditEntry.objects.get(action="list.exported")
    assert entry.changes["rows"] == [None, 3]
    assert "status__exact=active" in entry.changes["filter"][1]
    assert entry.actor == everything


def test_the_order_of_the_page_holds_over_chunks(everything: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(lists, "CHUNK_ROWS", 2)
    names = [
        f.CustomerFactory(code=code, name=code).code for code in ("C3", "C1", "C5", "C2", "C4")
    ]
    up = [row["Code"] for row in records_of(answer(everything, "customers.customer"))]
    assert up == sorted(names)
    index = 2  # the second column, downwards
    down = answer(everything, "customers.customer", query=f"o=-{index}")
    assert [row["Code"] for row in records_of(down)] == sorted(names, reverse=True)
    for designation in ("A1", "A3", "A2"):
        f.ProductFactory(designation=designation)
    products = records_of(answer(everything, "products.product"))
    assert [row["Designation"] for row in products] == ["A1", "A3", "A2"]


@pytest.mark.parametrize("query", ["owner__password__startswith=a", "pk__in=1", "e=1&x=1"])
def test_a_filter_the_list_does_not_offer_is_refused(everything: Any, query: str) -> None:
    assert answer(everything, "customers.customer", query=query).status_code == 400


def test_an_unknown_format_is_refused(everything: Any) -> None:
    response = answer(everything, "customers.customer", "json")
    assert response.status_code == 302
    assert not AuditEntry.objects.filter(action="list.exported").exists()


def test_too_long_a_list_is_refused(everything: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(exporting, "MOST_ROWS", 1)
    f.ProductFactory()
    f.ProductFactory()
    response = answer(everything, "products.product", query="status__exact=active")
    assert response.headers["Location"] == "/admin/products/product/?status__exact=active"
    assert not Export.objects.exists()


def test_the_page_of_sales_orders_exports_its_own_list() -> None:
    """By the page's filter, own rows only."""
    seller = f.UserFactory(role="sales", language="en")
    mine = f.SalesOrderFactory(owner=seller, customer__owner=seller, customer__name="客户甲")
    f.SalesOrderFactory(owner=seller, customer__owner=seller, customer__name="客户乙")
    f.SalesOrderFactory(customer__name="客户甲二")
    client = client_of(seller)
    response = client.post("/sales-orders/export/?customer=甲&status=draft", {"format": "csv"})
    (record,) = records_of(response)
    assert record["Number"] == mine.ref
    assert "客户甲" in record["Customer"]
    assert not {"Cost", "Margin"} & set(record)
    assert "Excel" in client.get("/sales-orders/").content.decode()
    assert client.post("/sales-orders/export/", {"format": "pdf"}).status_code == 302


def test_the_sales_page_exports_its_own_list() -> None:
    """EX02: by the page's filter, own rows only."""
    seller = f.UserFactory(role="sales", language="en")
    mine = f.QuotationFactory(owner=seller, customer__owner=seller, customer__name="客户甲")
    f.QuotationFactory(owner=seller, customer__owner=seller, customer__name="客户乙")
    f.QuotationFactory(customer__name="客户甲二")
    client = client_of(seller)
    response = client.post("/quotations/export/?customer=甲&status=draft", {"format": "csv"})
    (record,) = records_of(response)
    assert record["Number"] == mine.ref
    assert "客户甲" in record["Customer"]
    assert "Excel" in client.get("/quotations/").content.decode()
    assert client.post("/quotations/export/", {"format": "pdf"}).status_code == 302


# --- long ones -------------------------------------------------------------------------------


@pytest.fixture
def long_export(monkeypatch: Any) -> Export:
    """A queued export of a seller's two customers; a colleague's third is out of sight."""
    monkeypatch.setattr(exporting, "DIRECT_ROWS", 1)
    seller = f.UserFactory(role="sales", language="en")
    f.CustomerFactory(owner=seller, name="first")
    f.CustomerFactory(owner=seller, name="second")
    f.CustomerFactory(name="foreign")
    response = answer(seller, "customers.customer", "xlsx", "q=")
    assert response.headers["Location"] == "/exports/"
    return Export.objects.get()


def test_a_long_export_is_written_for_its_owner(long_export: Export) -> None:
    exporting.write_export(long_export.pk)
    long_export.refresh_from_db()
    owner = client_of(long_export.owner)
    assert (long_export.status, long_export.total) == ("done", 2)
    assert "Download" in owner.get("/exports/").content.decode()
    sheet = sheet_of(owner.get(f"/exports/{long_export.pk}/file/"))
    assert {row[1].value for row in sheet.iter_rows(min_row=2)} == {"first", "second"}
    entry = AuditEntry.objects.get(action="list.exported")
    assert (entry.actor, entry.changes["rows"]) == (long_export.owner, [None, 2])


def test_nobody_else_fetches_it(long_export: Export, everything: Any) -> None:
    exporting.write_export(long_export.pk)
    path = f"/exports/{long_export.pk}/file/"
    root = f.UserFactory(is_superuser=True)
    for other in (everything, root, f.UserFactory(role="sales")):
        assert client_of(other).get(path).status_code == 404
        assert long_export.title not in client_of(other).get("/exports/").content.decode()
    assert Client().get(path).status_code == 302


def test_rights_count_when_it_is_written(long_export: Export) -> None:
    """Handed over between asking and writing: the rows are gone; without the right nothing is."""
    Customer.objects.filter(name="first").update(owner=f.UserFactory())
    exporting.write_export(long_export.pk)
    long_export.refresh_from_db()
    assert long_export.total == 1


def test_a_right_taken_away_stops_it(long_export: Export) -> None:
    long_export.owner.groups.clear()
    exporting.write_export(long_export.pk)
    long_export.refresh_from_db()
    assert (long_export.status, long_export.file.name) == ("failed", "")


def test_it_is_written_once(long_export: Export) -> None:
    exporting.write_export(long_export.pk)
    written = Export.objects.get().file.name
    exporting.write_export(long_export.pk)
    assert Export.objects.get().file.name == written


def test_what_a_dead_writer_left_is_taken_over(long_export: Export) -> None:
    rows = Export.objects.filter(pk=long_export.pk)
    rows.update(status="running", heard_at=timezone.now())
    exporting.write_export(long_export.pk)
    assert Export.objects.get().status == "running"  # still at work
    rows.update(heard_at=timezone.now() - timedelta(minutes=6))
    exporting.write_export(long_export.pk)
    assert Export.objects.get().status == "done"


def test_files_go_after_a_day(long_export: Export) -> None:
    exporting.write_export(long_export.pk)
    stored = str(Export.objects.get().file)
    exporting.purge_exports()
    assert default_storage.exists(stored)
    Export.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    exporting.purge_exports()
    assert not default_storage.exists(stored)
    assert not Export.objects.exists()


def test_a_person_has_few_under_way(long_export: Export) -> None:
    for _number in range(exporting.MOST_OPEN + 1):
        answer(long_export.owner, "customers.customer")
    assert Export.objects.count() == exporting.MOST_OPEN


def test_progress_is_shown_while_it_is_written(long_export: Export) -> None:
    Export.objects.update(status="running", done=50, total=100)
    page = client_of(long_export.owner).get("/exports/").content.decode()
    assert 'value="50"' in page
    assert "every 2s" in page


def test_the_file_is_handed_to_nginx_where_it_stands_in_front(
    long_export: Export, settings: Any
) -> None:
    exporting.write_export(long_export.pk)
    settings.X_ACCEL_PREFIX = "/protected/"
    response = client_of(long_export.owner).get(f"/exports/{long_export.pk}/file/")
    stored = Export.objects.get().file.name
    assert response.headers["X-Accel-Redirect"] == f"/protected/{stored}"
    assert response.content == b""
