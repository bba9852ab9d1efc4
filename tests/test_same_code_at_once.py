"""The same code entered by 32 people at once: one row, the others are told (CASES.md C12)."""

import json
import os
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
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
from tests.racing import ON_MARIADB, at_once, codes
from tests.test_admin import url

pytestmark = [*ON_MARIADB, pytest.mark.case("C12")]
# A round of 32 forms takes seconds: one in the gate.
ROUNDS = int(os.environ.get("RACE_ROUNDS", "1"))
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


def _one_is_entered(boss: User, model: Any, values: Callable[[int], dict[str, Any]]) -> None:
    """Post the add form from 32 sessions at once: one row, and 31 forms that say why not."""
    clients = _clients(boss)
    data = _form(clients[0], model)
    known = list(model._default_manager.values_list("pk", flat=True))
    posts = [
        lambda client=client, n=n: client.post(url(model, "add"), data | values(n)).status_code
        for n, client in enumerate(clients)
    ]
    for _round in range(ROUNDS):
        assert Counter(at_once(*posts)) == {302: 1, 200: AT_ONCE - 1}
        made = model._default_manager.exclude(pk__in=known)
        assert made.count() == 1
        made.delete()  # the next round begins anew


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
    _one_is_entered(boss, model, CASES[model])


def test_one_bin_of_a_warehouse(boss: User) -> None:
    warehouse = f.WarehouseFactory(code="W1")
    values = {"warehouse": warehouse.pk}
    _one_is_entered(boss, Bin, lambda n: {"code": SPELLINGS[n % 4], **values})


def test_one_product_of_a_designation(boss: User) -> None:
    product = f.ProductFactory()
    named = ("6205-2RS1", "6205 2RS1", "62052rs1", "６２０５-2RS1")
    values = {"brand": product.brand_id, "unit": product.unit_id, "status": "active"}
    _one_is_entered(boss, Product, lambda n: {"designation": named[n % 4], **values})


def test_one_interchange_of_two_products_whichever_way_it_points(boss: User) -> None:
    one = f.ProductFactory(designation="6203")
    other = f.ProductFactory(designation="6203", brand__code="NSK")
    pair = (one.pk, other.pk)
    _one_is_entered(
        boss,
        Interchange,
        lambda n: {
            "from_product": pair[n % 2],
            "to_product": pair[1 - n % 2],
            "grade": "identical",
        },
    )


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
    for _round in range(ROUNDS):
        assert Counter(at_once(*posts)) == {201: 1, 409: AT_ONCE - 1}
        assert Customer.objects.count() == 1
        Customer.objects.all().delete()


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

    for _round in range(ROUNDS):
        told = codes(at_once(*[entered(number) for number in range(AT_ONCE)]))
        assert told == ["duplicate_code"] * (AT_ONCE - 1) + ["ok"]
        Customer.objects.all().delete()


def test_one_wording_of_a_customer_is_learned_once(boss: User) -> None:
    product, customer = f.ProductFactory(), f.CustomerFactory()
    calls = [lambda: learn_code(customer.pk, "AB-100", product.pk, by=boss)] * AT_ONCE

    for _round in range(ROUNDS):
        codes(at_once(*calls))
        assert ProductCode.objects.count() == 1
        ProductCode.objects.all().delete()
