"""Hostile bodies are bad requests, and the API documents itself from local files."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from customers.models import Customer
from quotations.models import Quotation
from tests.factories import (
    QuotationFactory,
)
from tests.selling import API, assert_problem, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]

Status = Quotation.Status


@pytest.fixture
def client(seller: User) -> Client:
    return signed_in(seller)


# --- hostile bodies --------------------------------------------------------------------------

GOOD = b'{"customer_id": 1, "lines": [{"product_id": 1, "quantity": "1"}]}'


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        GOOD[:-3],
        b"\xef\xbb\xbf" + GOOD,
        GOOD.decode().encode("utf-16"),
        b"\xff\xfe\xfd",
        b"null",
        b"[]",
        b'"text"',
        b"42",
        b"[" * 10_000,
        b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
        GOOD.replace(b'"1"', b"NaN"),
        GOOD.replace(b'"1"', b"Infinity"),
        GOOD.replace(b'"1"', b"1e400"),
        GOOD.replace(b'"1"', b"1e999999999999999999999"),
        GOOD.replace(b'"1"', b"9" * 5000),
        GOOD.replace(b'"1"', b"0." + b"1" * 100_000),
        GOOD.replace(b'"1"', b'"1\\u0000"'),
        GOOD.replace(b'"1"', b'"\\ud800"'),
        GOOD.replace(b'"1"', b"true"),
        GOOD.replace(b'"1"', b"{}"),
        GOOD.replace(b'"customer_id"', b'"customer_\\u0000id"'),
        b'{"customer_id": 1, "customer_id": 2, "lines": []}',
    ],
    ids=range(23),
)
@pytest.mark.parametrize("path", ["/quotations", "/enquiries"])
def test_a_hostile_body_is_a_bad_request(client: Client, path: str, body: bytes) -> None:
    answer = client.post(API + path, body, content_type="application/json")
    assert answer.status_code == 400, answer.content
    assert answer.json()["code"] in {"malformed_json", "validation_error", "bad_text"}


@pytest.mark.parametrize("path", ["/quotations", "/enquiries"])
def test_nothing_is_no_body(client: Client, path: str) -> None:
    assert client.post(API + path).status_code in {400, 415}


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "application/octet-stream", ""])
@pytest.mark.parametrize("path", ["/quotations", "/enquiries"])
def test_a_body_of_another_type_is_refused(client: Client, path: str, kind: str) -> None:
    answer = client.post(API + path, GOOD, content_type=kind)
    assert_problem(answer, 415, "unsupported_media_type")


def test_a_body_without_end_is_too_large(client: Client, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    answer = client.post(f"{API}/quotations", b" " * 2000, content_type="application/json")
    assert_problem(answer, 413, "too_large")


def test_a_broken_form_is_a_bad_request(client: Client) -> None:
    kind = "multipart/form-data; boundary=x"
    answer = client.post(f"{API}/enquiries", b"--x\r\nnonsense", content_type=kind)
    assert answer.status_code == 400


def test_an_optional_body_is_checked_too(client: Client, draft: Quotation) -> None:
    path = f"{API}/quotations/{draft.pk}/submit"
    assert client.post(path, b"{", content_type="application/json").status_code == 400
    assert client.post(path, b'{"x": 1}', content_type="application/json").status_code == 400


def test_our_own_mistake_shows_no_traceback(
    client: Client, draft: Quotation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: Any) -> None:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr("quotations.api.documents.quotation_json", broken)
    answer = client.get(f"{API}/quotations/{draft.pk}")
    assert_problem(answer, 500, "internal_error")
    assert b"secret detail" not in answer.content


# --- the documentation -----------------------------------------------------------------------


def test_the_documentation_is_served_from_local_files(client: Client) -> None:
    answer = client.get(f"{API}/docs")
    html = answer.content.decode()
    assert "//" not in html.replace("</", "").replace("/*", "")
    assert "unsafe-eval" not in answer.headers["Content-Security-Policy"]
    assert "/static/ninja/swagger-ui-bundle.js" in html


def test_the_schema_names_every_operation_once(client: Client) -> None:
    schema = client.get(f"{API}/openapi.json").json()
    assert schema["info"]["version"] == "1.0.0"
    ids = [
        operation["operationId"]
        for path in schema["paths"].values()
        for operation in path.values()
        if "operationId" in operation
    ]
    assert len(ids) == len(set(ids)) >= 18


def test_queries_do_not_grow_with_the_lines(
    client: Client, seller: User, customer: Customer
) -> None:
    def count(lines: int) -> int:
        quotation = QuotationFactory(owner=seller, customer=customer, lines=lines)
        client.get(f"{API}/quotations/{quotation.pk}")  # what a process keeps is known now
        with CaptureQueriesContext(connection) as captured:
            client.get(f"{API}/quotations/{quotation.pk}")
        return len(captured)

    few = count(2)
    assert count(9) == few <= 8
