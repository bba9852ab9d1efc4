"""Stock on any day and the ledger over HTTP."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from erp.core.periods import company_today
from inventory.models import Bin, StockMove
from inventory.services import Movement, Source, post_movements
from products.models import Product
from tests import factories as f
from tests.support import chart, keeper, main_bin

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]


def client_of(role: str, **more: Any) -> Client:
    client = Client()
    client.force_login(f.UserFactory(role=role, **more))
    return client


def post(product: Product, quantity: int, on: date, *, kind: str = "receipt", **ends: Any) -> None:
    chart()
    value = Decimal(quantity * 8) if "from_bin" not in ends else None
    movement = Movement(1, product.pk, Decimal(quantity), value=value, **ends)
    with transaction.atomic():
        post_movements([movement], source=Source("test", 1), kind=kind, on=on, by=keeper())


@pytest.fixture
def part() -> Product:
    """10 came 20 days ago, 5 more 10 days ago, 8 left 3 days ago; 4 lie in the other warehouse."""
    product = f.ProductFactory()
    today, place = company_today(), main_bin()
    post(product, 10, today - timedelta(days=20), to_bin=place)
    post(product, 5, today - timedelta(days=10), to_bin=place)
    post(product, 8, today - timedelta(days=3), kind="delivery", from_bin=place)
    post(product, 4, today, to_bin=Bin.objects.get(warehouse__code="EAST"))
    return product


def quantities(client: Client, **query: Any) -> dict[str, str]:
    items = client.get("/api/v1/stock", query).json()["items"]
    return {item["warehouse"]: item["on_hand"] for item in items}


def test_stock_now_and_on_any_day(part: Product) -> None:
    client = client_of("sales")
    assert quantities(client, product_id=part.pk) == {"MAIN": "7", "EAST": "4"}
    today = company_today()
    for days, expected in ((0, "7"), (3, "7"), (4, "15"), (10, "15"), (11, "10"), (21, None)):
        day = today - timedelta(days=days)
        found = quantities(client, product_id=part.pk, as_of=day.isoformat())
        assert found.get("MAIN") == expected, days


def test_value_is_for_those_who_may_see_cost(part: Product) -> None:
    day = (company_today() - timedelta(days=5)).isoformat()
    query: Any = {"product_id": part.pk, "as_of": day}
    (seen,) = client_of("accountant").get("/api/v1/stock", query).json()["items"]
    assert (seen["value"], seen["average_cost"]) == ("120.00", "8")
    assert (seen["reserved"], seen["available"]) == (None, None)
    (hidden,) = client_of("sales").get("/api/v1/stock", query).json()["items"]
    assert (hidden["value"], hidden["average_cost"]) == (None, None)
    moves = client_of("storekeeper").get("/api/v1/stock/moves").json()["items"]
    assert {(move["value"], move["unit_cost"]) for move in moves} == {(None, None)}


def test_a_storekeeper_asks_for_his_warehouses(part: Product) -> None:
    place = main_bin().warehouse
    client = client_of("storekeeper", warehouses=[place])
    assert quantities(client) == {"MAIN": "7"}
    assert quantities(client, as_of=company_today().isoformat()) == {"MAIN": "7"}
    east = Bin.objects.get(warehouse__code="EAST").warehouse_id
    for path in ("/api/v1/stock", "/api/v1/stock/moves"):
        refused = client.get(path, {"warehouse_id": east})
        missing = client.get(path, {"warehouse_id": 987654321})
        assert refused.status_code == missing.status_code == 400
        assert refused.json() == missing.json()
    moves = client.get("/api/v1/stock/moves").json()["items"]
    assert {move["to_warehouse"] or move["from_warehouse"] for move in moves} == {"MAIN"}


def test_moves_are_narrowed_and_paged(part: Product) -> None:
    client = client_of("manager")
    other = f.StockMoveFactory()
    today = company_today()

    def kinds(**query: Any) -> list[str]:
        items = client.get("/api/v1/stock/moves", query).json()["items"]
        return [item["kind"] for item in items if item["product_id"] == part.pk]

    assert kinds() == ["receipt", "delivery", "receipt", "receipt"]
    assert kinds(kind="delivery") == ["delivery"]
    assert kinds(product_id=other.product_id) == []
    assert kinds(warehouse_id=main_bin().warehouse_id) == ["delivery", "receipt", "receipt"]
    assert kinds(**{"from": today.isoformat()}) == ["receipt"]
    assert kinds(to=(today - timedelta(days=11)).isoformat()) == ["receipt"]
    assert client.get("/api/v1/stock/moves", {"kind": "theft"}).status_code == 400
    seen, cursor = [], ""
    while True:
        query: Any = {"limit": 2, "cursor": cursor}
        page = client.get("/api/v1/stock/moves", query).json()
        seen += [item["id"] for item in page["items"]]
        if page["next"] is None:
            break
        cursor = page["next"]
    assert seen == list(StockMove.objects.order_by("-pk").values_list("pk", flat=True))


def test_a_page_of_stock_takes_as_many_queries_for_one_as_for_many(part: Product) -> None:
    client = client_of("manager")
    counted = []
    for _round in range(2):
        for path in ("/api/v1/stock", "/api/v1/stock?as_of=2026-11-01", "/api/v1/stock/moves"):
            with CaptureQueriesContext(connection) as queries:
                assert client.get(path).status_code == 200
            counted.append(len(queries))
        for _more in range(12):
            product = f.ProductFactory()
            f.StockFactory(product=product)
    assert counted[:3] == counted[3:]
    assert max(counted) <= 10


@pytest.mark.parametrize("query", ["as_of=yesterday", "as_of=2026-02-30", "cursor=x", "limit=0"])
def test_a_wrong_question_is_told_so(query: str) -> None:
    assert client_of("manager").get(f"/api/v1/stock?{query}").status_code == 400
