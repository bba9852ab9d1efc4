"""The pages of sales copy their document once, by the rights of the copy."""

from typing import Any

import pytest
from django.test import Client

from orders.models import SalesOrder
from quotations.models import Quotation, Rfq
from tests import factories as f

pytestmark = pytest.mark.django_db

PAGES: list[tuple[Any, Any, str]] = [
    (Quotation, f.QuotationFactory, "quotations"),
    (SalesOrder, f.SalesOrderFactory, "sales-orders"),
    (Rfq, f.RfqFactory, "rfqs"),
]


@pytest.mark.parametrize(("model", "factory", "path"), PAGES, ids=[p[2] for p in PAGES])
def test_a_page_copies_its_document_once(model: Any, factory: Any, path: str) -> None:
    user = f.UserFactory(role="manager", language="en")
    client = Client()
    client.force_login(user)
    source = factory(owner=user)
    page = f"/{path}/{source.pk}/"
    assert f'action="{page}copy/"' in client.get(page).content.decode()
    answers = [client.post(f"{page}copy/", {"token": "t"}) for _twice in range(2)]
    (copy,) = model.objects.exclude(pk=source.pk)
    assert {answer.headers["Location"] for answer in answers} == {f"/{path}/{copy.pk}/"}
    assert (copy.status, copy.number, copy.owner) == ("draft", None, user)


@pytest.mark.parametrize(("model", "factory", "path"), PAGES, ids=[p[2] for p in PAGES])
def test_what_is_out_of_sight_is_not_copied(model: Any, factory: Any, path: str) -> None:
    client = Client()
    client.force_login(f.UserFactory(role="sales"))
    source = factory()
    assert client.post(f"/{path}/{source.pk}/copy/", {"token": "t"}).status_code == 404
    assert model.objects.count() == 1
    reader = Client()
    reader.force_login(f.UserFactory(role="accountant"))
    assert reader.post(f"/{path}/{source.pk}/copy/", {"token": "t"}).status_code == 403
