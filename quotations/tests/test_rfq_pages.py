"""The pages of requests: drafted, sent, answered, compared, awarded, put into a quotation."""

import io
import re
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from customers.models import Supplier
from products.models import PriceFact, Product
from quotations import services
from quotations.models import Quotation, Rfq, RfqAward, RfqReply, RfqSupplier
from quotations.rfq_sheet import rfq_sheet
from quotations.services import ReplyInput, RfqLineInput
from tests import factories as f

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]


def client_of(user: User) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(user)
    return client


@pytest.fixture
def buyer() -> User:
    return f.UserFactory(role="purchaser", language="en")


@pytest.fixture
def sales() -> User:
    return f.UserFactory(role="sales", language="en")


@pytest.fixture
def boss() -> User:
    return f.UserFactory(role="manager", language="en")


@pytest.fixture
def parts() -> list[Product]:
    return [f.ProductFactory(designation=f"620{n}-2RS1/C3") for n in (4, 5)]


@pytest.fixture
def suppliers() -> list[Supplier]:
    return [f.SupplierFactory(name="甲轴承有限公司"), f.SupplierFactory(name="乙轴承有限公司")]


@pytest.fixture
def rfq(sales: User, parts: list[Product], suppliers: list[Supplier]) -> Rfq:
    """A request of a salesperson, sent."""
    lines = [RfqLineInput(part.pk, Decimal(10)) for part in parts]
    made = services.create_rfq(lines, supplier_ids=[s.pk for s in suppliers], by=sales)
    return services.send_rfq(made.pk, by=sales)


def asked(rfq: Rfq, number: int = 0) -> RfqSupplier:
    return list(rfq.suppliers.all())[number]


@pytest.fixture
def answered(rfq: Rfq, buyer: User) -> Rfq:
    lines = list(rfq.lines.all())
    for number, prices in enumerate((("11.30", "22.60"), ("9.04",))):
        replies = [
            ReplyInput(line.pk, Decimal(price), lead_time_days=number + 5)
            for line, price in zip(lines, prices, strict=False)
        ]
        services.record_replies(asked(rfq, number).pk, replies, by=buyer)
    rfq.refresh_from_db()
    return rfq


def url(name: str, *args: Any) -> str:
    return reverse(f"quotations:{name}", args=args)


def post(user: User, name: str, *args: Any, **data: Any) -> Any:
    data.setdefault("token", f"t{len(str(data))}{name}{args}")
    return client_of(user).post(url(name, *args), data)


# --- a new one --------------------------------------------------------------------------------


def test_an_enquirys_lines_are_asked_for_those_not_in_stock_ticked(sales: User) -> None:
    enquiry = f.EnquiryFactory(owner=sales, lines=0)
    here, short = f.ProductFactory(), f.ProductFactory()
    f.StockFactory(product=here, on_hand=100)
    first = f.EnquiryLineFactory(document=enquiry, product=here, line_no=1)
    second = f.EnquiryLineFactory(document=enquiry, product=short, line_no=2)

    page = client_of(sales).get(f"{url('new-rfq')}?enquiry={enquiry.pk}").content.decode()
    ticked = re.findall(r'name="take" value="(\d+)" checked', page)
    answer = client_of(sales).post(
        f"{url('new-rfq')}?enquiry={enquiry.pk}",
        {
            "token": "t1",
            "take": [second.pk],
            "product": [here.pk, short.pk],
            "origin_line": [first.pk, second.pk],
            "wording": ["", "wie immer"],
            "quantity": ["10", "12"],
            "wanted_on": ["", ""],
        },
    )

    assert ticked == [str(second.pk)]
    made = Rfq.objects.get()
    assert answer["Location"] == url("rfq", made.pk)
    (line,) = made.lines.all()
    assert (line.product, line.quantity, line.wording) == (short, Decimal(12), "wie immer")
    assert (made.origin_type, made.origin_id) == ("quotations.enquiry", enquiry.pk)
    shown = client_of(sales).get(url("enquiry", enquiry.pk)).content.decode()
    assert made.ref in shown


