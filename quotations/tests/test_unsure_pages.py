"""The enquiry page shows what is unsure, and takes a person's decisions about it."""

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from customers.models import Customer
from products.models import Product, ProductCode
from quotations import services
from quotations.models import EnquiryLine
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]


@pytest.fixture
def client(seller: User) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(seller)
    return client


@pytest.fixture
def unsure(seller: User, customer: Customer, part: Product) -> EnquiryLine:
    text = "SKF 6205-2RS1/C3 10个\nXK88-7 轴承 20个"
    enquiry = services.create_enquiry(text, customer_id=customer.pk, by=seller)
    _sure, unsure = enquiry.lines.all()
    return unsure


def path_of(line: EnquiryLine) -> str:
    return reverse("quotations:choose-product", args=[line.document_id, line.pk])


def test_unsure_lines_are_marked_with_their_reasons(client: Client, unsure: EnquiryLine) -> None:
    html = client.get(reverse("quotations:enquiry", args=[unsure.document_id])).content.decode()
    assert html.count(" unsure") >= 1
    assert html.count('class="doubt"') == 1
    assert "No part was found." in html
    assert "data-unsure-count>1<" in html


def test_a_part_chosen_on_the_page_is_remembered(
    client: Client, unsure: EnquiryLine, part: Product
) -> None:
    answer = client.post(path_of(unsure), {"product": part.pk, "seen": "0", "remember": "1"})
    assert 'class="doubt"' not in answer.content.decode()
    assert ProductCode.objects.get().search_key == "XK887"


def test_without_the_tick_nothing_is_remembered(
    client: Client, unsure: EnquiryLine, part: Product
) -> None:
    client.post(path_of(unsure), {"product": part.pk, "seen": "0"})
    unsure.refresh_from_db()
    assert unsure.product == part
    assert not ProductCode.objects.exists()


def test_remembering_needs_the_right_to_add_codes(
    client: Client, seller: User, unsure: EnquiryLine, part: Product
) -> None:
    for group in seller.groups.all():
        group.permissions.remove(*group.permissions.filter(codename="add_productcode"))
    page = client.get(reverse("quotations:enquiry", args=[unsure.document_id]))
    assert 'name="remember"' not in page.content.decode()
    answer = client.post(path_of(unsure), {"product": part.pk, "remember": "1"})
    assert answer.status_code == 403
    unsure.refresh_from_db()
    assert unsure.product is None


def test_a_stale_decision_is_told(
    client: Client, seller: User, unsure: EnquiryLine, part: Product
) -> None:
    services.choose_product(unsure.pk, part.pk, by=seller)
    other = factories.ProductFactory()
    html = client.post(path_of(unsure), {"product": other.pk, "seen": "0"}).content.decode()
    assert "in the meantime" in html
    unsure.refresh_from_db()
    assert unsure.product == part


def test_a_quantity_is_stated_on_the_page(
    client: Client, seller: User, customer: Customer, part: Product
) -> None:
    enquiry = services.create_enquiry("SKF 6205-2RS1/C3", customer_id=customer.pk, by=seller)
    line = enquiry.lines.get()
    page = client.get(reverse("quotations:enquiry", args=[enquiry.pk])).content.decode()
    assert 'class="how-many"' in page
    html = client.post(path_of(line), {"quantity": "１２"}).content.decode()
    assert 'class="how-many"' not in html
    line.refresh_from_db()
    assert line.quantity == Decimal(12)


@pytest.mark.parametrize("quantity", ["", "many", "-1", "0", "1e9", "1" * 40])
def test_what_is_no_quantity_is_told(
    client: Client, seller: User, customer: Customer, part: Product, quantity: str
) -> None:
    enquiry = services.create_enquiry("SKF 6205-2RS1/C3", customer_id=customer.pk, by=seller)
    html = client.post(path_of(enquiry.lines.get()), {"quantity": quantity}).content.decode()
    assert 'role="alert"' in html
    assert enquiry.lines.get().quantity is None


def test_the_quotation_shows_what_nobody_has_settled(
    client: Client, seller: User, customer: Customer, part: Product
) -> None:
    text = "SKF 6205-2RS1/C3 20-30个"
    enquiry = services.create_enquiry(text, customer_id=customer.pk, by=seller)
    drafted = services.create_quotation_from_enquiry(enquiry.pk, by=seller)
    page = reverse("quotations:quotation", args=[drafted.pk])
    assert "The quantity is a range or a minimum." in client.get(page).content.decode()
    services.state_quantity(enquiry.lines.get().pk, Decimal(30), by=seller)
    assert 'class="doubt"' not in client.get(page).content.decode()
