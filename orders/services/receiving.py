"""Posting a goods receipt: into stock at the price of the purchase order; and back again."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from customers.services import partner_snapshot
from erp.core.errors import DomainError
from erp.core.money import ZERO, plain, round_money, round_quantity
from erp.core.numbering import draw_number
from erp.core.periods import company, company_today
from erp.core.policy import allowed
from erp.core.record import record
from erp.core.registry import blockers_of
from erp.core.service import service
from inventory.models import StockMove
from inventory.services import Movement, Source, post_movements, reverse_movements
from messaging.services import holders_of, notify
from orders.models import PurchaseOrder, PurchaseOrderLine, Receipt, ReceiptLine
from orders.services.bound_goods import give_back_bound, lock_bound, reserve_bound
from orders.services.purchase_steps import settle
from orders.services.receipts import locked_receipt
from products.models import PriceFact
from products.prices import record_price_facts


@service("receipt.post")
def post_receipt(
    receipt_id: int, *, by: User, on: date | None = None, version: int | None = None
) -> Receipt:
    """Post a counted receipt: stock and cost rise, the order moves on, the price is recorded.

    More than ordered comes in within the supplier's tolerance, beyond it by the right to exceed
    it; what was rejected comes in nowhere and stays open on the order. What was bought for a sales
    order's line is reserved for it. Locks receipt, order, those sales orders, stock by key, ledger,
    number. Raises DomainError invalid_transition, over_receipt, period_closed, order_not_open,
    stale_version.
    """
    receipt = locked_receipt(receipt_id, version)
    old = receipt.move_to(Receipt.Status.POSTED)
    order = PurchaseOrder.objects.locked(receipt.purchase_order_id)
    if order.status == PurchaseOrder.Status.CANCELLED:
        raise DomainError(_("The order is not open."), code="order_not_open")
    receipt.dated_on = on or company_today()
    receipt.partner_snapshot = partner_snapshot(receipt.supplier)
    lines = list(receipt.lines.select_related("bin"))
    bought = _count_received(order, lines, by=by)
    orders, bound = lock_bound(receipt, lines, bought)
    came = [line for line in lines if line.quantity]
    movements = [
        Movement(
            line_id=line.pk,
            product_id=line.product_id,
            quantity=line.quantity,
            to_bin=line.bin,
            value=round_money(line.net_amount * receipt.exchange_rate),
        )
        for line in came
    ]
    post_movements(
        movements,
        source=Source.of(receipt),
        kind=StockMove.Kind.RECEIPT,
        on=receipt.dated_on,
        by=by,
    )
    reserve_bound(orders, bound, by=by)
    record_price_facts(
        PriceFact.Kind.PURCHASE, receipt, came, on=receipt.dated_on, supplier=receipt.supplier
    )
    receipt.number = draw_number(Receipt.number_series, receipt.dated_on)
    receipt.save()
    record("receipt.posted", receipt, by=by, changes={"status": (old, receipt.status)})
    notify("receipt.posted", receipt, holders_of("finance.post_invoice", also=order.owner_id))
    return receipt


def _count_received(
    order: PurchaseOrder, received: Sequence[ReceiptLine], *, by: User
) -> list[PurchaseOrderLine]:
    quantities = _summed(received)
    lines = list(order.lines.all())
    tolerance = tolerance_of(order)
    exceeded: dict[str, tuple[Decimal, Decimal]] = {}
    for line in lines:
        quantity = quantities.get(line.pk, ZERO)
        if not quantity:
            continue
        over = line.received_quantity + quantity + line.closed_quantity - line.quantity
        if over > round_quantity(line.quantity * tolerance):
            if not allowed(by, "orders.exceed_receipt"):
                raise _over_receipt(line, quantity)
            exceeded[str(line)] = (line.quantity, line.received_quantity + quantity)
        line.over_quantity = max(ZERO, over)
        line.received_quantity += quantity
    PurchaseOrderLine.objects.bulk_update(
        lines, ["received_quantity", "over_quantity"], batch_size=500
    )
    if exceeded:
        record("purchase_order.exceeded", order, by=by, changes=exceeded)
    settle(order, lines, by=by)
    return lines


def tolerance_of(order: PurchaseOrder) -> Decimal:
    """Return the share by which more than ordered may come: the supplier's, else the company's."""
    own = order.supplier.receipt_tolerance
    return company().receipt_tolerance if own is None else own


def _over_receipt(line: PurchaseOrderLine, quantity: Decimal) -> DomainError:
    return DomainError(
        _("%(line)s: %(quantity)s received, only %(open)s open.")
        % {"line": line, "quantity": plain(quantity), "open": plain(line.open_quantity)},
        code="over_receipt",
        field=f"lines[{line.line_no}].quantity",
    )


@service("receipt.reverse")
def reverse_receipt(
    receipt_id: int,
    *,
    by: User,
    reason: str = "",
    on: date | None = None,
    version: int | None = None,
) -> Receipt:
    """Undo a posted receipt: the goods leave stock as they came, the order is open again.

    What sales orders have reserved of it is given up as far as the goods are missed. Refused when
    goods are gone, when a delivery plans them, and when it was invoiced or returned (the blockers
    are named).
    Raises DomainError invalid_transition, blocked, insufficient_stock, period_closed,
    stale_version.
    """
    receipt = locked_receipt(receipt_id, version)
    old = receipt.move_to(Receipt.Status.REVERSED)
    blockers = blockers_of(receipt)
    if blockers:
        raise DomainError(
            " ".join(blockers), code="blocked", details=[{"reason": one} for one in blockers]
        )
    order = PurchaseOrder.objects.locked(receipt.purchase_order_id)
    lines = list(receipt.lines.select_related("bin"))
    orders, bound = lock_bound(receipt, lines, list(order.lines.all()))
    give_back_bound(orders, bound, by=by)
    reverse_movements(Source.of(receipt), on=on or company_today(), by=by)
    _take_back(order, lines, by=by)
    receipt.save()
    record(
        "receipt.reversed",
        receipt,
        by=by,
        changes={"status": (old, receipt.status)},
        reason=reason,
    )
    notify("receipt.reversed", receipt, holders_of("finance.post_invoice", also=order.owner_id))
    return receipt


def _take_back(order: PurchaseOrder, received: Sequence[ReceiptLine], *, by: User) -> None:
    quantities = _summed(received)
    lines = list(order.lines.all())
    for line in lines:
        line.received_quantity -= quantities.get(line.pk, ZERO)
        above = line.received_quantity + line.closed_quantity - line.quantity
        line.over_quantity = max(ZERO, above)
    PurchaseOrderLine.objects.bulk_update(
        lines, ["received_quantity", "over_quantity"], batch_size=500
    )
    settle(order, lines, by=by)


def _summed(received: Sequence[ReceiptLine]) -> dict[int, Decimal]:
    quantities: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for row in received:
        quantities[row.source_line_id] += row.quantity
    return quantities
