"""The pages of partners: warnings, defaults, merging, follow-ups."""

from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from accounts.models import User
from audit.models import AuditEntry
from customers.models import Contact, Customer, FollowUp
from tests import factories as f

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]
SETS = (
    "contact_set",
    "address_set",
    "invoiceprofile_set",
    "followup_set",
    "forbiddenbrand_set",
)


@pytest.fixture
def manager() -> User:
    return f.UserFactory(role="manager")


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page(name: str, *args: Any, model: str = "customer") -> str:
    return reverse(f"admin:customers_{model}_{name}", args=args)


def form_of(customer: Customer | None = None, **more: Any) -> dict[str, Any]:
    stored: Any = customer or f.CustomerFactory.build(code="", owner=None, payment_term=None)
    rows = {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0, "MIN_NUM_FORMS": 0, "MAX_NUM_FORMS": 1000}
    filled = {
        "code": stored.code,
        "name": stored.name,
        "kind": stored.kind,
        "owner": stored.owner_id or "",
        "currency": "CNY",
        "price_includes_tax": "on",
        "seen_version": customer.version if customer else "",
        **{f"{prefix}-{key}": value for prefix in SETS for key, value in rows.items()},
    }
    return filled | more


def test_a_taken_tax_number_is_a_form_error(manager: User) -> None:
    f.CustomerFactory(tax_id="91110000600037341L")
    owner = f.UserFactory()
    sent = form_of(name="昆山达丰机械有限公司", tax_id="91110000600037341l", owner=owner.pk)
    answer = client_of(manager).post(page("add"), sent)
    assert answer.status_code == 200
    assert "tax_id" in answer.context["adminform"].form.errors
    assert Customer.objects.count() == 1


def test_a_likeness_is_saved_once_it_is_confirmed(manager: User) -> None:
    owner = f.UserFactory()
    f.CustomerFactory(name="苏州宏锐轴承有限公司", code="TWIN")
    sent = form_of(name="宏锐（苏州）轴承有限公司", owner=owner.pk)
    client = client_of(manager)
    answer = client.post(page("add"), sent)
    assert "TWIN" in answer.content.decode()
    assert 'name="similar_confirmed"' in answer.content.decode()
    answer = client.post(page("add"), sent | {"similar_confirmed": "on"})
    assert answer.status_code == 302
    entered = Customer.objects.get(name="宏锐（苏州）轴承有限公司")
    assert entered.code == "C00001"
    told = AuditEntry.objects.get(action="customers.customer.similar_confirmed")
    assert told.reason == "similar: TWIN"


def test_sales_are_not_told_whose_name_it_is() -> None:
    sales = f.UserFactory(role="sales")
    f.CustomerFactory(name="苏州宏锐轴承有限公司", code="TWIN", owner__display_name="王敏")
    answer = client_of(sales).post(page("add"), form_of(name="苏州宏锐轴承"))
    assert "王敏" in answer.content.decode()
    assert "TWIN" not in answer.content.decode()


def test_sales_neither_block_nor_unblock_nor_grant_credit() -> None:
    sales = f.UserFactory(role="sales")
    customer = f.CustomerFactory(owner=sales, blocked_reason="逾期", credit_limit=5)
    sent = form_of(customer, blocked_reason="", credit_limit="1000000", notes="x")
    answer = client_of(sales).post(page("change", customer.pk), sent)
    assert answer.status_code == 302
    customer.refresh_from_db()
    assert customer.blocked_reason == "逾期"
    assert customer.credit_limit == 5
    assert customer.notes == "x"


def test_deleting_the_default_contact_makes_another_the_default(manager: User) -> None:
    customer = f.CustomerFactory()
    first = f.ContactFactory(customer=customer, is_default=True)
    second = f.ContactFactory(customer=customer)
    sent = form_of(customer)
    sent |= {"contact_set-TOTAL_FORMS": 2, "contact_set-INITIAL_FORMS": 2}
    for number, (row, default) in enumerate([(first, "True"), (second, "")]):
        sent |= {
            f"contact_set-{number}-id": row.pk,
            f"contact_set-{number}-customer": customer.pk,
            f"contact_set-{number}-name": row.name,
            f"contact_set-{number}-is_default": default,
        }
    sent["contact_set-0-DELETE"] = "on"
    admin = f.UserFactory()
    admin.user_permissions.set(Permission.objects.all())
    answer = client_of(admin).post(page("change", customer.pk), sent)
    assert answer.status_code == 302, answer.context["errors"]
    assert Contact.objects.get() == second
    assert Contact.objects.get().is_default


def test_merging_asks_which_one_is_kept(manager: User) -> None:
    gone, kept = f.CustomerFactory(), f.CustomerFactory()
    client = client_of(manager)
    there = page("do", gone.pk, "merge")
    assert client.get(there).status_code == 200
    assert client.post(there, {"version": 1}).status_code == 200  # nothing chosen: asked again
    answer = client.post(there, {"version": 1, "kept": kept.pk})
    assert answer.headers["Location"] == page("change", kept.pk)
    gone.refresh_from_db()
    assert gone.merged_into == kept
    assert str(kept) in client.get(page("change", gone.pk)).content.decode()


def test_a_stale_page_merges_nothing(manager: User) -> None:
    gone, kept = f.CustomerFactory(version=3), f.CustomerFactory()
    client_of(manager).post(page("do", gone.pk, "merge"), {"version": 2, "kept": kept.pk})
    gone.refresh_from_db()
    assert gone.merged_into is None


def test_a_follow_up_is_added_on_the_customers_page_and_done_in_its_list() -> None:
    sales = f.UserFactory(role="sales")
    customer = f.CustomerFactory(owner=sales)
    sent = form_of(customer) | {
        "followup_set-TOTAL_FORMS": 1,
        "followup_set-0-due_on": "2026-11-02",
        "followup_set-0-note": "回访",
    }
    client = client_of(sales)
    assert client.post(page("change", customer.pk), sent).status_code == 302
    follow_up = FollowUp.objects.get()
    assert (follow_up.owner, follow_up.customer) == (sales, customer)
    later = f.FollowUpFactory(owner=sales, customer=customer, due_on=date(2099, 1, 1))
    listed = client.get(page("changelist", model="followup")).context["cl"].result_list
    assert list(listed) == [follow_up]
    listed = client.get(page("changelist", model="followup"), {"when": "open"})
    assert list(listed.context["cl"].result_list) == [follow_up, later]
    shown = client.get(page("change", follow_up.pk, model="followup"))
    seen = {"version": shown.context["row_version"]}
    client.post(page("do", follow_up.pk, "done", model="followup"), seen)
    follow_up.refresh_from_db()
    assert follow_up.is_done


def test_a_follow_up_is_of_one_partner(manager: User) -> None:
    sent = {"due_on": "2026-12-01", "note": "回访", "owner": manager.pk}
    answer = client_of(manager).post(page("add", model="followup"), sent)
    assert answer.status_code == 200
    assert not FollowUp.objects.exists()


def test_the_follow_ups_of_others_stay_out_of_sight() -> None:
    foreign = f.FollowUpFactory()
    client = client_of(f.UserFactory(role="sales"))
    listed = client.get(page("changelist", model="followup"), {"when": "open"})
    assert foreign not in listed.context["cl"].result_list
