"""Purchase orders: draft, approval by somebody else, sending; what is sent is expected."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from customers.models import Supplier
from customers.services import check_not_blocked, partner_snapshot
from erp.core.errors import DomainError
from erp.core.models import rate_on
from erp.core.numbering import draw_number
from erp.core.periods import company, company_today, standard_tax_rate
from erp.core.record import record
from erp.core.service import service
from inventory.models import Warehouse
from inventory.services import Need, Source, expect_inbound
from messaging.services import holders_of, notify
from orders.models import PurchaseOrder, PurchaseOrderLine, Receipt, SalesOrderLine
from products.models import Product
from quotations.services import check_not_own


@dataclass(frozen=True, slots=True)
class PurchaseLineInput:
    """A purchase line as entered; ``source_line_id`` binds it to a sales order line (以销定购)."""

    product_id: int
    quantity: Decimal
    unit_price: Decimal
    price_includes_tax: bool = False
    source_line_id: int | None = None


@service("purchase_order.create")
def create_purchase_order(
    supplier_id: int,
    lines: Sequence[PurchaseLineInput],
    *,
    warehouse_id: int,
    requested_on: date | None = None,
    by: User,
) -> PurchaseOrder:
    """Draft a purchase order.

    Raises DomainError partner_blocked or one naming the field or line that is wrong.
    """
    supplier = Supplier.objects.active().filter(pk=supplier_id).first()
    if supplier is None:
        raise DomainError(
            _("There is no such supplier."), code="unknown_supplier", field="supplier"
        )
    check_not_blocked(supplier)
    warehouse = Warehouse.objects.active().filter(pk=warehouse_id).first()
    if warehouse is None:
        raise DomainError(_("There is no such warehouse."), code="no_warehouse", field="warehouse")
    today = company_today()
    rate = rate_on(supplier.currency_id, company(), today)
    if rate is None:
        raise DomainError(
            _("There is no exchange rate for %(currency)s.") % {"currency": supplier.currency_id},
            code="no_exchange_rate",
            field="currency",
        )
    order = PurchaseOrder(
        supplier=supplier,
        warehouse=warehouse,
        requested_on=requested_on,
        owner=by,
        created_by=by,
        dated_on=today,
        currency_id=supplier.currency_id,
        exchange_rate=rate,
    )
    rows = _lines(order, lines)
    order.sum_lines(rows)
    order.save()
    for row in rows:
        row.document = order
    PurchaseOrderLine.objects.bulk_create(rows, batch_size=500)
    record("purchase_order.created", order, by=by)
    return order


def _lines(order: PurchaseOrder, inputs: Sequence[PurchaseLineInput]) -> list[PurchaseOrderLine]:
    if not inputs:
        raise DomainError(_("An order needs at least one line."), code="empty_order", field="lines")
    products = Product.objects.select_related("brand", "tax_rate").following(
        entered.product_id for entered in inputs
    )
    bound = {entered.source_line_id for entered in inputs if entered.source_line_id is not None}
    known = set(SalesOrderLine.objects.filter(pk__in=bound).values_list("pk", flat=True))
    standard = standard_tax_rate(order.dated_on).rate
    rows = []
    for number, entered in enumerate(inputs, 1):
        product = products.get(entered.product_id)
        if product is None:
            raise DomainError(
                _("There is no such product."),
                code="unknown_product",
                field=f"lines[{number}].product_id",
            )
        if entered.source_line_id is not None and entered.source_line_id not in known:
            raise DomainError(
                _("There is no such order line."),
                code="unknown_source_line",
                field=f"lines[{number}].source_line_id",
            )
        row = PurchaseOrderLine(
            document=order,
            line_no=number,
            product=product,
            quantity=entered.quantity,
            unit_price=entered.unit_price,
            price_includes_tax=entered.price_includes_tax,
            tax_rate=product.tax_rate.rate if product.tax_rate else standard,
            source_line_id=entered.source_line_id,
        )
        rows.append(row.describe(product).compute_amounts())
    return rows


def _move(order: PurchaseOrder, status: str, action: str, *, by: User, reason: str = "") -> None:
    old = order.move_to(status)
    order.save()
    record(action, order, by=by, changes={"status": (old, order.status)}, reason=reason)


@service("purchase_order.submit")
def submit_purchase_order(order_id: int, *, by: User) -> PurchaseOrder:
    """Hand a draft in for approval. Raises DomainError invalid_transition, partner_blocked."""
    order = PurchaseOrder.objects.locked(order_id)
    check_not_blocked(order.supplier)
    _move(order, PurchaseOrder.Status.SUBMITTED, "purchase_order.submitted", by=by)
    notify("purchase_order.submitted", order, holders_of("orders.approve_purchaseorder"))
    return order


@service("purchase_order.approve")
def approve_purchase_order(order_id: int, *, by: User) -> PurchaseOrder:
    """Approve a submitted order. Raises DomainError invalid_transition, own_document."""
    order = PurchaseOrder.objects.locked(order_id)
    check_not_own(order, "orders.approve_own_purchaseorder", by=by)
    _move(order, PurchaseOrder.Status.APPROVED, "purchase_order.approved", by=by)
    notify("purchase_order.approved", order, [order.owner])
    return order


@service("purchase_order.refuse")
def refuse_purchase_order(order_id: int, *, by: User, reason: str = "") -> PurchaseOrder:
    """Give a submitted order back to its author as a draft."""
    order = PurchaseOrder.objects.locked(order_id)
    _move(order, PurchaseOrder.Status.DRAFT, "purchase_order.refused", by=by, reason=reason)
    notify("purchase_order.refused", order, [order.owner])
    return order


@service("purchase_order.send")
def send_purchase_order(order_id: int, *, by: User) -> PurchaseOrder:
    """Give an approved order to the supplier: number, snapshot, and its goods are inbound.

    Raises DomainError invalid_transition, partner_blocked.
    """
    order = PurchaseOrder.objects.locked(order_id)
    check_not_blocked(order.supplier)
    old = order.move_to(PurchaseOrder.Status.SENT)
    order.dated_on = company_today()
    order.partner_snapshot = partner_snapshot(order.supplier)
    update_inbound(order, list(order.lines.all()))
    order.number = draw_number(PurchaseOrder.number_series, order.dated_on)
    order.save()
    record("purchase_order.sent", order, by=by, changes={"status": (old, order.status)})
    return order


@service("purchase_order.confirm")
def confirm_purchase_order(order_id: int, *, by: User) -> PurchaseOrder:
    """Note that the supplier has confirmed."""
    order = PurchaseOrder.objects.locked(order_id)
    _move(order, PurchaseOrder.Status.CONFIRMED, "purchase_order.confirmed", by=by)
    return order


@service("purchase_order.cancel")
def cancel_purchase_order(order_id: int, *, by: User, reason: str = "") -> PurchaseOrder:
    """Cancel an order of which nothing came; nothing of it is inbound any more.

    Raises DomainError invalid_transition, has_receipts.
    """
    order = PurchaseOrder.objects.locked(order_id)
    live = Receipt.objects.filter(purchase_order=order).exclude(
        status__in=[Receipt.Status.CANCELLED, Receipt.Status.REVERSED]
    )
    if live.exists():
        raise DomainError(_("Cancel or reverse its goods receipts first."), code="has_receipts")
    _move(order, PurchaseOrder.Status.CANCELLED, "purchase_order.cancelled", by=by, reason=reason)
    update_inbound(order, [])
    return order


def update_inbound(order: PurchaseOrder, lines: Sequence[PurchaseOrderLine]) -> None:
    """Let the warehouse expect what these lines still have open."""
    expect_inbound(
        [Need(line.pk, line.product_id, line.open_quantity, order.warehouse_id) for line in lines],
        requested_on=order.requested_on,
        source=Source.of(order),
    )