def test_a_strangers_enquiry_is_not_asked_for(sales: User) -> None:
    foreign = f.EnquiryFactory()
    assert client_of(sales).get(f"{url('new-rfq')}?enquiry={foreign.pk}").status_code == 404


def test_suppliers_who_had_the_part_or_the_brand_are_proposed(
    boss: User, parts: list[Product], suppliers: list[Supplier]
) -> None:
    quotation = f.QuotationFactory(owner=boss, lines__product=parts[0])
    f.PriceFactFactory(
        product=parts[1], customer=None, supplier=suppliers[1], kind=PriceFact.Kind.PURCHASE
    )
    f.ProductCodeFactory(product=parts[0], customer=None, supplier=suppliers[0])
    blocked = f.SupplierFactory(blocked_reason="x")
    f.ProductCodeFactory(product=parts[0], customer=None, supplier=blocked)

    page = client_of(boss).get(f"{url('new-rfq')}?quotation={quotation.pk}").content.decode()

    assert [page.find(s.name) > 0 for s in suppliers] == [True, True]
    assert page.index(suppliers[0].name) < page.index(suppliers[1].name)
    assert blocked.code not in page


def test_a_request_without_lines_is_refused_on_the_page(sales: User) -> None:
    answer = post(sales, "new-rfq")
    assert answer.status_code == 409
    assert not Rfq.objects.exists()


# --- its page ---------------------------------------------------------------------------------


def test_a_draft_is_changed_and_sent_from_its_page(
    buyer: User, parts: list[Product], suppliers: list[Supplier]
) -> None:
    made = services.create_rfq([RfqLineInput(parts[0].pk, Decimal(1))], by=buyer)
    post(buyer, "rfq-invite", made.pk, supplier=[s.pk for s in suppliers], version=1)
    grid = {
        "product": [parts[0].pk, parts[1].pk],
        "origin_line": ["", ""],
        "wording": ["", ""],
        "quantity": ["5", ""],
        "wanted_on": ["2026-12-24", ""],
    }
    saved = post(buyer, "rfq", made.pk, version=2, notes="急", **grid)
    stale = post(buyer, "rfq", made.pk, version=2, notes="x", **grid)
    post(buyer, "rfq-uninvite", made.pk, asked(made).pk, version=3)
    post(buyer, "rfq-uninvite", made.pk, asked(made).pk, version=4, language="en")
    sent = post(buyer, "rfq-step", made.pk, "send", version=5)

    assert (saved.status_code, stale.status_code, sent.status_code) == (302, 409, 302)
    made.refresh_from_db()
    assert (made.status, made.notes) == ("sent", "急")
    (line,) = made.lines.all()
    assert (line.quantity, str(line.wanted_on)) == (Decimal(5), "2026-12-24")
    (row,) = made.suppliers.all()
    assert (row.supplier, row.language) == (suppliers[1], "en")


def test_a_double_click_sends_once(buyer: User, rfq: Rfq) -> None:
    client = client_of(buyer)
    data = {"token": "same", "version": rfq.version}
    first = client.post(url("rfq-step", rfq.pk, "copy"), data)
    second = client.post(url("rfq-step", rfq.pk, "copy"), data)
    assert first["Location"] == second["Location"]
    assert Rfq.objects.count() == 2


def test_the_comparison_marks_the_best_and_the_soonest(answered: Rfq, buyer: User) -> None:
    f.PriceFactFactory(
        product=answered.lines.all()[0].product,
        customer=None,
        kind=PriceFact.Kind.PURCHASE,
        net_unit_price=Decimal(10),
    )
    page = client_of(buyer).get(url("rfq", answered.pk)).content.decode()
    best = re.findall(r'class="best" title[^>]*>([\d.]+)<', page)
    assert best == ["8.00", "20.00"]
    assert "−20 %" in page
    assert "±0 %" in page
    assert "甲轴承有限公司" in page


