"""Quoting another customer's protected item: warned at every door, refused without leave."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from accounts.models import User
from audit.models import AuditEntry
from customers.models import Customer
from messaging.models import Notification
from products.models import Product, ProtectedItem
from quotations import services
from quotations.models import ProtectedLeave, Quotation
from quotations.printing import quotation_context
from tests.factories import (
    CustomerFactory,
    EnquiryFactory,
    EnquiryLineFactory,
    InterchangeFactory,
    ProtectedItemFactory,
    UserFactory,
)
from tests.selling import assert_problem, page_of, send, signed_in, step_of
from tests.support import actions, line, refused

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]
OWNER, SECRET, REASON = "王芳芳", "苏州秘密机械有限公司", "年采购两百万"
WARNING = f"Protected item of a customer of {OWNER}."


@pytest.fixture
def item(part: Product) -> ProtectedItem:
    """The part is a key item of somebody else's customer."""
    owner = UserFactory(display_name=OWNER, role="sales")
    theirs = CustomerFactory(owner=owner, name=SECRET, code="SECRET-1")
    return ProtectedItemFactory(product=part, customer=theirs, reason=REASON)


@pytest.fixture
def quotation(item: ProtectedItem, customer: Customer, seller: User) -> Quotation:
    return services.create_quotation(customer.pk, [line(item.product)], by=seller)


def told(text: str) -> None:
    """The owner is named, and nothing else of the protection."""
    assert OWNER in text
    for secret in (SECRET, "SECRET-1", REASON):
        assert secret not in text


# --- refused, allowed, recorded ---------------------------------------------------------------


def test_handing_it_in_needs_the_right(quotation: Quotation, seller: User) -> None:
    with refused("protected_item", field="lines[1].product_id") as refusal:
        services.submit_quotation(quotation.pk, by=seller)
    told(str(refusal.value))
    told(AuditEntry.objects.latest("pk").reason)


def test_whoever_holds_the_right_may_and_it_is_recorded(quotation: Quotation, boss: User) -> None:
    services.submit_quotation(quotation.pk, by=boss)
    used = AuditEntry.objects.get(action="quotation.protected_quoted")
    assert used.actor == boss
    assert list(used.changes.values()) == [[None, OWNER]]
    told(json.dumps(used.changes, ensure_ascii=False))


def test_leave_lets_it_through_to_the_customer(
    quotation: Quotation, seller: User, boss: User
) -> None:
    services.allow_protected(quotation.pk, by=boss)
    leave = ProtectedLeave.objects.get(document=quotation)
    assert leave.allowed_by == boss
    services.submit_quotation(quotation.pk, by=seller)
    services.approve_quotation(quotation.pk, by=boss)
    assert services.send_quotation(quotation.pk, by=seller).status == "sent"
    assert actions(quotation) == [
        "quotation.created",
        "quotation.protected_allowed",
        "quotation.submitted",
        "quotation.approved",
        "quotation.sent",
    ]
    notice = Notification.objects.get(kind="quotation.protected_allowed")
    assert notice.recipient == seller


def test_approving_allows_what_is_protected(quotation: Quotation, seller: User, boss: User) -> None:
    services.submit_quotation(quotation.pk, by=boss)
    services.approve_quotation(quotation.pk, by=boss)
    assert ProtectedLeave.objects.get().allowed_by == boss
    services.send_quotation(quotation.pk, by=seller)


def test_an_approver_without_the_right_cannot(quotation: Quotation, boss: User) -> None:
    services.submit_quotation(quotation.pk, by=boss)
    approver = UserFactory(rights=["quotations.approve_quotation"])
    with refused("protected_item"):
        services.approve_quotation(quotation.pk, by=approver)


def test_what_is_protected_after_the_approval_stops_the_sending(
    part: Product, customer: Customer, seller: User, boss: User
) -> None:
    quotation = services.create_quotation(customer.pk, [line(part)], by=seller)
    services.submit_quotation(quotation.pk, by=seller)
    services.approve_quotation(quotation.pk, by=boss)
    ProtectedItemFactory(product=part, customer__owner__display_name=OWNER)
    with refused("protected_item"):
        services.send_quotation(quotation.pk, by=seller)
    services.allow_protected(quotation.pk, by=boss)
    services.send_quotation(quotation.pk, by=seller)


def test_leave_is_for_the_items_it_was_given_for(
    quotation: Quotation, item: ProtectedItem, seller: User, boss: User
) -> None:
    services.allow_protected(quotation.pk, by=boss)
    second = ProtectedItemFactory(customer=item.customer)
    services.replace_lines(
        quotation.pk, [line(item.product), line(second.product)], version=1, by=seller
    )
    with refused("protected_item", field="lines[2].product_id"):
        services.submit_quotation(quotation.pk, by=seller)


