"""Copying is a second door: what comes along is decided column by column, nothing slips in."""

import json
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models
from django.utils import timezone

from accounts.models import User
from erp.core.copying import DOCUMENT_RESET, copies, plan_of, plans
from erp.core.periods import company_today
from inventory.services import copy_entry, copy_transfer
from orders.models import PurchaseOrder, PurchaseOrderLine, SalesOrder
from orders.services import copy_purchase_order, copy_sales_order
from products.models import Product
from quotations.models import ProtectedLeave, Quotation, QuotationLine
from quotations.services import copy_quotation, copy_rfq, submit_quotation
from tests import factories as f
from tests.support import assert_books_ok, draft_order, line, refused, sent_purchase, sent_quotation
from tests.test_admin import client_of, url

DOCS = Path(settings.BASE_DIR) / "docs" / "copying.md"

# Documents that are made of others and never by a copy.
MADE_OF_OTHERS = {
    "quotations.Enquiry": "what a customer wrote, once",
    "orders.Delivery": "of its order",
    "orders.Return": "of its delivery",
    "orders.SupplierReturn": "of its receipt",
    "orders.Receipt": "of its purchase order",
    "orders.LandedCost": "of its receipts",
    "finance.Invoice": "of its delivery or receipt",
    "finance.Payment": "money moved once",
}


# --- the plans ---------------------------------------------------------------------------------


@pytest.mark.parametrize("model", plans(), ids=lambda model: model._meta.label)
def test_every_column_is_decided_on_once(model: type[models.Model]) -> None:
    plan = plan_of(model)
    assert plan.undecided() == set(), f"say in its copying.py what becomes of these: {plan.model}"
    assert plan.said_twice() == set()


@pytest.mark.parametrize("model", plans(), ids=lambda model: model._meta.label)
def test_number_status_version_and_progress_never_come_along(model: type[models.Model]) -> None:
    never = {*DOCUMENT_RESET, "dated_on", "created_by", "owner", "approved_by", "approved_at"}
    never |= {one.name for one in model._meta.concrete_fields if "_quantity" in one.name}
    assert never.isdisjoint(plan_of(model).copied)


def test_a_column_nobody_decided_on_is_seen() -> None:
    was = plan_of(QuotationLine)
    try:
        copies(QuotationLine, copied=was.copied[1:], anew=was.anew, reset=was.reset)
        assert plan_of(QuotationLine).undecided() == {was.copied[0]}
    finally:
        copies(QuotationLine, copied=was.copied, anew=was.anew, reset=was.reset)


def test_every_kind_of_document_is_copied_or_says_why_not() -> None:
    kinds = {model._meta.label for model in apps.get_models() if hasattr(model, "number_series")}
    copied = {model._meta.label for model in plans()}
    assert kinds - copied == set(MADE_OF_OTHERS)


def test_the_tables_in_the_docs_are_the_plans() -> None:
    text = DOCS.read_text()
    missing = [plan.as_table() for plan in plans().values() if plan.as_table() not in text]
    assert not missing, "put these lines into docs/copying.md:\n" + "\n".join(missing)


# --- what a copy is ----------------------------------------------------------------------------


def _default(field: Any) -> Any:
    return field.get_default() if field.has_default() else (None if field.null else "")


def _assert_follows_plan(source: Any, made: Any, *, own: tuple[str, ...] = ()) -> None:
    """Every column of a copy is the source's, or as in a new row; ``own`` is asserted apart."""
    plan = plan_of(type(source))
    for name in plan.copied:
        assert getattr(made, name) == getattr(source, name), name
    for name in plan.reset:
        field = source._meta.get_field(name)
        if name in {"id", *own}:
            assert getattr(made, name) != getattr(source, name), name
        else:
            assert getattr(made, name) == _default(field), name


@pytest.fixture
def boss() -> User:
    user: User = f.UserFactory(role="manager")
    return user


@pytest.mark.django_db
def test_a_quotation_is_copied_as_planned(boss: User) -> None:
    source = sent_quotation(line(f.ProductFactory(), 3, "11.30", lead_time_days=9))
    source.notes, source.partner_reference = "call first", "PO 7"
    source.save()
    source.lines.update(partner_wording="轴承 6205")

    made = Quotation.objects.get(pk=copy_quotation(source.pk, by=boss).pk)

    _assert_follows_plan(source, made)
    assert (made.status, made.number, made.owner) == ("draft", None, boss)
    assert made.dated_on == company_today()
    assert made.gross_total == source.gross_total
    for row, copied in zip(source.lines.all(), made.lines.all(), strict=True):
        _assert_follows_plan(row, copied)
        assert copied.gross_amount == row.gross_amount
    assert_books_ok()


