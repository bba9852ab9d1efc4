"""The page of a quotation: its grid keeps what was typed, its steps have one effect."""

import re
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from audit.models import AuditEntry
from customers.models import Customer
from erp.core.meanwhile import sealed
from erp.core.money import plain
from orders.models import SalesOrder
from products.models import PriceFact, Product
from quotations import services
from quotations.grid import grouped_price, rows_of
from quotations.heads import stored_head
from quotations.models import Quotation, QuotationLine
from quotations.steps import STEPS
from tests.factories import (
    EnquiryFactory,
    ProductFactory,
    QuotationFactory,
    UserFactory,
)
from tests.selling import page_of, signed_in, step_of, with_status

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]

Status = Quotation.Status


@pytest.fixture
def client(seller: User) -> Client:
    return signed_in(seller)


def grid(quotation: Quotation, **columns: list[str]) -> dict[str, Any]:
    """Return the form of a quotation's lines as its page sends it."""
    lines = list(quotation.lines.all())
    sent: dict[str, Any] = {
        "token": "t1",
        "version": str(quotation.version),
        "seen": sealed({}, [row.typed for row in rows_of(lines)]),
        "line": [str(line.pk) for line in lines],
        "kind": [""] * len(lines),
        "product": [str(line.product_id) for line in lines],
        "source_line": [str(line.source_line_id or "") for line in lines],
        "includes_tax": ["1"] * len(lines),
        "wording": [line.partner_wording for line in lines],
        "quantity": [plain(line.quantity) for line in lines],
        "unit_price": [grouped_price(line.unit_price) for line in lines],
        "lead_time": [""] * len(lines),
    }
    return sent | columns


# --- the grid --------------------------------------------------------------------------------


def test_saving_the_grid_replaces_the_lines(client: Client, draft: Quotation) -> None:
    sent = grid(draft, quantity=["3", "１,０００"], unit_price=["9.99", "¥0.5"])
    answer = client.post(page_of(draft), sent)
    assert answer.status_code == 302
    draft.refresh_from_db()
    assert [line.quantity for line in draft.lines.all()] == [Decimal(3), Decimal(1000)]
    assert (draft.net_total, draft.tax_total, draft.gross_total) == (
        Decimal("469.00"),
        Decimal("60.97"),
        Decimal("529.97"),
    )


def test_saving_twice_is_one_save(client: Client, draft: Quotation) -> None:
    sent = grid(draft, quantity=["3", "4"])
    for _ in range(2):
        assert client.post(page_of(draft), sent).status_code == 302
    draft.refresh_from_db()
    assert draft.version == 2


def test_saving_what_is_stored_already_changes_nothing(client: Client, draft: Quotation) -> None:
    client.post(page_of(draft), grid(draft))
    draft.refresh_from_db()
    assert draft.version == 1


def test_a_stale_grid_is_put_together_with_what_was_saved_meanwhile(
    client: Client, seller: User, draft: Quotation
) -> None:
    first, second = draft.lines.all()
    # I raise the second line's quantity and the first one's price …
    mine = grid(draft, quantity=["10", "77"], unit_price=["12", "11.30"])
    part = ProductFactory(designation="NU205")
    # … and somebody else meanwhile both quantities, and he adds a line.
    theirs = [
        services.LineInput(
            row.product_id, Decimal(5), Decimal("11.3"), price_includes_tax=True, line_id=row.pk
        )
        for row in (first, second)
    ]
    theirs.append(services.LineInput(part.pk, Decimal(9), Decimal(1)))
    services.replace_lines(draft.pk, theirs, version=1, by=seller)

    answer = client.post(page_of(draft), mine)

    html = answer.content.decode()
    assert answer.status_code == 409
    typed = re.findall(r'name="quantity" value="([^"]*)"', html)
    assert typed == ["5", "77", "9"]  # his, mine (both changed it), and his new line
    assert re.findall(r'name="unit_price" value="([^"]*)"', html)[0] == "12"
    told = [change.theirs for change in answer.context["meanwhile"]]
    assert told[:2] == ["5", "5"]
    assert [change.mine for change in answer.context["meanwhile"]] == ["", "77", ""]
    assert [line.quantity for line in draft.lines.all()] == [5, 5, 9]

    # Saving what is shown, with its version, is a decision.
    added = draft.lines.last()
    assert added is not None
    again = grid(draft, quantity=["5", "77", "9"], unit_price=["12", "11.30", "1"])
    again |= {"version": "2", "token": "t2"}
    assert client.post(page_of(draft), again).status_code == 302
    assert [line.quantity for line in draft.lines.all()] == [5, 77, 9]
    assert [line.pk for line in draft.lines.all()] == [first.pk, second.pk, added.pk]


