"""Whoever is kept to some warehouses plans and places lines in these alone, by every door."""

import json
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from inventory.models import Bin, Warehouse
from orders import services as orders
from orders.grid import COLUMNS
from orders.models import Delivery, SalesOrder
from tests import factories as f
from tests.support import draft_order, line, main_bin, main_warehouse, stock

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]


@pytest.fixture
def east(company: Any) -> Bin:
    place: Bin = f.BinFactory(warehouse=f.WarehouseFactory(code="EAST9"), code="E-010101")
    return place


@pytest.fixture
def seller(company: Any) -> Any:
    """He sells out of MAIN; the rights of a boss over orders make every door open to him."""
    return f.UserFactory(role="manager", warehouses=[main_warehouse()])


@pytest.fixture
def client(seller: Any) -> Client:
    signed_in = Client()
    signed_in.force_login(seller)
    return signed_in


def _order(seller: Any, *places: Bin) -> SalesOrder:
    """Return a draft of his with a line for each place, all of it on hand there."""
    products = [f.ProductFactory() for _place in places]
    for product, place in zip(products, places, strict=True):
        stock(product, 20, "160.00", place)
    order = draft_order(*[line(product, 4) for product in products])
    for row, place in zip(order.lines.order_by("line_no"), places, strict=True):
        row.warehouse = place.warehouse
        row.save()
    order.owner = seller
    order.save()
    return order


def _confirmed(seller: Any, *places: Bin) -> SalesOrder:
    return orders.confirm_order(_order(seller, *places).pk, by=seller)


def _planned(order: SalesOrder) -> list[str]:
    rows = Delivery.objects.filter(sales_order=order).order_by("pk")
    return [delivery.warehouse.code for delivery in rows]


