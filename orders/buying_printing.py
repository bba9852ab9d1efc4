"""The purchase order, the receipt note with its bins, and the return to a supplier on paper."""

from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from customers.services import partner_snapshot
from erp.core.money import plain
from erp.core.policy import allowed
from erp.core.printing import date_text, document_context, print_document
from orders.models import PurchaseOrder, PurchaseOrderStatus, Receipt, SupplierReturn

_ORDER_DRAFTS = {
    PurchaseOrderStatus.DRAFT,
    PurchaseOrderStatus.SUBMITTED,
    PurchaseOrderStatus.APPROVED,
}


def purchase_order_pdf(
    order: PurchaseOrder, *, language: str | None = None, by: User | None
) -> tuple[str, bytes]:
    """Return the name and the bytes of a purchase order's PDF; see ``print_document``."""
    return print_document(
        order,
        "print/purchase_order.html",
        lambda: purchase_order_context(order),
        drafts=_ORDER_DRAFTS,
        by=by,
        language=language,
    )


def purchase_order_context(order: PurchaseOrder) -> dict[str, Any]:
    """Return what the template shows, in the active language."""
    partner = order.partner_snapshot or partner_snapshot(order.supplier)
    term = order.supplier.payment_term
    return document_context(order, order.lines.select_related("unit"), partner) | {
        "title": _("Purchase order"),
        "partner_caption": _("Supplier"),
        "requested_on": date_text(order.requested_on),
        "deliver_to": order.warehouse.name,
        "payment_term": term.name if term else "",
        "notes": order.notes,
    }


def receipt_pdf(
    receipt: Receipt, *, language: str | None = None, by: User | None
) -> tuple[str, bytes]:
    """Return the receipt note: what goes into which bin, what was rejected; without prices."""
    return print_document(
        receipt,
        "print/receipt.html",
        lambda: receipt_context(receipt),
        drafts={Receipt.Status.DRAFT, Receipt.Status.COUNTED},
        by=by,
        language=language,
    )


def receipt_context(receipt: Receipt) -> dict[str, Any]:
    """Return what the template shows, in the active language."""
    partner = receipt.partner_snapshot or partner_snapshot(receipt.supplier)
    lines = list(receipt.lines.select_related("unit", "bin", "source_line"))
    context = document_context(receipt, lines, partner)
    for row, line in zip(context["lines"], lines, strict=True):
        row["bin"] = line.bin.code
        row["ordered"] = plain(line.source_line.quantity)
        row["rejected"] = plain(line.rejected_quantity) if line.rejected_quantity else ""
        row["reject_reason"] = line.reject_reason
    return context | {
        "title": _("Receipt note"),
        "partner_caption": _("Supplier"),
        "order": receipt.purchase_order.ref,
        "warehouse": receipt.warehouse.name,
        "notes": receipt.notes,
    }


def supplier_return_pdf(
    document: SupplierReturn, *, language: str | None = None, by: User | None
) -> tuple[str, bytes]:
    """Return the return's note; with prices for those who may see what goods cost."""
    with_prices = by is None or allowed(by, "products.view_cost")
    return print_document(
        document,
        "print/supplier_return.html",
        lambda: supplier_return_context(document, with_prices=with_prices),
        drafts={SupplierReturn.Status.DRAFT},
        by=by,
        language=language,
        parts=() if with_prices else ("no-prices",),
    )


def supplier_return_context(document: SupplierReturn, *, with_prices: bool) -> dict[str, Any]:
    """Return what the template shows, in the active language."""
    partner = document.partner_snapshot or partner_snapshot(document.supplier)
    lines = list(document.lines.select_related("unit"))
    context = document_context(document, lines, partner)
    for row, line in zip(context["lines"], lines, strict=True):
        if line.is_rejected:
            row["description"] = _("rejected on receipt")
    return context | {
        "title": _("Return to supplier"),
        "partner_caption": _("Supplier"),
        "receipt": document.receipt.ref,
        "order": document.receipt.purchase_order.ref,
        "warehouse": document.warehouse.name,
        "reason": document.reason,
        "show_prices": with_prices,
    }
