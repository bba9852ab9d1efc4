"""The sales contract, the delivery note and the customer return on paper."""

import hashlib
import json
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from customers.models import Address, Customer
from customers.services import partner_snapshot
from erp.core.printing import (
    contact_of,
    date_text,
    document_context,
    print_document,
    quantity_text,
)
from erp.core.qr import qr_image
from orders.models import Delivery, Issue, Return, SalesOrder

_DELIVERY_DRAFTS = {
    Delivery.Status.DRAFT,
    Delivery.Status.RESERVED,
    Delivery.Status.PICKED,
}


def sales_order_pdf(
    order: SalesOrder, *, language: str | None = None, by: User | None
) -> tuple[str, bytes]:
    """Return the name and the bytes of a sales order's PDF; see ``print_document``.

    A confirmed order may be reopened and changed under its number, so what was ordered tells its
    editions apart: each is kept.
    """
    return print_document(
        order,
        "print/sales_order.html",
        lambda: sales_order_context(order),
        drafts={SalesOrder.Status.DRAFT},
        by=by,
        language=language,
        edition=_edition(order),
    )


def _edition(order: SalesOrder) -> str:
    """Return a short digest of what the parties agreed on."""
    lines = order.lines.values_list(
        "line_no", "product_id", "unit_id", "quantity", "unit_price", "gross_amount"
    )
    agreed = [
        [order.partner_reference, order.requested_on, order.currency_id, order.customer_id],
        [order.delivery_address, order.payment_term_id, order.contact_id],
        *map(list, lines),
    ]
    return hashlib.sha256(json.dumps(agreed, default=str).encode()).hexdigest()[:12]


def sales_order_context(order: SalesOrder) -> dict[str, Any]:
    """Return what the template shows, in the active language."""
    partner = order.partner_snapshot or partner_snapshot(order.customer)
    term = order.payment_term or order.customer.payment_term
    lines = list(order.lines.select_related("unit"))
    context = document_context(order, lines, partner)
    for row, line in zip(context["lines"], lines, strict=True):
        row["lead_time"] = _lead_time(line.lead_time_days)
        if line.issue != Issue.SALE:
            row["description"] = f"{line.get_issue_display()} {row['description']}".strip()
    return context | {
        "title": _("Sales contract"),
        "contact": contact_of(partner, order.contact),
        "quotation": order.quotation.ref if order.quotation else "",
        "show_lead_time": any(row["lead_time"] for row in context["lines"]),
        "clauses": _clauses(order, term.name if term else "", context["company"]),
    }


def _lead_time(days: int | None) -> str:
    if days is None:
        return ""
    if days == 0:
        return _("in stock")
    return ngettext("%(days)d day", "%(days)d days", days) % {"days": days}


def _clauses(order: SalesOrder, term: str, company: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the clauses of the contract: of this order, then the company's own or the usual."""
    place = order.delivery_address or _delivery_address(order.customer)
    agreed = [
        (_("Delivery date"), date_text(order.requested_on)),
        (_("Place of delivery"), place),
        (_("Settlement"), term),
    ]
    found = [(name, text) for name, text in agreed if text]
    own = company["contract_clauses"]
    if own:
        return found + [("", clause) for clause in own]
    return [
        *found,
        (_("Quality"), _("New goods as the maker supplies them, to the maker’s standard.")),
        (_("Transport"), _("The seller hands the goods to a carrier; he bears the freight.")),
        (_("Packing"), _("The maker’s packing, fit for transport; it is not returned.")),
        (
            _("Inspection and objection"),
            _("The buyer inspects on receipt and objects in writing within 7 days."),
        ),
        (_("Breach"), _("Who does not perform bears the other’s loss, by the Civil Code.")),
        (
            _("Disputes"),
            _("Disputes are settled by talks, failing that by the court at the seller’s place."),
        ),
    ]


def delivery_note_pdf(
    delivery: Delivery,
    *,
    with_prices: bool = True,
    language: str | None = None,
    page_url: str = "",
    by: User | None,
) -> tuple[str, bytes]:
    """Return the name and the bytes of a delivery note's PDF; see ``print_document``.

    Its code leads to ``page_url``, the delivery's page; without one it has none.
    """
    return print_document(
        delivery,
        "print/delivery_note.html",
        lambda: delivery_note_context(delivery, with_prices=with_prices, page_url=page_url),
        drafts=_DELIVERY_DRAFTS,
        by=by,
        language=language,
        parts=() if with_prices else ("no-prices",),
    )


def delivery_note_context(
    delivery: Delivery, *, with_prices: bool, page_url: str = ""
) -> dict[str, Any]:
    """Return what the template shows, in the active language."""
    order = delivery.sales_order
    partner = (
        delivery.partner_snapshot or order.partner_snapshot or partner_snapshot(delivery.customer)
    )
    context = document_context(delivery, delivery.lines.select_related("unit"), partner)
    context["partner_reference"] = delivery.partner_reference or order.partner_reference
    return context | {
        "title": _("Delivery note"),
        "partner_caption": _("Receiver"),
        "order": order.ref,
        "warehouse": delivery.warehouse.name,
        "deliver_to": order.delivery_address or _delivery_address(delivery.customer),
        "show_prices": with_prices,
        "qr": qr_image(page_url) if page_url else "",
    }


def return_pdf(made: Return, *, language: str | None = None, by: User | None) -> tuple[str, bytes]:
    """Return the name and the bytes of a customer return's PDF; see ``print_document``."""
    return print_document(
        made,
        "print/customer_return.html",
        lambda: return_context(made),
        drafts={Return.Status.DRAFT},
        by=by,
        language=language,
    )


def return_context(made: Return) -> dict[str, Any]:
    """Return what the template shows, in the active language."""
    partner = made.partner_snapshot or partner_snapshot(made.customer)
    lines = list(made.lines.select_related("unit", "bin"))
    context = document_context(made, lines, partner)
    for row, line in zip(context["lines"], lines, strict=True):
        shown = {"bin": line.bin.code, "scrap": quantity_text(line.scrap_quantity)}
        text = (
            _("into %(bin)s, %(scrap)s of it scrap") if line.scrap_quantity else _("into %(bin)s")
        )
        row["description"] = f"{row['description']} · {text % shown}".lstrip("· ")
    return context | {
        "title": _("Customer return"),
        "delivery": made.delivery.ref,
        "warehouse": made.warehouse.name,
        "reason": made.reason,
    }


def _delivery_address(customer: Customer) -> str:
    address = Address.objects.filter(customer=customer, is_default=True).first()
    return address.text if address else ""
