"""The part cockpit, on the page and over HTTP: what it shows, to whom, in how many queries."""

import json
import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from customers.models import Customer
from products.models import Interchange, Product
from products.services import merge_products
from tests import factories as f
from tests.selling import assert_problem, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]
SIZES = {"bore_mm": Decimal(25), "outside_mm": Decimal(52), "width_mm": Decimal(15)}
OTHERS = "别人的客户有限公司"


@pytest.fixture
def seller() -> User:
    return f.UserFactory(role="sales")


@pytest.fixture
def boss() -> User:
    return f.UserFactory(role="manager")


@pytest.fixture
def part() -> Product:
    f.TaxRateFactory()
    return f.ProductFactory(designation="6205-2RS1/C3", category=f.CategoryFactory(), **SIZES)


@pytest.fixture
def customer(seller: User) -> Customer:
    return f.CustomerFactory(owner=seller, name="自己的客户有限公司")


@pytest.fixture
def other() -> Customer:
    return f.CustomerFactory(name=OTHERS, code="OTHER-1")


def page(user: User, part: Product, customer: Customer | None = None) -> str:
    asked = {"customer": customer.pk} if customer else {}
    answer = signed_in(user).get(reverse("parts:part", args=[part.pk]), asked)
    assert answer.status_code == 200
    return answer.text


def told(user: User, part: Product, customer: Customer | None = None) -> dict[str, Any]:
    asked = {"customer_id": customer.pk} if customer else {}
    answer = signed_in(user).get(f"/api/v1/products/{part.pk}/cockpit", asked)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


# --- what it shows ----------------------------------------------------------------------------


def test_the_drawing_is_to_scale_and_told_to_a_screen_reader(seller: User, part: Product) -> None:
    text = page(seller, part)
    assert 'role="img"' in text
    assert "Section of SKF 6205-2RS1/C3: d 25, D 52, B 15 mm" in text
    for size in ("d 25 mm", "D 52 mm", "B 15 mm"):
        assert f">{size}</text>" in text
    assert "circle" in text, "a ball bearing has balls"


def test_without_sizes_nothing_is_drawn(seller: User) -> None:
    part = f.ProductFactory(designation="6205")
    f.TaxRateFactory()
    assert "<svg" not in page(seller, part)


def test_the_designation_is_explained(seller: User, part: Product) -> None:
    text = page(seller, part)
    for code in ("<code>6205</code>", "<code>2RS1</code>", "<code>C3</code>"):
        assert code in text
    said = told(seller, part)["designation"]
    assert said["base"] == "6205"
    assert {"C3"} <= {mark["code"] for mark in said["marks"]}


def test_stock_is_told_by_warehouse_and_bin(seller: User, part: Product) -> None:
    place = f.BinFactory(warehouse__code="SH", code="A-1")
    f.StockFactory(product=part, bin=place, on_hand=120, reserved=20)
    f.StockFactory(
        product=part, bin=f.BinFactory(warehouse=place.warehouse, code="A-2"), on_hand=3, reserved=0
    )
    f.InboundFactory(product=part, confirmed_on=date(2026, 12, 24), quantity=50)
    found = told(seller, part)
    (shelf,) = found["stock"]
    assert (shelf["warehouse"], shelf["on_hand"], shelf["available"]) == ("SH", "123", "103")
    assert [row["bin"] for row in shelf["bins"]] == ["A-1", "A-2"]
    assert found["inbound_lines"][0]["expected_on"] == "2026-12-24"
    text = page(seller, part)
    assert "A-1" in text
    assert "2026-12-24" in text


def test_an_upgrade_is_never_told_as_the_same(seller: User, boss: User, part: Product) -> None:
    better = f.ProductFactory(designation="6205-2RS1/C4")
    f.InterchangeFactory(from_product=part, to_product=better, grade="upgrade", approved_by=boss)
    (link,) = told(seller, part)["interchanges"]
    assert link["grade"] == "upgrade"
    (back,) = told(seller, better)["interchanges"]
    assert back["grade"] == "downgrade"


def test_one_way_links_are_told_one_way(seller: User, boss: User, part: Product) -> None:
    newer = f.ProductFactory(designation="6205-2RSH/C3")
    f.InterchangeFactory(
        from_product=part, to_product=newer, grade="superseded", one_way=True, approved_by=boss
    )
    assert told(seller, part)["interchanges"][0]["grade"] == "superseded"
    assert told(seller, newer)["interchanges"] == []


def test_proposals_are_for_those_who_decide(seller: User, boss: User, part: Product) -> None:
    other = f.InterchangeFactory(from_product=part, approved_by=None).to_product
    assert told(seller, part)["interchanges"] == []
    assert other.designation not in page(seller, part)
    (link,) = told(boss, part)["interchanges"]
    assert link["approved"] is False
    assert "Proposals" in page(boss, part)


