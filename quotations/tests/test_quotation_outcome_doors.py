"""The doors of what becomes of a quotation: pages and API of head, parts, revisions, hit rates."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from customers.models import Customer
from orders.models import SalesOrder
from products.models import Product
from quotations import services
from quotations.hit_rates import hit_rates, whole
from quotations.lists import asked_hit_rates
from quotations.models import OutcomeReason, Quotation
from quotations.services import LineInput
from tests.factories import (
    ContactFactory,
    CustomerFactory,
    ProductFactory,
    QuotationFactory,
    UserFactory,
    WarehouseFactory,
)
from tests.selling import API, assert_problem, page_of, send, signed_in, step_of, with_status

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]


@pytest.fixture
def client(seller: User) -> Client:
    return signed_in(seller)


@pytest.fixture
def sent(seller: User, boss: User, customer: Customer) -> Quotation:
    """A firm line, its alternative, another firm line, one on top."""
    lines = [
        LineInput(ProductFactory().pk, Decimal(10), Decimal("11.30"), **kind)
        for kind in ({}, {"alternative_to": 1}, {}, {"is_optional": True})
    ]
    quotation = services.create_quotation(customer.pk, lines, by=seller)
    services.submit_quotation(quotation.pk, by=seller)
    services.approve_quotation(quotation.pk, by=boss)
    return services.send_quotation(quotation.pk, by=seller)


# --- the API -----------------------------------------------------------------------------------


def test_head_and_lines_are_changed_and_lines_keep_their_ids(
    client: Client, customer: Customer, part: Product
) -> None:
    contact = ContactFactory(customer=customer)
    body: dict[str, Any] = {
        "customer_id": customer.pk,
        "contact_id": contact.pk,
        "terms": "EXW",
        "lines": [
            {"product_id": part.pk, "quantity": "10", "unit_price": "11.30"},
            {"product_id": part.pk, "quantity": "5", "unit_price": "9", "alternative_to": 1},
        ],
    }
    made = send(client, "/quotations", body).json()
    assert (made["contact_id"], made["terms"], made["gross"]) == (contact.pk, "EXW", "113.00")
    first, second = made["lines"]
    assert (second["alternative_to"], second["counts"]) == (1, False)

    change = {
        "version": 1,
        "valid_until": "2099-01-01",
        "lines": [
            {"id": second["id"], "product_id": part.pk, "quantity": "6", "unit_price": "9"},
            {"id": first["id"], "product_id": part.pk, "quantity": "10", "unit_price": "11.30"},
        ],
    }
    changed = send(client, f"/quotations/{made['id']}", change, method="patch").json()
    assert [line["id"] for line in changed["lines"]] == [second["id"], first["id"]]
    assert (changed["valid_until"], changed["terms"]) == ("2099-01-01", "EXW")

    head = {"version": 2, "notes": "only this"}
    only = send(client, f"/quotations/{made['id']}", head, method="patch").json()
    assert (only["notes"], len(only["lines"])) == ("only this", 2)


def test_a_stale_change_is_answered_with_what_differs(client: Client, draft: Quotation) -> None:
    line = draft.lines.all()[0]
    services.change_quotation(draft.pk, head={"notes": "theirs"}, version=1, by=draft.owner)
    body = {
        "version": 1,
        "notes": "mine",
        "lines": [{"id": line.pk, "product_id": line.product_id, "quantity": "77"}],
    }
    answer = send(client, f"/quotations/{draft.pk}", body, method="patch")
    assert_problem(answer, 409, "stale_version")
    told = {one["field"]: (one["stored"], one["sent"]) for one in answer.json()["differences"]}
    assert told == {"notes": ("theirs", "mine"), "lines[1].quantity": ("10", "77")}


def test_a_contact_of_another_customer_is_refused(
    client: Client, customer: Customer, part: Any
) -> None:
    body = {
        "customer_id": customer.pk,
        "contact_id": ContactFactory(customer=CustomerFactory()).pk,
        "lines": [{"product_id": part.pk, "quantity": "1"}],
    }
    assert_problem(send(client, "/quotations", body), 409, "unknown_contact", "contact_id")


def test_revising_losing_and_explaining_over_the_api(client: Client, sent: Quotation) -> None:
    answer = send(client, f"/quotations/{sent.pk}/revise", {"version": sent.version})
    revision = answer.json()
    assert (answer.status_code, revision["status"]) == (201, "draft")
    assert (revision["revision"], revision["supersedes_id"]) == (1, sent.pk)

    reason = OutcomeReason.objects.filter(kind="lost").first()
    assert reason is not None
    why = {"reason_id": reason.pk, "competitor": "Rival", "competitor_price": "10.5"}
    lost = send(client, f"/quotations/{sent.pk}/lose", why).json()
    assert (lost["status"], lost["outcome_reason_id"]) == ("lost", reason.pk)
    assert (lost["competitor"], lost["competitor_price"]) == ("Rival", "10.5")
    told = send(client, f"/quotations/{sent.pk}/explain", {"reason": "later"}).json()
    assert (told["outcome_note"], told["outcome_reason_id"]) == ("later", None)


def test_accepting_by_line_over_the_api_chooses(client: Client, sent: Quotation) -> None:
    WarehouseFactory()
    _main, alternative, *_rest = sent.lines.all()
    answer = send(client, f"/quotations/{sent.pk}/accept", {"line_ids": [alternative.pk]})
    assert answer.status_code == 201, answer.content
    told = send(client, f"/quotations/{sent.pk}", method="get").json()
    assert told["status"] == "accepted"
    assert [line["outcome"] for line in told["lines"]] == ["passed", "ordered", "open", "open"]
    again = send(client, f"/quotations/{sent.pk}/accept", {"line_ids": [alternative.pk]})
    assert_problem(again, 409, "line_not_open", "line_ids")


# --- the pages ---------------------------------------------------------------------------------


def test_the_page_orders_the_lines_that_are_ticked(client: Client, sent: Quotation) -> None:
    WarehouseFactory()
    html = client.get(page_of(sent)).content.decode()
    assert html.count('type="checkbox" form="order"') == 4
    assert html.count('form="order" name="line"') == 4
    assert html.count(" checked ") == 2  # what counts
    extra = sent.lines.all()[3]
    path = reverse("orders:from-quotation", args=[sent.pk])
    client.post(path, {"token": "t", "choose": "1", "line": [extra.pk]})
    order = SalesOrder.objects.get()
    assert [row.source_line_id for row in order.lines.all()] == [extra.pk]
    html = client.get(page_of(sent)).content.decode()
    assert html.count('form="order" name="line"') == 3


def test_with_nothing_ticked_nothing_is_ordered(client: Client, sent: Quotation) -> None:
    WarehouseFactory()
    path = reverse("orders:from-quotation", args=[sent.pk])
    client.post(path, {"token": "t", "choose": "1"})
    assert not SalesOrder.objects.exists()


def test_revising_leads_to_the_new_draft_and_its_changes_are_shown(
    client: Client, sent: Quotation
) -> None:
    answer = client.post(step_of(sent, "revise"), {"token": "t", "version": sent.version})
    revision = Quotation.objects.get(supersedes=sent)
    assert answer.headers["Location"] == page_of(revision)
    row = revision.lines.all()[0]
    services.replace_lines(
        revision.pk,
        [LineInput(row.product_id, Decimal(99), Decimal("9.99"), line_id=row.pk)],
        version=1,
        by=sent.owner,
    )
    html = client.get(reverse("quotations:changes", args=[revision.pk])).content.decode()
    assert html.count('class="change-removed"') == 3
    assert html.count('class="change-changed"') == 1
    assert '<ins class="up">99' in html
    assert client.get(reverse("quotations:changes", args=[sent.pk])).status_code == 404


def test_losing_on_the_page_keeps_who_got_it(client: Client, sent: Quotation) -> None:
    posted = {"token": "t", "version": sent.version, "reason": "dear", "competitor": "Rival"}
    bad = posted | {"competitor_price": "1,5"}
    client.post(step_of(sent, "lose"), bad)
    sent.refresh_from_db()
    assert sent.status == "sent"
    client.post(step_of(sent, "lose"), posted | {"token": "u", "competitor_price": "1,234.5"})
    sent.refresh_from_db()
    assert (sent.status, sent.outcome_note) == ("lost", "dear")
    assert sent.competitor_price == Decimal("1234.5")
    assert "Rival" in client.get(page_of(sent)).content.decode()


# --- hit rates ---------------------------------------------------------------------------------


def _asked(user: User) -> Any:
    class Request:
        GET: dict[str, str] = {}

    return asked_hit_rates(Request())


def _rows(user: User, by: str) -> list[Any]:
    asked = _asked(user)
    return hit_rates(user, by, asked.start, asked.end)


@pytest.fixture
def year(seller: User, boss: User, customer: Customer) -> None:
    """Of the seller: two won, one lost, one open, one draft; of a colleague one lost."""
    other = CustomerFactory(owner=seller)
    for status, whose in [
        ("ordered", customer),
        ("ordered", other),
        ("lost", customer),
        ("sent", customer),
        ("draft", customer),
    ]:
        quotation = QuotationFactory(owner=seller, customer=whose, status=status)
        outcome = {"ordered": "ordered", "lost": "lost"}.get(status, "open")
        quotation.lines.update(outcome=outcome)
    foreign = QuotationFactory(owner=boss, status="lost")
    foreign.lines.update(outcome="lost")


@pytest.mark.usefixtures("year")
@pytest.mark.parametrize("by", ["seller", "customer", "month", "brand"])
def test_the_hit_rate_counts_what_the_user_sees(seller: User, boss: User, by: str) -> None:
    own, every = whole(_rows(seller, by), ""), whole(_rows(boss, by), "")
    assert dict(own.counts) == {"won": 2, "lost": 1, "open": 1}
    assert own.rate is not None
    assert round(own.rate, 3) == Decimal("0.667")
    assert own.amounts["won"] == Decimal("200.00")
    assert every.counts["lost"] == 2


@pytest.mark.usefixtures("year")
def test_the_page_and_the_export_show_the_same_in_a_bounded_number_of_queries(
    client: Client, seller: User, customer: Customer
) -> None:
    path = reverse("quotations:hit-rate")

    def queries() -> int:
        client.get(path, {"by": "customer"})
        with CaptureQueriesContext(connection) as captured:
            assert client.get(path, {"by": "customer"}).status_code == 200
        return len(captured)

    before = queries()
    for _number in range(5):
        with_status(QuotationFactory(owner=seller, customer=CustomerFactory()), "ordered")
    assert queries() == before
    html = client.get(path, {"by": "customer"}).content.decode()
    assert customer.name in html
    assert 'class="bar-won"' in html
    export = reverse("quotations:export-hit-rate")
    answer = client.post(f"{export}?by=customer", {"format": "csv"})
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    assert customer.name in text
    assert text.count("\n") == 8


def test_the_days_asked_for_are_bounded() -> None:
    class Request:
        GET = {"from": "2010-01-01", "to": "2026-01-01", "by": "x"}

    asked = asked_hit_rates(Request())
    assert (asked.by, asked.start.year, asked.end.year) == ("seller", 2022, 2026)


def test_others_do_not_see_the_hit_rate() -> None:
    keeper = signed_in(UserFactory(role="storekeeper"))
    assert keeper.get(reverse("quotations:hit-rate")).status_code == 403
    assert keeper.get(f"{API}/quotations").status_code == 403
