"""Sales orders, deliveries and returns over HTTP."""

import json
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from inventory.models import Reservation
from orders.models import SalesOrder
from tests import factories
from tests.support import assert_books_ok, confirmed_order, line, main_bin, main_warehouse, stock

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]
API = "/api/v1"


@pytest.fixture
def boss() -> Any:
    return factories.UserFactory(role="manager")


@pytest.fixture
def client(boss: Any) -> Client:
    signed_in = Client()
    signed_in.force_login(boss)
    return signed_in


def send(client: Client, method: str, path: str, body: Any = None, **headers: str) -> Any:
    answer = client.generic(
        method,
        f"{API}{path}",
        json.dumps(body or {}),
        content_type="application/json",
        headers=headers,
    )
    return answer.status_code, answer.json()


def stocked(quantity: Any = 10) -> Any:
    product = factories.ProductFactory()
    stock(product, quantity, "80.00")
    return product


def drafted(client: Client, boss: Any, *lines: dict[str, Any], **head: Any) -> dict[str, Any]:
    customer = factories.CustomerFactory(owner=boss)
    head = {"warehouse_id": main_warehouse().pk} | head
    body = {"customer_id": customer.pk, "lines": list(lines), **head}
    status, made = send(client, "POST", "/sales-orders", body)
    assert status == 201, made
    return dict(made)


def test_a_deal_goes_its_whole_way(client: Client, boss: Any) -> None:
    product = stocked()
    order = drafted(
        client,
        boss,
        {"product_id": product.pk, "quantity": "4", "unit_price": "11.30", "wording": "6205"},
        partner_reference="PO-1",
        requested_on="2026-12-05",
    )
    assert (order["status"], order["gross"], order["partner_reference"]) == (
        "draft",
        "45.20",
        "PO-1",
    )
    path = f"/sales-orders/{order['id']}"
    status, order = send(client, "POST", f"{path}/confirm", {"version": 1})
    assert (status, order["status"], order["lines"][0]["reserved"]) == (200, "confirmed", "4")

    status, made = send(client, "POST", f"{path}/deliveries", {"version": 2})
    (delivery,) = made["items"]
    assert (status, delivery["status"], delivery["sales_order_id"]) == (
        201,
        "reserved",
        order["id"],
    )
    to = f"/deliveries/{delivery['id']}"
    assert send(client, "POST", f"{to}/pick")[1]["status"] == "picked"
    assert send(client, "POST", f"{to}/step-back")[1]["status"] == "reserved"
    status, delivery = send(client, "POST", f"{to}/ship")
    assert (status, delivery["status"]) == (200, "shipped")
    assert send(client, "GET", path)[1]["delivered_percent"] == 100

    returned = {
        "delivery_id": delivery["id"],
        "reason": "错发",
        "lines": [
            {
                "delivery_line_id": delivery["lines"][0]["id"],
                "quantity": "2",
                "bin_id": main_bin().pk,
                "scrap_quantity": "1",
            }
        ],
    }
    status, back = send(client, "POST", "/returns", returned)
    assert (status, back["status"], back["lines"][0]["scrap"]) == (201, "draft", "1")
    status, back = send(client, "POST", f"/returns/{back['id']}/post")
    assert (status, back["status"]) == (200, "posted")
    status, refusal = send(client, "POST", f"{to}/reverse", {"reason": "x"})
    assert (status, refusal["code"]) == (409, "blocked")
    status, back = send(client, "POST", f"/returns/{back['id']}/reverse", {"reason": "x"})
    assert (status, back["status"]) == (200, "reversed")
    assert send(client, "POST", f"{to}/reverse", {"reason": "x"})[1]["status"] == "reversed"
    assert_books_ok()


def test_patch_changes_head_and_lines_and_wants_the_version(client: Client, boss: Any) -> None:
    order = drafted(client, boss, {"product_id": stocked().pk, "quantity": "1"})
    path = f"/sales-orders/{order['id']}"
    assert send(client, "PATCH", path, {"notes": "x"})[0] == 428
    lines = [
        {
            "product_id": order["lines"][0]["product"]["id"],
            "quantity": "3",
            "unit_price": "5",
            "line_id": order["lines"][0]["id"],
        },
        {"product_id": stocked().pk, "quantity": "1", "issue": "sample"},
    ]
    status, changed = send(
        client, "PATCH", path, {"version": 1, "notes": "x", "contact_id": None, "lines": lines}
    )
    assert (status, changed["notes"]) == (200, "x")
    assert [one["issue"] for one in changed["lines"]] == ["sale", "sample"]
    assert changed["lines"][0]["id"] == order["lines"][0]["id"]
    status, refusal = send(client, "PATCH", path, {"notes": "y"}, **{"If-Match": '"1"'})
    assert (status, refusal["code"]) == (409, "stale_version")


