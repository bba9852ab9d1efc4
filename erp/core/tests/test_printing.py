"""Printing: nothing foreign is fetched, Chinese is drawn, what was issued stays as it was."""

import hashlib
import sys
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.files.storage import default_storage
from django.utils import translation
from pytest_django import Settings

from erp.core import printing
from erp.core.documents import Document
from erp.core.errors import DomainError
from erp.core.fonts import chinese_font
from erp.core.models import Attachment
from erp.core.printing import (
    amount_text,
    issue_pdf,
    pdf_available,
    price_text,
    quantity_text,
    rate_text,
    render_pdf,
)
from erp.core.tests.pdf import (
    canary,
    contents_of,
    embedded_fonts,
    hostile_html,
    needs_pdf,
    needs_poppler,
    text_of,
)
from tests.factories import CompanyFactory, QuotationFactory, UserFactory

PAGE = "page.html"


@pytest.fixture(autouse=True)
def _media(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def page(settings: Settings, tmp_path: Path) -> Path:
    """A template of the test's own, found under the name ``PAGE``."""
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]
    path = tmp_path / PAGE
    path.write_text("<p>{{ text }}</p>", encoding="utf-8")
    return path


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "secret.css"
    path.write_text("p::after { content: 'CANARY-7f3a' } /* CANARY-7f3a */", encoding="utf-8")
    return path


# --- what may be fetched ---------------------------------------------------------------------


@needs_pdf
def test_rendering_asks_no_server_and_reads_no_file(page: Path, secret: Path) -> None:
    with canary() as (url, hits):
        page.write_text(hostile_html(url, secret), encoding="utf-8")
        pdf = render_pdf(PAGE, {})

    assert hits == []
    assert b"CANARY-7f3a" not in contents_of(pdf)
    assert b"EmbeddedFile" not in contents_of(pdf)


@needs_pdf
def test_the_canary_sings_without_our_fetcher(secret: Path) -> None:
    import weasyprint  # noqa: PLC0415 (needs system libraries)

    with canary() as (url, hits):
        pdf = weasyprint.HTML(string=hostile_html(url, secret)).write_pdf()

    assert {"/img", "/import", "/background", "/nested"} <= set(hits)
    assert b"CANARY-7f3a" in contents_of(pdf)
    assert b"EmbeddedFile" in contents_of(pdf)


@needs_pdf
def test_values_are_escaped(page: Path) -> None:
    with canary() as (url, hits):
        render_pdf(PAGE, {"text": f'<img src="{url}/x"><style>@import url({url}/y)</style>'})

    assert hits == []


@needs_pdf
@pytest.mark.parametrize(
    "url",
    [
        "static:../../settings.py",
        "static:%2e%2e/%2e%2e/settings.py",
        "static:/etc/passwd",
        "static:///etc/passwd",
        "STATIC:../printing.py",
        "static:",
        "static:print",
        "static:nothing.css",
        "file:///etc/passwd",
        "FILE:/etc/passwd",
        "http://127.0.0.1/",
        "ftp://127.0.0.1/",
        "jar:file:///x!/y",
        "print.css",
    ],
)
def test_the_fetcher_refuses(url: str) -> None:
    # The kinds of error differ; WeasyPrint goes on without the resource after any of them.
    with pytest.raises(Exception, match=r".+"):
        printing._fetcher().fetch(url)


@needs_pdf
def test_the_fetcher_finds_our_style_sheet_and_data() -> None:
    fetcher = printing._fetcher()

    assert b"@page" in fetcher.fetch("static:print/print.css").read()
    assert fetcher.fetch("static:print/print.css").content_type == "text/css"
    assert fetcher.fetch("data:text/plain,abc").read() == b"abc"


# --- what is missing on the machine ----------------------------------------------------------