def test_the_head_is_put_together_too(client: Client, seller: User, draft: Quotation) -> None:
    head = stored_head(draft).typed
    mine = grid(draft) | head | {"seen": sealed(head), "notes": "mine"}
    services.change_quotation(draft.pk, head={"terms": "theirs"}, version=1, by=seller)

    answer = client.post(page_of(draft), mine)

    assert answer.status_code == 409
    assert (answer.context["head"].typed["terms"], answer.context["head"].typed["notes"]) == (
        "theirs",
        "mine",
    )
    draft.refresh_from_db()
    assert (draft.terms, draft.notes) == ("theirs", "")


def test_a_page_of_what_was_sent_meanwhile_shows_what_is(client: Client, draft: Quotation) -> None:
    mine = grid(draft, quantity=["3", "4"])
    with_status(draft, Status.SUBMITTED)
    Quotation.objects.update(version=2)
    answer = client.post(page_of(draft), mine)
    assert answer.status_code == 409
    assert 'name="quantity"' not in answer.content.decode()


@pytest.mark.parametrize("quantity", ["", "abc", "-1", "1,5", "1e9", "NaN", "1.2.3"])
def test_a_cell_that_is_no_number_is_marked_and_kept(
    client: Client, draft: Quotation, quantity: str
) -> None:
    answer = client.post(page_of(draft), grid(draft, quantity=["3", quantity]))
    html = answer.content.decode()
    assert answer.status_code == 400
    assert f'name="quantity" value="{quantity}"' in html
    assert html.count('aria-invalid="true"') == 1
    draft.refresh_from_db()
    assert draft.version == 1


@pytest.mark.parametrize(("column", "text"), [("quantity", "0"), ("quantity", "1.0005")])
def test_a_service_refusal_is_put_on_its_cell(
    client: Client, draft: Quotation, column: str, text: str
) -> None:
    answer = client.post(page_of(draft), grid(draft, **{column: ["3", text]}))
    assert answer.status_code == 409
    assert answer.content.decode().count('aria-invalid="true"') == 1


def test_columns_of_different_length_are_refused(client: Client, draft: Quotation) -> None:
    assert client.post(page_of(draft), grid(draft, quantity=["3"])).status_code == 400


def test_a_line_keeps_only_a_source_of_its_own_enquiry(
    client: Client, seller: User, customer: Customer, draft: Quotation
) -> None:
    foreign = EnquiryFactory().lines.get()
    client.post(page_of(draft), grid(draft, quantity=["3", "4"], source_line=[str(foreign.pk), ""]))
    assert not QuotationLine.objects.filter(source_line=foreign).exists()


def test_saving_and_submitting_is_one_form(client: Client, draft: Quotation) -> None:
    client.post(page_of(draft), grid(draft, quantity=["3", "4"]) | {"then": "submit"})
    draft.refresh_from_db()
    assert draft.status == Status.SUBMITTED
    assert draft.lines.first().quantity == Decimal(3)  # type: ignore[union-attr]


def test_what_cannot_be_submitted_is_not_saved_either(client: Client, draft: Quotation) -> None:
    sent = grid(draft, quantity=["3", "4"], unit_price=["1", "0"]) | {"then": "submit"}
    assert client.post(page_of(draft), sent).status_code == 409
    draft.refresh_from_db()
    assert (draft.version, draft.status) == (1, Status.DRAFT)


def test_a_submitted_quotation_is_not_edited(client: Client, draft: Quotation) -> None:
    with_status(draft, Status.SUBMITTED)
    answer = client.get(page_of(draft))
    assert 'name="quantity"' not in answer.content.decode()
    client.post(page_of(draft), grid(draft, quantity=["3", "4"]))
    draft.refresh_from_db()
    assert draft.version == 1


def test_a_new_row_comes_with_the_suggested_price(
    client: Client, draft: Quotation, part: Product
) -> None:
    path = reverse("quotations:new-row", args=[draft.pk])
    html = client.get(path, {"product": part.pk}).content.decode()
    assert 'name="unit_price" value="11.30"' in html
    assert client.get(path, {"product": 999_999}).status_code == 404


