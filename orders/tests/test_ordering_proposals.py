"""Reorder proposals and shortages become purchase orders: page, API, two at once."""
# mypy: disable-error-code="comparison-overlap"
# (a Decimal and the same whole number are equal)

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from erp.core.pages import new_token
from inventory.models import ReorderRule, Warehouse
from inventory.services import reorder_proposals
from orders import services
from orders.models import PurchaseOrder
from orders.services import Chosen, Wanted
from orders.shortages import shortages
from products.models import Product
from tests import factories as f
from tests.support import (
    buyer,
    draft_order,
    line,
    main_bin,
    main_warehouse,
    posted_receipt,
    refused,
    sent_purchase,
    stock,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]


@pytest.fixture
def client() -> Client:
    made = Client()
    made.force_login(f.UserFactory(role="purchaser"))
    return made


def rule(product: Product | None = None, minimum: int = 10, **more: Any) -> ReorderRule:
    more.setdefault("supplier", f.SupplierFactory())
    return f.ReorderRuleFactory(
        product=product or f.ProductFactory(),
        warehouse=more.pop("warehouse", None) or main_warehouse(),
        minimum=Decimal(minimum),
        **more,
    )


def test_proposals_are_ordered_by_supplier_and_warehouse() -> None:
    supplier = f.SupplierFactory()
    east = Warehouse.objects.get(code="EAST")
    one, two = rule(supplier=supplier), rule(supplier=supplier, minimum=5)
    other, far = rule(), rule(supplier=supplier, warehouse=east)
    made = services.order_proposals([Chosen(r.pk) for r in (one, two, other, far)], by=buyer())
    assert {(o.supplier_id, o.warehouse_id, o.lines.count()) for o in made} == {
        (supplier.pk, main_warehouse().pk, 2),
        (supplier.pk, east.pk, 1),
        (other.supplier_id, main_warehouse().pk, 1),
    }
    assert {(row.product_id, row.quantity) for o in made for row in o.lines.all()} == {
        (one.product_id, 10),
        (two.product_id, 5),
        (other.product_id, 10),
        (far.product_id, 10),
    }
    assert reorder_proposals() == [], "a draft counts as on order"


def test_what_a_draft_buys_is_taken_off_once() -> None:
    product = f.ProductFactory()
    made = rule(product, 100)
    services.create_purchase_order(
        made.supplier_id or 0,
        [services.PurchaseLineInput(product.pk, Decimal(30), Decimal(8))],
        warehouse_id=made.warehouse_id,
        by=buyer(),
    )
    (order,) = services.order_proposals([Chosen(made.pk)], by=buyer())
    assert order.lines.get().quantity == 70


def test_what_is_ordered_is_not_proposed_again() -> None:
    made = rule()
    services.order_proposals([Chosen(made.pk)], by=buyer())
    with refused("nothing_lacking"):
        services.order_proposals([Chosen(made.pk)], by=buyer())


def test_a_proposal_that_changed_since_it_was_seen_is_refused() -> None:
    made, other = rule(), rule()
    services.order_proposals([Chosen(made.pk, quantity=Decimal(4))], by=buyer())
    asked = [Chosen(made.pk, seen=Decimal(10)), Chosen(other.pk, seen=Decimal(10))]
    with refused("proposal_changed"):
        services.order_proposals(asked, by=buyer())
    (order,) = services.order_proposals([Chosen(made.pk, seen=Decimal(6))], by=buyer())
    assert order.lines.get().quantity == 6


def test_a_rule_without_a_supplier_asks_for_one() -> None:
    made, by = rule(supplier=None), buyer()
    with refused("no_supplier"):
        services.order_proposals([Chosen(made.pk)], by=by)
    supplier = f.SupplierFactory()
    (order,) = services.order_proposals([Chosen(made.pk, supplier_id=supplier.pk)], by=buyer())
    assert order.supplier == supplier