@pytest.mark.django_db
def test_a_purchase_order_is_copied_as_planned(boss: User) -> None:
    source = sent_purchase(f.ProductFactory(), 20, "8.00")
    source.notes, source.requested_on = "by rail", date(2026, 1, 1)
    source.save()
    source.lines.update(partner_wording="SKF-6205")

    made = PurchaseOrder.objects.get(pk=copy_purchase_order(source.pk, by=boss).pk)

    _assert_follows_plan(source, made)
    assert (made.status, made.number, made.owner) == ("draft", None, boss)
    for row, copied in zip(source.lines.all(), made.lines.all(), strict=True):
        _assert_follows_plan(row, copied)
    assert_books_ok()


@pytest.mark.django_db
def test_a_sales_order_is_copied_as_planned(boss: User) -> None:
    source = draft_order(line(f.ProductFactory(), 3, "11.30"))
    source.notes, source.partner_reference = "call first", "PO 7"
    source.delivery_address, source.requested_on = "东门", date(2026, 1, 1)
    source.save()
    source.lines.update(partner_wording="轴承 6205", lead_time_days=5)
    source.refresh_from_db()

    made = SalesOrder.objects.get(pk=copy_sales_order(source.pk, by=boss).pk)

    _assert_follows_plan(source, made)
    assert (made.status, made.number, made.owner) == ("draft", None, boss)
    for row, copied in zip(source.lines.all(), made.lines.all(), strict=True):
        _assert_follows_plan(row, copied)
        assert copied.gross_amount == row.gross_amount
    assert_books_ok()


@pytest.mark.django_db
def test_a_transfer_an_entry_and_a_request_are_copied_as_planned(boss: User) -> None:
    made_by: list[tuple[Any, Any]] = [
        (f.TransferFactory(), copy_transfer),
        (f.StockEntryFactory(), copy_entry),
        (f.RfqFactory(), copy_rfq),
    ]
    for source, verb in made_by:
        made = type(source).objects.get(pk=verb(source.pk, by=boss).pk)
        _assert_follows_plan(source, made)
        for row, copied in zip(source.lines.all(), made.lines.all(), strict=True):
            _assert_follows_plan(row, copied)


# --- the second door ---------------------------------------------------------------------------


def _quotation(**more: Any) -> Quotation:
    quotation: Quotation = f.QuotationFactory(**more)
    return quotation


def _archive(product: Product) -> None:
    Product.objects.filter(pk=product.pk).update(archived_at=timezone.now())


@pytest.mark.django_db
def test_an_archived_product_is_refused_or_left_out(boss: User) -> None:
    source = _quotation(lines=2)
    first, second = source.lines.all()
    _archive(first.product)

    with refused("archived_product", field="lines[1].product_id"):
        copy_quotation(source.pk, by=boss)
    made = copy_quotation(source.pk, leave_out_archived=True, by=boss)

    assert [row.product_id for row in made.lines.all()] == [second.product_id]


@pytest.mark.django_db
def test_a_copy_of_nothing_is_refused(boss: User) -> None:
    source = _quotation()
    _archive(source.lines.get().product)
    with refused("nothing_to_copy"):
        copy_quotation(source.pk, leave_out_archived=True, by=boss)


@pytest.mark.django_db
def test_a_product_merged_away_is_copied_as_the_one_it_became(boss: User) -> None:
    source = _quotation()
    kept = f.ProductFactory()
    gone = source.lines.get().product
    Product.objects.filter(pk=gone.pk).update(archived_at=timezone.now(), merged_into=kept)

    made = copy_quotation(source.pk, by=boss)

    assert made.lines.get().product == kept


@pytest.mark.django_db
def test_a_tax_rate_that_has_run_out_is_refused(boss: User) -> None:
    source = _quotation()
    product = source.lines.get().product
    yesterday = company_today() - timedelta(days=1)
    product.tax_rate = f.TaxRateFactory(code="old", rate=Decimal("0.16"), valid_to=yesterday)
    product.save()
    with refused("expired_tax_rate"):
        copy_quotation(source.pk, by=boss)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "code"),
    [({"blocked_reason": "owes"}, "partner_blocked"), ({"archived_at": "now"}, "unknown_customer")],
)
def test_a_blocked_or_archived_customer_gets_no_copy(
    boss: User, change: dict[str, Any], code: str
) -> None:
    source = _quotation()
    for name, value in change.items():
        setattr(source.customer, name, timezone.now() if value == "now" else value)
    source.customer.save()
    with refused(code):
        copy_quotation(source.pk, by=boss)


@pytest.mark.django_db
def test_a_customer_out_of_sight_gets_no_copy() -> None:
    """The quotation stayed with its salesperson, the customer went to another."""
    sales = f.UserFactory(role="sales")
    source = _quotation(owner=sales, customer=f.CustomerFactory(owner=f.UserFactory()))
    with refused("out_of_sight"):
        copy_quotation(source.pk, by=sales)