def test_sales_see_lead_times_and_a_sales_price_but_no_cost_and_no_supplier(
    answered: Rfq, sales: User
) -> None:
    page = client_of(sales).get(url("rfq", answered.pk)).content.decode()
    assert "10.00 CNY" in page  # 8.00 with the markup of 25 %
    for hidden in ("8.00", "9.04", "11.30", "甲轴承", "乙轴承"):
        assert hidden not in page, hidden
    history = (
        client_of(sales)
        .get(reverse("admin:quotations_rfq_history", args=[answered.pk]))
        .content.decode()
    )
    for hidden in ("8.00", "9.04", "11.3", "甲轴承"):
        assert hidden not in history, hidden


def test_a_reply_is_typed_into_the_grid(rfq: Rfq, buyer: User, parts: list[Product]) -> None:
    other = f.ProductFactory(designation="NU2205-ECP")
    lines = [line.pk for line in rfq.lines.all()]
    grid: dict[str, Any] = {
        "version": rfq.version,
        "line": lines,
        "unit_price": ["11.3", ""],
        "minimum_quantity": ["", ""],
        "lead_time": ["2周", ""],
        "offered": ["NU2205-ECP", ""],
        "remark": ["", ""],
        "currency": "CNY",
        "price_includes_tax": "1",
        "valid_until": "2030-01-01",
        "lead_time_days": "3",
        "terms": "款到发货",
        "reference": "Q1",
    }
    wrong = post(buyer, "rfq-reply", rfq.pk, asked(rfq).pk, **grid | {"unit_price": ["x", ""]})
    strange = post(buyer, "rfq-reply", rfq.pk, asked(rfq).pk, **grid | {"offered": ["西瓜", ""]})
    answer = post(buyer, "rfq-reply", rfq.pk, asked(rfq).pk, **grid)

    assert (wrong.status_code, strange.status_code, answer.status_code) == (400, 400, 302)
    reply = RfqReply.objects.get()
    assert (reply.unit_price, reply.lead_time_days, reply.offered) == (Decimal("11.3"), 14, other)
    row = asked(rfq)
    assert (row.terms, row.reference, str(row.valid_until)) == ("款到发货", "Q1", "2030-01-01")
    shown = client_of(buyer).get(url("rfq-reply", rfq.pk, row.pk)).content.decode()
    assert "11.3" in shown
    assert "NU2205-ECP" in shown


def test_a_stale_reply_keeps_what_was_typed(rfq: Rfq, buyer: User) -> None:
    answer = post(
        buyer,
        "rfq-reply",
        rfq.pk,
        asked(rfq).pk,
        version=1,
        line=[line.pk for line in rfq.lines.all()],
        unit_price=["77.7", ""],
        minimum_quantity=["", ""],
        lead_time=["", ""],
        offered=["", ""],
        remark=["", ""],
        currency="CNY",
    )
    assert answer.status_code == 409
    assert "77.7" in answer.content.decode()
    assert not RfqReply.objects.exists()


def test_our_sheet_goes_out_and_comes_back_by_the_page(rfq: Rfq, buyer: User) -> None:
    sheet = client_of(buyer).get(url("rfq-sheet", rfq.pk, asked(rfq).pk))
    assert sheet["Content-Type"].endswith("spreadsheetml.sheet")
    file = io.BytesIO(rfq_sheet(rfq, _with(rfq))[1])
    file.name = "a.xlsx"

    nothing = post(buyer, "rfq-file", rfq.pk, asked(rfq).pk)
    read = post(buyer, "rfq-file", rfq.pk, asked(rfq).pk, file=file)

    assert (nothing.status_code, read.status_code) == (302, 302)
    assert not RfqReply.objects.exists()  # nothing was filled in
    said = client_of(buyer).get(read["Location"])
    assert said.status_code == 200


