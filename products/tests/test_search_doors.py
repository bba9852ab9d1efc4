"""The search behind every door: lists, typeaheads; and its keys kept right by whoever writes."""

from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from imports import services
from products.models import Product
from products.search import match
from tests.factories import (
    BrandFactory,
    CustomerFactory,
    ProductCodeFactory,
    ProductFactory,
    StockFactory,
    UserFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]

LIST = "/admin/products/product/"


def client_of(role: str) -> Client:
    client = Client()
    client.force_login(UserFactory(role=role))
    return client


def listed(client: Client, path: str = LIST, **query: str) -> list[Any]:
    answer: Any = client.get(path, query)
    assert answer.status_code == 200
    return list(answer.context_data["cl"].result_list)


def offered(client: Client, term: str) -> list[str]:
    asked = {"app_label": "products", "model_name": "interchange", "field_name": "to_product"}
    answer = client.get(reverse("admin:autocomplete"), {**asked, "term": term})
    assert answer.status_code == 200
    return [row["text"] for row in answer.json()["results"]]


def found(text: str) -> set[str]:
    (answer,) = match([text])
    return {hit.product.designation for hit in answer.hits}


@pytest.fixture
def parts() -> list[Product]:
    skf = ProductFactory(designation="6205-2RS1")
    nsk = ProductFactory(brand=BrandFactory(code="NSK"), designation="6205DDU")
    ProductFactory(designation="6206-2Z")
    return [skf, nsk]


def test_lists_and_typeaheads_understand_any_spelling(parts: list[Product]) -> None:
    client = client_of("manager")
    for text in ("62052rs", "6205 2RSR", "6205ddu", "６２０５－２ＲＳ"):
        assert set(listed(client, q=text)) == set(parts), text
        assert set(offered(client, text)) == {str(part) for part in parts}, text
    assert listed(client, q="NSK 62052rs")[0] == parts[1]
    assert listed(client, q="6205-2RS1")[0] == parts[0]
    assert offered(client, "nothing at all") == []


def test_a_filter_narrows_the_search_before_the_best_are_taken(parts: list[Product]) -> None:
    brand = str(parts[1].brand_id)
    assert listed(client_of("manager"), q="62052rs", brand__id__exact=brand) == [parts[1]]


def test_an_archived_product_is_found_in_its_list_and_never_offered(parts: list[Product]) -> None:
    Product.objects.filter(pk=parts[0].pk).update(archived_at=timezone.now())
    client = client_of("manager")
    assert parts[0] in listed(client, q="62052rs", archived="all")
    assert parts[0] not in listed(client, q="62052rs")
    assert offered(client, "62052rs") == [str(parts[1])]
    (answer,) = match(["6205-2RS1"])
    assert parts[0] not in {hit.product for hit in (*answer.hits, *answer.equals)}


def test_what_belongs_to_a_product_is_found_by_any_of_its_spellings(parts: list[Product]) -> None:
    mine, other = StockFactory(product=parts[0]), StockFactory(product=ProductFactory())
    rows = listed(client_of("storekeeper"), "/admin/inventory/stockbalance/", q="6205 2rsr")
    assert [row.pk for row in rows] == [mine.pk]
    assert other.pk not in {row.pk for row in rows}


def test_a_customers_own_code_never_leads_another_to_the_part(parts: list[Product]) -> None:
    customer = CustomerFactory()
    ProductCodeFactory(product=parts[0], customer=customer, code="M-77", search_key="M77")
    for role in ("manager", "sales", "storekeeper", "purchaser"):
        assert offered(client_of("manager"), "M-77") == []
        assert listed(client_of(role), q="M-77") == []


def test_a_search_takes_as_many_queries_however_much_it_finds(parts: list[Product]) -> None:
    client = client_of("manager")

    def count() -> int:
        with CaptureQueriesContext(connection) as captured:
            listed(client, q="6205-2RS")
        return len(captured)

    count()
    few = count()
    for n in range(20):
        ProductFactory(brand=BrandFactory(code=f"B{n}"), designation="6205-2RS")
    assert count() == few


# --- the keys follow what they come from, in the same transaction -------------------------------


def test_the_admin_keeps_the_keys() -> None:
    product = ProductFactory(designation="6205-2RS1", name="深沟球轴承")
    client = client_of("manager")
    page = f"{LIST}{product.pk}/change/"
    form: Any = client.get(page)
    data = {
        name: value
        for name, value in form.context_data["adminform"].form.initial.items()
        if value is not None
    }
    for formset in form.context_data["inline_admin_formsets"]:
        data |= {f"{formset.formset.prefix}-{n}_FORMS": "0" for n in ("TOTAL", "INITIAL")}
    data |= {"designation": "NU 208 ECP", "old_designation": "32208", "name": "圆柱滚子轴承"}
    answer = client.post(page, data)
    assert answer.status_code == 302
    for text in ("nu208ecp", "NU208 EC P", "32208", "yzgz"):
        assert found(text) == {"NU 208 ECP"}, text
    for text in ("62052rs1", "6205-2RS", "sgqzc"):
        assert found(text) == set(), text


def test_a_change_rolled_back_leaves_the_old_keys() -> None:
    product = ProductFactory(designation="6205-2RS1", name="深沟球轴承")

    with transaction.atomic():
        product.designation, product.name = "NU 208 ECP", "圆柱滚子轴承"
        product.set_keys()
        product.save()
        assert found("nu208ecp") == {"NU 208 ECP"}
        transaction.set_rollback(True)
    assert found("nu208ecp") == set()
    assert found("62052rs1") == found("sgqzc") == {"6205-2RS1"}


def test_an_import_and_its_undoing_keep_the_keys(tmp_path: Path) -> None:
    BrandFactory(code="SKF")
    ProductFactory(designation="6205-2RS1", name="深沟球轴承")
    file = tmp_path / "list.csv"
    file.write_text(
        "品牌,型号,名称,单价\nSKF,NU 208 ECP,圆柱滚子轴承,9\nSKF,6205-2RS1,密封轴承,9\n",
        encoding="utf-8",
    )
    made = services.create_import("products", file.name, by=None)
    services.check_import(made.pk, path=file, by=None)
    assert found("yzgz") == set()
    services.apply_import(made.pk, by=None)
    assert found("yzgz") == found("nu208 ec p") == {"NU 208 ECP"}
    assert (found("mfzc"), found("sgqzc")) == ({"6205-2RS1"}, set())
    services.undo_import(made.pk, by=None)
    assert found("yzgz") == found("nu208ecp") == found("mfzc") == set()
    assert found("sgqzc") == {"6205-2RS1"}


def test_keys_of_every_product_are_what_they_come_from() -> None:
    """After any door: what is stored is what would be derived."""
    ProductFactory(designation="6205-2RS1", old_designation="180205", name="深沟球轴承")
    Product.objects.update(name_key="", form_key="")
    call_command("rebuild_product_keys")
    for product in Product.objects.all():
        stored = [getattr(product, key) for key in Product.KEYS]
        product.set_keys()
        assert [getattr(product, key) for key in Product.KEYS] == stored
    assert found("sgqzc") == {"6205-2RS1"}
