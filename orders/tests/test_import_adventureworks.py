"""AdventureWorks as history: an excerpt of its files (tests/data), the whole where it lies."""

import csv
import json
import shutil
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command

from accounts.models import User
from audit.models import AuditEntry
from customers.models import Customer, Supplier
from erp.core.errors import DomainError
from erp.core.models import Company, Period
from erp.core.periods import company_today
from imports.directories import Outcome, directories
from inventory.models import StockBalance, StockMove
from messaging.models import Notification
from orders.models import (
    Delivery,
    PurchaseOrder,
    Receipt,
    SalesOrder,
)
from products.models import PriceFact
from tests import factories
from tests.support import assert_books_ok, chart, person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]
EXCERPT = Path(__file__).parent / "data" / "adventureworks"
WHOLE = Path(settings.BASE_DIR).parent / "shared" / "data" / "orders" / "adventureworks"
Edit = Callable[[dict[str, str]], None]


@pytest.fixture(autouse=True)
def by() -> User:
    chart()
    who = person("historian")
    who.is_superuser = True
    who.save()
    return who


@pytest.fixture
def files(tmp_path: Path) -> Path:
    return Path(shutil.copytree(EXCERPT, tmp_path / "aw"))


def load(directory: Path = EXCERPT, *, check: bool = False) -> Outcome:
    return directories()["adventureworks"](
        directory, check=check, by=person("historian"), tell=lambda *_told: None
    )


