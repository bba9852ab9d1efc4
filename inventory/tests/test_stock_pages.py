"""The pages of the stock: any day, what to buy again, their files."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from erp.core.periods import company_today
from inventory.models import Bin, StockDay
from tests import factories as f
from tests.support import main_bin, main_warehouse, stock

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]


def client_of(role: str, **more: Any) -> Client:
    client = Client()
    client.force_login(f.UserFactory(role=role, **more))
    return client


def exported(client: Client, path: str) -> list[str]:
    answer: Any = client.post(path, {"format": "csv"})
    assert answer.status_code == 200
    text = b"".join(answer).decode("utf-8-sig")
    return [line for line in text.splitlines() if line]


def test_the_stock_of_a_past_day() -> None:
    product = f.ProductFactory()
    stock(product, 7, "70.00")
    day = company_today() - timedelta(days=9)
    StockDay.objects.create(
        account_id=StockDay.objects.get().account_id, on=day, quantity=4, value=Decimal("40.00")
    )
    client = client_of("accountant")
    (line,) = client.get("/stock/").context["rows"]
    assert (line["on_hand"], line["available"], line["value"]) == ("7", "7", "70.00")
    on = {"on": day.isoformat()}
    (line,) = client.get("/stock/", on).context["rows"]
    assert (line["on_hand"], line["available"], line["value"]) == ("4", "", "40.00")
    assert "40.00" in client.get("/stock/total/", on).content.decode()
    assert "70.00" in client.get("/stock/total/").content.decode()
    before = {"on": (day - timedelta(days=1)).isoformat()}
    assert client.get("/stock/", before).context["rows"] == []
    (_head, row) = exported(client, f"/stock/export/?on={day.isoformat()}")
    assert [Decimal(cell) for cell in row.split(",")[-3:]] == [4, 10, 40]


def test_value_is_shown_to_those_who_may_see_cost() -> None:
    stock(f.ProductFactory(), 7, "77.70")
    client = client_of("sales")
    page = client.get("/stock/").content.decode()
    assert "77.70" not in page
    assert "11.10" not in page
    assert client.get("/stock/total/").status_code == 403
    assert "77.7" not in "\n".join(exported(client, "/stock/export/"))


def test_a_storekeeper_sees_his_warehouses_on_the_page_and_in_the_file() -> None:
    product, place = f.ProductFactory(), Bin.objects.get(warehouse__code="EAST")
    stock(product, 3, "24.00")
    stock(product, 800, "6400.00", place)
    client = client_of("storekeeper", warehouses=[main_warehouse()])
    page = client.get("/stock/", {"warehouse": place.warehouse_id})
    assert [line["on_hand"] for line in page.context["rows"]] == ["3"], "the filter is not his"
    assert "EAST" not in page.content.decode()
    assert len(exported(client, "/stock/export/")) == 2


def test_deep_pages_go_on_where_the_one_before_ended() -> None:
    for _number in range(53):
        f.StockFactory(bin=main_bin())
    client = client_of("manager")
    first = client.get("/stock/")
    assert len(first.context["rows"]) == 50
    second = client.get(f"/stock/?{first.context['following']}")
    assert len(second.context["rows"]) == 3
    seen = [line["row"].pk for page in (first, second) for line in page.context["rows"]]
    assert len(set(seen)) == 53


def test_a_page_asks_a_fixed_number_of_queries() -> None:
    client = client_of("manager")
    counted = []
    for _round in range(2):
        for _number in range(10):
            product = f.ProductFactory()
            f.StockFactory(product=product, on_hand=1)
            f.ReorderRuleFactory(product=product)
        for path in ("/stock/", "/stock/?on=2026-11-20", "/stock/reorder/"):
            with CaptureQueriesContext(connection) as queries:
                assert client.get(path).status_code == 200
            counted.append(len(queries))
    assert counted[:3] == counted[3:]
    assert max(counted) <= 15


def test_a_search_and_a_wrong_date_do_no_harm() -> None:
    product = f.ProductFactory(designation="6205-2RS1")
    stock(product, 3, "24.00")
    f.StockFactory()
    client = client_of("sales")
    assert len(client.get("/stock/", {"q": "6205 2rs1"}).context["rows"]) == 1
    for wrong in ("2026-02-30", "x", "9999999999"):
        query = {"on": wrong, "warehouse": wrong, "after": wrong}
        assert client.get("/stock/", query).status_code == 200


def test_what_to_buy_the_most_urgent_first() -> None:
    supplier = f.SupplierFactory(lead_time_days=14)
    enough, low, none = (f.ProductFactory() for _n in range(3))
    stock(enough, 50, "400.00")
    stock(low, 4, "32.00")
    for product in (enough, low, none):
        f.ReorderRuleFactory(
            product=product, warehouse=main_warehouse(), target=20, supplier=supplier
        )
    client = client_of("purchaser")
    page = client.get("/stock/reorder/")
    assert [line["one"].product_id for line in page.context["rows"]] == [none.pk, low.pk]
    assert [line["quantity"] for line in page.context["rows"]] == ["20", "16"]
    found = exported(client, "/stock/reorder/export/")
    assert len(found) == 3
    assert client_of("sales").get("/stock/reorder/").status_code == 403
