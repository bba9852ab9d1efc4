"""The sales order (as a short contract) and the delivery note on paper."""

import hashlib
import json
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from customers.models import Address, Customer
from customers.services import partner_snapshot
from erp.core.printing import date_text, document_context, print_document
from orders.models import Delivery, SalesOrder

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
        *map(list, lines),
    ]
    return hashlib.sha256(json.dumps(agreed, default=str).encode()).hexdigest()[:12]


def sales_order_context(order: SalesOrder) -> dict[str, Any]:
    """Return what the template shows, in the active language."""
    partner = order.partner_snapshot or partner_snapshot(order.customer)
    term = order.customer.payment_term
    return document_context(order, order.lines.select_related("unit"), partner) | {
        "title": _("Sales order"),
        "requested_on": date_text(order.requested_on),
        "quotation": order.quotation.ref if order.quotation else "",
        "deliver_to": _delivery_address(order.customer),
        "payment_term": term.name if term else "",
    }


def delivery_note_pdf(
    delivery: Delivery, *, with_prices: bool = True, language: str | None = None, by: User | None
) -> tuple[str, bytes]:
    """Return the name and the bytes of a delivery note's PDF; see ``print_document``."""
    return print_document(
        delivery,
        "print/delivery_note.html",
        lambda: delivery_note_context(delivery, with_prices=with_prices),
        drafts=_DELIVERY_DRAFTS,
        by=by,
        language=language,
        parts=() if with_prices else ("no-prices",),
    )


def delivery_note_context(delivery: Delivery, *, with_prices: bool) -> dict[str, Any]:
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
        "deliver_to": _delivery_address(delivery.customer),
        "show_prices": with_prices,
    }


def _delivery_address(customer: Customer) -> str:
    address = Address.objects.filter(customer=customer, is_default=True).first()
    return address.text if address else ""
