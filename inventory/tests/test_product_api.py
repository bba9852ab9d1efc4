"""The API of the catalogue: search in any spelling, sizes, paging, stock."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from products.models import Product
from tests.factories import (
    BrandFactory,
    CustomerFactory,
    InboundFactory,
    ProductCodeFactory,
    ProductFactory,
    StockFactory,
    UserFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]

PRODUCTS = "/api/v1/products"


@pytest.fixture
def client() -> Client:
    client = Client()
    client.force_login(UserFactory(role="storekeeper"))
    return client


@pytest.fixture
def part() -> Product:
    """120 in stock, 20 on the way."""
    product = ProductFactory(
        designation="6205-2RS1/C3",
        bore_mm=Decimal(25),
        outside_mm=Decimal(52),
        width_mm=Decimal(15),
    )
    StockFactory(product=product, on_hand=120)
    InboundFactory(product=product)
    return product


def found(client: Client, **query: Any) -> list[int]:
    answer = client.get(PRODUCTS, query)
    assert answer.status_code == 200, answer.content
    return [item["id"] for item in answer.json()["items"]]


def test_a_part_is_found_in_any_spelling_with_its_stock(client: Client, part: Product) -> None:
    (item,) = client.get(PRODUCTS, {"q": "６２０５ 2rs1c3"}).json()["items"]
    assert item == {
        "id": part.pk,
        "brand": "SKF",
        "designation": "6205-2RS1/C3",
        "name": "深沟球轴承",
        "unit": "piece",
        "available": "120",
        "inbound": "20",
        "match": "normalised",
        "reason": "The same designation but for spaces, signs or case.",
    }


def test_a_part_is_found_by_its_size(client: Client, part: Product) -> None:
    ProductFactory(
        designation="6206", bore_mm=Decimal(30), outside_mm=Decimal(62), width_mm=Decimal(16)
    )
    assert found(client, d="25", D="52", B="15") == [part.pk]
    assert found(client, d="24.9", tol="0.2") == [part.pk]
    assert found(client, d="24.9") == []


def test_a_brand_is_known_by_any_of_its_names(client: Client, part: Product) -> None:
    brand = BrandFactory(code="NSK", name_en="NSK Ltd.", name_zh="恩斯克", aliases=["日本精工"])
    other = ProductFactory(brand=brand)
    for name in ("NSK", "nsk", "恩斯克", "日本精工"):
        assert found(client, brand=name) == [other.pk]
    assert found(client, brand="nobody") == []


def test_archived_products_are_left_out(client: Client, part: Product) -> None:
    Product.objects.filter(pk=part.pk).update(archived_at=timezone.now())
    assert found(client) == []
    assert found(client, q="6205-2RS1/C3") == []


@pytest.mark.parametrize("query", [{}, {"q": "6205"}])
def test_pages_follow_one_another(client: Client, query: dict[str, str]) -> None:
    made = {ProductFactory(designation=f"6205-{suffix}").pk for suffix in "ABCDE"}
    seen: list[int] = []
    cursor = ""
    for _page in range(3):
        answer = client.get(PRODUCTS, query | {"limit": "2", "cursor": cursor}).json()
        seen += [item["id"] for item in answer["items"]]
        cursor = answer["next"] or ""
    assert not cursor
    assert len(seen) == 5
    assert set(seen) == made


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"limit": "0"}, "limit"),
        ({"limit": "1000"}, "limit"),
        ({"d": "abc"}, "d"),
        ({"d": "NaN"}, "d"),
        ({"d": "1e400"}, "d"),
        ({"D": "-1"}, "D"),
        ({"tol": "Infinity"}, "tol"),
        ({"q": "6" * 201}, "q"),
        ({"q": "62\x0005"}, ""),
        ({"cursor": "ÿ"}, "cursor"),
        ({"q": "6205", "cursor": "OTk5OTk5"}, "cursor"),
        ({"cursor": "bnVsbA"}, "cursor"),
        ({"d": "25", "cursor": "MTI"}, "cursor"),
        ({"d": "25", "cursor": "W251bGwsbnVsbCxudWxsLG51bGwsbnVsbF0"}, "cursor"),
        ({"d": "25", "cursor": "WyJOYU4iLCIxIiwiMSIsIjEiLCIxIl0"}, "cursor"),
        ({"limit": "x"}, "limit"),
        ({"B": ""}, "B"),
        ({"d": "25,5"}, "d"),
    ],
)
def test_a_wrong_parameter_is_named(client: Client, query: dict[str, str], field: str) -> None:
    answer = client.get(PRODUCTS, query)
    assert answer.status_code == 400, answer.content
    if field:
        assert field in [error["field"] for error in answer.json()["errors"]]


@pytest.mark.parametrize("text", ["'; DROP TABLE x; --", "%", "_", "\\", "😀", "（）", "x" * 200])
def test_any_text_may_be_searched(client: Client, part: Product, text: str) -> None:
    assert client.get(PRODUCTS, {"q": text}).status_code == 200


def test_one_product_is_shown_whole(client: Client, part: Product) -> None:
    answer = client.get(f"{PRODUCTS}/{part.pk}").json()
    assert (answer["bore_mm"], answer["available"], answer["inbound"]) == ("25", "120", "20")
    assert "cost" not in answer
    assert client.get(f"{PRODUCTS}/999999").status_code == 404


def test_products_need_the_right(part: Product) -> None:
    client = Client()
    client.force_login(UserFactory())
    for path in (PRODUCTS, f"{PRODUCTS}/{part.pk}"):
        answer = client.get(path)
        assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied")


def test_queries_do_not_grow_with_the_hits(client: Client) -> None:
    def count(query: dict[str, str]) -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(PRODUCTS, query)
        return len(captured)

    ProductFactory(designation="6205-A")
    few = [count(query) for query in ({}, {"q": "6205"})]
    for suffix in "BCDEFGH":
        ProductFactory(designation=f"6205-{suffix}")
    assert [count(query) for query in ({}, {"q": "6205"})] == few
    assert max(few) <= 20


def test_a_brand_filters_a_search_too(client: Client, part: Product) -> None:
    other = ProductFactory(
        brand=BrandFactory(code="NSK", name_zh="恩斯克"), designation="6205DDUC3"
    )
    assert found(client, q="6205-2RS/C3") == [part.pk, other.pk]
    assert found(client, q="6205-2RS/C3", brand="恩斯克") == [other.pk]
    assert found(client, q="6205", brand="nsk") == [other.pk]
    assert found(client, q="6205-2RS/C3", brand="nobody") == []
    assert found(client, q="NSK 6205-2RS/C3", brand="SKF") == [part.pk]


def test_sizes_filter_a_search_too(client: Client, part: Product) -> None:
    wide = ProductFactory(designation="6205-2Z", bore_mm=Decimal(25), outside_mm=Decimal(60))
    assert found(client, q="6205", d="25") == [part.pk, wide.pk]
    assert found(client, q="6205", d="25", D="52") == [part.pk]
    assert found(client, q="6205", D="52.4", tol="0.5") == [part.pk]
    assert found(client, q="6205", B="99") == []
    assert found(client, q="25x52x15", B="15") == [part.pk]


@pytest.mark.parametrize(
    "query",
    [
        {"d": "25"},
        {"D": "52"},
        {"B": "15", "tol": "3"},
        {"brand": "SKF"},
        {"q": "6205"},
        {"q": "25x52"},
        {"q": "6205-2RS", "brand": "skf"},
        {"q": "skf"},
    ],
)
def test_every_question_is_paged_without_gap_or_repetition(
    client: Client, query: dict[str, str]
) -> None:
    nsk = BrandFactory(code="NSK")
    for n in range(7):
        size = {"bore_mm": Decimal(25), "outside_mm": Decimal(52), "width_mm": Decimal(15 - n % 3)}
        for brand in ({}, {"brand": nsk}):
            ProductFactory(designation=f"6205-2RS/X{n}", **size, **brand)
    ProductFactory(designation="6205-N", bore_mm=Decimal(25))
    whole = found(client, **query)
    seen: list[int] = []
    cursor = ""
    while len(seen) <= len(whole):
        answer = client.get(PRODUCTS, query | {"limit": "3", "cursor": cursor}).json()
        seen += [item["id"] for item in answer["items"]]
        cursor = answer["next"]
        if not cursor:
            break
    assert len(whole) >= 7
    assert seen == whole


def test_codes_of_customers_never_show_in_a_search(client: Client) -> None:
    ProductCodeFactory(customer=CustomerFactory(), code="K-4711", search_key="K4711")
    general = ProductCodeFactory(customer=None, code="K-4712", search_key="K4712")
    assert found(client, q="K-4711") == []
    assert found(client, q="K-4712") == [general.product_id]