def test_without_pango_the_refusal_names_the_packages(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    package = tmp_path / "weasyprint"
    package.mkdir()
    (package / "__init__.py").write_text(
        "print('WeasyPrint could not import some external libraries')\nraise OSError('no pango')"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    for name in [n for n in sys.modules if n.partition(".")[0] == "weasyprint"]:
        monkeypatch.delitem(sys.modules, name)

    with pytest.raises(DomainError) as refusal:
        render_pdf("print/quotation.html", {})

    assert refusal.value.code == "pdf_unavailable"
    assert "apt-get install libpango-1.0-0" in refusal.value.message
    assert pdf_available() == refusal.value.message
    assert capsys.readouterr().out == ""


@needs_pdf
def test_without_a_chinese_font_there_is_no_pdf(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    config = tmp_path / "fonts.conf"
    config.write_text(f"<fontconfig><dir>{tmp_path}</dir></fontconfig>")
    monkeypatch.setenv("FONTCONFIG_FILE", str(config))

    with pytest.raises(DomainError) as refusal:
        render_pdf("print/quotation.html", {})

    assert refusal.value.code == "no_chinese_font"
    assert "apt-get install fonts-wqy-zenhei" in refusal.value.message
    assert pdf_available() == refusal.value.message


def test_without_fontconfig_there_is_no_font(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert chinese_font() is None


@needs_pdf
@needs_poppler
def test_a_chinese_font_is_embedded_and_draws_our_signs(page: Path, tmp_path: Path) -> None:
    pdf = render_pdf(PAGE, {"text": "深沟球轴承 ℃ Ω ± ≤ ￥ SKF 6205"})

    assert text_of(pdf) == "深沟球轴承 ℃ Ω ± ≤ ￥ SKF 6205"
    fonts = embedded_fonts(pdf, tmp_path)
    assert len(fonts) == 1
    assert (chinese_font() or "").replace(" ", "-") in fonts[0]


@needs_pdf
def test_a_document_without_end_is_refused_at_once(page: Path) -> None:
    started = time.monotonic()
    with pytest.raises(DomainError) as refusal:
        render_pdf(PAGE, {"text": "x" * (printing.MAX_HTML_LENGTH + 1)})

    assert refusal.value.code == "document_too_long"
    assert time.monotonic() - started < 5


# --- issued copies ---------------------------------------------------------------------------


def issue(quotation: Document, by: Any, **context: Any) -> Attachment:
    return issue_pdf(quotation, PAGE, {"text": "text", **context}, by=by)


@pytest.fixture
def quotation(db: None, page: Path) -> Document:
    quotation: Document = QuotationFactory(number="QUO-2026-000001", status="sent")
    return quotation


@needs_pdf
def test_an_issued_copy_is_stored_with_hash_size_and_name(quotation: Document) -> None:
    by = UserFactory()
    copy = issue(quotation, by)

    with copy.file.open("rb") as stored:
        content = stored.read()
    assert copy.kind == Attachment.Kind.ISSUED
    assert copy.name == "QUO-2026-000001.pdf"
    assert copy.content_type == "application/pdf"
    assert (copy.object_type, copy.object_id) == ("quotations.quotation", quotation.pk)
    assert (copy.size, copy.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert copy.file.name == f"issued/{copy.sha256[:2]}/{copy.sha256}"
    assert copy.created_by == by
    assert copy.is_intact()


@needs_pdf
def test_a_reprint_is_the_first_copy_whatever_changed_since(quotation: Document) -> None:
    by = UserFactory()
    first = issue(quotation, by, text="eins")
    second = issue(quotation, by, text="zwei")

    assert second.pk == first.pk
    assert Attachment.objects.count() == 1
    entries: Any = apps.get_model("audit", "AuditEntry")  # core imports no app
    printed = entries.objects.filter(action="document.printed", object_id=str(quotation.pk))
    assert printed.count() == 2
    assert {entry.actor for entry in printed} == {by}


@needs_pdf
def test_variants_are_copies_of_their_own(quotation: Document) -> None:
    issue_pdf(quotation, PAGE, {"text": "Text"}, by=None)
    copy = issue_pdf(quotation, PAGE, {"text": "text"}, by=None, variant="en")

    assert copy.name == "QUO-2026-000001-en.pdf"
    assert Attachment.objects.count() == 2


@needs_pdf
def test_a_copy_whose_bytes_changed_is_not_passed_on(quotation: Document) -> None:
    copy = issue(quotation, None)
    Path(copy.file.path).chmod(0o640)
    Path(copy.file.path).write_bytes(b"%PDF forged")

    with pytest.raises(DomainError) as refusal:
        issue(quotation, None)

    assert refusal.value.code == "issued_copy_damaged"
    assert Attachment.objects.count() == 1


@needs_pdf
def test_of_two_who_issue_at_once_both_get_the_first_copy(
    quotation: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    first: list[Attachment] = []

    def overtaken(template: str, context: Any) -> bytes:
        """Render, while somebody else issues the same document from start to end."""
        monkeypatch.setattr(printing, "render_pdf", render_pdf)
        first.append(issue(quotation, None, text="first"))
        return render_pdf(template, context)

    monkeypatch.setattr(printing, "render_pdf", overtaken)
    second = issue(quotation, None, text="second")

    assert second.pk == first[0].pk
    assert Attachment.objects.count() == 1
    folders, _files = default_storage.listdir("issued")
    files = [name for folder in folders for name in default_storage.listdir(f"issued/{folder}")[1]]
    assert files == [second.sha256]


@needs_pdf
def test_a_failure_leaves_no_row(quotation: Document, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise OSError("the log is full")

    monkeypatch.setattr(printing, "record", fail)
    with pytest.raises(OSError, match="full"):
        issue(quotation, None)

    assert not Attachment.objects.exists()


# --- figures ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (amount_text(Decimal("1234.5")), "1,234.50"),
        (amount_text(Decimal("9999999999999999.99")), "9,999,999,999,999,999.99"),
        (amount_text(Decimal("-0.10")), "-0.10"),
        (price_text(Decimal("12.500000")), "12.50"),
        (price_text(Decimal("0.123456")), "0.123456"),
        (price_text(Decimal(1200)), "1,200.00"),
        (quantity_text(Decimal("1200.000")), "1,200"),
        (quantity_text(Decimal("2.500")), "2.5"),
        (quantity_text(Decimal(100)), "100"),
        (rate_text(Decimal("0.1300")), "13%"),
        (rate_text(Decimal("0.0650")), "6.5%"),
        (rate_text(Decimal(0)), "0%"),
    ],
)
def test_figures_read_as_on_paper(text: str, shown: str) -> None:
    assert text == shown


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "names"),
    [("zh-hans", ["远东轴承", "Far East"]), ("en", ["Far East", "远东轴承"])],
)
def test_the_letterhead_starts_with_the_name_in_the_document_s_language(
    language: str, names: list[str]
) -> None:
    CompanyFactory(name="远东轴承", name_en="Far East")
    with translation.override(language):
        head = printing.letterhead()

    assert [head["name"], head["other_name"]] == names
