"""Copying orders: the same goods to the same customer, or of the same supplier, once more."""

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from erp.core.copying import (
    DOCUMENT_ANEW,
    DOCUMENT_RESET,
    LINE_ANEW,
    LINE_COPIED,
    LINE_RESET,
    check_in_sight,
    copies,
)
from erp.core.errors import DomainError
from erp.core.periods import company_today
from erp.core.record import record
from erp.core.service import service
from orders.models import PurchaseOrder, PurchaseOrderLine, SalesOrder, SalesOrderLine
from orders.services.order_drafting import create_order
from orders.services.order_lines import OrderLineInput
from orders.services.purchasing import PurchaseLineInput, create_purchase_order
from products.services import copyable_lines

SALES_ORDER = copies(
    SalesOrder,
    copied=("customer", "warehouse", "delivery_address", "notes"),
    anew=(*DOCUMENT_ANEW, "contact", "payment_term"),
    reset=(*DOCUMENT_RESET, "quotation", "requested_on", "credit_override"),
)
SALES_ORDER_LINE = copies(
    SalesOrderLine,
    copied=(*LINE_COPIED, "warehouse", "issue", "lead_time_days"),
    anew=LINE_ANEW,
    reset=(
        *LINE_RESET,
        *("over_rate", "under_rate", "delivered_quantity", "closed_quantity"),
    ),
)
PURCHASE_ORDER = copies(
    PurchaseOrder,
    copied=("supplier", "warehouse", "notes"),
    anew=DOCUMENT_ANEW,
    reset=(*DOCUMENT_RESET, "requested_on"),
)
PURCHASE_ORDER_LINE = copies(
    PurchaseOrderLine,
    copied=LINE_COPIED,
    anew=LINE_ANEW,
    reset=(*LINE_RESET, "received_quantity", "closed_quantity", "close_reason", "over_quantity"),
)


@service("order.copy")
def copy_sales_order(
    order_id: int, *, reprice: bool = False, leave_out_archived: bool = False, by: User
) -> SalesOrder:
    """Draft the same order again, of no quotation; prices as entered or suggested anew.

    They are suggested anew where the customer's currency is another by now. Raises DomainError
    not_found, out_of_sight, archived_product, expired_tax_rate, nothing_to_copy, and what
    ``create_order`` raises.
    """
    source = SalesOrder.objects.locked(order_id)
    check_in_sight(source.customer, by=by)
    keep = not reprice and source.currency_id == source.customer.currency_id
    lines = copyable_lines(
        list(source.lines.all()), on=company_today(), leave_out=leave_out_archived
    )
    entered = [
        OrderLineInput(
            product_id=line.product_id,
            quantity=line.quantity,
            unit_price=line.unit_price if keep else None,
            price_includes_tax=line.price_includes_tax if keep else None,
            partner_wording=line.partner_wording,
            lead_time_days=line.lead_time_days,
            issue=line.issue,
            warehouse_id=line.warehouse_id,
        )
        for line in lines
    ]
    header = {
        "warehouse_id": source.warehouse_id,
        "delivery_address": source.delivery_address,
        "notes": source.notes,
    }
    copy = create_order(source.customer_id, entered, header=header, by=by)
    record("order.copied", copy, by=by, changes={"copied_from": (None, source.ref)})
    return copy


@service("purchase_order.copy")
def copy_purchase_order(
    order_id: int, *, leave_out_archived: bool = False, by: User
) -> PurchaseOrder:
    """Draft the same order again, bound to no sales order line.

    Raises DomainError not_found, out_of_sight, currency_changed, archived_product,
    expired_tax_rate, nothing_to_copy, and what ``create_purchase_order`` raises.
    """
    source = PurchaseOrder.objects.locked(order_id)
    check_in_sight(source.supplier, by=by)
    if source.currency_id != source.supplier.currency_id:
        raise DomainError(
            _("The supplier's currency is %(now)s by now, the prices are in %(then)s.")
            % {"now": source.supplier.currency_id, "then": source.currency_id},
            code="currency_changed",
            field="currency",
        )
    lines = copyable_lines(
        list(source.lines.all()), on=company_today(), leave_out=leave_out_archived
    )
    entered = [
        PurchaseLineInput(
            product_id=line.product_id,
            quantity=line.quantity,
            unit_price=line.unit_price,
            price_includes_tax=line.price_includes_tax,
            partner_wording=line.partner_wording,
        )
        for line in lines
    ]
    copy = create_purchase_order(
        source.supplier_id,
        entered,
        warehouse_id=source.warehouse_id,
        notes=source.notes,
        by=by,
    )
    record("purchase_order.copied", copy, by=by, changes={"copied_from": (None, source.ref)})
    return copy