@pytest.mark.case("BZ01")
@pytest.mark.parametrize(
    "wrong",
    [
        {"quantity": "0"},
        {"quantity": "-1"},
        {"quantity": "1e-9"},
        {"quantity": "1e15"},
        {"unit_price": "-1"},
        {"unit_price": "1e15"},
        {"total": "5"},
        {"status": "done"},
        {"number": "SO-1"},
        {"issue": "theft"},
        {"product_id": 10**9},
        {"lead_time_days": 101_000},
    ],
)
def test_what_a_client_may_not_say_is_refused(
    client: Client, boss: Any, wrong: dict[str, Any]
) -> None:
    entered = {"product_id": stocked().pk, "quantity": "1", "unit_price": "1"} | wrong
    customer = factories.CustomerFactory(owner=boss)
    body = {"customer_id": customer.pk, "lines": [entered]}
    status, refusal = send(client, "POST", "/sales-orders", body)
    assert (status, refusal["code"]) == (400, "validation_error")
    assert not SalesOrder.objects.exists()


def test_lists_are_paged_and_filtered(client: Client) -> None:
    orders = [factories.SalesOrderFactory() for _ in range(3)]
    status, first = send(client, "GET", "/sales-orders?limit=2")
    assert (status, [one["id"] for one in first["items"]]) == (200, [orders[2].pk, orders[1].pk])
    rest = send(client, "GET", f"/sales-orders?limit=2&cursor={first['next']}")[1]
    assert [one["id"] for one in rest["items"]] == [orders[0].pk]
    of = f"/sales-orders?customer_id={orders[0].customer_id}&status=draft"
    assert len(send(client, "GET", of)[1]["items"]) == 1
    delivery = factories.DeliveryFactory()
    found = send(
        client, "GET", f"/deliveries?sales_order_id={delivery.sales_order_id}&status=draft"
    )
    assert [one["id"] for one in found[1]["items"]] == [delivery.pk]
    made = factories.ReturnFactory()
    found = send(client, "GET", f"/returns?delivery_id={made.delivery_id}&status=draft")
    assert [one["id"] for one in found[1]["items"]] == [made.pk]
    assert send(client, "GET", f"/returns/{made.pk}")[1]["reason"] == made.reason
    assert send(client, "GET", f"/deliveries/{delivery.pk}")[1]["id"] == delivery.pk


def test_waiting_closing_and_stepping_back(client: Client) -> None:
    product = stocked(4)
    customer = factories.CustomerFactory()
    order = SalesOrder.objects.get(pk=confirmed_order(line(product, 4), customer=customer).pk)
    path = f"/sales-orders/{order.pk}"
    assert send(client, "POST", f"{path}/unreserve")[0] == 200
    assert send(client, "POST", f"{path}/reserve")[1]["lines"][0]["reserved"] == "4"
    row = order.lines.get().pk
    body = {"reason": "少要", "lines": [{"line_id": row, "quantity": "1"}]}
    assert send(client, "POST", f"{path}/close", body)[1]["lines"][0]["closed"] == "1"
    made = send(
        client, "POST", f"{path}/deliveries", {"lines": [{"line_id": row, "quantity": "2"}]}
    )
    (delivery,) = made[1]["items"]
    change = {"version": 1, "lines": [{"line_id": delivery["lines"][0]["id"], "quantity": "3"}]}
    status, changed = send(client, "PATCH", f"/deliveries/{delivery['id']}", change)
    assert (status, changed["lines"][0]["quantity"]) == (200, "3")
    assert send(client, "POST", f"/deliveries/{delivery['id']}/cancel", {"reason": "x"})[0] == 200
    place = {"warehouse_id": main_warehouse().pk}
    assert send(client, "POST", f"{path}/deliveries", place)[0] == 201
    status, refusal = send(client, "POST", f"{path}/reopen")
    assert (status, refusal["code"]) == (409, "has_deliveries")


