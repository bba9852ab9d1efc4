"""Customers over HTTP: looking them up."""

from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Schema

from customers.models import Customer
from erp.core.api import Limit, newest_first
from erp.core.policy import authorize

router = Router(tags=["customers"])


class CustomerOut(Schema):
    id: int
    code: str
    name: str
    short_name: str
    kind: str
    currency: str
    price_includes_tax: bool
    payment_term: str | None
    version: int


class CustomerPage(Schema):
    items: list[CustomerOut]
    next: str | None


class CustomerFilter(Schema):
    q: str = ""
    limit: Limit = 50
    cursor: str = ""


def customer_json(customer: Customer) -> dict[str, Any]:
    return {
        "id": customer.pk,
        "code": customer.code,
        "name": customer.name,
        "short_name": customer.short_name,
        "kind": customer.kind,
        "currency": customer.currency_id,
        "price_includes_tax": customer.price_includes_tax,
        "payment_term": customer.payment_term_id,
        "version": customer.version,
    }


@router.get("", response=CustomerPage, summary="Customers you may see, newest first")
def list_customers(request: HttpRequest, sought: Query[CustomerFilter]) -> dict[str, Any]:
    authorize(request.user, "customers.view_customer")
    rows = Customer.objects.visible_to(request.user).active()
    if sought.q.strip():
        rows = rows.named(sought.q[:100])
    found, following = newest_first(rows, cursor=sought.cursor, limit=sought.limit)
    return {"items": [customer_json(row) for row in found], "next": following}


@router.get("/{int:customer_id}", response=CustomerOut, summary="One customer")
def get_customer(request: HttpRequest, customer_id: int) -> dict[str, Any]:
    authorize(request.user, "customers.view_customer")
    return customer_json(Customer.objects.get_visible(request.user, customer_id))