@pytest.mark.django_db
def test_another_customer_gets_his_own_price_and_not_the_others_wording(boss: User) -> None:
    product = f.ProductFactory()
    source = sent_quotation(line(product, 3, "999.00", partner_wording="甲的叫法"))
    other = f.CustomerFactory()

    made = copy_quotation(source.pk, customer_id=other.pk, by=boss)

    row = made.lines.get()
    assert row.unit_price != Decimal("999.00")
    assert (made.customer, row.partner_wording, made.notes) == (other, "", "")


@pytest.mark.django_db
def test_prices_in_another_currency_are_suggested_anew(boss: User) -> None:
    source = sent_quotation(line(f.ProductFactory(), 3, "999.00"))
    customer = source.customer
    f.ExchangeRateFactory(currency=f.CurrencyFactory(code="USD"), on=company_today())
    customer.currency_id = "USD"
    customer.save()

    made = copy_quotation(source.pk, by=boss)

    assert made.currency_id == "USD"
    assert made.lines.get().unit_price != Decimal("999.00")


@pytest.mark.django_db
def test_leave_for_a_protected_item_is_asked_again() -> None:
    manager, sales = f.UserFactory(role="manager"), f.UserFactory(role="sales")
    source = _quotation(owner=sales, customer=f.CustomerFactory(owner=sales))
    item = f.ProtectedItemFactory(product=source.lines.get().product)
    ProtectedLeave.objects.create(document=source, item=item, allowed_by=manager)

    made = copy_quotation(source.pk, by=sales)

    with refused("protected_item"):
        submit_quotation(made.pk, by=sales)


@pytest.mark.django_db
def test_an_order_in_another_currency_is_not_copied(boss: User) -> None:
    source = f.PurchaseOrderFactory()
    source.supplier.currency = f.CurrencyFactory(code="USD")
    source.supplier.save()
    with refused("currency_changed"):
        copy_purchase_order(source.pk, by=boss)
    assert PurchaseOrderLine.objects.count() == 1


# --- the edges ---------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_button_leads_to_the_copy(boss: User) -> None:
    source = _quotation()
    answer = client_of(boss).post(url(Quotation, "do", source.pk, "copy"), {"version": 1})
    made = Quotation.objects.exclude(pk=source.pk).get()
    assert answer.headers["Location"] == url(Quotation, "change", made.pk)


@pytest.mark.django_db
def test_ticked_documents_are_copied_each_by_itself(boss: User) -> None:
    rows = [_quotation(), _quotation()]
    _archive(rows[0].lines.get().product)
    keys = [row.pk for row in rows]
    data: dict[str, Any] = {"action": "copy", "_selected_action": keys}
    client = client_of(boss)

    asked = client.post(url(Quotation, "changelist"), data)
    seen: dict[str, Any] = {f"seen-{pk}": 1 for pk in keys}
    done = client.post(url(Quotation, "changelist"), data | seen | {"go": keys, "post": "yes"})

    assert [bool(one.against) for one in asked.context["previews"]] == [True, False]
    assert [one.kind for one in done.context["outcomes"]] == ["refused", "done"]
    assert Quotation.objects.count() == 3


@pytest.mark.django_db
def test_without_the_right_to_add_nothing_is_copied() -> None:
    viewer = f.UserFactory(role="accountant")
    source = _quotation()
    answer = client_of(viewer).post(url(Quotation, "do", source.pk, "copy"), {"version": 1})
    assert answer.status_code == 403
    assert Quotation.objects.count() == 1


@pytest.mark.django_db
def test_the_api_copies_for_another_customer_in_sight(boss: User) -> None:
    source, other = _quotation(), f.CustomerFactory()
    client = client_of(boss)
    address = f"/api/v1/quotations/{source.pk}/copy"

    made = client.post(address, json.dumps({"customer_id": other.pk}), "application/json")
    missing = client.post(address, json.dumps({"customer_id": 10**9}), "application/json")

    assert (made.status_code, made.json()["status"]) == (201, "draft")
    assert missing.status_code == 400


@pytest.mark.django_db
def test_the_api_copies_orders_and_tells_no_price(boss: User) -> None:
    client = client_of(boss)
    for source in (draft_order(line(f.ProductFactory())), f.PurchaseOrderFactory()):
        kind = "sales" if isinstance(source, SalesOrder) else "purchase"
        address = f"/api/v1/{kind}-orders/{source.pk}/copy"
        made = client.post(address, "{}", "application/json")
        assert made.status_code == 201
        assert set(made.json()) == {"id", "ref", "status", "version"}
        assert made.json()["status"] == "draft"