def rewrite(directory: Path, name: str, edit: Edit) -> None:
    path = directory / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        edit(row)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def sum_of(name: str, column: str) -> Decimal:
    with (EXCERPT / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return sum((Decimal(row[column]) for row in csv.DictReader(file)), Decimal(0))


# --- what is loaded --------------------------------------------------------------------------


def test_everything_is_loaded_through_the_services_and_the_books_are_right() -> None:
    outcome = load()
    assert outcome.problems == []
    assert PurchaseOrder.objects.count() == outcome.counts["purchase_orders"]["new"] == 5
    assert SalesOrder.objects.filter(status=SalesOrder.Status.DONE).count() == 7
    assert Delivery.objects.filter(status=Delivery.Status.SHIPPED).count() == 7
    assert Receipt.objects.filter(status=Receipt.Status.POSTED).count() == 5
    assert Supplier.objects.filter(currency_id="USD").count() == 5
    assert Customer.objects.filter(code__startswith="AW-S").count() == 3
    assert PriceFact.objects.filter(kind=PriceFact.Kind.COST).count() == 20
    assert_books_ok()


def test_totals_are_those_of_the_files_to_the_cent() -> None:
    told = load().totals
    assert Decimal(told["po_subtotal"]) == round(sum_of("purchase_orders", "subtotal"), 2)
    assert told["po_lines_total"] == told["po_subtotal"]
    assert Decimal(told["sales_subtotal"]) == round(sum_of("sales_orders", "subtotal"), 2)
    assert Decimal(told["sales_tax"]) == round(sum_of("sales_orders", "tax"), 2)
    assert Decimal(told["sales_total_due"]) == round(sum_of("sales_orders", "total_due"), 2)
    assert Decimal(told["qty_stocked"]) == sum_of("purchase_order_lines", "stocked_qty")
    assert Decimal(told["qty_rejected"]) == sum_of("purchase_order_lines", "rejected_qty")
    assert told["po_status_counts"] == {"1": 1, "2": 1, "3": 2, "4": 1}
    assert told["sales_header_vs_lines_mismatch_gt_0.02"] == 0


def test_documents_are_dated_as_in_the_files_and_nobody_is_told() -> None:
    load()
    order = PurchaseOrder.objects.get(partner_reference="AW PO 1")
    assert order.dated_on == date(2022, 4, 15)
    assert str(order.number).startswith("PO-2022-")
    assert Receipt.objects.get(purchase_order=order).dated_on == date(2022, 4, 24)
    sold = SalesOrder.objects.get(partner_reference="AW SO 43701")
    assert (sold.dated_on, sold.requested_on) == (date(2022, 5, 30), date(2022, 6, 11))
    assert Delivery.objects.get(sales_order=sold).dated_on == date(2022, 6, 6)
    assert not Notification.objects.exists()
    assert company_today().year > 2025, "only while history is loaded is it another day"


def test_what_is_complete_expects_no_more_and_what_is_approved_does() -> None:
    load()
    done = PurchaseOrder.objects.get(partner_reference="AW PO 1")
    assert done.status == PurchaseOrder.Status.DONE
    assert done.lines.get().closed_quantity == 1, "three of four came"
    pending = PurchaseOrder.objects.get(partner_reference="AW PO 4004")
    assert [line.closed_quantity for line in pending.lines.all()] == [0] * pending.lines.count()


def test_the_shelves_hold_the_inventory_and_what_sales_need_beyond_it() -> None:
    load()
    opening = StockMove.objects.filter(kind=StockMove.Kind.OPENING)
    assert {move.on for move in opening} == {date(2022, 4, 14)}
    assert sum(move.quantity for move in opening) >= sum_of("inventory", "quantity")
    assert not StockBalance.objects.filter(on_hand__lt=0).exists()


# --- again, and more -------------------------------------------------------------------------


def test_a_second_load_finds_everything_unchanged() -> None:
    first = load()
    moves, entries = StockMove.objects.count(), PriceFact.objects.count()
    again = load()
    assert (again.sum_of("new"), again.sum_of("changed")) == (0, 0)
    assert again.sum_of("unchanged") == first.sum_of("new")
    assert (StockMove.objects.count(), PriceFact.objects.count()) == (moves, entries)
    assert again.totals == first.totals


def test_later_files_go_on_where_the_earlier_ended(files: Path) -> None:
    def not_yet(row: dict[str, str]) -> None:
        if row["po_id"] == "4004":
            row["received_qty"] = row["rejected_qty"] = "0"

    rewrite(files, "purchase_order_lines", not_yet)
    later = [line for line in _lines_of(files, "sales_orders") if not line.startswith("48027")]
    (files / "sales_orders.csv").write_text("\n".join(later) + "\n", encoding="utf-8")
    kept = [line for line in _lines_of(files, "sales_order_lines") if not line.startswith("48027")]
    (files / "sales_order_lines.csv").write_text("\n".join(kept) + "\n", encoding="utf-8")
    load(files)
    assert SalesOrder.objects.count() == 6

    outcome = load()

    assert outcome.counts["sales_orders"] == {"new": 1, "changed": 0, "unchanged": 6}
    assert outcome.counts["purchase_orders"] == {"new": 0, "changed": 1, "unchanged": 4}
    assert Decimal(outcome.totals["qty_stocked"]) == sum_of("purchase_order_lines", "stocked_qty")
    assert_books_ok()


def _lines_of(directory: Path, name: str) -> list[str]:
    return (directory / f"{name}.csv").read_text(encoding="utf-8").splitlines()


# --- what is refused -------------------------------------------------------------------------


def test_a_check_finds_what_the_services_refuse_and_writes_nothing() -> None:
    outcome = load(check=True)
    assert outcome.sum_of("new") > 0
    assert not PurchaseOrder.objects.exists()
    assert not StockMove.objects.exists()
    assert not Supplier.objects.exists()


@pytest.mark.parametrize(
    ("name", "column", "value", "code"),
    [
        ("purchase_order_lines", "order_qty", "0", "bad_value"),
        ("purchase_order_lines", "order_qty", "-4", "bad_value"),
        ("purchase_order_lines", "unit_price", "NaN", "bad_value"),
        ("purchase_order_lines", "product_id", "99999", "unknown_reference"),
        ("purchase_order_lines", "rejected_qty", "1000", "more_rejected_than_received"),
        ("sales_orders", "order_date", "31/05/2022", "bad_value"),
        ("sales_order_lines", "so_id", "1", "unknown_reference"),
        ("products", "product_id", "317", "duplicate"),
        ("vendors", "name", "", "bad_value"),
    ],
)
def test_a_bad_cell_is_told_by_file_row_and_column_and_nothing_is_written(
    files: Path, name: str, column: str, value: str, code: str
) -> None:
    rewrite(files, name, lambda row: row.update({column: value}))
    outcome = load(files)
    told = {(problem.file, problem.column, problem.code) for problem in outcome.problems}
    assert (f"{name}.csv", column, code) in told
    assert all(problem.row >= 2 for problem in outcome.problems)
    assert not Supplier.objects.exists()


def test_a_missing_file_or_column_is_named(files: Path) -> None:
    text = (files / "vendors.csv").read_text(encoding="utf-8").replace("account_number", "account")
    (files / "vendors.csv").write_text(text, encoding="utf-8")
    with pytest.raises(DomainError) as refused:
        load(files)
    assert (refused.value.code, refused.value.field) == ("missing_column", "vendors.csv")
    (files / "vendors.csv").unlink()
    with pytest.raises(DomainError) as refused:
        load(files)
    assert (refused.value.code, refused.value.field) == ("missing_file", "vendors.csv")


def test_a_closed_period_refuses_history_and_leaves_nothing() -> None:
    Period.objects.create(
        area="stock",
        starts_on=date(2022, 6, 1),
        ends_on=date(2022, 6, 30),
        closed_at="2022-07-02T00:00:00Z",
    )
    with pytest.raises(DomainError) as refused:
        load()
    assert refused.value.code == "period_closed"
    assert not PurchaseOrder.objects.exists()
    assert AuditEntry.objects.filter(action="history.load.refused").count() == 1


def test_rates_of_the_companys_currency_are_needed(company: Company) -> None:
    company.currency = factories.CurrencyFactory(code="SEK")
    company.save()
    with pytest.raises(DomainError) as refused:
        load()
    assert refused.value.code == "no_exchange_rate"


# --- the command -----------------------------------------------------------------------------


def test_the_command_prints_counts_and_totals() -> None:
    out = StringIO()
    call_command(
        "import_data", "adventureworks", str(EXCERPT), user="historian", as_json=True, stdout=out
    )
    report: dict[str, Any] = json.loads(out.getvalue())
    assert report["refused"] == 0
    assert report["new"] == report["ok"] > 0
    assert report["totals"]["purchase_orders"] == 5


@pytest.mark.proof
@pytest.mark.skipif(not WHOLE.is_dir(), reason="needs ../shared/data/orders/adventureworks")
def test_the_whole_history_has_the_totals_it_should_have() -> None:
    expected = json.loads((WHOLE / "expected.json").read_text(encoding="utf-8"))
    del expected["last_purchase_price_samples_columns"]  # a remark
    totals = load(WHOLE).totals
    assert {name: totals.get(name) for name in expected} == expected
    assert_books_ok()
