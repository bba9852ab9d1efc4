"""Buying: a purchase order approved by another, its goods inbound, received in parts."""
# mypy: disable-error-code="comparison-overlap"
# (a Decimal and the same whole number are equal)

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from erp.core.periods import company_today
from finance.ledger import Role, account_balance
from inventory.models import Bin, Inbound, StockBalance, StockMove, StockValue
from inventory.services import inbound_by_product
from messaging.models import Notification
from orders import services
from orders.models import PurchaseOrder, PurchaseOrderLine, Receipt
from orders.services import PurchaseLineInput
from products.models import PriceFact
from tests import factories
from tests.support import (
    actions,
    assert_books_ok,
    buyer,
    chart,
    counted_receipt,
    draft_order,
    keeper,
    main_bin,
    main_warehouse,
    manager,
    posted_receipt,
    refused,
    sent_purchase,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]


def draft_purchase(*lines: PurchaseLineInput, **more: Any) -> PurchaseOrder:
    entered = lines or (
        PurchaseLineInput(factories.ProductFactory().pk, Decimal(20), Decimal("8.00")),
    )
    supplier = more.pop("supplier", None) or factories.SupplierFactory(owner=buyer())
    return services.create_purchase_order(
        supplier.pk, entered, warehouse_id=main_warehouse().pk, by=buyer(), **more
    )


# --- the order ---------------------------------------------------------------------------------


def test_a_purchase_is_priced_without_tax_unless_said_otherwise() -> None:
    product = factories.ProductFactory()
    order = draft_purchase(
        PurchaseLineInput(product.pk, Decimal(20), Decimal("8.00")),
        PurchaseLineInput(product.pk, Decimal(3), Decimal("9.99"), price_includes_tax=True),
    )
    amounts = [(row.net_amount, row.tax_amount) for row in order.lines.all()]
    assert amounts == [
        (Decimal("160.00"), Decimal("20.80")),
        (Decimal("26.52"), Decimal("3.45")),
    ]
    assert order.gross_total == Decimal("210.77")
    assert (order.status, order.number) == ("draft", None)
    assert actions(order) == ["purchase_order.created"]
    assert_books_ok()


def test_a_purchase_line_can_be_bound_to_a_sales_order_line() -> None:
    sold = draft_order().lines.get()
    order = draft_purchase(
        PurchaseLineInput(sold.product_id, Decimal(10), Decimal(8), source_line_id=sold.pk)
    )
    assert order.lines.get().source_line == sold


@pytest.mark.parametrize(
    ("code", "field", "change"),
    [
        ("unknown_product", "lines[1].product_id", {"product_id": 10**9}),
        ("bad_quantity", "lines[1].quantity", {"quantity": Decimal(-1)}),
        ("bad_quantity", "lines[1].quantity", {"quantity": Decimal("1e30")}),
        ("bad_price", "lines[1].unit_price", {"unit_price": Decimal(-1)}),
        ("unknown_source_line", "lines[1].source_line_id", {"source_line_id": 10**9}),
    ],
)
def test_a_wrong_line_is_named(code: str, field: str, change: dict[str, Any]) -> None:
    fine = {"product_id": factories.ProductFactory().pk, "quantity": Decimal(1)}
    supplier = factories.SupplierFactory(owner=buyer())
    main_warehouse()
    entered = PurchaseLineInput(**{**fine, "unit_price": Decimal(1), **change})
    with refused(code, field=field):
        draft_purchase(entered, supplier=supplier)


def test_without_lines_supplier_warehouse_or_rate_nothing_is_drafted() -> None:
    supplier, by = factories.SupplierFactory(owner=buyer()), buyer()
    foreign = factories.SupplierFactory(owner=by, currency=factories.CurrencyFactory(code="EUR"))
    entered = [PurchaseLineInput(factories.ProductFactory().pk, Decimal(1), Decimal(1))]
    place = main_warehouse().pk
    for code, partner, lines, warehouse in [
        ("empty_order", supplier.pk, [], place),
        ("unknown_supplier", 10**9, entered, place),
        ("no_warehouse", supplier.pk, entered, 10**9),
        ("no_exchange_rate", foreign.pk, entered, place),
    ]:
        with refused(code):
            services.create_purchase_order(partner, lines, warehouse_id=warehouse, by=by)


def test_nobody_approves_his_own_purchase() -> None:
    order = draft_purchase()
    services.submit_purchase_order(order.pk, by=buyer())
    with refused("own_document"):
        services.approve_purchase_order(order.pk, by=buyer())


