"""The same code entered by 32 people at once: one row, the others are told (CASES.md C12)."""

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection  # noqa: F401 (the condition below names it)
from django.test import Client

from accounts.models import Department, User
from customers.models import Customer
from customers.services import create_partner
from finance.models import BankAccount
from inventory.models import Bin, Warehouse
from products.codes import learn_code
from products.models import Brand, Interchange, Product, ProductCode
from tests import factories as f
from tests.pages import filled
from tests.support import at_once, codes
from tests.test_admin import url

pytestmark = [
    pytest.mark.mariadb,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        "connection.vendor != 'mysql'", reason="row locks need MariaDB (DATABASE_URL=mysql://…)"
    ),
]
AT_ONCE = 32
SPELLINGS = ("Same1", "SAME1", "same1", "Ｓａｍｅ1")


@pytest.fixture
def boss() -> User:
    user: User = f.UserFactory(language="en", is_superuser=True, is_staff=True)
    return user


def _clients(user: User) -> list[Client]:
    clients = []
    for _number in range(AT_ONCE):
        client = Client(raise_request_exception=False)
        client.force_login(user)
        clients.append(client)
    return clients


def _form(client: Client, model: Any) -> dict[str, Any]:
    page = client.get(url(model, "add"))
    return dict(filled(page, f"{model._meta.model_name}_form"))


def _entered(boss: User, model: Any, values: Callable[[int], dict[str, Any]]) -> Counter[int]:
    """Post the add form from 32 sessions at once; return how often each status came."""
    clients = _clients(boss)
    data = _form(clients[0], model)
    posts = [
        lambda client=client, n=n: client.post(url(model, "add"), data | values(n)).status_code
        for n, client in enumerate(clients)
    ]
    return Counter(at_once(*posts))


CASES: dict[Any, Callable[[int], dict[str, Any]]] = {
    Brand: lambda n: {"code": SPELLINGS[n % 4], "name_en": "x"},
    Warehouse: lambda n: {"code": SPELLINGS[n % 4], "name": "x"},
    Department: lambda n: {"name": SPELLINGS[n % 4]},
    BankAccount: lambda n: {"code": SPELLINGS[n % 4], "name": "x", "currency": "CNY"},
    User: lambda n: {
        "username": SPELLINGS[n % 4],
        "display_name": "x",
        "password1": "kR7-blue-horse",
        "password2": "kR7-blue-horse",
        "usable_password": "true",
    },
}


@pytest.mark.parametrize("model", CASES, ids=lambda model: model.__name__)
def test_one_is_entered_and_the_others_are_told(boss: User, model: Any) -> None:
    before = model._default_manager.count()

    statuses = _entered(boss, model, CASES[model])

    assert statuses == {302: 1, 200: AT_ONCE - 1}
    assert model._default_manager.count() == before + 1


def test_one_bin_of_a_warehouse(boss: User) -> None:
    warehouse = f.WarehouseFactory(code="W1")
    values = {"warehouse": warehouse.pk}
    statuses = _entered(boss, Bin, lambda n: {"code": SPELLINGS[n % 4], **values})
    assert statuses == {302: 1, 200: AT_ONCE - 1}
    assert Bin.objects.filter(warehouse=warehouse).count() == 1


def test_one_product_of_a_designation(boss: User) -> None:
    product = f.ProductFactory()
    named = ("6205-2RS1", "6205 2RS1", "62052rs1", "６２０５-2RS1")
    values = {"brand": product.brand_id, "unit": product.unit_id, "status": "active"}
    statuses = _entered(boss, Product, lambda n: {"designation": named[n % 4], **values})
    assert statuses == {302: 1, 200: AT_ONCE - 1}
    assert Product.objects.count() == 2


def test_one_interchange_of_two_products_whichever_way_it_points(boss: User) -> None:
    one = f.ProductFactory(designation="6203")
    other = f.ProductFactory(designation="6203", brand__code="NSK")
    pair = (one.pk, other.pk)
    statuses = _entered(
        boss,
        Interchange,
        lambda n: {
            "from_product": pair[n % 2],
            "to_product": pair[1 - n % 2],
            "grade": "identical",
        },
    )
    assert statuses == {302: 1, 200: AT_ONCE - 1}
    assert Interchange.objects.count() == 1


def test_one_customer_over_the_api(boss: User) -> None:
    body = {"name": "远大轴承有限公司", "similar_confirmed": True}
    posts = [
        lambda client=client, n=n: (
            client.post(
                "/api/v1/customers",
                json.dumps({**body, "code": SPELLINGS[n % 4], "name": f"远大{n}轴承有限公司"}),
                "application/json",
            ).status_code
        )
        for n, client in enumerate(_clients(boss))
    ]

    statuses = Counter(at_once(*posts))

    assert statuses == {201: 1, 409: AT_ONCE - 1}
    assert Customer.objects.count() == 1


def test_one_customer_by_the_service(boss: User) -> None:
    currency = f.CurrencyFactory()

    def entered(number: int) -> Callable[[], Any]:
        values = {
            "code": SPELLINGS[number % 4],
            "name": f"远大{number}轴承有限公司",
            "currency": currency,
            "owner": boss,
        }
        return lambda: create_partner(Customer, values, by=boss, similar_confirmed=True)

    told = codes(at_once(*[entered(number) for number in range(AT_ONCE)]))

    assert told == ["duplicate_code"] * (AT_ONCE - 1) + ["ok"]


def test_one_wording_of_a_customer_is_learned_once(boss: User) -> None:
    product, customer = f.ProductFactory(), f.CustomerFactory()
    calls = [lambda: learn_code(customer.pk, "AB-100", product.pk, by=boss)] * AT_ONCE

    codes(at_once(*calls))

    assert ProductCode.objects.count() == 1
