"""Orders, delivery notes and invoices are printed for those who may see them."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from erp.core.tests.pdf import needs_pdf
from tests import factories as f

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]


@needs_pdf
@pytest.mark.parametrize(
    ("route", "factory", "role"),
    [
        ("orders:sales-order-pdf", f.SalesOrderFactory, "sales"),
        ("orders:delivery-pdf", f.DeliveryFactory, "sales"),
        ("finance:invoice-pdf", f.InvoiceFactory, "sales"),
    ],
)
def test_the_owner_gets_the_paper_and_a_colleague_does_not(
    client: Client, route: str, factory: Any, role: str
) -> None:
    owner, colleague = f.UserFactory(role=role), f.UserFactory(role=role)
    document = factory(owner=owner)
    path = reverse(route, args=[document.pk])

    client.force_login(colleague)
    assert client.get(path).status_code == 404

    client.force_login(owner)
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")


def test_the_page_of_an_order_leads_to_its_paper(client: Client) -> None:
    order = f.SalesOrderFactory(owner=f.UserFactory(role="sales", is_staff=True))
    client.force_login(order.owner)
    page = client.get(reverse("admin:orders_salesorder_change", args=[order.pk]))
    assert reverse("orders:sales-order-pdf", args=[order.pk]) in page.text