def test_the_page_shows_the_effects_before_it_drafts(client: Client) -> None:
    product = f.ProductFactory()
    posted_receipt(sent_purchase(product, 1, "8.00"))
    made = rule(product, 11, supplier=PurchaseOrder.objects.get().supplier)
    nobody = rule(supplier=None)
    listed = client.get(reverse("inventory:reorder"))
    assert reverse("orders:order-proposals") in listed.content.decode()
    page = reverse("orders:order-proposals")
    before = PurchaseOrder.objects.count()
    shown = client.post(page, {"rule": [made.pk, nobody.pk], "then": "show"})
    assert shown.status_code == 200
    assert PurchaseOrder.objects.count() == before
    (tried,) = shown.context["tried"]
    ((row, warnings),) = tried.lines
    assert (tried.order.net_total, row.quantity, warnings) == (80, 10, [])
    sent = {
        "token": new_token(),
        "rule": [made.pk],
        f"quantity-{made.pk}": "12",
        f"seen-{made.pk}": "10",
        f"supplier-{made.pk}": made.supplier_id,
        "then": "order",
    }
    first, again = client.post(page, sent), client.post(page, sent)
    order = PurchaseOrder.objects.latest("pk")
    assert first.headers["Location"] == reverse("orders:purchase-order", args=[order.pk])
    assert again.headers["Location"] == first.headers["Location"], "a double click orders once"
    assert (PurchaseOrder.objects.count(), order.lines.get().quantity) == (before + 1, 12)


def test_the_page_warns_of_a_price_above_the_average(client: Client) -> None:
    product = f.ProductFactory()
    stock(product, 1, "4.00")
    order = sent_purchase(product, 1, "8.00")
    posted_receipt(order)
    stock(product, 100, "100.00")
    made = rule(product, 200, supplier=order.supplier)
    shown = client.post(reverse("orders:order-proposals"), {"rule": [made.pk]})
    ((_row, warnings),) = shown.context["tried"][0].lines
    assert [one.kind for one in warnings] == ["average"]


@pytest.mark.parametrize("typed", ["", "-1", "1,5", "0.0001", "x"])
def test_a_wrong_quantity_is_named_and_nothing_drafted(client: Client, typed: str) -> None:
    made = rule()
    sent = {"rule": [made.pk], f"quantity-{made.pk}": typed, "then": "order", "token": new_token()}
    shown = client.post(reverse("orders:order-proposals"), sent)
    assert shown.status_code == 400
    assert shown.context["rows"][0][1]
    assert not PurchaseOrder.objects.exists()


def test_rules_of_other_warehouses_are_neither_shown_nor_ordered() -> None:
    person = f.UserFactory(role="purchaser")
    east = Warehouse.objects.get(code="EAST")
    f.WarehouseStaffFactory(user=person, warehouse=east)
    made = rule()
    client = Client()
    client.force_login(person)
    sent = {"rule": [made.pk], "then": "order", "token": new_token()}
    answer = client.post(reverse("orders:order-proposals"), sent)
    assert answer.headers["Location"] == reverse("inventory:reorder")
    body = {"proposals": [{"rule_id": made.pk}]}
    told = post(client, "/api/v1/reorder-proposals/order", body)
    assert [one["code"] for one in told.json()["errors"]] == ["unknown_rule"]
    assert not PurchaseOrder.objects.exists()


# --- over HTTP -----------------------------------------------------------------------------------


def post(client: Client, path: str, body: Any, key: str = "") -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    return client.post(path, body, content_type="application/json", headers=headers)


