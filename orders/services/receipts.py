"""Goods receipts: what arrived goes into bins, at the price of the purchase order."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from customers.services import partner_snapshot
from erp.core.errors import DomainError
from erp.core.money import ZERO, plain, round_money
from erp.core.numbering import draw_number
from erp.core.periods import company_today
from erp.core.record import record
from erp.core.service import service
from inventory.models import Bin, StockMove
from inventory.services import Movement, Source, post_movements
from messaging.services import holders_of, notify
from orders.models import PurchaseOrder, PurchaseOrderLine, Receipt, ReceiptLine
from orders.services.purchasing import update_inbound
from products.models import PriceFact
from products.prices import record_price_facts

_RECEIVABLE = {
    PurchaseOrder.Status.SENT,
    PurchaseOrder.Status.CONFIRMED,
    PurchaseOrder.Status.PARTLY_RECEIVED,
}


@service("receipt.create")
def create_receipt(
    order_id: int, *, bin_id: int, quantities: Mapping[int, Decimal] | None = None, by: User
) -> Receipt:
    """Draft the receipt of an order into one bin: all that is open, or so much per line id.

    Raises DomainError order_not_open, unknown_bin, unknown_line, nothing_to_receive.
    """
    order = PurchaseOrder.objects.locked(order_id)
    if order.status not in _RECEIVABLE:
        raise DomainError(_("The order is not open."), code="order_not_open")
    place = Bin.objects.active().filter(pk=bin_id, warehouse_id=order.warehouse_id).first()
    if place is None:
        raise DomainError(
            _("There is no such bin in this warehouse."), code="unknown_bin", field="bin"
        )
    receipt = Receipt(
        supplier_id=order.supplier_id,
        purchase_order=order,
        warehouse_id=order.warehouse_id,
        owner_id=order.owner_id,
        created_by=by,
        dated_on=company_today(),
        currency_id=order.currency_id,
        exchange_rate=order.exchange_rate,
    )
    rows = _lines(order, quantities, place)
    receipt.sum_lines(rows)
    receipt.save()
    for row in rows:
        row.document = receipt
    ReceiptLine.objects.bulk_create(rows, batch_size=500)
    record("receipt.created", receipt, by=by)
    return receipt


def _lines(
    order: PurchaseOrder, quantities: Mapping[int, Decimal] | None, place: Bin
) -> list[ReceiptLine]:
    lines = list(order.lines.all())
    if quantities is not None and not quantities.keys() <= {line.pk for line in lines}:
        raise DomainError(_("The order has no such line."), code="unknown_line", field="lines")
    rows: list[ReceiptLine] = []
    for line in lines:
        quantity = line.open_quantity if quantities is None else quantities.get(line.pk, ZERO)
        if not quantity:
            continue
        row = ReceiptLine(
            line_no=len(rows) + 1,
            product_id=line.product_id,
            source_line=line,
            bin=place,
            quantity=quantity,
        )
        rows.append(row.copy_terms(line).compute_amounts())
    if not rows:
        raise DomainError(_("Nothing of this order is left to receive."), code="nothing_to_receive")
    return rows


@service("receipt.count")
def count_receipt(receipt_id: int, *, by: User) -> Receipt:
    """Note that the goods were counted."""
    receipt = Receipt.objects.locked(receipt_id)
    old = receipt.move_to(Receipt.Status.COUNTED)
    receipt.save()
    record("receipt.counted", receipt, by=by, changes={"status": (old, receipt.status)})
    return receipt


@service("receipt.post")
def post_receipt(receipt_id: int, *, by: User, on: date | None = None) -> Receipt:
    """Post a counted receipt: stock and cost rise, the order moves on, the price is recorded.

    Locks receipt, order, stock by key, ledger, number. Raises DomainError invalid_transition,
    over_receipt, period_closed.
    """
    receipt = Receipt.objects.locked(receipt_id)
    old = receipt.move_to(Receipt.Status.POSTED)
    order = PurchaseOrder.objects.locked(receipt.purchase_order_id)
    receipt.dated_on = on or company_today()
    receipt.partner_snapshot = partner_snapshot(receipt.supplier)
    lines = list(receipt.lines.select_related("bin"))
    _count_received(order, lines, by=by)
    movements = [
        Movement(
            line_id=line.pk,
            product_id=line.product_id,
            quantity=line.quantity,
            to_bin=line.bin,
            value=round_money(line.net_amount * receipt.exchange_rate),
        )
        for line in lines
    ]
    post_movements(
        movements,
        source=Source.of(receipt),
        kind=StockMove.Kind.RECEIPT,
        on=receipt.dated_on,
        by=by,
    )
    record_price_facts(
        PriceFact.Kind.PURCHASE, receipt, lines, on=receipt.dated_on, supplier=receipt.supplier
    )
    receipt.number = draw_number(Receipt.number_series, receipt.dated_on)
    receipt.save()
    record("receipt.posted", receipt, by=by, changes={"status": (old, receipt.status)})
    notify("receipt.posted", receipt, [order.owner, *holders_of("finance.post_invoice")])
    return receipt


def _count_received(order: PurchaseOrder, received: Sequence[ReceiptLine], *, by: User) -> None:
    quantities = {line.source_line_id: line.quantity for line in received}
    lines = list(order.lines.all())
    for line in lines:
        quantity = quantities.get(line.pk, ZERO)
        if quantity > line.open_quantity:
            raise DomainError(
                _("%(line)s: %(quantity)s received, only %(open)s open.")
                % {"line": line, "quantity": plain(quantity), "open": plain(line.open_quantity)},
                code="over_receipt",
                field=f"lines[{line.line_no}].quantity",
            )
        line.received_quantity += quantity
    PurchaseOrderLine.objects.bulk_update(lines, ["received_quantity"], batch_size=500)
    done = all(not line.open_quantity for line in lines)
    status = PurchaseOrder.Status.DONE if done else PurchaseOrder.Status.PARTLY_RECEIVED
    if order.status != status:
        old = order.move_to(status)
        order.save()
        record(f"purchase_order.{status}", order, by=by, changes={"status": (old, order.status)})
    update_inbound(order, lines)
