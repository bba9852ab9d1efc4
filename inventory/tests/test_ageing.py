"""How old the stock is: first in, first out, over warehouses; what lies dead; how it turns."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from erp.core.periods import company_today
from inventory.models import Bin, StockAge, StockMove
from inventory.services import (
    Movement,
    Source,
    post_movements,
    refresh_stock_ages,
    reverse_movements,
)
from products.models import Product
from tests import factories as f
from tests.support import chart, keeper, main_bin

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]
_documents = iter(range(1, 10_000))


def post(product: Product, quantity: Any, ago: int, kind: str = "receipt", **ends: Any) -> Source:
    """Post a move so many days ago; goods come in at 8 each."""
    chart()
    value = None if "from_bin" in ends else Decimal(quantity) * 8
    source = Source("test", next(_documents))
    movement = Movement(1, product.pk, Decimal(quantity), value=value, **ends)
    with transaction.atomic():
        post_movements(
            [movement],
            source=source,
            kind=kind,
            on=company_today() - timedelta(days=ago),
            by=keeper(),
        )
    return source


def come(product: Product, quantity: Any, ago: int, place: Bin | None = None) -> Source:
    return post(product, quantity, ago, to_bin=place or main_bin())


def go(product: Product, quantity: Any, ago: int, kind: str = "delivery") -> Source:
    return post(product, quantity, ago, kind, from_bin=main_bin())


def bands(product: Product, code: str = "MAIN") -> Any:
    refresh_stock_ages()
    row = StockAge.objects.get(product=product, warehouse__code=code)
    assert row.young + row.middling + row.old + row.oldest == row.quantity
    return [row.young, row.middling, row.old, row.oldest]


def age(product: Product) -> Any:
    refresh_stock_ages()
    return StockAge.objects.get(product=product, warehouse__code="MAIN")


def test_what_came_first_goes_first() -> None:
    product = f.ProductFactory()
    for quantity, ago in ((10, 400), (10, 200), (10, 100), (10, 5)):
        come(product, quantity, ago)
    assert bands(product) == [10, 10, 10, 10]
    go(product, 15, 2)
    assert bands(product) == [10, 10, 5, 0]
    assert age(product).oldest_on == company_today() - timedelta(days=200)


def test_the_bands_end_on_their_day() -> None:
    product = f.ProductFactory()
    for ago in (90, 91, 180, 181, 365, 366):
        come(product, 1, ago)
    assert bands(product) == [1, 2, 2, 1]


def test_goods_keep_their_age_between_bins_and_warehouses() -> None:
    product, east = f.ProductFactory(), Bin.objects.get(warehouse__code="EAST")
    come(product, 10, 400)
    come(product, 10, 100)
    other = f.BinFactory(warehouse=main_bin().warehouse, code="A-999999")
    post(product, 5, 3, "transfer", from_bin=main_bin(), to_bin=other)
    post(product, 12, 1, "transfer", from_bin=main_bin(), to_bin=east)
    assert bands(product, "EAST") == [0, 2, 0, 10]
    assert bands(product) == [0, 8, 0, 0]


def test_what_is_taken_back_is_not_new() -> None:
    product = f.ProductFactory()
    come(product, 10, 400)
    shipped = go(product, 10, 300)
    with transaction.atomic():
        reverse_movements(shipped, on=company_today(), by=keeper())
    assert bands(product) == [0, 0, 10, 0]
    found = age(product)
    assert found.sold_quantity == 0


def test_the_value_is_that_of_the_stock() -> None:
    product = f.ProductFactory()
    come(product, 30, 400)
    come(product, 10, 1)
    found = age(product)
    assert found.value == Decimal("320.00")
    assert found.old_value == Decimal("240.00")


def test_idle_is_counted_from_the_last_issue_or_the_arrival() -> None:
    sold, never = f.ProductFactory(), f.ProductFactory()
    for product in (sold, never):
        come(product, 10, 500)
    go(sold, 1, 120)
    go(sold, 1, 20, "scrap")
    today = company_today()
    assert age(sold).issued_on == age(sold).idle_since == today - timedelta(days=120)
    assert age(never).issued_on is None
    assert age(never).idle_since == today - timedelta(days=500)


def test_turnover_is_what_was_issued_by_the_average_stock() -> None:
    product = f.ProductFactory()
    come(product, 30, 500)  # 240 a year ago, 80 now
    go(product, 20, 100)
    found = age(product)
    assert found.sold_quantity == 20
    assert found.turnover == 1, "160 of 160"
    assert age(product).turnover == found.turnover, "the same again"


def test_what_has_gone_is_forgotten() -> None:
    product = f.ProductFactory()
    come(product, 3, 10)
    assert refresh_stock_ages() == 1
    go(product, 3, 1)
    assert refresh_stock_ages() == 0
    assert not StockAge.objects.exists()


def test_queries_do_not_grow_with_the_products() -> None:
    counted = []
    for number in (1, 12):
        for _more in range(number):
            come(f.ProductFactory(), 5, 10)
        with CaptureQueriesContext(connection) as queries:
            refresh_stock_ages()
        counted.append(len(queries))
    assert counted[0] == counted[1]


# --- the page ------------------------------------------------------------------------------------

LIST = "/admin/inventory/stockage/"


def client_of(role: str) -> Client:
    client = Client()
    client.force_login(f.UserFactory(role=role))
    return client


def test_the_list_finds_dead_stock_and_sums_it_up() -> None:
    dead, alive = f.ProductFactory(), f.ProductFactory()
    come(dead, 10, 400)
    come(alive, 20, 10)
    refresh_stock_ages()
    page = client_of("accountant").get(LIST, {"idle": "365"})
    assert [row.product for row in page.context["cl"].result_list] == [dead]
    (line,) = page.context["ages"]["lines"]
    assert (line["figures"], line["total"]) == (["0.00", "0.00", "0.00", "80.00"], "80.00")
    page = client_of("accountant").get(LIST, {"age": "90"})
    assert [row.product for row in page.context["cl"].result_list] == [dead]
    whole = client_of("accountant").get(LIST)
    assert whole.context["ages"]["lines"][0]["total"] == "240.00"


def test_without_the_cost_right_ages_are_quantities() -> None:
    come(f.ProductFactory(), 10, 400)
    refresh_stock_ages()
    page = client_of("sales").get(LIST)
    (line,) = page.context["ages"]["lines"]
    assert (line["figures"], line["total"]) == (["0", "0", "0", "10"], "10")
    assert "80.00" not in page.content.decode()


def test_the_button_works_the_ages_out(django_capture_on_commit_callbacks: Any) -> None:
    product = f.ProductFactory()
    come(product, 10, 1)
    client = client_of("storekeeper")
    with django_capture_on_commit_callbacks() as queued, translation.override("en"):
        answer = client.post(f"{LIST}refresh/", follow=True)
    assert len(queued) == 1
    assert "being worked out" in answer.content.decode()
    assert client.get(f"{LIST}refresh/").status_code == 405
    assert StockMove.objects.filter(product=product).exists()
