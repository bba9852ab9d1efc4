"""A leaver's work in a colleague's hands, all or nothing, in sight at once."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.services import hand_over
from audit.models import AuditEntry
from customers.models import Customer
from orders.models import SalesOrder
from quotations.models import Quotation
from tests import factories as f
from tests.support import refused

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]


def test_customers_and_unfinished_documents_change_hands_and_done_ones_stay() -> None:
    leaver, colleague = f.UserFactory(role="sales"), f.UserFactory(role="sales")
    manager = f.UserFactory(role="manager")
    customer = f.CustomerFactory(owner=leaver)
    foreign = f.CustomerFactory()
    follow_up = f.FollowUpFactory(owner=leaver, customer=customer)
    supplier = f.SupplierFactory(owner=leaver)
    open_one = f.QuotationFactory(owner=leaver, customer=customer)
    lost = f.QuotationFactory(owner=leaver, customer=customer, status=Quotation.Status.LOST)
    order = f.SalesOrderFactory(owner=leaver, customer=customer)
    done = f.SalesOrderFactory(owner=leaver, customer=customer, status=SalesOrder.Status.DONE)
    counts = hand_over(leaver.pk, colleague.pk, by=manager)
    for row in (customer, supplier, follow_up, open_one, order):
        row.refresh_from_db()
        assert row.owner == colleague, row
    for row in (lost, done):
        row.refresh_from_db()
        assert row.owner == leaver, row
    foreign.refresh_from_db()
    assert foreign.owner not in {leaver, colleague}
    assert counts["customers.Customer"] == 1
    assert list(Customer.objects.visible_to(colleague)) == [customer]
    assert not Customer.objects.visible_to(leaver).exists()
    assert customer.version == 2
    entry = AuditEntry.objects.get(action="customers.customer.handed_over")
    assert entry.changes == {"owner": [str(leaver), str(colleague)]}
    assert AuditEntry.objects.filter(action="accounts.user.handed_over").count() == 1
    assert hand_over(leaver.pk, colleague.pk, by=manager) == {}


def test_work_goes_to_somebody_else_who_works_here() -> None:
    leaver, manager = f.UserFactory(), f.UserFactory()
    gone = f.UserFactory(is_active=False)
    f.CustomerFactory(owner=leaver)
    with refused("same_person"):
        hand_over(leaver.pk, leaver.pk, by=manager)
    with refused("not_working"):
        hand_over(leaver.pk, gone.pk, by=manager)
    with refused("not_found"):
        hand_over(leaver.pk, 987_654, by=manager)


def test_the_page_asks_to_whom() -> None:
    leaver, colleague = f.UserFactory(role="sales"), f.UserFactory(role="sales")
    f.CustomerFactory(owner=leaver)
    client = Client()
    client.force_login(f.UserFactory(role="manager"))
    page = reverse("admin:accounts_user_do", args=(leaver.pk, "hand_over"))
    asked = client.get(page)
    seen = {"version": asked.context["row_version"]}
    assert client.post(page, seen).status_code == 200
    client.post(page, {**seen, "colleague": colleague.pk})
    assert Customer.objects.get().owner == colleague