def test_prices_to_a_chosen_customer(seller: User, part: Product, customer: Customer) -> None:
    f.PriceFactFactory(product=part, customer=customer, net_unit_price=Decimal("12.34"))
    found = told(seller, part, customer)
    assert found["last_price"]["net_unit_price"] == "12.34"
    assert [fact["net_unit_price"] for fact in found["customer_prices"]] == ["12.34"]
    assert "12.34" in page(seller, part, customer)
    assert told(seller, part)["customer_prices"] == []


def test_a_trend_is_drawn_from_two_prices_on(seller: User, part: Product, customer: Any) -> None:
    f.PriceFactFactory(product=part, customer=customer, on=date(2026, 1, 5))
    assert 'class="trend"' not in page(seller, part)
    f.PriceFactFactory(product=part, customer=customer, on=date(2026, 2, 5))
    assert 'class="trend"' in page(seller, part)
    assert len(told(seller, part)["trend"]) == 2


def test_its_history_is_told(boss: User, part: Product) -> None:
    f.AuditEntryFactory(
        action="products.product.changed", object_type="products.product", object_id=str(part.pk)
    )
    assert 'class="history"' in page(boss, part)


def test_a_protected_item_warns(seller: User, part: Product, customer: Any, other: Any) -> None:
    f.ProtectedItemFactory(product=part, customer=other)
    found = told(seller, part, customer)
    assert found["warnings"][0]["owners"] == [str(other.owner)]
    text = page(seller, part, customer)
    assert str(other.owner) in text
    assert OTHERS not in text


# --- what it keeps ----------------------------------------------------------------------------


@pytest.fixture
def traded(part: Product, customer: Customer, other: Customer) -> None:
    """The part has a cost, prices of both sellers' customers, documents and codes."""
    f.StockValueFactory(product=part, quantity=10, value=Decimal("77.70"))
    f.StockFactory(product=part, bin=f.BinFactory(warehouse__code="MAIN"), on_hand=10)
    for buyer, price in ((customer, "11.11"), (other, "99.99")):
        for day in (1, 2):
            f.PriceFactFactory(
                product=part, customer=buyer, net_unit_price=Decimal(price), on=date(2026, 1, day)
            )
        f.ProductCodeFactory(product=part, customer=buyer, code=f"CODE-{buyer.code}")
        owned = {"customer": buyer, "owner": buyer.owner, "lines": 0}
        f.QuotationLineFactory(document=f.QuotationFactory(**owned), product=part)
        f.SalesOrderLineFactory(document=f.SalesOrderFactory(**owned), product=part)
    f.PriceFactFactory(
        product=part, customer=None, kind="purchase", net_unit_price=Decimal("66.66")
    )
    f.PurchaseOrderLineFactory(product=part, unit_price=Decimal("55.55"))


@pytest.mark.usefixtures("traded")
def test_a_seller_sees_his_own_trade_and_no_cost(
    seller: User, part: Product, customer: Customer
) -> None:
    text, found = page(seller, part, customer), told(seller, part, customer)
    shown = text + json.dumps(found, ensure_ascii=False)
    assert "11.11" in shown
    assert f"CODE-{customer.code}" in shown
    for secret in ("99.99", "66.66", "55.55", "7.77", OTHERS, "OTHER-1"):
        assert secret not in shown, secret
    assert found["cost"] is None
    assert [line["partner"] for line in found["quotes"]] == [customer.code]
    assert [line["partner"] for line in found["sales"]] == [customer.code]
    assert found["purchases"] == []
    assert found["rfqs"] == []


@pytest.mark.usefixtures("traded")
def test_a_storekeeper_sees_no_price(part: Product, other: Customer) -> None:
    keeper = f.UserFactory(role="storekeeper")
    found = told(keeper, part)
    shown = page(keeper, part) + json.dumps(found, ensure_ascii=False)
    for secret in ("11.11", "99.99", "66.66", "55.55", "7.77", "11.30"):
        assert secret not in shown, secret
    assert found["suggested_price"] is None
    assert len(found["sales"]) == 2, "he delivers all orders"
    assert {line["unit_price"] for line in found["sales"]} == {None}
    assert found["purchases"][0]["unit_price"] is None


@pytest.mark.usefixtures("traded")
def test_a_manager_sees_all(boss: User, part: Product) -> None:
    found = told(boss, part)
    assert found["cost"] is not None
    assert {fact["kind"] for fact in found["trend"]} == {"quote", "purchase"}
    assert len(found["quotes"]) == 2
    assert found["purchases"][0]["unit_price"] == "55.55"


def test_another_sellers_customer_is_no_customer(
    seller: User, part: Product, other: Customer
) -> None:
    assert OTHERS not in page(seller, part, other)
    path = f"/api/v1/products/{part.pk}/cockpit?customer_id={other.pk}"
    hidden = signed_in(seller).get(path)
    missing = signed_in(seller).get(path.replace(f"={other.pk}", "=987654321"))
    assert_problem(hidden, 400, "validation_error", "customer_id")
    assert hidden.json() == missing.json()


