"""The quotation on paper."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from customers.services import partner_snapshot
from erp.core.printing import (
    contact_of,
    date_text,
    document_context,
    paragraphs,
    print_document,
)
from quotations.models import Quotation, QuotationLine

_DRAFTS = {Quotation.Status.DRAFT, Quotation.Status.SUBMITTED}


def quotation_pdf(
    quotation: Quotation, *, language: str | None = None, by: User | None
) -> tuple[str, bytes]:
    """Return the name and the bytes of a quotation's PDF; see ``print_document``."""
    return print_document(
        quotation,
        "print/quotation.html",
        lambda: quotation_context(quotation),
        drafts=_DRAFTS,
        by=by,
        language=language,
    )


def quotation_context(quotation: Quotation) -> dict[str, Any]:
    """Return what the template shows, in the active language."""
    partner = quotation.partner_snapshot or partner_snapshot(quotation.customer)
    lines = list(quotation.lines.select_related("unit"))
    context = document_context(quotation, lines, partner)
    for row, line in zip(context["lines"], lines, strict=True):
        row["lead_time"] = _lead_time(line)
        row["mark"] = _mark(line)
    return context | {
        "title": _("Quotation"),
        "contact": contact_of(partner, quotation.contact),
        "valid_until": date_text(quotation.valid_until),
        "revision": str(quotation.revision or ""),
        "supersedes": quotation.supersedes.ref if quotation.supersedes else "",
        "payment_term": str(quotation.payment_term or ""),
        "terms": paragraphs(quotation.terms),
        "has_choices": any(not line.is_sure for line in lines),
        "show_lead_time": any(row["lead_time"] for row in context["lines"]),
    }


def _mark(line: QuotationLine) -> str:
    """What an alternative or optional line is; its amounts are in no total before it is chosen."""
    if line.alternative_to is not None:
        return _("Alternative to no. %(number)d") % {"number": line.alternative_to}
    return _("Optional") if line.is_optional else ""


def _lead_time(line: QuotationLine) -> str:
    days = line.lead_time_days
    if days is None:
        return ""
    if days == 0:
        return _("in stock")
    return ngettext("%(days)d day", "%(days)d days", days) % {"days": days}
