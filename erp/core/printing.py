"""Documents on paper: a template and plain values become a PDF.

Invariants: nothing but ``data:`` and our own static files is ever fetched while rendering, whatever
a value says; no PDF is made without a font that draws Chinese; an issued document is rendered once
and printed again byte for byte from what was stored.

Templates get strings only: ``line_rows``, ``totals`` and their like format every figure.
"""

import contextlib
import hashlib
import io
import mimetypes
import sys
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.template.loader import render_to_string
from django.utils import formats, translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from erp.core.documents import Document, Line, Numbered
from erp.core.errors import DomainError
from erp.core.fonts import chinese_font
from erp.core.models import Attachment
from erp.core.money import amount_in_capitals
from erp.core.periods import company
from erp.core.record import record
from erp.core.service import service

PDF = "application/pdf"
_STYLES = "static:print/print.css"
# About 800 lines: 15 seconds of one processor. More is refused before it ties up a worker.
MAX_HTML_LENGTH = 500_000
# Longer figures than this leave no room for the item: such a document is printed landscape.
_PORTRAIT_FIGURES = 46
# Statuses, of whatever document, in which it no longer counts.
_WITHDRAWN = {"cancelled", "reversed"}
_LIBRARIES = "apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-wqy-zenhei"
_FONT = "apt-get install fonts-wqy-zenhei"
_HTML_LANGUAGES = {"zh-hans": "zh-CN"}


# --- rendering -------------------------------------------------------------------------------


def _weasyprint() -> Any:
    """Import WeasyPrint; DomainError ``pdf_unavailable`` where its libraries are missing."""
    # The first time it prints a banner before it fails, which would spoil a command's JSON.
    loaded = "weasyprint" in sys.modules
    quiet = contextlib.nullcontext() if loaded else contextlib.redirect_stdout(io.StringIO())
    try:
        with quiet:
            import weasyprint  # noqa: PLC0415 (needs system libraries, takes half a second)
    except OSError as error:
        raise DomainError(
            _("PDF is not available on this machine. To install it: %(command)s")
            % {"command": _LIBRARIES},
            code="pdf_unavailable",
        ) from error
    return weasyprint


def _font() -> str:
    """Return the font to print with; DomainError ``no_chinese_font`` without one."""
    font = chinese_font()
    if font is None:
        raise DomainError(
            _("No font with Chinese characters is installed. To install one: %(command)s")
            % {"command": _FONT},
            code="no_chinese_font",
        )
    return font


def pdf_available() -> str | None:
    """Return why no PDF can be made on this machine, or None when all is well."""
    try:
        _weasyprint()
        _font()
    except DomainError as refusal:
        return refusal.message
    return None