def test_an_equivalent_is_refused_like_the_part(
    item: ProtectedItem, customer: Customer, seller: User
) -> None:
    twin = InterchangeFactory(from_product=item.product, approved_by=seller).to_product
    quotation = services.create_quotation(customer.pk, [line(twin)], by=seller)
    with refused("protected_item"):
        services.submit_quotation(quotation.pk, by=seller)


def test_the_customer_himself_is_quoted_freely(item: ProtectedItem) -> None:
    theirs = item.customer
    quotation = services.create_quotation(theirs.pk, [line(item.product)], by=theirs.owner)
    assert services.submit_quotation(quotation.pk, by=theirs.owner).status == "submitted"


def test_asking_tells_those_who_may_allow(quotation: Quotation, seller: User, boss: User) -> None:
    services.ask_protected(quotation.pk, by=seller)
    (notice,) = Notification.objects.all()
    assert (notice.recipient, notice.kind) == (boss, "quotation.protected_asked")
    assert actions(quotation)[-1] == "quotation.protected_asked"


@pytest.mark.parametrize("step", [services.ask_protected, services.allow_protected])
def test_leave_is_only_for_what_needs_it(
    step: Any, customer: Customer, part: Product, boss: User, item: ProtectedItem
) -> None:
    free = services.create_quotation(item.customer.pk, [line(part)], by=boss)
    with refused("nothing_protected"):
        step(free.pk, by=boss)
    done = services.create_quotation(customer.pk, [line(part)], by=boss)
    services.cancel_quotation(done.pk, by=boss)
    with refused("not_open_to_leave"):
        step(done.pk, by=boss)


def _plain(answer: Any) -> str:
    """Return the JSON of an answer with its letters as they are."""
    return json.dumps(answer.json(), ensure_ascii=False)


# --- the doors --------------------------------------------------------------------------------


def test_the_enquiry_page_warns_beside_the_line(
    item: ProtectedItem, customer: Customer, seller: User
) -> None:
    enquiry = EnquiryFactory(owner=seller, customer=customer, lines=0)
    row = EnquiryLineFactory(document=enquiry, product=item.product)
    client = signed_in(seller)
    told(client.get(reverse("quotations:enquiry", args=[enquiry.pk])).text)
    chosen = client.post(
        reverse("quotations:choose-product", args=[enquiry.pk, row.pk]),
        {"product": item.product.pk},
    )
    assert WARNING in chosen.text
    told(chosen.text)


def test_the_quotation_page_warns_and_offers_what_can_be_done(
    quotation: Quotation, seller: User, boss: User
) -> None:
    page = signed_in(seller).get(page_of(quotation)).text
    told(page)
    assert WARNING in page
    assert "Ask for leave" in page
    page = signed_in(boss).get(page_of(quotation)).text
    assert "Allow it" in page
    signed_in(boss).post(step_of(quotation, "allow-protected"), {"token": "t1", "version": 1})
    page = signed_in(seller).get(page_of(quotation)).text
    assert f"Allowed by {boss}" in page
    assert "Ask for leave" not in page


def test_a_row_and_a_choice_of_parts_warn(quotation: Quotation, item: Any, seller: User) -> None:
    client = signed_in(seller)
    row = client.get(
        reverse("quotations:new-row", args=[quotation.pk]), {"product": item.product_id}
    )
    assert WARNING in row.text
    options = client.get(
        reverse("quotations:find-parts"),
        {"q": item.product.designation, "customer": quotation.customer_id},
    )
    assert WARNING in options.text
    told(options.text)


def test_the_page_refuses_with_the_name_of_whom_to_ask(quotation: Quotation, seller: User) -> None:
    client = signed_in(seller)
    answer = client.post(
        step_of(quotation, "submit"), {"token": "t", "version": quotation.version}, follow=True
    )
    assert WARNING in answer.text
    quotation.refresh_from_db()
    assert quotation.status == "draft"


def test_the_api_warns_and_refuses(item: ProtectedItem, customer: Customer, seller: User) -> None:
    client = signed_in(seller)
    lines = [{"product_id": item.product_id, "quantity": "2", "unit_price": "9"}]
    answer = send(client, "/quotations", {"customer_id": customer.pk, "lines": lines})
    assert answer.status_code == 201
    made = answer.json()
    expected = [{"code": "protected_item", "message": WARNING, "owners": [OWNER]}]
    assert made["lines"][0]["warnings"] == expected
    path = f"/quotations/{made['id']}"
    assert client.get(f"/api/v1{path}").json()["lines"][0]["warnings"] == expected
    refusal = send(client, f"{path}/submit", {})
    assert_problem(refusal, 409, "protected_item", "lines[1].product_id")
    told(_plain(refusal))
    assert send(client, f"{path}/allow-protected", {}).status_code == 403
    assert send(client, f"{path}/ask-protected", {}).status_code == 200
    boss = UserFactory(role="manager")
    assert send(signed_in(boss), f"{path}/allow-protected", {}).status_code == 200
    assert send(client, f"{path}/submit", {}).status_code == 200


