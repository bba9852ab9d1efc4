"""The sales pages: who may see and do what, one effect per form, nothing typed is lost."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from customers.models import Customer
from erp.core.models import TaxRate
from products.models import Product
from quotations.models import Enquiry, Quotation
from tests.factories import (
    CustomerFactory,
    EnquiryFactory,
    EnquiryLineFactory,
    PriceFactFactory,
    ProductFactory,
    QuotationFactory,
    QuotationLineFactory,
    UserFactory,
)
from tests.selling import page_of, signed_in, step_of, with_status

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]

Status = Quotation.Status


@pytest.fixture
def client(seller: User) -> Client:
    return signed_in(seller)


# --- who gets where --------------------------------------------------------------------------


def test_sales_begin_at_the_new_enquiry(client: Client) -> None:
    assert client.get("/").headers["Location"] == reverse("quotations:new-enquiry")


def test_others_begin_in_the_back_office() -> None:
    client = signed_in(UserFactory(role="storekeeper"))
    assert client.get("/").headers["Location"] == reverse("admin:index")


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/enquiries/new/",
        "/enquiries/1/",
        "/quotations/",
        "/quotations/1/",
        "/quotations/1/pdf/",
    ],
)
def test_strangers_are_sent_to_the_log_in(path: str) -> None:
    answer = Client().get(path)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/admin/login/?next={path}")


def test_a_fragment_sends_the_window_to_the_log_in() -> None:
    answer = Client().get("/quotations/parts/", headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"].startswith("/admin/login/")


@pytest.mark.parametrize(
    "path",
    [
        "/enquiries/new/",
        "/enquiries/1/",
        "/enquiries/customers/",
        "/quotations/",
        "/quotations/1/",
        "/quotations/1/pdf/",
        "/quotations/1/row/",
    ],
)
def test_a_page_needs_the_right(path: str) -> None:
    answer = signed_in(UserFactory(role="storekeeper")).get(path)
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "path", ["/quotations/1/approve/", "/quotations/1/order/", "/enquiries/1/quotation/"]
)
def test_a_step_needs_the_right(path: str) -> None:
    assert signed_in(UserFactory(role="accountant")).post(path).status_code == 403


@pytest.mark.parametrize("tail", ["", "pdf/", "row/?product=1"])
def test_a_colleagues_quotation_is_as_if_missing(client: Client, tail: str) -> None:
    theirs, missing = QuotationFactory(), 999_999
    answers = [client.get(f"/quotations/{pk}/{tail}") for pk in (theirs.pk, missing)]
    assert [answer.status_code for answer in answers] == [404, 404]


def test_a_colleagues_enquiry_is_as_if_missing(client: Client) -> None:
    theirs = EnquiryFactory()
    line = theirs.lines.get()
    assert client.get(f"/enquiries/{theirs.pk}/").status_code == 404
    assert client.post(f"/enquiries/{theirs.pk}/quotation/").status_code == 404
    assert client.post(f"/enquiries/{theirs.pk}/lines/{line.pk}/").status_code == 404


@pytest.mark.parametrize("step", ["submit", "send", "lose", "cancel"])
def test_no_step_of_a_colleagues_quotation(client: Client, step: str) -> None:
    theirs = QuotationFactory()
    assert client.post(step_of(theirs, step), {"token": "t"}).status_code == 404
    theirs.refresh_from_db()
    assert theirs.status == Status.DRAFT


def test_a_manager_sees_every_quotation(boss: User) -> None:
    assert signed_in(boss).get(page_of(QuotationFactory())).status_code == 200


@pytest.mark.parametrize("step", ["submit", "approve", "send", "reject", "lose", "cancel"])
def test_steps_are_not_taken_by_following_a_link(boss: User, step: str) -> None:
    assert signed_in(boss).get(step_of(QuotationFactory(), step)).status_code == 405


def test_forms_need_the_csrf_token(seller: User, draft: Quotation) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(seller)
    assert client.post(step_of(draft, "submit"), {"token": "t"}).status_code == 403
    draft.refresh_from_db()
    assert draft.status == Status.DRAFT


def test_pages_allow_neither_eval_nor_inline_scripts_nor_other_hosts(
    client: Client, draft: Quotation
) -> None:
    for path in ("/enquiries/new/", "/quotations/", page_of(draft)):
        answer = client.get(path)
        policy = answer.headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        html = answer.content.decode()
        assert "<style" not in html
        assert ' style="' not in html
        assert "http://" not in html.replace('xmlns="http://www.w3.org', "")
        assert "https://" not in html


def test_the_page_names_its_language(client: Client) -> None:
    assert '<html lang="en">' in client.get("/enquiries/new/").content.decode()
    client.cookies["django_language"] = "zh-hans"
    assert '<html lang="zh-CN">' in client.get("/enquiries/new/").content.decode()


# --- a new enquiry ---------------------------------------------------------------------------


def ask(client: Client, customer: Customer, text: str, **more: Any) -> Any:
    sent = {"token": "t1", "customer": customer.pk, "text": text} | more
    return client.post(reverse("quotations:new-enquiry"), sent)


def test_a_text_becomes_lines_with_stock_and_price(
    client: Client, customer: Customer, part: Product
) -> None:
    answer = ask(client, customer, "你好\n6205-2RS1/C3 SKF 10个\n谢谢")
    html = client.get(answer.headers["Location"]).content.decode()
    line = Enquiry.objects.get().lines.get()
    assert (line.product, line.quantity) == (part, Decimal(10))
    assert "6205-2RS1/C3 SKF 10个" in html
    assert "120" in html
    assert "11.30" in html  # 10.00 with 13 % tax: this customer's side


def test_a_file_becomes_an_enquiry(client: Client, customer: Customer, part: Product) -> None:
    file = SimpleUploadedFile("parts.csv", "型号,数量\n6205-2RS1/C3,7\n".encode("gb18030"))
    ask(client, customer, "", file=file)
    assert Enquiry.objects.get().lines.get().quantity == Decimal(7)


def test_sending_the_form_twice_makes_one_enquiry(
    client: Client, customer: Customer, part: Product
) -> None:
    first, second = (ask(client, customer, "6205-2RS1/C3 SKF 10个") for _ in range(2))
    assert Enquiry.objects.count() == 1
    assert first.headers["Location"] == second.headers["Location"]


@pytest.mark.parametrize(
    ("text", "status"), [("", 400), ("   \n", 400), ("bad \x00 text", 400), ("你好，在吗？", 409)]
)
def test_what_was_typed_stays_when_it_is_refused(
    client: Client, customer: Customer, text: str, status: int
) -> None:
    answer = ask(client, customer, text)
    assert answer.status_code == status
    assert customer.name in answer.content.decode()
    assert text.strip("\x00 \n")[:3] in answer.content.decode()
    assert not Enquiry.objects.exists()


def test_a_broken_file_is_refused_in_words(client: Client, customer: Customer) -> None:
    file = SimpleUploadedFile("parts.xlsx", b"no workbook")
    answer = ask(client, customer, "kept text", file=file)
    assert answer.status_code == 415
    assert "kept text" in answer.content.decode()


def test_the_enquiry_is_of_a_customer_of_ones_own(client: Client, part: Product) -> None:
    theirs = CustomerFactory(name="某某竞争同事客户")
    answer = ask(client, theirs, "6205-2RS1/C3 SKF 10个")
    assert answer.status_code == 400
    assert theirs.name not in answer.content.decode()
    assert not Enquiry.objects.exists()


def test_the_customer_field_offers_ones_own(client: Client, customer: Customer) -> None:
    CustomerFactory(name=customer.name + "乙")
    html = client.get("/enquiries/customers/", {"q": customer.name[:3]}).content.decode()
    assert html.count('role="option"') == 1
    assert customer.code in html


# --- choosing parts --------------------------------------------------------------------------


def test_another_part_is_chosen_for_a_line(
    client: Client, seller: User, customer: Customer, part: Product
) -> None:
    enquiry = EnquiryFactory(owner=seller, customer=customer)
    line = enquiry.lines.get()
    path = reverse("quotations:choose-product", args=[enquiry.pk, line.pk])
    answer = client.post(path, {"product": part.pk})
    line.refresh_from_db()
    assert (line.product, line.match) == (part, "chosen")
    assert "chosen by hand" in answer.content.decode()


@pytest.mark.parametrize("product", ["", "0", "abc", "99999999999999999999", "٣"])
def test_a_part_that_is_none_changes_nothing(
    client: Client, seller: User, customer: Customer, product: str
) -> None:
    enquiry = EnquiryFactory(owner=seller, customer=customer)
    line = enquiry.lines.get()
    path = reverse("quotations:choose-product", args=[enquiry.pk, line.pk])
    answer = client.post(path, {"product": product})
    assert "There is no such product." in answer.content.decode()
    line.refresh_from_db()
    assert line.product is None


def test_a_line_is_chosen_for_only_through_its_own_enquiry(
    client: Client, seller: User, part: Product
) -> None:
    mine, theirs = EnquiryFactory(owner=seller), EnquiryFactory()
    foreign = theirs.lines.get()
    path = reverse("quotations:choose-product", args=[mine.pk, foreign.pk])
    assert client.post(path, {"product": part.pk}).status_code == 404
    foreign.refresh_from_db()
    assert foreign.product is None


def test_parts_are_offered_with_stock_and_the_last_price_to_this_customer(
    client: Client, customer: Customer, part: Product
) -> None:
    PriceFactFactory(product=part, customer=customer, net_unit_price=Decimal(9))
    path = reverse("quotations:find-parts")
    html = client.get(path, {"q": "62052rs1", "customer": str(customer.pk)}).content.decode()
    assert "6205-2RS1/C3" in html
    assert "120" in html
    assert "10.17" in html  # 9.00 with tax


def test_a_colleagues_price_is_not_told(client: Client, part: Product) -> None:
    theirs = CustomerFactory()
    PriceFactFactory(product=part, customer=theirs, net_unit_price=Decimal("7.77"))
    path = reverse("quotations:find-parts")
    html = client.get(path, {"q": "62052rs1", "customer": str(theirs.pk)}).content.decode()
    assert "8.78" not in html


def test_cost_is_shown_to_those_who_may_see_it(
    seller: User, boss: User, customer: Customer, part: Product
) -> None:
    enquiry = EnquiryFactory(owner=seller, customer=customer, lines__product=part)
    shown = [
        signed_in(user).get(f"/enquiries/{enquiry.pk}/").content.decode() for user in (boss, seller)
    ]
    assert ["9.04" in html for html in shown] == [True, False]  # 8.00 with tax
    assert ["Cost</th>" in html for html in shown] == [True, False]


def test_a_price_below_cost_is_marked_for_those_who_may_see_cost(
    seller: User, boss: User, customer: Customer, part: Product
) -> None:
    quotation = QuotationFactory(owner=seller, customer=customer, lines=0)
    QuotationLineFactory(document=quotation, line_no=1, product=part, unit_price=Decimal("9.03"))
    with_status(quotation, Status.SUBMITTED)
    marked = [
        'class="below"' in signed_in(user).get(page_of(quotation)).content.decode()
        for user in (boss, seller)
    ]
    assert marked == [True, False]  # 8.00 with tax is 9.04


def test_making_the_quotation_twice_makes_one(
    client: Client, seller: User, customer: Customer, part: Product
) -> None:
    enquiry = EnquiryFactory(owner=seller, customer=customer, lines__product=part)
    path = reverse("quotations:quote-enquiry", args=[enquiry.pk])
    first, second = (client.post(path, {"token": "t"}) for _ in range(2))
    made = Quotation.objects.get()
    assert first.headers["Location"] == second.headers["Location"] == page_of(made)
    assert made.lines.get().unit_price == Decimal("11.30")


def test_who_quotes_is_told_of_the_lines_left_out(
    client: Client, seller: User, customer: Customer, part: Product
) -> None:
    enquiry = EnquiryFactory(owner=seller, customer=customer, lines__product=part)
    EnquiryLineFactory(document=enquiry, line_no=2)
    path = reverse("quotations:quote-enquiry", args=[enquiry.pk])
    answer = client.post(path, {"token": "t"}, follow=True)
    assert "1 line without a part is not in it." in answer.content.decode()


def test_without_a_matched_line_the_page_says_so(
    client: Client, seller: User, customer: Customer
) -> None:
    enquiry = EnquiryFactory(owner=seller, customer=customer)
    path = reverse("quotations:quote-enquiry", args=[enquiry.pk])
    answer = client.post(path, {"token": "t"}, follow=True)
    assert "No line has a product yet." in answer.content.decode()


# --- the list --------------------------------------------------------------------------------


def test_the_list_shows_ones_own(client: Client, draft: Quotation) -> None:
    theirs = QuotationFactory()
    html = client.get("/quotations/").content.decode()
    assert draft.ref in html
    assert theirs.ref not in html


def test_the_list_narrows_by_status_and_customer(client: Client, draft: Quotation) -> None:
    path = reverse("quotations:list")
    assert draft.ref in client.get(path, {"status": "draft"}).content.decode()
    assert draft.ref not in client.get(path, {"status": "sent"}).content.decode()
    name = draft.customer.name[:4]
    assert draft.ref in client.get(path, {"customer": name}).content.decode()
    assert draft.ref not in client.get(path, {"customer": "nobody"}).content.decode()


def test_the_list_goes_on_below_its_last_row(
    client: Client, seller: User, customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("quotations.views.lists.ROWS_PER_PAGE", 2)
    made = [QuotationFactory(owner=seller, customer=customer, lines=0) for _ in range(3)]
    first = client.get("/quotations/").content.decode()
    assert [one.ref in first for one in made] == [False, True, True]
    second = client.get("/quotations/", {"before": made[1].pk}).content.decode()
    assert [one.ref in second for one in made] == [True, False, False]


# --- queries ---------------------------------------------------------------------------------


def queries_for(client: Client, path: str) -> int:
    """Count the queries of a page once what a process keeps (content types) is known."""
    client.get(path)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


def test_queries_do_not_grow_with_the_quotations(client: Client, seller: User) -> None:
    QuotationFactory(owner=seller)
    few = queries_for(client, "/quotations/")
    for _ in range(5):
        QuotationFactory(owner=seller)
    assert queries_for(client, "/quotations/") == few
    assert few <= 8


def test_queries_do_not_grow_with_the_lines(
    client: Client, seller: User, customer: Customer
) -> None:
    def both(count: int) -> tuple[int, int]:
        quotation = QuotationFactory(owner=seller, customer=customer, lines=count)
        enquiry = EnquiryFactory(owner=seller, customer=customer, lines=count)
        for line in enquiry.lines.all():
            line.product = ProductFactory()
            line.save()
        pages = (page_of(quotation), reverse("quotations:enquiry", args=[enquiry.pk]))
        return queries_for(client, pages[0]), queries_for(client, pages[1])

    few = both(2)
    assert both(9) == few
    assert max(few) <= 20


def test_a_page_without_a_tax_rate_says_so(client: Client, draft: Quotation) -> None:
    TaxRate.objects.all().delete()
    answer = client.get(page_of(draft))
    assert answer.status_code == 409
    assert "There is no general tax rate" in answer.content.decode()
