"""The sales order and the delivery note on paper."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.template.loader import render_to_string
from pytest_django import Settings

from accounts.models import User
from erp.core.models import Attachment
from erp.core.qr import qr_image
from erp.core.tests.pdf import needs_pdf, needs_poppler, text_of
from orders.models import Delivery, SalesOrder
from orders.printing import delivery_note_context, delivery_note_pdf, sales_order_pdf
from tests.factories import (
    AddressFactory,
    CompanyFactory,
    CustomerFactory,
    DeliveryFactory,
    PaymentTermFactory,
    SalesOrderFactory,
    UserFactory,
)

pytestmark = [pytest.mark.django_db, needs_pdf, needs_poppler]


@pytest.fixture(autouse=True)
def _media(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def by() -> User:
    CompanyFactory()
    return UserFactory()


def make_order(**fields: Any) -> SalesOrder:
    term = PaymentTermFactory(code="net30", name="月结 30 天")
    customer = CustomerFactory(name="宁波恒达传动设备有限公司", payment_term=term)
    AddressFactory(customer=customer, text="宁波市北仑区大港五路 88 号", is_default=True)
    order: SalesOrder = SalesOrderFactory(
        **{
            "number": "SO-2026-000001",
            "status": SalesOrder.Status.CONFIRMED,
            "customer": customer,
            "requested_on": date(2026, 12, 5),
            "partner_reference": "PO-4711",
            **fields,
        }
    )
    return order


@pytest.fixture
def order(by: User) -> SalesOrder:
    return make_order()


@pytest.fixture
def delivery(order: SalesOrder) -> Delivery:
    delivery: Delivery = DeliveryFactory(
        number="DN-2026-000001",
        status=Delivery.Status.SHIPPED,
        sales_order=order,
        customer=order.customer,
    )
    return delivery


def test_the_order_shows_both_parties_terms_and_capitals(order: SalesOrder, by: User) -> None:
    order.partner_snapshot = {
        "name": "宁波恒达传动设备有限公司",
        "tax_id": "91330200TEST",
        "bank": "工行北仑支行 3901",
        "address": "宁波 0574-8888",
        "contact": "李工",
    }
    name, pdf = sales_order_pdf(order, by=by)
    text = text_of(pdf)

    assert name == "SO-2026-000001.pdf"
    company = CompanyFactory()
    for shown in (
        "SO-2026-000001",
        "PO-4711",
        "2026年12月5日",
        "宁波市北仑区大港五路 88 号",
        "月结 30 天",
        "CNY 113.00",
        "壹佰壹拾叁元整",
        company.tax_id,
        company.bank_account,
        "91330200TEST",
        "工行北仑支行 3901",
        "李工",
    ):
        assert shown in text


def test_an_order_changed_under_its_number_is_another_edition(order: SalesOrder, by: User) -> None:
    name, first = sales_order_pdf(order, by=by)
    assert sales_order_pdf(order, by=by) == (name, first)
    line = order.lines.get()
    line.quantity = Decimal(5)
    line.compute_amounts().save()
    order.sum_lines([line])
    order.save()
    changed_name, changed = sales_order_pdf(order, by=by)

    assert changed_name == name
    assert "56.50" in text_of(changed)
    assert Attachment.objects.count() == 2


def test_deliveries_do_not_make_another_edition(order: SalesOrder, by: User) -> None:
    first = sales_order_pdf(order, by=by)
    order.lines.update(delivered_quantity=Decimal(3))
    order.status = SalesOrder.Status.IN_PROGRESS
    order.version += 1
    order.save()

    assert sales_order_pdf(order, by=by) == first


def test_an_order_reopened_as_a_draft_is_marked(order: SalesOrder, by: User) -> None:
    sales_order_pdf(order, language="en", by=by)
    order.status = SalesOrder.Status.DRAFT
    assert "DRAFT" in text_of(sales_order_pdf(order, language="en", by=by)[1])


def test_the_delivery_note_shows_goods_places_and_signatures(delivery: Delivery, by: User) -> None:
    name, pdf = delivery_note_pdf(delivery, language="en", by=by)
    text = text_of(pdf)

    assert name == "DN-2026-000001-en.pdf"
    for shown in (
        "Delivery note",
        "SO-2026-000001",
        "PO-4711",
        delivery.warehouse.name,
        delivery.lines.get().designation,
        "宁波市北仑区大港五路 88 号",
        "Prepared by",
        "Checked by",
        "Received by",
        "11.30",
        "CNY 113.00",
    ):
        assert shown in text


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_without_prices_no_amount_is_printed(delivery: Delivery, by: User, language: str) -> None:
    name, pdf = delivery_note_pdf(delivery, with_prices=False, language=language, by=by)
    text = text_of(pdf)

    assert name.startswith("DN-2026-000001-no-prices")
    assert delivery.lines.get().designation in text
    for hidden in ("11.30", "100.00", "113.00", "13.00", "13%", "CNY", "壹佰"):
        assert hidden not in text


def test_with_and_without_prices_are_two_issued_copies(delivery: Delivery, by: User) -> None:
    delivery_note_pdf(delivery, by=by)
    bare = delivery_note_pdf(delivery, with_prices=False, by=by)
    again = delivery_note_pdf(delivery, with_prices=False, by=by)

    assert again == bare
    assert Attachment.objects.count() == 2


@pytest.mark.parametrize("status", [Delivery.Status.RESERVED, Delivery.Status.PICKED])
def test_a_delivery_not_yet_shipped_is_a_preview(delivery: Delivery, by: User, status: str) -> None:
    delivery.status = status
    assert "DRAFT" in text_of(delivery_note_pdf(delivery, language="en", by=by)[1])
    assert not Attachment.objects.exists()


def test_a_reversed_delivery_prints_again_what_was_issued(delivery: Delivery, by: User) -> None:
    issued = delivery_note_pdf(delivery, language="en", by=by)
    delivery.status = Delivery.Status.REVERSED

    assert delivery_note_pdf(delivery, language="en", by=by) == issued
    assert "VOID" in text_of(
        delivery_note_pdf(delivery, language="en", with_prices=False, by=by)[1]
    )


def test_the_delivery_note_carries_the_code_of_its_page(by: User) -> None:
    delivery = DeliveryFactory()
    shown = delivery_note_context(delivery, with_prices=True, page_url="https://erp.example/d/1")
    assert shown["qr"] == qr_image("https://erp.example/d/1")
    assert 'class="qr"' in render_to_string("print/delivery_note.html", shown)
    bare = delivery_note_context(delivery, with_prices=True)
    assert 'class="qr"' not in render_to_string("print/delivery_note.html", bare)