def test_with_the_right_to_it_one_may_approve_one_s_own_purchase() -> None:
    by = factories.UserFactory(rights=["orders.approve_own_purchaseorder"])
    order = factories.PurchaseOrderFactory(owner=by, status="submitted")
    assert services.approve_purchase_order(order.pk, by=by).status == "approved"


def test_a_refused_purchase_is_a_draft_again() -> None:
    order = draft_purchase()
    services.submit_purchase_order(order.pk, by=buyer())
    assert services.refuse_purchase_order(order.pk, by=manager()).status == "draft"
    assert Notification.objects.filter(kind="purchase_order.refused", recipient=buyer()).exists()


def test_what_is_sent_is_inbound() -> None:
    product = factories.ProductFactory()
    order = sent_purchase(product, 20)

    assert order.number == f"PO-{company_today().year}-000001"
    assert order.partner_snapshot["code"] == order.supplier.code
    expected = Inbound.objects.get()
    assert (expected.product, expected.quantity) == (product, 20)
    assert (expected.source_type, expected.source_id) == ("orders.purchaseorder", order.pk)
    assert_books_ok()


def test_the_day_it_is_wanted_is_known_to_the_warehouse() -> None:
    order = draft_purchase(requested_on=date(2026, 12, 24))
    services.submit_purchase_order(order.pk, by=buyer())
    services.approve_purchase_order(order.pk, by=manager())
    assert not Inbound.objects.exists()
    services.send_purchase_order(order.pk, by=buyer())
    assert Inbound.objects.get().requested_on == date(2026, 12, 24)


def test_what_is_cancelled_is_not_inbound_any_more() -> None:
    order = sent_purchase(factories.ProductFactory())
    services.confirm_purchase_order(order.pk, by=buyer())
    services.cancel_purchase_order(order.pk, by=buyer(), reason="too late")
    assert not Inbound.objects.exists()
    assert actions(order)[-1] == "purchase_order.cancelled"
    assert_books_ok()


def test_an_order_with_a_receipt_is_not_cancelled() -> None:
    order = sent_purchase(factories.ProductFactory())
    counted_receipt(order)
    with refused("has_receipts"):
        services.cancel_purchase_order(order.pk, by=buyer())


ORDER_VERBS = {
    "submit": (services.submit_purchase_order, {"draft"}),
    "approve": (services.approve_purchase_order, {"submitted"}),
    "refuse": (services.refuse_purchase_order, {"submitted"}),
    "send": (services.send_purchase_order, {"approved"}),
    "confirm": (services.confirm_purchase_order, {"sent"}),
    "cancel": (
        services.cancel_purchase_order,
        {"draft", "submitted", "approved", "sent", "confirmed"},
    ),
}


@pytest.mark.parametrize(
    ("verb", "status"),
    [
        (verb, status)
        for verb, (_service, starts) in ORDER_VERBS.items()
        for status in PurchaseOrder.Status.values
        if status not in starts
    ],
)
def test_a_move_that_is_not_drawn_is_refused(verb: str, status: str) -> None:
    order = factories.PurchaseOrderFactory(status=status)
    by = manager()
    with refused("invalid_transition"):
        ORDER_VERBS[verb][0](order.pk, by=by)


# --- the receipt -------------------------------------------------------------------------------


def test_posting_a_receipt_raises_stock_cost_and_the_accrual() -> None:
    product = factories.ProductFactory()
    order = sent_purchase(product, 20, "8.00")

    receipt = posted_receipt(order)

    assert (receipt.status, receipt.number) == ("posted", f"GR-{company_today().year}-000001")
    assert StockBalance.objects.get(product=product).on_hand == 20
    assert StockValue.objects.get(product=product).value == Decimal("160.00")
    assert account_balance(Role.RECEIVED_NOT_INVOICED) == Decimal("-160.00")
    order.refresh_from_db()
    assert (order.status, order.lines.get().received_quantity) == ("done", 20)
    assert not Inbound.objects.exists()
    assert actions(receipt) == ["receipt.created", "receipt.counted", "receipt.posted"]
    assert_books_ok()


def test_posting_records_the_price_paid() -> None:
    product = factories.ProductFactory()
    receipt = posted_receipt(sent_purchase(product, 20, "8.00"))
    fact = PriceFact.objects.get()
    assert (fact.kind, fact.supplier, fact.net_unit_price) == (
        "purchase",
        receipt.supplier,
        Decimal("8.000000"),
    )