# --- steps -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "role", "offered"),
    [
        (Status.DRAFT, "sales", {"submit", "cancel"}),
        (Status.SUBMITTED, "sales", {"cancel"}),
        (Status.SUBMITTED, "manager", {"reject", "cancel"}),  # his own: another approves it
        (Status.APPROVED, "sales", {"send", "cancel"}),
        (Status.SENT, "sales", {"lose", "cancel", "revise", "order"}),
        (Status.ORDERED, "manager", {"explain"}),
        (Status.SENT, "accountant", set()),
    ],
)
def test_only_steps_that_may_be_taken_are_offered(
    status: str, role: str, offered: set[str]
) -> None:
    user = UserFactory(role=role)
    quotation = with_status(QuotationFactory(owner=user), status)
    html = signed_in(user).get(page_of(quotation)).content.decode()
    base = page_of(quotation)
    steps = (*STEPS, "order")
    found = {step for step in steps if f'action="{base}{step}/"' in html}
    if 'value="submit"' in html:
        found.add("submit")
    assert found == offered


def test_one_does_not_approve_ones_own() -> None:
    user = UserFactory(role="sales", rights=["quotations.approve_quotation"])
    quotation = with_status(QuotationFactory(owner=user), Status.SUBMITTED)
    client = signed_in(user)
    assert "approve/" not in client.get(page_of(quotation)).content.decode()
    answer = client.post(step_of(quotation, "approve"), {"token": "t", "version": 1}, follow=True)
    assert "You cannot approve a document of your own." in answer.content.decode()


def test_a_double_click_sends_once(client: Client, draft: Quotation) -> None:
    with_status(draft, Status.APPROVED)
    sent = {"token": "t", "version": draft.version}
    answers = [client.post(step_of(draft, "send"), sent, follow=True) for _ in range(2)]
    assert "was sent" in answers[0].content.decode()
    assert "nothing was done twice" in answers[1].content.decode()
    assert PriceFact.objects.filter(source_id=draft.pk).count() == 2  # one per line


def test_a_step_without_its_token_does_nothing(client: Client, draft: Quotation) -> None:
    client.post(step_of(draft, "cancel"), {"version": draft.version})
    draft.refresh_from_db()
    assert draft.status == Status.DRAFT


def test_a_step_decided_on_an_old_version_is_refused(client: Client, draft: Quotation) -> None:
    Quotation.objects.filter(pk=draft.pk).update(version=5)
    answer = client.post(step_of(draft, "submit"), {"token": "t", "version": 1}, follow=True)
    assert "changed in the meantime" in answer.content.decode()


def test_the_reason_for_losing_is_kept(client: Client, draft: Quotation) -> None:
    with_status(draft, Status.SENT)
    sent = {"token": "t", "version": draft.version, "reason": "价格高"}
    client.post(step_of(draft, "lose"), sent)
    assert AuditEntry.objects.get(action="quotation.lost").reason == "价格高"


def test_an_unknown_step_is_not_found(client: Client, draft: Quotation) -> None:
    assert client.post(step_of(draft, "explode"), {"token": "t"}).status_code == 404


def test_a_sent_quotation_becomes_one_order(client: Client, draft: Quotation) -> None:
    with_status(draft, Status.SENT)
    path = reverse("orders:from-quotation", args=[draft.pk])
    first, second = (client.post(path, {"token": "t"}) for _ in range(2))
    order = SalesOrder.objects.get()
    assert first.headers["Location"] == second.headers["Location"]
    assert first.headers["Location"] == f"/sales-orders/{order.pk}/"


def test_a_draft_does_not_become_an_order(client: Client, draft: Quotation) -> None:
    path = reverse("orders:from-quotation", args=[draft.pk])
    assert client.post(path, {"token": "t"}).headers["Location"] == page_of(draft)
    assert not SalesOrder.objects.exists()


def test_a_colleagues_quotation_does_not_become_an_order(client: Client) -> None:
    theirs = with_status(QuotationFactory(), Status.SENT)
    path = reverse("orders:from-quotation", args=[theirs.pk])
    assert client.post(path, {"token": "t"}).status_code == 404
    assert not SalesOrder.objects.exists()
