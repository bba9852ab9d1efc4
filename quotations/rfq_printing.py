"""A request for quotation on paper: one for each supplier, in his language."""

from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from customers.services import partner_snapshot
from erp.core.printing import (
    contact_of,
    date_text,
    is_chinese,
    letterhead,
    paragraphs,
    print_document,
    quantity_text,
)
from quotations.models import Rfq, RfqLine, RfqSupplier
from quotations.rfq_sheet import supplier_codes


def rfq_pdf(
    rfq: Rfq, invitation: RfqSupplier, *, language: str | None = None, by: User
) -> tuple[str, bytes]:
    """Return the name and the bytes of what a supplier gets; see ``print_document``."""
    return print_document(
        rfq,
        "print/rfq.html",
        lambda: rfq_context(rfq, invitation),
        drafts={Rfq.Status.DRAFT},
        by=by,
        language=language or invitation.language,
        parts=[invitation.supplier.code],
    )


def rfq_context(rfq: Rfq, invitation: RfqSupplier) -> dict[str, Any]:
    """Return what the template shows, in the active language."""
    partner = invitation.partner_snapshot or partner_snapshot(invitation.supplier)
    lines = list(rfq.lines.select_related("unit"))
    codes = supplier_codes(invitation.supplier_id, [line.product_id for line in lines])
    owner = rfq.owner
    return {
        "title": _("Request for quotation"),
        "ref": rfq.ref,
        "dated_on": date_text(rfq.dated_on),
        "due_on": date_text(rfq.due_on),
        "currency": invitation.currency_id,
        "price_includes_tax": invitation.price_includes_tax,
        "company": letterhead(),
        "partner": partner,
        "partner_caption": _("Supplier"),
        "contact": contact_of(partner, invitation.contact),
        "owner": {"name": str(owner), "phone": owner.mobile, "email": owner.email},
        "notes": paragraphs(rfq.notes),
        "lines": [_row(line, codes.get(line.product_id, "")) for line in lines],
        "show_codes": bool(codes),
        "show_dates": any(line.wanted_on for line in lines),
    }


def _row(line: RfqLine, code: str) -> dict[str, str]:
    return {
        "no": str(line.line_no),
        "brand": line.brand_name,
        "designation": line.designation,
        "description": line.description,
        "code": code,
        "quantity": quantity_text(line.quantity),
        "unit": line.unit.name_zh if is_chinese() else line.unit.name_en,
        "wanted_on": line.wanted_on.isoformat() if line.wanted_on else "",
    }