def _api(client: Client, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    answer = client.generic(
        method, f"/api/v1{path}", json.dumps(body or {}), content_type="application/json"
    )
    return answer.status_code, answer.json()


def _by_page(client: Client, order: SalesOrder) -> None:
    url = reverse("orders:step", args=[order.pk, "deliver"])
    client.post(url, {"version": order.version, "token": f"t{order.pk}"})


def _by_admin(client: Client, order: SalesOrder) -> None:
    url = reverse("admin:orders_salesorder_do", args=[order.pk, "deliver"])
    client.post(url, {"version": order.version})


def _by_batch(client: Client, order: SalesOrder) -> None:
    url = reverse("admin:orders_salesorder_changelist")
    picked = {"action": "deliver", "_selected_action": [order.pk]}
    shown = client.post(url, picked)
    assert [one.row for one in shown.context["previews"]] == [order]
    client.post(url, picked | {"post": "yes", "go": [order.pk], f"seen-{order.pk}": order.version})


def _by_api(client: Client, order: SalesOrder) -> None:
    _api(client, "POST", f"/sales-orders/{order.pk}/deliveries")


DOORS = [_by_page, _by_admin, _by_batch, _by_api]


@pytest.mark.parametrize("door", DOORS)
def test_nothing_is_planned_out_of_a_foreign_warehouse(
    door: Any, client: Client, seller: Any, east: Bin
) -> None:
    order = _confirmed(seller, east)
    door(client, order)
    assert _planned(order) == []


@pytest.mark.parametrize("door", DOORS)
def test_of_an_order_from_two_warehouses_he_plans_his_lines(
    door: Any, client: Client, seller: Any, east: Bin
) -> None:
    order = _confirmed(seller, east, main_bin())
    door(client, order)
    assert _planned(order) == ["MAIN"]


def test_a_line_he_names_in_a_foreign_warehouse_refuses_all(
    client: Client, seller: Any, east: Bin
) -> None:
    order = _confirmed(seller, east, main_bin())
    theirs, mine = order.lines.order_by("line_no")
    path = f"/sales-orders/{order.pk}/deliveries"
    both = {"lines": [{"line_id": one.pk, "quantity": "1"} for one in (theirs, mine)]}
    status, refusal = _api(client, "POST", path, both)
    assert (status, refusal["code"]) == (403, "foreign_warehouse")
    there = {"warehouse_id": east.warehouse_id}
    status, refusal = _api(client, "POST", path, there)
    assert (status, refusal["code"]) == (403, "foreign_warehouse")
    asked = client.get(reverse("admin:orders_salesorder_do", args=[order.pk, "deliver_some"]))
    fields = asked.context["adminform"].form.fields
    assert set(fields) == {f"line_{mine.pk}"}
    assert _planned(order) == []


def test_he_places_no_line_in_a_foreign_warehouse(client: Client, seller: Any, east: Bin) -> None:
    order = _order(seller, main_bin())
    (row,) = order.lines.all()
    sent = {
        "version": order.version,
        "lines": [
            {"product_id": row.product_id, "quantity": "1", "warehouse_id": east.warehouse_id}
        ],
    }
    status, problem = _api(client, "PATCH", f"/sales-orders/{order.pk}", sent)
    assert (status, problem["errors"][0]["code"]) == (400, "no_warehouse")
    head = {"version": order.version, "warehouse_id": east.warehouse_id}
    assert _api(client, "PATCH", f"/sales-orders/{order.pk}", head)[0] == 400
    new = {"customer_id": order.customer_id, "warehouse_id": east.warehouse_id}
    assert _api(client, "POST", "/sales-orders", new)[0] == 400

    part = {
        "line_id": row.pk,
        "warehouse_id": east.warehouse_id,
        "product_id": row.product_id,
        "quantity": "1",
    }
    filled = {"version": order.version, "parts": [part]}
    status, refusal = _api(client, "POST", f"/sales-orders/{order.pk}/fill-plan", filled)
    assert (status, refusal["code"]) == (403, "foreign_warehouse")
    client.post(
        reverse("orders:fill", args=[order.pk]),
        {
            "token": "fill",
            "version": order.version,
            "part": f"{row.pk}:{east.warehouse_id}:{row.product_id}:1",
        },
    )
    grid = {
        "token": "grid",
        "version": order.version,
        **{name: [""] for name in COLUMNS},
        "line": [row.pk],
        "product": [row.product_id],
        "quantity": ["1"],
        "unit_price": ["1"],
        "issue": ["sale"],
        "ship_from": [east.warehouse_id],
        "warehouse": main_warehouse().pk,
    }
    answer = client.post(reverse("orders:sales-order", args=[order.pk]), grid)
    assert answer.status_code == 409
    assert "none of your warehouses" in answer.content.decode()
    order.refresh_from_db()
    assert order.warehouse.code == "MAIN"
    assert [one.ships_from_id for one in order.lines.all()] == [main_warehouse().pk]


def test_a_line_stays_in_the_foreign_warehouse_it_was_in(
    client: Client, seller: Any, east: Bin
) -> None:
    order = _order(seller, east)
    (row,) = order.lines.all()
    kept = {
        "line_id": row.pk,
        "product_id": row.product_id,
        "quantity": "3",
        "warehouse_id": east.warehouse_id,
    }
    sent = {"version": order.version, "lines": [kept]}
    status, answer = _api(client, "PATCH", f"/sales-orders/{order.pk}", sent)
    assert status == 200, answer
    (row,) = order.lines.all()
    assert (row.quantity, row.warehouse_id) == (Decimal(3), east.warehouse_id)


def test_what_he_drafts_ships_from_his_first_warehouse() -> None:
    first = Warehouse.objects.order_by("pk").first() or main_warehouse()
    mine = f.WarehouseFactory(code="MINE")
    seller = f.UserFactory(role="sales", warehouses=[mine])
    customer = f.CustomerFactory(owner=seller)
    assert orders.create_order(customer.pk, by=seller).warehouse == mine
    free = f.UserFactory(role="sales")
    assert orders.create_order(f.CustomerFactory().pk, by=free).warehouse == first
