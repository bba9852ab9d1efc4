"""The API of enquiries and quotations: contract, rights, versions, one effect per key."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from audit.models import AuditEntry
from customers.models import Customer
from orders.models import SalesOrder
from products.models import Product
from quotations.api.enquiries import EnquiryOut
from quotations.api.schemas import QuotationOut
from quotations.models import Enquiry, Quotation
from tests.factories import (
    CustomerFactory,
    EnquiryFactory,
    QuotationFactory,
    UserFactory,
)
from tests.selling import API, assert_problem, send, signed_in, with_status

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]

Status = Quotation.Status


@pytest.fixture
def client(seller: User) -> Client:
    return signed_in(seller)


# --- who comes in ----------------------------------------------------------------------------

ROUTES = [
    ("get", "/customers"),
    ("get", "/products"),
    ("get", "/products/1"),
    ("post", "/enquiries"),
    ("get", "/enquiries/1"),
    ("post", "/enquiries/1/quotation"),
    ("get", "/quotations"),
    ("post", "/quotations"),
    ("get", "/quotations/1"),
    ("patch", "/quotations/1"),
    ("post", "/quotations/1/send"),
    ("post", "/quotations/1/accept"),
    ("get", "/quotations/1/pdf"),
    ("get", "/openapi.json"),
]


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_strangers_are_told_to_sign_in(method: str, path: str) -> None:
    assert_problem(send(Client(), path, method=method), 401, "not_authenticated")


def test_strangers_do_not_read_the_documentation() -> None:
    assert Client().get(f"{API}/docs").status_code == 302


def test_a_change_needs_the_csrf_token(seller: User, draft: Quotation) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(seller)
    assert_problem(send(client, f"/quotations/{draft.pk}/submit"), 403, "csrf_failed")
    assert client.get(f"{API}/quotations/{draft.pk}").status_code == 200


@pytest.mark.parametrize(
    ("role", "method", "path", "body"),
    [
        ("storekeeper", "get", "/quotations", None),
        ("storekeeper", "get", "/quotations/1", None),
        ("storekeeper", "get", "/customers", None),
        ("accountant", "post", "/enquiries", {"customer_id": 1, "text": "6205 10"}),
        ("accountant", "post", "/quotations/1/cancel", None),
        ("accountant", "post", "/quotations/1/accept", None),
        ("sales", "post", "/quotations/1/approve", None),
        ("sales", "post", "/quotations/1/reject", None),
    ],
)
def test_an_operation_needs_its_right(role: str, method: str, path: str, body: Any) -> None:
    answer = send(signed_in(UserFactory(role=role)), path, body, method=method)
    assert_problem(answer, 403, "permission_denied")


STEPS = ["submit", "send", "lose", "cancel", "accept"]


@pytest.mark.parametrize("step", STEPS)
def test_a_colleagues_quotation_is_as_if_missing(client: Client, step: str) -> None:
    theirs = QuotationFactory()
    answers = [send(client, f"/quotations/{pk}/{step}") for pk in (theirs.pk, 999_999)]
    assert_problem(answers[0], 404, "not_found")
    assert answers[0].content == answers[1].content


def test_reading_and_changing_a_colleagues_documents_is_not_found(client: Client) -> None:
    quotation, enquiry = QuotationFactory(), EnquiryFactory()
    change = {"version": 1, "lines": [{"product_id": 1, "quantity": "1"}]}
    for answer in (
        send(client, f"/quotations/{quotation.pk}", method="get"),
        send(client, f"/quotations/{quotation.pk}/pdf", method="get"),
        send(client, f"/quotations/{quotation.pk}", change, method="patch"),
        send(client, f"/enquiries/{enquiry.pk}", method="get"),
        send(client, f"/enquiries/{enquiry.pk}/quotation"),
        send(client, f"/customers/{quotation.customer_id}", method="get"),
    ):
        assert_problem(answer, 404, "not_found")


def test_an_unknown_route_is_a_problem_too(client: Client) -> None:
    assert_problem(client.get(f"{API}/nothing/here"), 404, "not_found")


# --- enquiries -------------------------------------------------------------------------------


def test_a_text_becomes_matched_and_priced_lines(
    client: Client, customer: Customer, part: Product
) -> None:
    sent = {"customer_id": customer.pk, "text": "你好\n6205-2RS1/C3 SKF 10个\n谢谢"}
    answer = send(client, "/enquiries", sent)
    assert answer.status_code == 201
    enquiry = answer.json()
    (line,) = enquiry["lines"]
    assert line["product"] == {"id": part.pk, "brand": "SKF", "designation": "6205-2RS1/C3"}
    assert (line["quantity"], line["unit"], line["available"]) == ("10", "piece", "120")
    assert line["suggested_price"]["amount"] == "10"
    assert line["last_price"] is None
    assert line["reasons"] == ["Designation as written."]
    assert "谢谢" in enquiry["ignored"]
    again = client.get(f"{API}/enquiries/{enquiry['id']}")
    assert again.json() == enquiry
    EnquiryOut.model_validate(enquiry)


def test_a_file_becomes_an_enquiry(client: Client, customer: Customer, part: Product) -> None:
    file = SimpleUploadedFile("parts.csv", "型号,数量\n6205-2RS1/C3,7\n".encode())
    answer = client.post(f"{API}/enquiries", {"customer_id": customer.pk, "file": file})
    assert answer.status_code == 201
    assert answer.json()["lines"][0]["quantity"] == "7"


@pytest.mark.parametrize(
    ("name", "content", "status", "code"),
    [
        ("a.xlsx", b"no workbook", 415, "wrong_type"),
        ("a.xlsx", b"PK\x03\x04 damaged", 400, "bad_workbook"),
        ("a.txt", b"\x00\x01\x02\x03" * 50, 415, "binary_file"),
        ("a.txt", b"  \n", 415, "empty_file"),
        ("a.exe", b"6205 10", 415, "unsupported_type"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(
    client: Client, customer: Customer, name: str, content: bytes, status: int, code: str
) -> None:
    file = SimpleUploadedFile(name, content)
    answer = client.post(f"{API}/enquiries", {"customer_id": customer.pk, "file": file})
    assert_problem(answer, status, code, "file")


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"text": "6205 10"}, "customer_id"),
        ({"customer_id": 0, "text": "6205 10"}, "customer_id"),
        ({"customer_id": 2**70, "text": "6205 10"}, "customer_id"),
        ({"customer_id": 1, "text": "  "}, "text"),
        ({"customer_id": 1, "text": "6205", "owner": 1}, "owner"),
        ([], ""),
    ],
)
def test_a_wrong_field_is_named(client: Client, sent: Any, field: str) -> None:
    assert_problem(send(client, "/enquiries", sent), 400, "validation_error", field)


def test_a_colleagues_customer_is_a_wrong_value(client: Client) -> None:
    theirs = CustomerFactory()
    for pk in (theirs.pk, 999_999):
        answer = send(client, "/enquiries", {"customer_id": pk, "text": "6205-2RS1/C3 10"})
        assert_problem(answer, 400, "validation_error", "customer_id")
        assert theirs.name not in answer.content.decode()
    assert not Enquiry.objects.exists()


def test_a_text_without_parts_is_refused(client: Client, customer: Customer) -> None:
    answer = send(client, "/enquiries", {"customer_id": customer.pk, "text": "你好，在吗？"})
    assert_problem(answer, 409, "nothing_found", "text")


def test_an_enquiry_becomes_a_quotation(
    client: Client, seller: User, customer: Customer, part: Product
) -> None:
    enquiry = EnquiryFactory(owner=seller, customer=customer, lines__product=part)
    answer = send(client, f"/enquiries/{enquiry.pk}/quotation")
    assert answer.status_code == 201
    made = answer.json()
    (line,) = made["lines"]
    assert (line["unit_price"], line["gross"]) == ("11.3", "113.00")
    assert (made["net"], made["tax"], made["gross"]) == ("100.00", "13.00", "113.00")
    QuotationOut.model_validate(made)


# --- quotations ------------------------------------------------------------------------------


def test_a_quotation_is_drafted(client: Client, customer: Customer, part: Product) -> None:
    line = {"product_id": part.pk, "quantity": "3", "unit_price": "9.99", "lead_time_days": 2}
    answer = send(client, "/quotations", {"customer_id": customer.pk, "lines": [line]})
    made = answer.json()
    assert answer.status_code == 201
    assert (made["net"], made["tax"], made["gross"]) == ("26.52", "3.45", "29.97")
    assert client.get(f"{API}/quotations/{made['id']}").json() == made


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ({"quantity": "0"}, "lines[1].quantity"),
        ({"quantity": "-1"}, "lines[1].quantity"),
        ({"quantity": "1e30"}, "lines[1].quantity"),
        ({"quantity": "0.0001"}, "lines[1].quantity"),
        ({"quantity": "NaN"}, "lines[1].quantity"),
        ({"quantity": "Infinity"}, "lines[1].quantity"),
        ({"quantity": "abc"}, "lines[1].quantity"),
        ({"quantity": None}, "lines[1].quantity"),
        ({"unit_price": "-0.01"}, "lines[1].unit_price"),
        ({"unit_price": "1e400"}, "lines[1].unit_price"),
        ({"product_id": 999_999}, "lines[1].product_id"),
        ({"product_id": "1; drop"}, "lines[1].product_id"),
        ({"partner_wording": "x" * 201}, "lines[1].partner_wording"),
        ({"lead_time_days": -1}, "lines[1].lead_time_days"),
        ({"discount": "5"}, "lines[1].discount"),
    ],
)
def test_a_wrong_line_is_named(
    client: Client, customer: Customer, part: Product, line: dict[str, Any], field: str
) -> None:
    sent = {"product_id": part.pk, "quantity": "1"} | line
    answer = send(client, "/quotations", {"customer_id": customer.pk, "lines": [sent]})
    assert_problem(answer, 400, "validation_error", field)
    assert not Quotation.objects.exists()


def test_numbers_are_read_exactly(client: Client, customer: Customer, part: Product) -> None:
    body = (
        f'{{"customer_id": {customer.pk}, "lines":'
        f' [{{"product_id": {part.pk}, "quantity": 0.1, "unit_price": 1.005}}]}}'
    )
    answer = client.post(f"{API}/quotations", body, content_type="application/json")
    (line,) = answer.json()["lines"]
    assert (line["quantity"], line["unit_price"], line["gross"]) == ("0.1", "1.005", "0.10")


def test_the_list_pages_by_cursor(client: Client, seller: User, customer: Customer) -> None:
    made = [QuotationFactory(owner=seller, customer=customer, lines=0) for _ in range(3)]
    QuotationFactory()  # a colleague's
    first = client.get(f"{API}/quotations?limit=2").json()
    second = client.get(f"{API}/quotations?limit=2&cursor={first['next']}").json()
    ids = [item["id"] for item in first["items"] + second["items"]]
    assert ids == [one.pk for one in reversed(made)]
    assert second["next"] is None


def test_the_list_narrows(client: Client, draft: Quotation) -> None:
    for query, count in (
        ("status=draft", 1),
        ("status=sent", 0),
        (f"customer_id={draft.customer_id}", 1),
        ("customer_id=999999", 0),
    ):
        assert len(client.get(f"{API}/quotations?{query}").json()["items"]) == count


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=abc", "limit"),
        ("cursor=%21%21", "cursor"),
        ("cursor=LTE", "cursor"),  # -1
        ("status=nonsense", "status"),
        ("limit=1&limit=2", "limit"),
    ],
)
def test_a_wrong_parameter_is_named(client: Client, query: str, field: str) -> None:
    assert_problem(client.get(f"{API}/quotations?{query}"), 400, "validation_error", field)


# --- versions --------------------------------------------------------------------------------


def lines_of(quotation: Quotation, quantity: str = "5") -> list[dict[str, Any]]:
    return [{"product_id": line.product_id, "quantity": quantity} for line in quotation.lines.all()]


def test_the_etag_of_a_quotation_lets_it_be_changed(client: Client, draft: Quotation) -> None:
    path = f"/quotations/{draft.pk}"
    etag = client.get(API + path).headers["ETag"]
    answer = send(client, path, {"lines": lines_of(draft)}, method="patch", If_Match=etag)
    assert (answer.status_code, answer.json()["version"]) == (200, 2)


def test_a_change_says_which_version_it_saw(client: Client, draft: Quotation) -> None:
    path = f"/quotations/{draft.pk}"
    answer = send(client, path, {"lines": lines_of(draft)}, method="patch")
    assert_problem(answer, 428, "version_required")


@pytest.mark.parametrize("how", ["header", "body"])
def test_a_change_of_an_old_version_is_refused(client: Client, draft: Quotation, how: str) -> None:
    Quotation.objects.filter(pk=draft.pk).update(version=3)
    body: dict[str, Any] = {"lines": lines_of(draft)}
    headers = {"If_Match": '"2"'} if how == "header" else {}
    if how == "body":
        body["version"] = 2
    answer = send(client, f"/quotations/{draft.pk}", body, method="patch", **headers)
    assert_problem(answer, 409, "stale_version")
    draft.refresh_from_db()
    assert draft.version == 3


@pytest.mark.parametrize("etag", ["abc", '"-1"', '"1", "2"', '"99999999999999"'])
def test_a_header_that_is_no_etag_is_refused(client: Client, draft: Quotation, etag: str) -> None:
    body = {"lines": lines_of(draft)}
    answer = send(client, f"/quotations/{draft.pk}", body, method="patch", If_Match=etag)
    assert_problem(answer, 400, "bad_if_match")


def test_header_and_body_name_one_version(client: Client, draft: Quotation) -> None:
    body = {"lines": lines_of(draft), "version": 2}
    answer = send(client, f"/quotations/{draft.pk}", body, method="patch", If_Match='"1"')
    assert_problem(answer, 400, "bad_if_match")


def test_what_is_not_a_draft_is_not_changed(client: Client, draft: Quotation) -> None:
    with_status(draft, Status.SENT)
    body = {"lines": lines_of(draft), "version": 1}
    answer = send(client, f"/quotations/{draft.pk}", body, method="patch")
    assert_problem(answer, 409, "not_a_draft")


# --- steps -----------------------------------------------------------------------------------


def test_a_quotation_goes_its_way_to_an_order(client: Client, draft: Quotation) -> None:
    boss = signed_in(UserFactory(role="manager"))
    path = f"/quotations/{draft.pk}"
    assert send(client, f"{path}/submit", {"version": 1}).json()["status"] == "submitted"
    assert send(boss, f"{path}/approve").json()["status"] == "approved"
    sent = send(client, f"{path}/send").json()
    assert sent["status"] == "sent"
    assert sent["number"].startswith("QUO-")
    order = send(client, f"{path}/accept")
    assert (order.status_code, order.json()["gross"]) == (201, "226.00")
    assert client.get(API + path).json()["status"] == "ordered"


def test_some_lines_are_accepted(client: Client, draft: Quotation) -> None:
    with_status(draft, Status.SENT)
    first = draft.lines.first()
    assert first is not None
    answer = send(client, f"/quotations/{draft.pk}/accept", {"line_ids": [first.pk]})
    assert answer.json()["gross"] == "113.00"


def test_a_line_of_another_quotation_is_not_accepted(client: Client, draft: Quotation) -> None:
    with_status(draft, Status.SENT)
    foreign = QuotationFactory().lines.get()
    answer = send(client, f"/quotations/{draft.pk}/accept", {"line_ids": [foreign.pk]})
    assert_problem(answer, 409, "unknown_line", "line_ids")
    assert not SalesOrder.objects.exists()


@pytest.mark.parametrize("step", ["send", "lose", "accept"])
def test_a_step_out_of_order_is_a_conflict(client: Client, draft: Quotation, step: str) -> None:
    assert_problem(send(client, f"/quotations/{draft.pk}/{step}"), 409, "invalid_transition")


def test_a_refused_quotation_goes_back_with_the_reason(draft: Quotation) -> None:
    with_status(draft, Status.SUBMITTED)
    boss = signed_in(UserFactory(role="manager"))
    answer = send(boss, f"/quotations/{draft.pk}/reject", {"reason": "too cheap"})
    assert answer.json()["status"] == "draft"
    assert AuditEntry.objects.get(action="quotation.refused").reason == "too cheap"


# --- one effect per key ----------------------------------------------------------------------


def test_a_repeat_with_the_same_key_gets_the_same_answer(
    client: Client, customer: Customer, part: Product
) -> None:
    body = {"customer_id": customer.pk, "lines": [{"product_id": part.pk, "quantity": "1"}]}
    answers = [send(client, "/quotations", body, Idempotency_Key="k1") for _ in range(5)]
    assert Quotation.objects.count() == 1
    assert {(answer.status_code, answer.content) for answer in answers} == {
        (201, answers[0].content)
    }
    replayed = [answer.headers.get("Idempotency-Replayed") for answer in answers]
    assert replayed == [None, "true", "true", "true", "true"]


def test_a_key_is_of_one_request(client: Client, customer: Customer, part: Product) -> None:
    body = {"customer_id": customer.pk, "lines": [{"product_id": part.pk, "quantity": "1"}]}
    send(client, "/quotations", body, Idempotency_Key="k1")
    body["lines"] = [{"product_id": part.pk, "quantity": "2"}]
    answer = send(client, "/quotations", body, Idempotency_Key="k1")
    assert_problem(answer, 422, "idempotency_key_reused")


def test_two_users_may_choose_the_same_key(client: Client, draft: Quotation) -> None:
    other = UserFactory(role="sales")
    theirs = QuotationFactory(owner=other)
    for who, quotation in ((client, draft), (signed_in(other), theirs)):
        answer = send(who, f"/quotations/{quotation.pk}/submit", Idempotency_Key="same")
        assert "Idempotency-Replayed" not in answer.headers
        assert answer.json()["id"] == quotation.pk


@pytest.mark.parametrize("key", ["", "x" * 256, "a\x7fb"])
def test_a_key_that_is_none_is_refused(client: Client, draft: Quotation, key: str) -> None:
    answer = send(client, f"/quotations/{draft.pk}/submit", Idempotency_Key=key)
    assert_problem(answer, 400, "bad_idempotency_key")
    draft.refresh_from_db()
    assert draft.status == Status.DRAFT


def test_a_refused_request_may_be_tried_again_with_its_key(
    client: Client, draft: Quotation
) -> None:
    path = f"/quotations/{draft.pk}/send"
    assert_problem(send(client, path, Idempotency_Key="k"), 409, "invalid_transition")
    with_status(draft, Status.APPROVED)
    assert send(client, path, Idempotency_Key="k").status_code == 200


def test_a_refusal_behind_a_key_is_recorded(client: Client, draft: Quotation) -> None:
    send(client, f"/quotations/{draft.pk}/send", Idempotency_Key="k")
    refused = AuditEntry.objects.get(action__endswith=".refused")
    assert "invalid_transition" in refused.reason