def test_a_hidden_and_a_missing_part_are_alike(part: Product) -> None:
    nobody = signed_in(f.UserFactory())
    assert nobody.get(reverse("parts:part", args=[part.pk])).status_code == 403
    seller = signed_in(f.UserFactory(role="sales"))
    assert seller.get(reverse("parts:part", args=[10**9])).status_code == 404
    assert_problem(seller.get(f"/api/v1/products/{10**9}/cockpit"), 404, "not_found")


@pytest.mark.usefixtures("traded")
def test_the_page_takes_this_many_queries(boss: User, part: Product, customer: Customer) -> None:
    """And no more when there is more of everything."""
    client, path = signed_in(boss), reverse("parts:part", args=[part.pk])
    client.get(path, {"customer": customer.pk})

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path, {"customer": customer.pk}).status_code == 200
        return len(queries)

    before = count()
    for number in range(5):
        other = f.InterchangeFactory(
            from_product=part, to_product__designation=f"NU22{number:02d}", approved_by=boss
        )
        f.StockFactory(product=other.to_product)
        f.StockFactory(product=part, bin=f.BinFactory(code=f"Z-{number}"))
        f.InboundFactory(product=part)
        f.QuotationLineFactory(document=f.QuotationFactory(lines=0), product=part)
        f.SalesOrderLineFactory(document=f.SalesOrderFactory(lines=0), product=part)
        f.ProductCodeFactory(product=part)
    # Once there is any interchange its parts' stock and prices are asked for as well.
    with_links = count()
    Interchange.objects.order_by("-pk")[0].delete()
    assert count() == with_links
    assert before <= 32
    assert with_links <= 42


# --- merging ----------------------------------------------------------------------------------


def test_a_merged_part_leads_to_the_one_it_became(seller: User, boss: User, part: Product) -> None:
    gone = f.ProductFactory(designation="6205 - 2RSC3")
    merge_products(part.pk, gone.pk, by=boss)
    answer = signed_in(seller).get(reverse("parts:part", args=[gone.pk]))
    assert answer.headers["Location"] == reverse("parts:part", args=[part.pk])
    assert told(seller, gone)["product"]["id"] == part.pk


def test_the_effects_are_shown_before_anything_is_done(boss: User, part: Product) -> None:
    gone = f.ProductFactory(designation="6205 - 2RSC3", name="另一个名字")
    f.PriceFactFactory.create_batch(3, product=gone)
    client, path = signed_in(boss), reverse("parts:merge", args=[gone.pk])
    text = client.get(path, {"keep": part.pk}).text
    assert re.search(r"prices</dt><dd>3<", text)
    assert "另一个名字" in text, "where they differ"
    gone.refresh_from_db()
    assert gone.merged_into is None

    sent = {"keep": part.pk, "token": "once"}
    first = client.post(path, sent)
    assert first.headers["Location"] == reverse("parts:part", args=[part.pk])
    gone.refresh_from_db()
    assert gone.merged_into == part


def test_a_refused_merge_says_why(boss: User, part: Product) -> None:
    gone = f.ProductFactory(designation="6205 - 2RSC3", unit=f.UnitFactory(code="pair"))
    client, path = signed_in(boss), reverse("parts:merge", args=[gone.pk])
    assert "counted in" in client.get(path, {"keep": part.pk}).text
    answer = client.post(path, {"keep": part.pk, "token": "t"})
    assert answer.status_code == 409
    assert "counted in" in answer.text


def test_makers_that_differ_ask_for_a_tick(boss: User, part: Product) -> None:
    gone = f.ProductFactory(designation="6205-2RS1/C3", brand=f.BrandFactory(code="SKF-CN"))
    client, path = signed_in(boss), reverse("parts:merge", args=[gone.pk])
    assert "on_purpose" in client.get(path, {"keep": part.pk}).text
    assert client.post(path, {"keep": part.pk, "token": "a"}).status_code == 409
    sent = {"keep": part.pk, "token": "b", "on_purpose": "yes"}
    assert client.post(path, sent).status_code == 302


# --- looking one up ---------------------------------------------------------------------------


def test_the_search_page_finds_in_any_spelling(seller: User, part: Product) -> None:
    f.StockFactory(product=part, on_hand=7, reserved=0)
    path = reverse("parts:search")
    assert part.designation in signed_in(seller).get(path, {"q": "62052rs1c3"}).text
    assert "Nothing found" in signed_in(seller).get(path, {"q": "qqqq zzzz"}).text
    assert signed_in(seller).get(path).status_code == 200


def test_other_pages_lead_to_it(seller: User, boss: User, part: Product, customer: Any) -> None:
    link = reverse("parts:part", args=[part.pk])
    quotation = f.QuotationFactory(owner=seller, customer=customer, lines__product=part)
    client = signed_in(seller)
    assert link in client.get(reverse("quotations:quotation", args=[quotation.pk])).text
    enquiry = f.EnquiryFactory(owner=seller, customer=customer, lines=0)
    f.EnquiryLineFactory(document=enquiry, product=part)
    assert link in client.get(reverse("quotations:enquiry", args=[enquiry.pk])).text
    admin = reverse("admin:products_product_change", args=[part.pk])
    assert link in signed_in(boss).get(admin).text
