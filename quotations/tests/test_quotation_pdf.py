"""The quotation on paper: what it shows, in which language, on how many pages, when it is kept."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation
from django.utils.translation import gettext
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import User
from audit.models import AuditEntry
from erp.core.errors import DomainError
from erp.core.models import Attachment, Company
from erp.core.tests.pdf import (
    canary,
    contents_of,
    embedded_fonts,
    hostile_html,
    needs_pdf,
    needs_poppler,
    pages_of,
    text_of,
)
from quotations.models import Quotation, QuotationLine
from quotations.printing import quotation_context, quotation_pdf
from tests.factories import (
    CompanyFactory,
    ContactFactory,
    CustomerFactory,
    QuotationFactory,
    QuotationLineFactory,
    UserFactory,
)

pytestmark = [pytest.mark.django_db, needs_pdf, needs_poppler]
NUMBER = "QUO-2026-000001"


@pytest.fixture(autouse=True)
def _media(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def by() -> User:
    return UserFactory()


@pytest.fixture
def company() -> Company:
    company = CompanyFactory()
    company.name, company.name_en = "远东轴承贸易有限公司", "Far East Bearing Trading"
    company.quotation_clauses = "1. 含运费。\n\n2. 月结 30 天。"
    company.save()
    return company


def make_quotation(**fields: Any) -> Quotation:
    """Return a sent quotation of one line, changed as told."""
    owner = UserFactory(display_name="王晓燕", mobile="138 0000 0000")
    customer = CustomerFactory(name="宁波恒达传动设备有限公司", owner=owner)
    quotation: Quotation = QuotationFactory(
        **{
            "number": NUMBER,
            "status": Quotation.Status.SENT,
            "customer": customer,
            "owner": owner,
            "dated_on": date(2026, 11, 22),
            "partner_reference": "NB-1107",
            **fields,
        }
    )
    return quotation


@pytest.fixture
def quotation(company: Company) -> Quotation:
    return make_quotation()


def change_line(quotation: Quotation, **fields: Any) -> QuotationLine:
    line = quotation.lines.get()
    for name, value in fields.items():
        setattr(line, name, value)
    line.save()
    return line


# --- what it shows ---------------------------------------------------------------------------


def test_it_shows_the_customer_s_wording_figures_and_capitals(
    quotation: Quotation, by: User, tmp_path: Path
) -> None:
    change_line(quotation, partner_wording="6205 胶盖 C3 ≤ 120 ℃", lead_time_days=0)
    name, pdf = quotation_pdf(quotation, by=by)
    text = text_of(pdf)

    assert name == f"{NUMBER}.pdf"
    line = quotation.lines.get()
    for shown in (
        "远东轴承贸易有限公司",
        "Far East Bearing Trading",
        "宁波恒达传动设备有限公司",
        "王晓燕",
        NUMBER,
        "NB-1107",
        "2026年11月22日",
        "2026年11月29日",
        f"{line.brand_name} {line.designation}",
        line.description,
        "6205 胶盖 C3 ≤ 120 ℃",
        "11.30",
        "13%",
        "100.00",
        "13.00",
        "113.00",
        "CNY 113.00",
        "壹佰壹拾叁元整",
        "1. 含运费。",
        "2. 月结 30 天。",
    ):
        assert shown in text
    assert any("WenQuanYi" in font or "SC" in font for font in embedded_fonts(pdf, tmp_path))


def test_in_english_it_speaks_english_and_has_no_capitals(quotation: Quotation, by: User) -> None:
    change_line(quotation, lead_time_days=14)
    name, pdf = quotation_pdf(quotation, language="en", by=by)
    text = text_of(pdf)

    assert name == f"{NUMBER}-en.pdf"
    for shown in ("Quotation", "Valid until", "Nov. 29, 2026", "14 days", "Gross total", "Page 1"):
        assert shown in text
    assert "壹佰" not in text
    assert text.index("Far East Bearing Trading") < text.index("远东轴承贸易有限公司")


def test_another_currency_has_no_capitals(quotation: Quotation, by: User) -> None:
    quotation.currency = type(quotation.currency).objects.create(code="EUR", name="欧元")
    text = text_of(quotation_pdf(quotation, by=by)[1])

    assert "EUR 113.00" in text
    assert "壹佰" not in text


def test_it_names_the_snapshot_s_customer_and_the_chosen_contact(company: Company) -> None:
    quotation = make_quotation(partner_snapshot={"name": "旧名公司", "contact": "张三"})
    with translation.override("en"):
        assert quotation_context(quotation)["partner"]["name"] == "旧名公司"
        assert quotation_context(quotation)["contact"]["name"] == "张三"
        quotation.contact = ContactFactory(customer=quotation.customer, name="李四", email="l@x.cn")
        assert quotation_context(quotation)["contact"]["name"] == "李四"
        assert quotation_context(quotation)["contact"]["email"] == "l@x.cn"


@pytest.mark.parametrize(
    ("sides", "side"),
    [([True, True], "included"), ([False, False], "excluded"), ([True, False], "mixed")],
)
def test_it_says_on_which_side_of_tax_prices_are(
    company: Company, by: User, sides: list[bool], side: str
) -> None:
    quotation = make_quotation(lines=0)
    for number, included in enumerate(sides, start=1):
        QuotationLineFactory(document=quotation, line_no=number, price_includes_tax=included)
    with translation.override("en"):
        assert quotation_context(quotation)["price_side"] == side
    text = text_of(quotation_pdf(quotation, language="en", by=by)[1])
    assert ("incl. tax" in text, "excl. tax" in text) == (True in sides, False in sides)


def test_long_figures_turn_the_page(company: Company, by: User) -> None:
    quotation = make_quotation(lines=0)
    QuotationLineFactory(
        document=quotation,
        line_no=1,
        quantity=Decimal("123456.125"),
        unit_price=Decimal("98765.4321"),
        designation="X" * 80,
        partner_wording="很长的品名" * 40,
    )
    pdf = quotation_pdf(quotation, by=by)[1]

    assert b"841.889764 595.275591" in contents_of(pdf)
    assert "12,193,197,531.02" in text_of(pdf)


def test_the_context_takes_few_queries(
    quotation: Quotation, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(2, 12):
        QuotationLineFactory(document=quotation, line_no=number)
    fresh = Quotation.objects.get(pk=quotation.pk)
    with django_assert_max_num_queries(8):
        quotation_context(fresh)


# --- many lines ------------------------------------------------------------------------------


def test_over_pages_the_head_repeats_and_no_line_is_cut(company: Company, by: User) -> None:
    quotation = make_quotation(lines=0)
    for number in range(1, 61):
        line = QuotationLineFactory(
            document=quotation,
            line_no=number,
            partner_wording=f"WORDING-{number:03d} {'长品名 ' * 35} END-{number:03d}",
        )
        line.designation = f"PART-{number:03d}"
        line.save()
    pages = pages_of(quotation_pdf(quotation, language="en", by=by)[1])

    assert len(pages) >= 3
    for number, page in enumerate(pages, start=1):
        assert f"Page {number} of {len(pages)}" in page
        assert NUMBER in page
        assert ("Unit price" in page) == ("PART-" in page)
        assert "Lead time" not in page  # no line has one
    for number in range(1, 61):
        holding = [page for page in pages if f"PART-{number:03d}" in page]
        assert len(holding) == 1
        assert f"WORDING-{number:03d}" in holding[0]
        assert f"END-{number:03d}" in holding[0]
    # Neither the totals nor the signatures stand alone on a page.
    assert all(("Gross total" in page) == ("PART-060" in page) for page in pages)
    assert "Seller" in pages[-1]
    assert "2. 月结 30 天。" in pages[-1]


def test_five_thousand_lines_are_refused_at_once(company: Company, by: User) -> None:
    quotation = make_quotation(status=Quotation.Status.DRAFT, number=None)
    line = quotation.lines.get()
    QuotationLine.objects.bulk_create(
        [
            QuotationLine(
                document=quotation,
                product=line.product,
                line_no=number,
                brand_name="SKF",
                designation="6205-2RS/C3",
                unit=line.unit,
                quantity=1,
            )
            for number in range(2, 5002)
        ]
    )
    with pytest.raises(DomainError) as refusal:
        quotation_pdf(quotation, by=by)

    assert refusal.value.code == "document_too_long"
    assert not Attachment.objects.exists()


# --- what is typed into it -------------------------------------------------------------------


def test_markup_in_any_text_is_text(company: Company, by: User, tmp_path: Path) -> None:
    secret = tmp_path / "secret.css"
    secret.write_text("p::after { content: 'CANARY-7f3a' }", encoding="utf-8")
    with canary() as (url, hits):
        markup = " ".join(hostile_html(url, secret).split())
        company.quotation_clauses = company.address = markup
        company.address = f"<img src={url}/address>"
        company.save()
        quotation = make_quotation(
            partner_reference=f"<img src='{url}/r'>",
            partner_snapshot={"name": markup, "contact": markup, "address": markup},
        )
        typed = {
            "partner_wording": f"<img src={secret.as_uri()}><img src={url}/w>",
            "description": f"<link rel=attachment href={secret.as_uri()}>"[:120],
            "designation": f"<style>@import '{url}/d'</style>"[:80],
            "brand_name": "</td></table><script>",
        }
        change_line(quotation, **typed)
        pdf = quotation_pdf(quotation, by=by)[1]

    assert hits == []
    content = contents_of(pdf)
    assert b"CANARY-7f3a" not in content
    assert b"EmbeddedFile" not in content
    assert b"/URI" not in content
    printed = "".join(text_of(pdf).split())
    for text in [*typed.values(), f"<img src='{url}/r'>", f"<img src={url}/address>", markup]:
        assert "".join(text.split()) in printed


# --- when it is kept -------------------------------------------------------------------------


def test_a_reprint_is_byte_for_byte_the_same(quotation: Quotation, by: User) -> None:
    first = quotation_pdf(quotation, by=by)
    change_line(quotation, designation="CHANGED")
    second = quotation_pdf(Quotation.objects.get(pk=quotation.pk), by=by)

    assert second == first
    copy = Attachment.objects.get()
    assert (copy.name, copy.created_by, copy.size) == (first[0], by, len(first[1]))
    assert AuditEntry.objects.filter(action="document.printed").count() == 2


def test_each_language_is_issued_for_itself(quotation: Quotation, by: User) -> None:
    quotation_pdf(quotation, by=by)
    quotation_pdf(quotation, language="en", by=by)

    assert set(Attachment.objects.values_list("name", flat=True)) == {
        f"{NUMBER}.pdf",
        f"{NUMBER}-en.pdf",
    }


@pytest.mark.parametrize(
    ("status", "number", "mark"),
    [
        (Quotation.Status.DRAFT, None, "DRAFT"),
        (Quotation.Status.SUBMITTED, None, "DRAFT"),
        (Quotation.Status.APPROVED, None, "DRAFT"),
        (Quotation.Status.DRAFT, NUMBER, "DRAFT"),
        (Quotation.Status.CANCELLED, None, "VOID"),
        (Quotation.Status.CANCELLED, NUMBER, "VOID"),
    ],
)
def test_what_does_not_count_is_marked_and_not_kept(
    company: Company, by: User, status: str, number: str | None, mark: str
) -> None:
    quotation = make_quotation(status=status, number=number)
    name, pdf = quotation_pdf(quotation, language="en", by=by)

    assert name == f"{quotation.ref}-en.pdf"
    assert mark in "".join(text_of(pdf).split())
    assert not Attachment.objects.exists()
    assert not AuditEntry.objects.filter(action="document.printed").exists()


def test_a_sent_quotation_is_not_marked(quotation: Quotation, by: User) -> None:
    assert "DRAFT" not in text_of(quotation_pdf(quotation, language="en", by=by)[1])


def test_the_caller_s_language_stays_his(quotation: Quotation, by: User) -> None:
    with translation.override("en"):
        quotation_pdf(quotation, language="zh-hans", by=by)
        assert gettext("Quotation") == "Quotation"


def test_without_our_company_there_is_no_letterhead(by: User) -> None:
    quotation = make_quotation()
    Company.objects.all().delete()
    with pytest.raises(DomainError) as refusal:
        quotation_pdf(quotation, by=by)
    assert refusal.value.code == "no_company"
