"""Requests for quotation over HTTP: made, sent, answered, awarded; cost only for who may see it."""

import io
import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from erp.core.periods import company_today
from messaging.models import Notification
from quotations import services
from quotations.models import Rfq, RfqAward, RfqReply, RfqStatus, RfqSupplier
from quotations.services import ReplyInput, RfqLineInput
from quotations.tasks import remind
from tests import factories as f

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]
ROOT = "/api/v1/rfqs"


class Api:
    def __init__(self, user: User) -> None:
        self.client = Client()
        self.client.force_login(user)

    def get(self, path: str = "", **query: Any) -> Any:
        return self.client.get(ROOT + path, query)

    def send(self, method: str, path: str, body: Any, **headers: Any) -> Any:
        return self.client.generic(
            method, ROOT + path, json.dumps(body), content_type="application/json", headers=headers
        )

    def post(self, path: str, body: Any, **headers: Any) -> Any:
        return self.send("POST", path, body, **headers)


@pytest.fixture
def buyer() -> User:
    return f.UserFactory(role="purchaser")


@pytest.fixture
def sales() -> User:
    return f.UserFactory(role="sales")


@pytest.fixture
def api(buyer: User) -> Api:
    return Api(buyer)


@pytest.fixture
def sent(sales: User) -> Rfq:
    made = services.create_rfq(
        [RfqLineInput(f.ProductFactory().pk, Decimal(10)) for _ in range(2)],
        supplier_ids=[f.SupplierFactory().pk, f.SupplierFactory().pk],
        by=sales,
    )
    return services.send_rfq(made.pk, by=sales)


def test_a_request_goes_its_whole_way(api: Api) -> None:
    parts = [f.ProductFactory().pk, f.ProductFactory().pk]
    suppliers = [f.SupplierFactory().pk, f.SupplierFactory().pk]
    made = api.post(
        "",
        {
            "lines": [{"product_id": pk, "quantity": "10"} for pk in parts],
            "supplier_ids": suppliers[:1],
            "notes": "急",
        },
        **{"Idempotency-Key": "k1"},
    )
    assert made.status_code == 201
    pk = made.json()["id"]
    later = (company_today() + timedelta(days=9)).isoformat()
    changed = api.send("PATCH", f"/{pk}", {"due_on": later}, **{"If-Match": '"1"'})
    assert changed.json()["due_on"] == later
    assert api.send("PATCH", f"/{pk}", {"notes": ""}).status_code == 428
    asked = api.post(f"/{pk}/suppliers", {"supplier_ids": suppliers})
    assert [row["supplier_id"] for row in asked.json()["suppliers"]] == suppliers
    assert api.post(f"/{pk}/send", {}).json()["status"] == "sent"
    lines = [line["id"] for line in api.get(f"/{pk}").json()["lines"]]
    answer = {
        "supplier_id": suppliers[0],
        "price_includes_tax": False,
        "lead_time_days": 5,
        "lines": [{"line_id": lines[0], "unit_price": "8.5"}, {"line_id": lines[1]}],
    }
    first = api.post(f"/{pk}/replies", answer).json()
    again = api.post(f"/{pk}/replies", answer).json()
    assert (first["added"], first["not_offered"], again["unchanged"]) == (1, 1, 1)
    (reply,) = first["rfq"]["lines"][0]["replies"]
    assert (reply["net_base_price"], reply["cheapest"], reply["lead_time_days"]) == ("8.5", True, 5)
    award = {"line_id": lines[0], "reply_id": reply["id"], "quantity": "4"}
    awarded = api.post(f"/{pk}/award", {"awards": [award]})
    assert awarded.json()["status"] == "awarded"
    assert RfqAward.objects.get().quantity == 4
    cleared = api.post(f"/{pk}/award", {"clear_line_ids": [lines[0]]})
    assert cleared.json()["status"] == "received"
    assert api.post(f"/{pk}/reject", {"reason": "zu teuer"}).json()["status"] == "rejected"
    assert api.post(f"/{pk}/reopen", {}).json()["status"] == "received"
    assert api.post(f"/{pk}/cancel", {}).status_code == 409
    copied = api.post(f"/{pk}/copy", {})
    assert (copied.status_code, copied.json()["status"]) == (201, "draft")