def _fetcher() -> Any:
    """Return a fetcher that knows ``data:`` and ``static:`` (our static files) and nothing else."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse  # noqa: PLC0415

    class StaticOnlyFetcher(URLFetcher):  # type: ignore[misc]  # the library has no types
        def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> Any:
            scheme, _colon, name = url.partition(":")
            if scheme.lower() != "static":
                return super().fetch(url, headers)
            # The finders refuse a path that leads out of the static folders.
            path = finders.find(unquote(name))
            if not isinstance(path, str):
                raise FileNotFoundError(f"no static file {name}")
            kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
            return URLFetcherResponse(url, Path(path).read_bytes(), {"Content-Type": kind})

    return StaticOnlyFetcher(allowed_protocols={"data"}, allow_redirects=False)


def render_pdf(template: str, context: Mapping[str, Any]) -> bytes:
    """Render a template, in the active language, to a PDF.

    Values are escaped. Raises DomainError pdf_unavailable, no_chinese_font, document_too_long.
    """
    weasyprint = _weasyprint()
    font = _font()
    language = get_language() or settings.LANGUAGE_CODE
    html = render_to_string(
        template, {"html_lang": _HTML_LANGUAGES.get(language, language), **context}
    )
    if len(html) > MAX_HTML_LENGTH:
        raise DomainError(
            _("The document is too long to print; please split it."), code="document_too_long"
        )
    fetcher = _fetcher()
    styles = [
        weasyprint.CSS(url=_STYLES, url_fetcher=fetcher),
        weasyprint.CSS(string=f'html {{ font-family: "{font}", sans-serif }}'),
    ]
    pdf: bytes = weasyprint.HTML(string=html, url_fetcher=fetcher).write_pdf(stylesheets=styles)
    return pdf


# --- issued copies ---------------------------------------------------------------------------


def print_document(
    document: Numbered,
    template: str,
    context: Callable[[], Mapping[str, Any]],
    *,
    drafts: Collection[str],
    by: Any,
    language: str | None = None,
    parts: Sequence[str] = (),
    edition: str = "",
) -> tuple[str, bytes]:
    """Return the name and the bytes of a document's PDF, in Chinese unless asked otherwise.

    A document that counts is issued: stored once, the same bytes ever after. One without a number
    or in one of the ``drafts`` statuses is a marked preview that is not kept; so is one that was
    withdrawn before it was ever printed. ``parts`` tell versions of one document apart and are seen
    in its name; ``edition`` does so too, unseen. ``context`` is called in the document's language.
    Raises what ``issue_pdf`` raises, and no_company.
    """
    language = language or settings.LANGUAGE_CODE
    shown = [*parts] if language == settings.LANGUAGE_CODE else [*parts, language]
    variant = "-".join([*shown, edition] if edition else shown)
    name = pdf_name(document, "-".join(shown))
    status: str = document.status  # type: ignore[attr-defined]  # every concrete document has one
    is_draft = document.number is None or status in drafts
    copy = None if is_draft else issued_copy(document, pdf_name(document, variant))
    with translation.override(language):
        if copy is not None:
            reprinted(document, copy, by=by)
        elif is_draft or status in _WITHDRAWN:
            mark = _("VOID") if status in _WITHDRAWN else _("DRAFT")
            return name, render_pdf(template, {**context(), "watermark": mark})
        else:
            copy = issue_pdf(document, template, context(), by=by, variant=variant)
    with copy.file.open("rb") as stored:
        return name, stored.read()


def issued_copy(document: Numbered, name: str) -> Attachment | None:
    """Return the copy issued under this name, or None when there is none yet.

    Raises DomainError ``issued_copy_damaged`` when its bytes are not those that were issued.
    """
    copy = Attachment.objects.filter(
        kind=Attachment.Kind.ISSUED,
        object_type=document.source_type,
        object_id=document.pk,
        name=name,
    ).first()
    if copy is not None and not copy.is_intact():
        raise DomainError(
            _("The stored copy of %(name)s is damaged or missing; restore it from a backup.")
            % {"name": name},
            code="issued_copy_damaged",
        )
    return copy


def issue_pdf(
    document: Numbered, template: str, context: Mapping[str, Any], *, by: Any, variant: str = ""
) -> Attachment:
    """Return the document's issued PDF: rendered and stored the first time, the same ever after.

    ``variant`` tells versions of one document apart, e.g. ``en``: QUO-2026-000001-en.pdf. Rendering
    holds no lock; of two who issue at once, both get the first one's copy. Raises what
    ``render_pdf`` and ``issued_copy`` raise.
    """
    name = pdf_name(document, variant)
    copy = issued_copy(document, name)
    if copy is not None:
        return reprinted(document, copy, by=by)
    content = render_pdf(template, context)
    digest = hashlib.sha256(content).hexdigest()
    copy = Attachment(
        kind=Attachment.Kind.ISSUED,
        name=name,
        content_type=PDF,
        size=len(content),
        sha256=digest,
        object_type=document.source_type,
        object_id=document.pk,
        created_by=by,
    )
    # The file before the row: a row without a file is a lie, a file without a row only litter.
    path = copy.file.field.generate_filename(copy, name)
    copy.file.name = default_storage.save(path, ContentFile(content))
    stored = _store_copy(document, copy, by=by)
    if stored.file.name != copy.file.name:
        default_storage.delete(copy.file.name)
    return stored


@service("document.print")
def _store_copy(document: Numbered, copy: Attachment, *, by: Any) -> Attachment:
    """Save the copy's row, or return the one that somebody else has issued meanwhile."""
    type(document)._default_manager.select_for_update().get(pk=document.pk)
    earlier = issued_copy(document, copy.name)
    if earlier is not None:
        return earlier
    copy.save(force_insert=True)
    record(
        "document.printed",
        document,
        by=by,
        changes={"file": (None, copy.name), "sha256": (None, copy.sha256)},
    )
    return copy


@service("document.print")
def reprinted(document: Numbered, copy: Attachment, *, by: Any) -> Attachment:
    """Note in the operation log that a stored copy was printed again; return it."""
    record("document.printed", document, by=by, reason=copy.name)
    return copy


def pdf_name(document: Numbered, variant: str = "") -> str:
    """Return the file name of a document's PDF, e.g. QUO-2026-000001-en.pdf."""
    return f"{document.ref}-{variant}.pdf" if variant else f"{document.ref}.pdf"


# --- values for templates --------------------------------------------------------------------


def amount_text(amount: Decimal) -> str:
    """1234.5 is 1,234.50."""
    return f"{amount:,.2f}"