def test_a_machine_orders_proposals_once(client: Client) -> None:
    made = rule()
    (told,) = client.get("/api/v1/reorder-proposals").json()["items"]
    assert (told["rule_id"], told["quantity"]) == (made.pk, "10")
    body = {"proposals": [{"rule_id": made.pk, "seen": told["quantity"]}]}
    answers = [post(client, "/api/v1/reorder-proposals/order", body, "k-1") for _n in range(2)]
    assert [one.status_code for one in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert PurchaseOrder.objects.count() == 1
    late = post(client, "/api/v1/reorder-proposals/order", body, "k-2")
    assert (late.status_code, late.json()["code"]) == (409, "nothing_lacking")


def test_a_machine_orders_what_sales_orders_lack(client: Client) -> None:
    sold = draft_order(line(f.ProductFactory(), 10)).lines.get()
    supplier = f.SupplierFactory()
    assert client.get("/api/v1/shortages").json() == {"count": 0, "items": []}
    (told,) = client.get("/api/v1/shortages?drafts=true").json()["items"]
    assert (told["line_id"], told["lack"]) == (sold.pk, "10")
    body = {"lines": [{"line_id": sold.pk}], "supplier_id": supplier.pk}
    answer = post(client, "/api/v1/shortages/order", body)
    assert answer.status_code == 201
    bought = PurchaseOrder.objects.get().lines.get()
    assert (bought.source_line, bought.quantity) == (sold, 10)
    late = post(client, "/api/v1/shortages/order", body)
    assert (late.status_code, late.json()["code"]) == (409, "nothing_lacking")


def test_goods_on_their_way_are_told(client: Client) -> None:
    order = sent_purchase(f.ProductFactory(), 7)
    (told,) = client.get("/api/v1/inbound").json()["items"]
    assert (told["quantity"], told["document"]) == ("7", order.ref)
    sales = Client()
    sales.force_login(f.UserFactory(role="sales"))
    assert sales.get("/api/v1/inbound").json()["items"][0]["document"] is None


def test_waiting_orders_are_told() -> None:
    product = f.ProductFactory()
    order = draft_order(line(product, 10))
    services.confirm_order(order.pk, partial=True, by=order.owner)
    stock(product, 4, "32.00", main_bin())
    client = Client()
    client.force_login(f.UserFactory(role="manager"))
    (told,) = client.get("/api/v1/sales-orders/waiting").json()["items"]
    assert told["order_id"] == order.pk
    assert [(row["waiting"], row["ready"]) for row in told["lines"]] == [("10", "4")]


# --- whose the free stock is ---------------------------------------------------------------------


def test_the_elder_order_has_the_free_stock_when_the_younger_is_bought_for() -> None:
    product = f.ProductFactory()
    stock(product, 10, "80.00")
    elder = draft_order(line(product, 10))
    younger = draft_order(line(product, 10)).lines.get()
    (lack,) = shortages(None)
    assert lack.line == younger
    supplier = f.SupplierFactory()
    wanted = [Wanted(younger.pk)]
    (made,) = services.order_shortages(wanted, supplier_id=supplier.pk, by=buyer())
    assert made.lines.get().quantity == 10
    services.confirm_order(elder.pk, by=elder.owner)


def test_drafts_do_not_count_when_a_confirmed_order_is_bought_for() -> None:
    product = f.ProductFactory()
    stock(product, 4, "32.00")
    draft_order(line(product, 10))
    order = draft_order(line(product, 10))
    services.confirm_order(order.pk, partial=True, by=order.owner)
    lacking = shortages(None, only_open=True)
    assert [one.lack for one in lacking] == [6]
    supplier = f.SupplierFactory()
    wanted = [Wanted(order.lines.get().pk)]
    (made,) = services.order_shortages(wanted, supplier_id=supplier.pk, by=buyer())
    assert made.lines.get().quantity == 6


# --- from the pages of an order and of a part ----------------------------------------------------


def test_a_line_of_an_order_is_bought_from_its_page() -> None:
    boss = f.UserFactory(role="manager")
    client = Client()
    client.force_login(boss)
    product = f.ProductFactory()
    order = draft_order(line(product, 10))
    services.confirm_order(order.pk, partial=True, by=order.owner)
    other = draft_order(line(product, 3))
    services.confirm_order(other.pk, partial=True, by=other.owner)
    sold = order.lines.get()
    page = client.get(reverse("orders:sales-order", args=[order.pk])).content.decode()
    link = f"{reverse('orders:shortages')}?line={sold.pk}"
    assert link in page
    shown = client.get(link)
    assert [one.line for one in shown.context["shortages"]] == [sold]
    sent = {"token": new_token(), "line": [sold.pk], "supplier": f.SupplierFactory().pk}
    client.post(reverse("orders:shortages"), sent)
    assert PurchaseOrder.objects.get().lines.get().source_line == sold
    shown = client.get(f"{reverse('orders:shortages')}?order={other.pk}")
    assert [one.line.document for one in shown.context["shortages"]] == [other]


def test_who_may_not_buy_sees_no_button() -> None:
    person = f.UserFactory(role="sales")
    client = Client()
    client.force_login(person)
    product = f.ProductFactory()
    page = client.get(reverse("parts:part", args=[product.pk])).content.decode()
    assert reverse("orders:new-purchase-order") not in page


def test_a_part_is_bought_from_its_page(client: Client) -> None:
    product = f.ProductFactory()
    order = sent_purchase(product, 1, "8.00")
    posted_receipt(order)
    new = reverse("orders:new-purchase-order")
    page = client.get(reverse("parts:part", args=[product.pk])).content.decode()
    assert f"{new}?product={product.pk}" in page
    assert client.get(f"{new}?product={product.pk}").context["usual"] == order.supplier
    begun = client.get(f"{new}?product={product.pk}&supplier={order.supplier_id}")
    (row,) = begun.context["lines"]
    assert (row.typed.product, row.typed.unit_price) == (str(product.pk), "8")