def _with(rfq: Rfq) -> RfqSupplier:
    row = asked(rfq)
    row.document = rfq
    return row


def test_a_paste_fills_the_grid_and_stores_nothing(rfq: Rfq, buyer: User) -> None:
    answer = post(buyer, "rfq-paste", rfq.pk, asked(rfq).pk, text="6204-2RS1/C3 12.5 3天\n你好")
    page = answer.content.decode()
    assert 'value="12.5"' in page
    assert "你好" in page
    assert not RfqReply.objects.exists()


def test_awards_are_saved_from_the_comparison(answered: Rfq, buyer: User, boss: User) -> None:
    first, second = RfqReply.objects.filter(line__line_no=1).order_by("pk")
    data = {"version": answered.version, f"award-{first.pk}": "4", f"award-{second.pk}": "6"}
    answer = post(buyer, "rfq-award", answered.pk, **data)
    assert answer.status_code == 302
    assert RfqAward.objects.count() == 2
    same = post(buyer, "rfq-award", answered.pk, **data, again="1")
    assert same.status_code == 302  # nothing differs: nothing is decided anew
    answered.refresh_from_db()
    more = {"version": answered.version, f"award-{first.pk}": "40", f"award-{second.pk}": ""}
    assert post(buyer, "rfq-award", answered.pk, **more).status_code == 409
    assert post(buyer, "rfq-award", answered.pk, **more, override_reason="x").status_code == 403
    reason = {"override_reason": "整箱"}
    assert post(boss, "rfq-award", answered.pk, **more, **reason).status_code == 302
    assert RfqAward.objects.get().quantity == 40


def test_the_best_reply_is_put_into_a_draft_quotation(
    answered: Rfq, sales: User, parts: list[Product]
) -> None:
    customer = f.CustomerFactory(owner=sales, price_includes_tax=True)
    quotation = services.create_quotation(
        customer.pk,
        [
            services.LineInput(part.pk, Decimal(10), Decimal(1), price_includes_tax=True)
            for part in parts
        ],
        by=sales,
    )
    page = client_of(sales).get(url("rfq-prices", answered.pk)).content.decode()
    takes = re.findall(r'name="take" value="(\d+-\d+)"', page)
    prices = dict(re.findall(r'name="(price-\d+)" value="([\d.]+)"', page))
    assert sorted(prices.values()) == ["11.3", "28.25"]
    data = {"quotation": quotation.pk, "take": takes[:1], **prices}

    stale = post(sales, "rfq-prices", answered.pk, version=7, **data)
    taken = post(sales, "rfq-prices", answered.pk, version=quotation.version, **data)

    assert (stale.status_code, taken.status_code) == (409, 302)
    quotation.refresh_from_db()
    lines = list(quotation.lines.all())
    assert [line.unit_price for line in lines] == [Decimal("11.3"), Decimal(1)]
    assert lines[0].lead_time_days == 6
    assert lines[0].suggested_price == Decimal("11.3")
    assert quotation.gross_total == sum(line.gross_amount for line in lines)


def test_a_sent_quotation_takes_no_prices(answered: Rfq, sales: User, parts: Any) -> None:
    sent = f.QuotationFactory(owner=sales, lines__product=parts[0], lines=1)
    Quotation.objects.filter(pk=sent.pk).update(status="sent")
    answer = client_of(sales).get(url("rfq-prices", answered.pk))
    assert answer.status_code == 200
    assert sent.ref not in answer.content.decode()


def test_the_list_pages_and_filters(sales: User, rfq: Rfq, parts: list[Product]) -> None:
    draft = services.create_rfq([RfqLineInput(parts[0].pk, Decimal(1))], by=sales)
    foreign = f.RfqFactory()
    page = client_of(sales).get(url("rfqs")).content.decode()
    only = client_of(sales).get(f"{url('rfqs')}?status=sent&before=x").content.decode()
    assert rfq.ref in page
    assert draft.ref in page
    assert foreign.ref not in page
    assert draft.ref not in only
