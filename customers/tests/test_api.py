"""Customers and suppliers over HTTP."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from audit.models import AuditEntry
from customers.models import Customer, Supplier
from tests import factories as f

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]
CUSTOMERS = "/api/v1/customers"
NUMBER = "91110000600037341L"


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def sales() -> User:
    return f.UserFactory(role="sales")


def post(user: User, body: dict[str, Any], path: str = CUSTOMERS, **headers: str) -> Any:
    return client_of(user).post(path, body, content_type="application/json", headers=headers)


def patch(user: User, row: Customer, body: dict[str, Any], **headers: str) -> Any:
    return client_of(user).patch(
        f"{CUSTOMERS}/{row.pk}", body, content_type="application/json", headers=headers
    )


def test_a_customer_is_entered_and_read_again(sales: User) -> None:
    answer = post(
        sales, {"name": "苏州宏锐轴承有限公司", "tax_id": NUMBER.lower(), "payment_term": "prepaid"}
    )
    assert answer.status_code == 201, answer.json()
    body = answer.json()
    assert body["code"] == "C00001"
    assert (body["tax_id"], body["currency"], body["payment_term"]) == (NUMBER, "CNY", "prepaid")
    again = client_of(sales).get(f"{CUSTOMERS}/{body['id']}")
    assert again.json() == body
    assert again.headers["ETag"] == '"1"'


def test_the_same_key_enters_one_customer(sales: User) -> None:
    body = {"name": "苏州宏锐轴承有限公司"}
    first = post(sales, body, **{"Idempotency-Key": "k1"})
    second = post(sales, body, **{"Idempotency-Key": "k1"})
    assert first.json() == second.json()
    assert second.headers["Idempotency-Replayed"] == "true"
    assert Customer.objects.count() == 1


def test_a_taken_number_is_a_conflict_that_names_who_is_responsible(sales: User) -> None:
    f.CustomerFactory(code="GEHEIM", tax_id=NUMBER, owner=f.UserFactory(display_name="王敏"))
    answer = post(sales, {"name": "昆山达丰机械有限公司", "tax_id": NUMBER})
    assert answer.status_code == 409
    assert answer.json()["code"] == "duplicate_tax_id"
    told = {"id": None, "partner": "", "responsible": "王敏", "reason": "tax_number"}
    assert answer.json()["candidates"] == [told]
    assert "GEHEIM" not in answer.content.decode()


def test_a_likeness_is_a_conflict_until_it_is_confirmed(sales: User) -> None:
    mine = f.CustomerFactory(name="苏州宏锐轴承有限公司", owner=sales)
    body = {"name": "宏锐（苏州）轴承有限公司"}
    answer = post(sales, body)
    assert (answer.status_code, answer.json()["code"]) == (409, "similar_partner")
    assert answer.json()["candidates"][0]["id"] == mine.pk
    assert post(sales, {**body, "similar_confirmed": True}).status_code == 201


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "甲机械", "tax_id": "911100006000373410"}, "tax_id"),
        ({"name": "甲机械", "currency": "XXX"}, "currency"),
        ({"name": "甲机械", "payment_term": "never"}, "payment_term"),
        ({"name": "甲机械", "email": "none"}, "email"),
        ({"name": "甲机械", "currency": None}, "currency"),
        ({"name": "甲机械", "version_": 1}, "version_"),
        ({"name": "甲机械", "cut_off_day": 32}, "cut_off_day"),
    ],
)
def test_a_wrong_field_is_named(sales: User, body: dict[str, Any], field: str) -> None:
    answer = post(sales, body)
    assert answer.status_code == 400, answer.json()
    assert [one["field"] for one in answer.json()["errors"]] == [field]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("blocked_reason", ""),
        ("shares_tax_id", True),
        ("credit_limit", "1000000"),
        ("owner_id", 1),
    ],
)
def test_some_fields_take_a_right_of_their_own(sales: User, name: str, value: Any) -> None:
    customer = f.CustomerFactory(owner=sales, blocked_reason="逾期")
    assert patch(sales, customer, {"version": 1, name: value}).status_code == 403
    customer.refresh_from_db()
    assert (customer.version, customer.blocked_reason) == (1, "逾期")


@pytest.mark.parametrize("name", ["archived_at", "tax_key", "merged_into_id", "code", "id"])
def test_other_columns_are_no_fields(sales: User, name: str) -> None:
    customer = f.CustomerFactory(owner=sales)
    assert patch(sales, customer, {"version": 1, name: 1}).status_code == 400


def test_a_manager_blocks_and_gives_away() -> None:
    manager, colleague = f.UserFactory(role="manager"), f.UserFactory()
    customer = f.CustomerFactory()
    sent = {
        "version": 1,
        "blocked_reason": "逾期",
        "owner_id": colleague.pk,
        "credit_limit": "5000.00",
    }
    answer = patch(manager, customer, sent)
    assert answer.status_code == 200, answer.json()
    assert answer.json()["blocked"]
    assert answer.json()["credit_limit"] == "5000.00"
    customer.refresh_from_db()
    assert customer.owner == colleague
    left = f.UserFactory(is_active=False)
    assert patch(manager, customer, {"version": 2, "owner_id": left.pk}).status_code == 400


def test_a_change_needs_the_version_it_was_decided_on(sales: User) -> None:
    customer = f.CustomerFactory(owner=sales)
    assert patch(sales, customer, {"notes": "x"}).status_code == 428
    assert patch(sales, customer, {"notes": "x"}, **{"If-Match": '"1"'}).status_code == 200
    stale = patch(sales, customer, {"notes": "y", "version": 1})
    assert stale.status_code == 409
    assert stale.json()["differences"] == [{"field": "notes", "stored": "x", "sent": "y"}]
    entry = AuditEntry.objects.get(action="customers.customer.changed")
    assert entry.changes == {"notes": ["", "x"]}


def test_null_empties_a_field(sales: User) -> None:
    customer = f.CustomerFactory(owner=sales)
    answer = patch(sales, customer, {"version": 1, "payment_term": None})
    assert answer.json()["payment_term"] is None


def test_customers_are_found_by_initials(sales: User) -> None:
    f.CustomerFactory(owner=sales, name="苏州宏锐轴承有限公司")
    f.CustomerFactory(owner=sales, name="无锡达丰机械有限公司")
    found = client_of(sales).get(CUSTOMERS, {"q": "SZHR"}).json()["items"]
    assert [row["name"] for row in found] == ["苏州宏锐轴承有限公司"]


def test_suppliers_alike() -> None:
    buyer = f.UserFactory(role="purchaser")
    answer = post(
        buyer, {"name": "洛阳轴承有限公司", "lead_time_days": 30}, path="/api/v1/suppliers"
    )
    assert answer.status_code == 201
    assert answer.json()["lead_time_days"] == 30
    assert Supplier.objects.get().owner == buyer
    listed = client_of(buyer).get("/api/v1/suppliers").json()["items"]
    assert listed == [answer.json()]
