"""An invoice and a list of invoices on paper."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation
from pytest_django import Settings

from accounts.models import User
from audit.models import AuditEntry
from erp.core.models import Attachment
from erp.core.tests.pdf import needs_pdf, needs_poppler, pages_of, text_of
from finance.models import Invoice
from finance.printing import invoice_list_context, invoice_list_pdf, invoice_pdf
from tests.factories import CompanyFactory, CurrencyFactory, InvoiceFactory, UserFactory

pytestmark = [pytest.mark.django_db, needs_pdf, needs_poppler]


@pytest.fixture(autouse=True)
def _media(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def by() -> User:
    CompanyFactory()
    return UserFactory()


def make_invoice(**fields: Any) -> Invoice:
    invoice: Invoice = InvoiceFactory(
        **{"number": "INV-2026-000001", "status": Invoice.Status.POSTED, **fields}
    )
    return invoice


def test_a_sales_invoice_shows_goods_tax_number_and_our_bank(by: User) -> None:
    invoice = make_invoice(
        fapiao_number="25312000000012345678",
        due_on=date(2026, 12, 22),
        partner_snapshot={"name": "宁波恒达", "tax_id": "91330200TEST"},
    )
    name, pdf = invoice_pdf(invoice, by=by)
    text = text_of(pdf)

    assert name == "INV-2026-000001.pdf"
    for shown in (
        "宁波恒达",
        "91330200TEST",
        "25312000000012345678",
        "2026年12月22日",
        invoice.lines.get().designation,
        "CNY 113.00",
        "壹佰壹拾叁元整",
        CompanyFactory().bank_account,
    ):
        assert shown in text
    assert invoice_pdf(invoice, by=by) == (name, pdf)
    assert Attachment.objects.count() == 1


def test_a_draft_invoice_is_a_preview(by: User) -> None:
    invoice = make_invoice(number=None, status=Invoice.Status.DRAFT)

    assert "DRAFT" in text_of(invoice_pdf(invoice, language="en", by=by)[1])
    assert not Attachment.objects.exists()


def test_the_list_sums_each_currency_for_itself(by: User) -> None:
    make_invoice(number="INV-2026-000001")
    make_invoice(number="INV-2026-000002")
    make_invoice(number="INV-2026-000003", currency=CurrencyFactory(code="EUR"))
    with translation.override("en"):
        context = invoice_list_context(Invoice.objects.all())

    assert [row["ref"][-1] for row in context["invoices"]] == ["1", "2", "3"]
    assert context["sums"] == [
        {
            "currency": "CNY",
            "net": "200.00",
            "tax": "26.00",
            "gross": "226.00",
            "open": "226.00",
        },
        {"currency": "EUR", "net": "100.00", "tax": "13.00", "gross": "113.00", "open": "113.00"},
    ]


def test_the_list_holds_the_given_rows_over_pages_and_is_logged(by: User) -> None:
    for number in range(1, 61):
        make_invoice(number=f"INV-2026-{number:06d}")
    make_invoice(number="INV-2025-000001")
    listed = Invoice.objects.filter(number__startswith="INV-2026")
    name, pdf = invoice_list_pdf(listed, language="en", by=by)
    pages = pages_of(pdf)

    assert name.startswith("invoices-")
    assert len(pages) > 1
    assert all("Open amount" in page for page in pages)
    assert "INV-2025" not in text_of(pdf)
    assert "6,780.00" in pages[-1]
    assert not Attachment.objects.exists()
    assert AuditEntry.objects.get(action="invoice_list.printed").actor == by
