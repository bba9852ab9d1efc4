"""What the tests of sales pages and API say often: who asks, for which page, with which answer."""

import json
from typing import Any

from django.test import Client
from django.urls import reverse

from accounts.models import User
from quotations.models import Quotation

API = "/api/v1"


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def with_status(quotation: Quotation, status: str) -> Quotation:
    Quotation.objects.filter(pk=quotation.pk).update(status=status)
    quotation.refresh_from_db()
    return quotation


def page_of(quotation: Quotation) -> str:
    return reverse("quotations:quotation", args=[quotation.pk])


def step_of(quotation: Quotation, step: str) -> str:
    return reverse("quotations:step", args=[quotation.pk, step])


def send(
    client: Client, path: str, body: Any = None, *, method: str = "post", **headers: str
) -> Any:
    """Send JSON; a header is named with underscores: ``Idempotency_Key="k"``."""
    return getattr(client, method)(
        API + path,
        data=json.dumps(body) if body is not None else None,
        content_type="application/json",
        headers={name.replace("_", "-"): value for name, value in headers.items()},
    )


def assert_problem(answer: Any, status: int, code: str, field: str = "") -> None:
    """Check that the answer is the problem the contract names."""
    body = answer.json()
    assert (answer.status_code, body["code"]) == (status, code), body
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert body["status"] == status
    if field:
        assert field in [error["field"] for error in body["errors"]]