def test_the_same_key_drafts_once(api: Api) -> None:
    body = {"lines": [{"product_id": f.ProductFactory().pk, "quantity": "1"}]}
    answers = [api.post("", body, **{"Idempotency-Key": "k"}) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert answers[1]["Idempotency-Replayed"] == "true"
    assert Rfq.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "code", "status"),
    [
        ({"lines": []}, "validation_error", 400),
        ({"lines": [{"product_id": 1, "quantity": "0"}]}, "validation_error", 400),
        ({"lines": [{"product_id": 10**9, "quantity": "1"}]}, "validation_error", 400),
        ({"lines": [{"product_id": 0, "quantity": "1"}]}, "validation_error", 400),
        ({"wrong": 1}, "validation_error", 400),
    ],
)
def test_a_wrong_body_is_refused(body: Any, code: str, status: int, api: Api) -> None:
    answer = api.post("", body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_hidden_suppliers_and_documents_are_not_named(sales: User) -> None:
    line = {"product_id": f.ProductFactory().pk, "quantity": "1"}
    hidden = Api(sales).post("", {"lines": [line], "supplier_ids": [f.SupplierFactory().pk]})
    foreign = Api(sales).post("", {"lines": [line], "enquiry_id": f.EnquiryFactory().pk})
    assert [hidden.status_code, foreign.status_code] == [400, 400]
    mine = f.EnquiryFactory(owner=sales)
    made = Api(sales).post("", {"lines": [line], "enquiry_id": mine.pk})
    assert made.json()["origin_id"] == mine.pk


def test_sales_get_lead_times_and_a_sales_price_but_no_cost(sent: Rfq, sales: User) -> None:
    buyer = f.UserFactory(role="purchaser")
    line, row = sent.lines.all()[0], sent.suppliers.all()[0]
    replies = [ReplyInput(line.pk, Decimal("9.04"), lead_time_days=6)]
    services.record_replies(row.pk, replies, by=buyer)

    told = Api(sales).get(f"/{sent.pk}")

    first = told.json()["lines"][0]
    assert (first["offers"], first["soonest_days"], first["suggested_price"]) == (1, 6, "10")
    assert told.json()["suppliers"] is None
    assert first["replies"] is None
    assert "9.04" not in told.content.decode()
    assert Api(buyer).get(f"/{sent.pk}").json()["lines"][0]["replies"][0]["unit_price"] == "9.04"


def test_the_sheet_goes_out_and_comes_back(sent: Rfq, api: Api) -> None:
    row = sent.suppliers.all()[0]
    path = f"/{sent.pk}/suppliers/{row.supplier_id}/sheet"
    book = openpyxl.load_workbook(io.BytesIO(api.get(path).content))
    sheet = book.active
    assert sheet is not None
    top = sheet.max_row - 2
    sheet.cell(top + 1, 9).value = "12.5"
    buffer = io.BytesIO()
    book.save(buffer)
    file = SimpleUploadedFile("a.xlsx", buffer.getvalue())

    read = api.client.post(ROOT + path, {"file": file})
    nothing = api.client.post(ROOT + path, {})
    wrong = api.client.post(ROOT + path, {"file": SimpleUploadedFile("a.xlsx", b"x")})

    assert read.json()["added"] == 1
    assert RfqReply.objects.get().unit_price == Decimal("12.5")
    assert (nothing.status_code, wrong.status_code) == (400, 415)


def test_the_list_pages_and_filters(sent: Rfq, api: Api) -> None:
    other = f.RfqFactory()
    first = api.get(limit=1).json()
    second = api.get(limit=1, cursor=first["next"]).json()
    assert [first["items"][0]["id"], second["items"][0]["id"]] == [other.pk, sent.pk]
    only = api.get(status=RfqStatus.SENT).json()["items"]
    assert [row["id"] for row in only] == [sent.pk]


# --- at night ----------------------------------------------------------------------------------


def _told(kind: str) -> int:
    return Notification.objects.filter(kind=kind).count()


def test_the_owner_is_reminded_before_the_day_and_once_it_is_past(sent: Rfq) -> None:
    remind()
    assert _told("rfq.due") == 0
    Rfq.objects.filter(pk=sent.pk).update(due_on=company_today() + timedelta(days=1))
    remind()
    remind()
    assert (_told("rfq.due"), _told("rfq.overdue")) == (1, 0)
    Rfq.objects.filter(pk=sent.pk).update(
        due_on=company_today() - timedelta(days=1), reminded_on=company_today() - timedelta(days=2)
    )
    remind()
    remind()
    assert (_told("rfq.due"), _told("rfq.overdue")) == (1, 1)


def test_nobody_is_reminded_when_all_have_answered(sent: Rfq) -> None:
    Rfq.objects.filter(pk=sent.pk).update(due_on=company_today())
    for row in sent.suppliers.all():
        services.record_replies(row.pk, [], terms={"declined": True}, by=sent.owner)
    remind()
    assert _told("rfq.due") == 0


def test_the_owner_hears_once_that_an_offer_has_run_out(sent: Rfq, buyer: User) -> None:
    row, line = sent.suppliers.all()[0], sent.lines.all()[0]
    services.record_replies(row.pk, [ReplyInput(line.pk, Decimal(5))], by=buyer)
    remind()
    assert _told("rfq.lapsed") == 0
    RfqSupplier.objects.filter(pk=row.pk).update(valid_until=company_today() - timedelta(days=1))
    remind()
    remind()
    assert _told("rfq.lapsed") == 1