def test_a_partial_receipt_leaves_the_rest_inbound() -> None:
    product = factories.ProductFactory()
    order = sent_purchase(product, 20)

    posted_receipt(order, 15)
    order.refresh_from_db()
    assert order.status == "partly_received"
    assert inbound_by_product([product.pk]) == {product.pk: Decimal(5)}
    assert_books_ok()

    posted_receipt(order)
    order.refresh_from_db()
    assert order.status == "done"
    assert inbound_by_product([product.pk]) == {}
    assert StockBalance.objects.get(product=product).on_hand == 20
    assert_books_ok()


def test_goods_bought_in_another_currency_are_valued_in_ours() -> None:
    eur = factories.CurrencyFactory(code="EUR")
    factories.ExchangeRateFactory(currency=eur, on=company_today(), rate=Decimal("7.8123"))
    supplier = factories.SupplierFactory(owner=buyer(), currency=eur)
    posted_receipt(sent_purchase(factories.ProductFactory(), 3, "10.00", supplier=supplier))
    assert StockMove.objects.get().value == Decimal("234.37")  # 30.00 EUR
    assert PriceFact.objects.get().currency == eur
    assert_books_ok()


def test_more_than_is_open_is_not_received() -> None:
    order = sent_purchase(factories.ProductFactory(), 20)
    first, second = counted_receipt(order), counted_receipt(order, 1)
    chart()
    services.post_receipt(first.pk, by=keeper())
    with refused("over_receipt", field="lines[1].quantity"):
        services.post_receipt(second.pk, by=keeper())


def test_a_counted_quantity_above_the_order_is_refused_when_posted() -> None:
    order = sent_purchase(factories.ProductFactory(), 20)
    receipt = counted_receipt(order, "20.001")
    with refused("over_receipt"):
        services.post_receipt(receipt.pk, by=keeper())


def test_the_wrong_bin_line_or_quantity_is_refused() -> None:
    order, by = sent_purchase(factories.ProductFactory(), 20), keeper()
    row = PurchaseOrderLine.objects.get()
    east = Bin.objects.get(warehouse__code="EAST")
    for code, place, quantities in [
        ("unknown_bin", 10**9, None),
        ("unknown_bin", east.pk, None),
        ("unknown_line", main_bin().pk, {10**9: Decimal(1)}),
        ("bad_quantity", main_bin().pk, {row.pk: Decimal(-1)}),
        ("nothing_to_receive", main_bin().pk, {row.pk: Decimal(0)}),
        ("nothing_to_receive", main_bin().pk, {}),
    ]:
        with refused(code):
            services.create_receipt(order.pk, bin_id=place, quantities=quantities, by=by)


@pytest.mark.parametrize("area", ["stock", "finance"])
def test_in_a_closed_period_nothing_is_received(area: str) -> None:
    chart()
    receipt = counted_receipt(sent_purchase(factories.ProductFactory()))
    today = company_today()
    factories.PeriodFactory(area=area, starts_on=today, ends_on=today, closed_at=timezone.now())
    with refused("period_closed"):
        services.post_receipt(receipt.pk, by=keeper())


@pytest.mark.parametrize(
    "status",
    [s for s in PurchaseOrder.Status.values if s not in {"sent", "confirmed", "partly_received"}],
)
def test_only_an_open_order_is_received(status: str) -> None:
    order = factories.PurchaseOrderFactory(status=status)
    place, by = main_bin(), keeper()
    with refused("order_not_open"):
        services.create_receipt(order.pk, bin_id=place.pk, by=by)


RECEIPT_VERBS = {
    "count": (services.count_receipt, {"draft"}),
    "post": (services.post_receipt, {"counted"}),
}


@pytest.mark.parametrize(
    ("verb", "status"),
    [
        (verb, status)
        for verb, (_service, starts) in RECEIPT_VERBS.items()
        for status in Receipt.Status.values
        if status not in starts
    ],
)
def test_a_receipt_s_move_that_is_not_drawn_is_refused(verb: str, status: str) -> None:
    receipt = factories.ReceiptFactory(status=status)
    by = keeper()
    with refused("invalid_transition"):
        RECEIPT_VERBS[verb][0](receipt.pk, by=by)


@pytest.mark.parametrize("verb", [*ORDER_VERBS.values(), *RECEIPT_VERBS.values()])
def test_a_document_that_does_not_exist_is_refused(verb: Any) -> None:
    by = keeper()
    with refused("not_found"):
        verb[0](10**9, by=by)
