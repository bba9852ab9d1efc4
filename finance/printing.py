"""Invoices on paper: one with its goods, and a list of many with what is open."""

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from customers.models import Customer, Supplier
from customers.services import partner_snapshot
from erp.core.money import ZERO
from erp.core.periods import company_today
from erp.core.printing import (
    amount_text,
    date_text,
    document_context,
    letterhead,
    print_document,
    render_pdf,
)
from erp.core.record import record
from finance.models import Invoice


def invoice_pdf(
    invoice: Invoice, *, language: str | None = None, by: User | None
) -> tuple[str, bytes]:
    """Return the name and the bytes of an invoice's PDF; see ``print_document``."""
    return print_document(
        invoice,
        "print/invoice.html",
        lambda: invoice_context(invoice),
        drafts={Invoice.Status.DRAFT},
        by=by,
        language=language,
    )


def _partner(invoice: Invoice) -> Customer | Supplier:
    partner = invoice.customer or invoice.supplier
    assert partner is not None  # noqa: S101 (the table's own check)
    return partner


def invoice_context(invoice: Invoice) -> dict[str, Any]:
    """Return what the template shows, in the active language."""
    partner = invoice.partner_snapshot or partner_snapshot(_partner(invoice))
    context = document_context(invoice, invoice.lines.select_related("unit"), partner)
    sold = invoice.direction == Invoice.Direction.OUT
    bank = context["company"]["bank_account"]
    return context | {
        "title": _("Invoice") if sold else _("Purchase invoice"),
        "partner_caption": _("Customer") if sold else _("Supplier"),
        "tax_number_label": _("Customer's tax number") if sold else _("Supplier's tax number"),
        "wording_label": _("Your item:") if sold else _("Supplier's item:"),
        "due_on": date_text(invoice.due_on),
        "fapiao_number": invoice.fapiao_number,
        "pay_to": sold and bool(bank),
    }


def invoice_list_pdf(
    invoices: QuerySet[Invoice], *, language: str | None = None, by: User | None
) -> tuple[str, bytes]:
    """Return the name and the bytes of a list of invoices; a report, so it is not kept.

    The caller narrows the rows to what the user may see.
    """
    on = company_today()
    with translation.override(language or settings.LANGUAGE_CODE):
        content = render_pdf("print/invoice_list.html", invoice_list_context(invoices))
    record("invoice_list.printed", by=by, object_ref=(Invoice._meta.label_lower, "", str(on)))
    return f"invoices-{on}.pdf", content


def invoice_list_context(invoices: QuerySet[Invoice]) -> dict[str, Any]:
    """Return the rows, and their sums for each currency."""
    rows = []
    sums: dict[str, dict[str, Decimal]] = {}
    # Any: the type checker does not know the annotation.
    found: Any = Invoice.objects.filter(pk__in=invoices.values("pk")).with_allocated()
    for invoice in found.select_related("customer", "supplier").order_by("dated_on", "pk"):
        figures = {
            "net": invoice.net_total,
            "tax": invoice.tax_total,
            "gross": invoice.gross_total,
            "open": invoice.gross_total - invoice.allocated,
        }
        total = sums.setdefault(invoice.currency_id, dict.fromkeys(figures, ZERO))
        for name, amount in figures.items():
            total[name] += amount
        rows.append(_row(invoice, figures))
    return {
        "title": _("List of invoices"),
        "ref": date_text(company_today()),
        "company": letterhead(),
        "invoices": rows,
        "sums": [{"currency": code, **_texts(total)} for code, total in sorted(sums.items())],
    }


def _row(invoice: Invoice, figures: dict[str, Decimal]) -> dict[str, str]:
    return {
        "ref": invoice.ref,
        "fapiao_number": invoice.fapiao_number,
        "dated_on": str(invoice.dated_on),
        "due_on": str(invoice.due_on),
        "partner": invoice.partner_snapshot.get("name") or _partner(invoice).name,
        "currency": invoice.currency_id,
        **_texts(figures),
    }


def _texts(figures: dict[str, Decimal]) -> dict[str, str]:
    return {name: amount_text(amount) for name, amount in figures.items()}