def price_text(price: Decimal) -> str:
    """Two decimals, more only where they say something: 0.123 stays, 12.500000 is 12.50."""
    whole, _point, decimals = f"{price:,.6f}".partition(".")
    return f"{whole}.{decimals.rstrip('0').ljust(2, '0')}"


def quantity_text(quantity: Decimal) -> str:
    """1200.000 is 1,200 and 2.500 is 2.5."""
    return f"{quantity:,.3f}".rstrip("0").rstrip(".")


def rate_text(rate: Decimal) -> str:
    """0.1300 is 13%, 0.0650 is 6.5%."""
    return f"{quantity_text(rate * 100)}%"


def date_text(value: Any) -> str:
    """Return a date in the active language, or nothing for None."""
    return formats.date_format(value, "DATE_FORMAT") if value else ""


def is_chinese() -> bool:
    """Return whether the active language is Chinese."""
    return (get_language() or "").startswith("zh")


def document_context(
    document: Document, lines: Iterable[Line], partner: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what every document shows, in the active language: letterhead, partner, lines, totals.

    ``partner`` is a partner's snapshot; ``lines`` come with their unit. Raises DomainError
    ``no_company`` before the company's own data are entered.
    """
    rows = list(lines)
    return {
        "ref": document.ref,
        "dated_on": date_text(document.dated_on),
        "currency": document.currency_id,
        "partner_reference": document.partner_reference,
        "company": letterhead(),
        "partner": partner,
        "partner_caption": _("Customer"),
        "contact": contact_of(partner),
        "wording_label": _("Your item:"),
        "show_prices": True,
        "owner": _person(document.owner),
        "lines": [_line_row(line) for line in rows],
        "wide": any(_figures_width(line) > _PORTRAIT_FIGURES for line in rows),
        "price_side": _price_side(rows),
        "totals": _totals(document),
    }


def letterhead() -> dict[str, Any]:
    """Return our own company, its name first in the active language."""
    us = company()
    names = [us.name, us.name_en]
    if us.name_en and not is_chinese():
        names.reverse()
    return {
        "name": names[0],
        "other_name": names[1],
        "address": us.address,
        "phone": us.phone,
        "email": us.email,
        "tax_id": us.tax_id,
        "bank_name": us.bank_name,
        "bank_account": us.bank_account,
        "quotation_clauses": paragraphs(us.quotation_clauses),
        "contract_clauses": paragraphs(us.contract_clauses),
    }


def paragraphs(text: str) -> list[str]:
    """Return the lines of a text that are not blank."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def contact_of(partner: Mapping[str, Any], contact: Any = None) -> dict[str, str]:
    """Return the person the document is addressed to: this contact, or the snapshot's."""
    if contact is not None:
        return {"name": contact.name, "phone": contact.phone, "email": contact.email}
    return {"name": partner.get("contact", ""), "phone": partner.get("contact_phone", "")}


def _person(user: Any) -> dict[str, str]:
    return {"name": str(user), "phone": user.mobile, "email": user.email}


def _line_row(line: Line) -> dict[str, Any]:
    return {
        "no": str(line.line_no),
        "brand": line.brand_name,
        "designation": line.designation,
        "description": line.description,
        "wording": line.partner_wording,
        "quantity": quantity_text(line.quantity),
        "unit": line.unit.name_zh if is_chinese() else line.unit.name_en,
        "price": price_text(line.unit_price),
        "price_includes_tax": line.price_includes_tax,
        "tax_rate": rate_text(line.tax_rate),
        "net": amount_text(line.net_amount),
        "tax": amount_text(line.tax_amount),
        "gross": amount_text(line.gross_amount),
    }


def _figures_width(line: Line) -> int:
    """Return how many characters a line's figures take."""
    amounts = (line.net_amount, line.tax_amount, line.gross_amount)
    figures = [quantity_text(line.quantity), price_text(line.unit_price)]
    return sum(map(len, [*figures, *map(amount_text, amounts)]))


def _price_side(lines: Iterable[Line]) -> str:
    """Return on which side prices were entered: included, excluded or mixed."""
    sides = {line.price_includes_tax for line in lines}
    if len(sides) > 1:
        return "mixed"
    return "excluded" if sides == {False} else "included"


def _totals(document: Document) -> dict[str, str]:
    capitals = is_chinese() and document.currency_id == "CNY"
    return {
        "net": amount_text(document.net_total),
        "tax": amount_text(document.tax_total),
        "gross": amount_text(document.gross_total),
        "capitals": amount_in_capitals(document.gross_total) if capitals else "",
    }
