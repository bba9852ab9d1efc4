"""Deliveries leave: reserved stock becomes shipped goods and their cost; and back again."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from accounts.models import User
from customers.services import check_not_blocked, partner_snapshot
from erp.core import bulk
from erp.core.money import ZERO
from erp.core.numbering import draw_number
from erp.core.periods import company_today
from erp.core.record import record
from erp.core.service import service
from inventory.models import Reservation, StockMove
from inventory.services import (
    HeldStock,
    Movement,
    Need,
    Source,
    post_movements,
    release,
    reserve,
    reverse_movements,
    take_reserved,
)
from messaging.services import holders_of, notify
from orders.models import Delivery, DeliveryLine, Issue, SalesOrder, SalesOrderLine
from orders.services.credit import check_credit
from orders.services.sales import (
    check_reason,
    planned_by_line,
    refuse_blocked,
    reserved_by_line,
    settle_status,
)

_S = Delivery.Status
# What of an order is not sold is not cost of goods sold either.
_KINDS = {Issue.SAMPLE: StockMove.Kind.SAMPLE}


@service("delivery.ship")
def ship_delivery(
    delivery_id: int, *, by: User, on: date | None = None, version: int | None = None
) -> Delivery:
    """Ship: reservations are used up, goods leave at moving average, the order moves on.

    So little that the customer does not wait for it is closed. Locks delivery, order, the customer
    where he has a limit, stock by key, ledger, number. Raises DomainError invalid_transition,
    credit_limit, overdue_invoices, not_reserved, insufficient_stock, period_closed,
    partner_blocked.
    """
    delivery = Delivery.objects.locked(delivery_id)
    delivery.check_version(version)
    check_not_blocked(delivery.customer)
    old = delivery.move_to(_S.SHIPPED)
    order = SalesOrder.objects.locked(delivery.sales_order_id)
    if order.customer_id == delivery.customer_id:
        order.customer = delivery.customer
    check_credit(order, by=by)
    delivery.dated_on = on or company_today()
    delivery.partner_snapshot = delivery.partner_snapshot or partner_snapshot(delivery.customer)
    lines = list(delivery.lines.all())
    ordered = {line.pk: line for line in order.lines.all()}
    freed, held = take_reserved(
        Source.of(order), {line.source_line_id: line.quantity for line in lines}
    )
    freed_more = _count(delivery, order, lines, ordered)
    costs = _post(delivery, lines, ordered, freed, None if freed_more else held, by=by)
    for line in lines:
        line.cost_amount = costs[line.pk]
    bulk.overwrite(lines, ["cost_amount", "closed_quantity"])
    bulk.overwrite(
        [ordered[line.source_line_id] for line in lines], ["delivered_quantity", "closed_quantity"]
    )
    settle_status(order, list(ordered.values()), by=by)
    delivery.number = draw_number(Delivery.number_series, delivery.dated_on)
    delivery.save()
    record("delivery.shipped", delivery, by=by, changes={"status": (old, delivery.status)})
    notify("delivery.shipped", delivery, holders_of("finance.post_invoice", also=delivery.owner_id))
    return delivery


def _count(
    delivery: Delivery,
    order: SalesOrder,
    lines: Sequence[DeliveryLine],
    ordered: dict[int, SalesOrderLine],
) -> bool:
    """Count what goes out on the order's lines; close what is too little to wait for.

    Returns whether that freed stock reserved for it.
    """
    settled: dict[int, Decimal] = {}
    for line in lines:
        source = ordered[line.source_line_id]
        source.delivered_quantity += line.quantity
        if 0 < source.open_quantity <= source.quantity * source.under_rate:
            settled[line.pk] = source.open_quantity
    if not settled:
        return False
    planned = planned_by_line(order, without=delivery.pk)
    held = reserved_by_line(order)
    free = {}
    for line in lines:
        source = ordered[line.source_line_id]
        if line.pk in settled and source.pk not in planned:
            line.closed_quantity = settled[line.pk]
            source.closed_quantity += line.closed_quantity
            if source.pk in held:
                free[source.pk] = held[source.pk]
    if free:
        release(Source.of(order), free)
    return bool(free)


def _post(
    delivery: Delivery,
    lines: Sequence[DeliveryLine],
    ordered: dict[int, SalesOrderLine],
    freed: Sequence[Reservation],
    held: HeldStock | None,
    *,
    by: User,
) -> dict[int, Decimal]:
    """Let the goods leave from the bins they were reserved in; return the cost per line."""
    by_order_line = {line.source_line_id: line for line in lines}
    movements: dict[str, list[Movement]] = defaultdict(list)
    for row in freed:
        kind: str = _KINDS.get(Issue(ordered[row.source_line_id].issue), StockMove.Kind.DELIVERY)
        movements[kind].append(
            Movement(
                line_id=by_order_line[row.source_line_id].pk,
                product_id=row.product_id,
                quantity=row.quantity,
                from_bin=row.bin,
            )
        )
    costs: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for kind in sorted(movements):
        moves = post_movements(
            movements[kind],
            source=Source.of(delivery),
            kind=kind,
            on=delivery.dated_on,
            by=by,
            held=held,
        )
        for move in moves:
            costs[move.source_line_id] += move.value
    return costs


@service("delivery.finish")
def finish_delivery(delivery_id: int, *, by: User, version: int | None = None) -> Delivery:
    """Note that the customer has the goods and signed for them."""
    delivery = Delivery.objects.locked(delivery_id)
    delivery.check_version(version)
    old = delivery.move_to(_S.DONE)
    delivery.save()
    record("delivery.done", delivery, by=by, changes={"status": (old, delivery.status)})
    return delivery


@service("delivery.reverse")
def reverse_delivery(
    delivery_id: int,
    *,
    reason: str,
    by: User,
    on: date | None = None,
    version: int | None = None,
) -> Delivery:
    """Take a shipped delivery back: goods and value as they left, the order's lines open again.

    The goods are reserved for the order again. Locks delivery, order, stock by key. Raises
    DomainError invalid_transition, reason_missing, blocked, period_closed.
    """
    delivery = Delivery.objects.locked(delivery_id)
    delivery.check_version(version)
    old = delivery.move_to(_S.REVERSED)
    check_reason(reason)
    refuse_blocked(delivery)
    order = SalesOrder.objects.locked(delivery.sales_order_id)
    lines = list(delivery.lines.all())
    ordered = {line.pk: line for line in order.lines.all()}
    reverse_movements(Source.of(delivery), on=on or company_today(), by=by)
    needs = []
    for line in lines:
        source = ordered[line.source_line_id]
        source.delivered_quantity -= line.quantity
        source.closed_quantity -= line.closed_quantity
        back = min(line.quantity, source.open_quantity)
        if back:
            needs.append(Need(source.pk, source.product_id, back, delivery.warehouse_id))
    bulk.update(
        [ordered[line.source_line_id] for line in lines], ["delivered_quantity", "closed_quantity"]
    )
    if needs:
        reserve(needs, source=Source.of(order))
    settle_status(order, list(ordered.values()), by=by)
    delivery.save()
    changes = {"status": (old, delivery.status)}
    record("delivery.reversed", delivery, by=by, changes=changes, reason=reason)
    notify(
        "delivery.reversed", delivery, holders_of("finance.post_invoice", also=delivery.owner_id)
    )
    return delivery
