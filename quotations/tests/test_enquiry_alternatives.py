"""A customer who leaves the brand open (SKF或NSK) is offered one brand instead of the other."""

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from customers.models import Customer
from products.models import Product
from quotations import services
from quotations.models import Enquiry, Quotation
from quotations.quoted import with_lines_quoted
from tests import factories as f
from tests.support import refused

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]
TEXT = "6205 SKF或NSK 10个"


@pytest.fixture
def skf() -> Product:
    return f.ProductFactory(designation="6205", brand=f.BrandFactory(code="SKF"))


@pytest.fixture
def nsk() -> Product:
    return f.ProductFactory(designation="6205", brand=f.BrandFactory(code="NSK"))


@pytest.fixture
def enquiry(customer: Customer, seller: User, skf: Product, nsk: Product) -> Enquiry:
    f.ProductFactory(designation="6205", brand=f.BrandFactory(code="FAG"))
    return services.create_enquiry(TEXT, customer_id=customer.pk, by=seller)


@pytest.fixture
def client(seller: User) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(seller)
    return client


def _offered(quotation: Quotation) -> list[tuple[str, int | None, Decimal]]:
    return [
        (line.brand_name, line.alternative_to, line.quantity)
        for line in quotation.lines.order_by("line_no")
    ]


def test_the_second_brand_is_an_alternative_of_the_first(enquiry: Enquiry, seller: User) -> None:
    drafted = services.create_quotation_from_enquiry(enquiry.pk, by=seller)
    first, second = drafted.lines.order_by("line_no")
    assert [first.product.brand.code, second.product.brand.code] == ["SKF", "NSK"]
    assert (first.alternative_to, second.alternative_to) == (None, 1)
    assert first.quantity == second.quantity == 10
    assert (first.is_counted, second.is_counted) == (True, False)
    assert drafted.gross_total == first.gross_amount
    assert {line.source_line for line in (first, second)} == {enquiry.lines.get()}


def test_choosing_the_other_brand_turns_the_two_round(
    enquiry: Enquiry, seller: User, nsk: Product
) -> None:
    services.choose_product(enquiry.lines.get().pk, nsk.pk, by=seller)
    drafted = services.create_quotation_from_enquiry(enquiry.pk, by=seller)
    codes = [line.product.brand.code for line in drafted.lines.order_by("line_no")]
    assert codes == ["NSK", "SKF"]


def test_another_part_than_those_asked_for_has_no_alternative(
    enquiry: Enquiry, seller: User
) -> None:
    other = f.ProductFactory(designation="6306")
    services.choose_product(enquiry.lines.get().pk, other.pk, by=seller)
    drafted = services.create_quotation_from_enquiry(enquiry.pk, by=seller)
    assert [line.product for line in drafted.lines.all()] == [other]


def test_an_archived_alternative_is_not_offered(
    enquiry: Enquiry, seller: User, skf: Product, nsk: Product
) -> None:
    nsk.archived_at = enquiry.created_at
    nsk.save()
    drafted = services.create_quotation_from_enquiry(enquiry.pk, by=seller)
    assert [line.product for line in drafted.lines.all()] == [skf]


def test_one_brand_has_no_alternative(
    customer: Customer, seller: User, skf: Product, nsk: Product
) -> None:
    asked = services.create_enquiry("6205 SKF 10个", customer_id=customer.pk, by=seller)
    assert asked.lines.get().alternatives == []


def test_page_and_api_name_the_alternative(enquiry: Enquiry, client: Client, nsk: Product) -> None:
    html = client.get(reverse("quotations:enquiry", args=[enquiry.pk])).content.decode()
    assert 'class="or-else"' in html
    (line,) = client.get(f"/api/v1/enquiries/{enquiry.pk}").json()["lines"]
    assert [one["id"] for one in line["alternatives"]] == [nsk.pk]


# --- partly quoted -------------------------------------------------------------------------------


def test_an_enquiry_says_how_many_of_its_lines_are_quoted(
    customer: Customer, seller: User, client: Client, part: Product
) -> None:
    text = "SKF 6205-2RS1/C3 10个\nXK88-7 轴承 20个"
    asked = services.create_enquiry(text, customer_id=customer.pk, by=seller)

    def counted() -> Enquiry:
        return with_lines_quoted(Enquiry.objects.filter(pk=asked.pk)).get()

    assert not counted().is_partly_quoted
    drafted = services.create_quotation_from_enquiry(asked.pk, by=seller)
    assert counted().is_partly_quoted
    Enquiry.objects.filter(pk=asked.pk).update(status=Enquiry.Status.QUOTED)
    html = client.get(reverse("quotations:enquiry", args=[asked.pk])).content.decode()
    assert "partly quoted" in html
    assert "1 of 2 lines quoted" in html
    listed = client.get(reverse("admin:quotations_enquiry_changelist")).content.decode()
    assert "1 / 2" in listed
    services.cancel_quotation(drafted.pk, by=seller)
    assert not counted().is_partly_quoted


# --- two tabs ------------------------------------------------------------------------------------


def test_whoever_chose_from_an_older_row_is_told_both_choices(
    enquiry: Enquiry, client: Client, seller: User, skf: Product, nsk: Product
) -> None:
    line = enquiry.lines.get()
    path = reverse("quotations:choose-product", args=[enquiry.pk, line.pk])
    other = f.ProductFactory(designation="6306")
    first = client.post(path, {"product": nsk.pk, "seen": skf.pk})
    assert first.status_code == 200
    second = client.post(path, {"product": other.pk, "seen": skf.pk})
    assert second.status_code == 409
    told = second.content.decode()
    assert f"somebody chose {nsk}" in told
    assert f"you chose {other}" in told
    line.refresh_from_db()
    assert line.product == nsk


def test_whoever_stated_a_quantity_from_an_older_row_is_told_both(
    customer: Customer, client: Client, seller: User, part: Product
) -> None:
    asked = services.create_enquiry("SKF 6205-2RS1/C3 20-30个", customer_id=customer.pk, by=seller)
    line = asked.lines.get()
    path = reverse("quotations:choose-product", args=[asked.pk, line.pk])
    seen = {"seen_quantity": "20"}
    assert client.post(path, {"quantity": "30", **seen}).status_code == 200
    answer = client.post(path, {"quantity": "25", **seen})
    assert answer.status_code == 409
    assert "somebody entered 30" in answer.content.decode()
    line.refresh_from_db()
    assert line.quantity == 30
    with refused("stale_version"):
        services.state_quantity(line.pk, Decimal(25), seen_quantity="20", by=seller)