def test_an_enquiry_over_http_warns(item: ProtectedItem, customer: Customer, seller: User) -> None:
    body = {"customer_id": customer.pk, "text": f"{item.product.designation} SKF 10个"}
    answer = send(signed_in(seller), "/enquiries", body)
    assert answer.json()["lines"][0]["warnings"][0]["code"] == "protected_item"
    told(_plain(answer))


def test_the_command_warns(item: ProtectedItem, customer: Customer, tmp_path: Path) -> None:
    asked = tmp_path / "rfq.txt"
    asked.write_text(f"{item.product.designation} SKF 10个\n")
    out = StringIO()
    call_command("quote", str(asked), customer=customer.code, as_json=True, stdout=out)
    told(out.getvalue())
    assert json.loads(out.getvalue())["lines"][0]["warnings"][0]["owners"] == [OWNER]
    out = StringIO()
    call_command("quote", str(asked), stdout=out)
    told(out.getvalue())


def test_what_was_sent_is_not_warned_of_afterwards(
    part: Product, customer: Customer, seller: User
) -> None:
    quotation = services.create_quotation(customer.pk, [line(part)], by=seller)
    Quotation.objects.filter(pk=quotation.pk).update(status="sent")
    ProtectedItemFactory(product=part, customer__owner__display_name=OWNER)
    client = signed_in(seller)
    assert OWNER not in client.get(page_of(quotation)).text
    answer = client.get(f"/api/v1/quotations/{quotation.pk}").json()
    assert answer["lines"][0]["warnings"] == []


# --- nothing leaks ----------------------------------------------------------------------------


def test_the_customer_reads_nothing_of_it(quotation: Quotation) -> None:
    paper = render_to_string("print/quotation.html", quotation_context(quotation))
    for secret in (OWNER, SECRET, REASON, "rotected"):
        assert secret not in paper


def test_the_admin_shows_a_salesperson_his_own_alone(
    item: ProtectedItem, seller: User, customer: Customer
) -> None:
    own = ProtectedItemFactory(customer=customer)
    client = signed_in(seller)
    listed = client.get(reverse("admin:products_protecteditem_changelist")).text
    assert own.product.designation in listed
    assert SECRET not in listed
    change = reverse("admin:products_protecteditem_change", args=[item.pk])
    assert SECRET not in client.get(change, follow=True).text
    history = reverse("admin:products_protecteditem_history", args=[item.pk])
    assert SECRET not in client.get(history, follow=True).text


def test_a_salesperson_protects_for_his_own_customers_only(
    item: ProtectedItem, seller: User, customer: Customer, part: Product
) -> None:
    client = signed_in(seller)
    add = reverse("admin:products_protecteditem_add")
    body = {"product": part.pk, "since": "2026-01-01", "seen_version": ""}
    answer = client.post(add, body | {"customer": item.customer_id})
    assert answer.status_code == 200, "the form again"
    assert SECRET not in answer.text
    assert client.post(add, body | {"customer": customer.pk}).status_code == 302
    assert ProtectedItem.objects.filter(customer=customer, product=part).exists()


def _log(client: Client) -> str:
    return client.get(reverse("admin:audit_auditentry_changelist")).text


def test_the_operation_log_keeps_it_from_those_who_may_not_see_it(
    item: ProtectedItem, boss: User, seller: User
) -> None:
    """Whoever reads the log without the right to all protected items learns of none."""
    change = reverse("admin:products_protecteditem_change", args=[item.pk])
    signed_in(boss).post(
        change,
        {
            "product": item.product_id,
            "customer": item.customer_id,
            "since": "2026-01-01",
            "reason": "neuer Grund",
            "seen_version": item.version,
        },
    )
    entry = AuditEntry.objects.get(action="products.protecteditem.changed")
    auditor = UserFactory(rights=["audit.view_auditentry"])
    page = reverse("admin:audit_auditentry_change", args=[entry.pk])
    assert "neuer Grund" in signed_in(boss).get(page).text
    assert "neuer Grund" not in signed_in(auditor).get(page, follow=True).text
    assert "neuer Grund" not in _log(signed_in(auditor))
    # On his own quotation he reads the owner's name alone.
    quotation = services.create_quotation(
        CustomerFactory(owner=seller).pk, [line(item.product)], by=seller
    )
    services.allow_protected(quotation.pk, by=boss)
    told(
        signed_in(seller)
        .get(reverse("admin:quotations_quotation_history", args=[quotation.pk]))
        .text
    )