def test_the_fill_plan_is_told_and_applied(client: Client, boss: Any) -> None:
    product = stocked(4)
    east = factories.BinFactory(warehouse__code="EAST", code="B-010101")
    stock(product, 5, "40.00", east)
    factories.InboundFactory(
        product=product, warehouse=main_warehouse(), quantity=2, source_type="imports.import"
    )
    order = drafted(client, boss, {"product_id": product.pk, "quantity": "15", "unit_price": "9"})
    path = f"/sales-orders/{order['id']}"

    (told,) = send(client, "GET", f"{path}/fill-plan")[1]["lines"]
    assert [(part["way"], part["quantity"]) for part in told["parts"]] == [
        ("on_hand", "4"),
        ("transfer", "5"),
        ("inbound", "2"),
        ("purchase", "4"),
    ]
    part = {
        "line_id": told["line_id"],
        "warehouse_id": east.warehouse_id,
        "product_id": product.pk,
        "quantity": "5",
    }
    status, split = send(client, "POST", f"{path}/fill-plan", {"version": 1, "parts": [part]})
    assert status == 200, split
    assert [(one["quantity"], one["warehouse_id"]) for one in split["lines"]] == [
        ("10", main_warehouse().pk),
        ("5", east.warehouse_id),
    ]
    assert not Reservation.objects.exists()
    assert_books_ok()


def test_a_wrong_part_of_the_plan_is_refused(client: Client, boss: Any) -> None:
    product, other = stocked(4), stocked(4)
    order = drafted(client, boss, {"product_id": product.pk, "quantity": "4", "unit_price": "9"})
    row = order["lines"][0]["id"]

    def asked(**part: Any) -> str:
        whole = {
            "line_id": row,
            "warehouse_id": main_warehouse().pk,
            "product_id": product.pk,
            "quantity": "4",
        }
        status, refusal = send(
            client, "POST", f"/sales-orders/{order['id']}/fill-plan", {"parts": [whole | part]}
        )
        assert status == 409
        return str(refusal["code"])

    assert asked(quantity="5") == "bad_quantity"
    assert asked(product_id=other.pk) == "no_interchange"
    assert asked(line_id=10**9) == "unknown_line"
    assert asked(warehouse_id=10**9) == "no_warehouse"


def test_an_approved_interchange_on_hand_is_offered_and_taken(client: Client, boss: Any) -> None:
    asked, offered = factories.ProductFactory(), stocked(6)
    factories.InterchangeFactory(from_product=asked, to_product=offered, approved_by=boss)
    order = drafted(client, boss, {"product_id": asked.pk, "quantity": "4", "unit_price": "9"})
    path = f"/sales-orders/{order['id']}/fill-plan"
    (told,) = send(client, "GET", path)[1]["lines"]
    (part,) = told["interchanges"]
    assert (part["product_id"], part["quantity"]) == (offered.pk, "4")
    taken = {"line_id": told["line_id"], **part}
    del taken["way"], taken["on"]
    status, changed = send(client, "POST", path, {"parts": [taken]})
    assert (status, changed["lines"][0]["product"]["id"]) == (200, offered.pk)
    assert Decimal(changed["lines"][0]["unit_price"]) == 9


def test_credit_is_let_go_over_http_with_a_reason(client: Client, boss: Any) -> None:
    order = drafted(client, boss, {"product_id": stocked().pk, "quantity": "1", "unit_price": "9"})
    SalesOrder.objects.get().customer.__class__.objects.update(credit_limit=1)
    path = f"/sales-orders/{order['id']}"
    status, refusal = send(client, "POST", f"{path}/confirm")
    assert (status, refusal["code"]) == (409, "credit_limit")
    status, _told = send(client, "POST", f"{path}/allow-credit", {"reason": "老客户"})
    assert status == 200
    assert send(client, "POST", f"{path}/confirm")[1]["status"] == "confirmed"


def test_an_idempotency_key_makes_one_order(client: Client, boss: Any) -> None:
    customer = factories.CustomerFactory(owner=boss)
    for _ in range(2):
        status, _made = send(
            client,
            "POST",
            "/sales-orders",
            {"customer_id": customer.pk},
            **{"Idempotency-Key": "k"},
        )
        assert status == 201
    assert SalesOrder.objects.count() == 1


def test_a_storekeeper_delivers_from_his_warehouses_only() -> None:
    east = factories.WarehouseFactory(code="EAST9")
    keeper = factories.UserFactory(role="storekeeper", warehouses=[east])
    product = stocked()
    order = confirmed_order(line(product, 4))
    signed_in = Client()
    signed_in.force_login(keeper)
    status, refusal = send(signed_in, "POST", f"/sales-orders/{order.pk}/deliveries")
    assert (status, refusal["code"]) == (403, "foreign_warehouse")
