"""The quotation on paper."""

from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from customers.services import partner_snapshot
from erp.core.printing import (
    date_text,
    document_context,
    issue_pdf,
    issued_copy,
    pdf_name,
    render_pdf,
    reprinted,
)
from quotations.models import Quotation, QuotationLine

TEMPLATE = "print/quotation.html"
_PREVIEWED = {Quotation.Status.DRAFT, Quotation.Status.SUBMITTED}


def quotation_pdf(
    quotation: Quotation, *, language: str | None = None, by: User | None
) -> tuple[str, bytes]:
    """Return the name and the bytes of a quotation's PDF, in Chinese unless asked otherwise.

    With a number it is the issued copy: stored once, the same bytes ever after. Before that it is
    a preview, marked as a draft and not kept. Raises what ``issue_pdf`` raises, and no_company.
    """
    language = language or settings.LANGUAGE_CODE
    variant = "" if language == settings.LANGUAGE_CODE else language
    name = pdf_name(quotation, variant)
    with translation.override(language):
        if quotation.number is None or quotation.status in _PREVIEWED:
            context = quotation_context(quotation) | {"watermark": _watermark(quotation)}
            return name, render_pdf(TEMPLATE, context)
        copy = issued_copy(quotation, name)
        if copy is None:
            copy = issue_pdf(
                quotation, TEMPLATE, quotation_context(quotation), by=by, variant=variant
            )
        else:
            reprinted(quotation, copy, by=by)
    with copy.file.open("rb") as stored:
        return name, stored.read()


def _watermark(quotation: Quotation) -> str:
    return _("VOID") if quotation.status == Quotation.Status.CANCELLED else _("DRAFT")


def quotation_context(quotation: Quotation) -> dict[str, Any]:
    """Return what the template shows, in the active language."""
    partner = quotation.partner_snapshot or partner_snapshot(quotation.customer)
    lines = list(quotation.lines.select_related("unit"))
    context = document_context(quotation, lines, partner)
    for row, line in zip(context["lines"], lines, strict=True):
        row["lead_time"] = _lead_time(line)
    return context | {
        "title": _("Quotation"),
        "partner_caption": _("Customer"),
        "wording_label": _("Your item:"),
        "contact": _contact(quotation, partner),
        "valid_until": date_text(quotation.valid_until),
        "revision": str(quotation.revision or ""),
        "show_prices": True,
        "show_lead_time": any(row["lead_time"] for row in context["lines"]),
    }


def _contact(quotation: Quotation, partner: dict[str, Any]) -> dict[str, str]:
    contact = quotation.contact
    if contact is None:
        return {
            "name": partner.get("contact", ""),
            "phone": partner.get("contact_phone", ""),
            "email": "",
        }
    return {"name": contact.name, "phone": contact.phone, "email": contact.email}


def _lead_time(line: QuotationLine) -> str:
    days = line.lead_time_days
    if days is None:
        return ""
    if days == 0:
        return _("in stock")
    return ngettext("%(days)d day", "%(days)d days", days) % {"days": days}
