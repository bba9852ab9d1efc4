"""Deliveries: from reserved stock to shipped goods and their cost."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from customers.services import check_not_blocked, partner_snapshot
from erp.core.errors import DomainError
from erp.core.money import ZERO
from erp.core.numbering import draw_number
from erp.core.periods import company_today
from erp.core.record import record
from erp.core.service import service
from inventory.models import StockMove
from inventory.services import Movement, Source, post_movements, release
from messaging.services import holders_of, notify
from orders.models import Delivery, DeliveryLine, SalesOrder, SalesOrderLine


@service("delivery.create")
def create_delivery(order_id: int, *, by: User) -> Delivery:
    """Plan the delivery of everything of an order that is still open and on no other delivery.

    Raises DomainError order_not_open, nothing_to_deliver, partner_blocked.
    """
    order = SalesOrder.objects.locked(order_id)
    check_not_blocked(order.customer)
    if order.status not in {SalesOrder.Status.CONFIRMED, SalesOrder.Status.IN_PROGRESS}:
        raise DomainError(_("The order is not open."), code="order_not_open")
    planned = _planned(order)
    delivery = Delivery(
        customer_id=order.customer_id,
        sales_order=order,
        warehouse_id=order.warehouse_id,
        status=Delivery.Status.RESERVED,  # the order's reservations cover it
        owner_id=order.owner_id,
        created_by=by,
        dated_on=company_today(),
        currency_id=order.currency_id,
        exchange_rate=order.exchange_rate,
        partner_reference=order.partner_reference,
        partner_snapshot=order.partner_snapshot,
    )
    rows: list[DeliveryLine] = []
    for line in order.lines.all():
        quantity = line.open_quantity - planned.get(line.pk, ZERO)
        if quantity > 0:
            row = DeliveryLine(
                line_no=len(rows) + 1,
                product_id=line.product_id,
                source_line=line,
                quantity=quantity,
            )
            rows.append(row.copy_terms(line).compute_amounts())
    if not rows:
        raise DomainError(_("Nothing of this order is left to deliver."), code="nothing_to_deliver")
    delivery.sum_lines(rows)
    delivery.save()
    for row in rows:
        row.document = delivery
    DeliveryLine.objects.bulk_create(rows, batch_size=500)
    record("delivery.created", delivery, by=by)
    return delivery


def _planned(order: SalesOrder) -> dict[int, Decimal]:
    """Return per order line what deliveries not yet shipped already plan."""
    open_lines = DeliveryLine.objects.filter(
        document__sales_order=order, document__in=Delivery.objects.to_ship()
    )
    sums = open_lines.order_by().values_list("source_line_id").annotate(total=Sum("quantity"))
    return dict(sums)


@service("delivery.pick")
def pick_delivery(delivery_id: int, *, by: User) -> Delivery:
    """Note that the goods lie ready."""
    delivery = Delivery.objects.locked(delivery_id)
    old = delivery.move_to(Delivery.Status.PICKED)
    delivery.save()
    record("delivery.picked", delivery, by=by, changes={"status": (old, delivery.status)})
    return delivery


@service("delivery.cancel")
def cancel_delivery(delivery_id: int, *, by: User) -> Delivery:
    """Give up a planned delivery; its order keeps the reservation."""
    delivery = Delivery.objects.locked(delivery_id)
    old = delivery.move_to(Delivery.Status.CANCELLED)
    delivery.save()
    record("delivery.cancelled", delivery, by=by, changes={"status": (old, delivery.status)})
    return delivery


@service("delivery.ship")
def ship_delivery(
    delivery_id: int, *, by: User, on: date | None = None, version: int | None = None
) -> Delivery:
    """Ship: reservations are used up, goods leave at moving average, the order moves on.

    Locks delivery, order, stock by key, ledger, number. Raises DomainError invalid_transition,
    not_reserved, insufficient_stock, period_closed, partner_blocked.
    """
    delivery = Delivery.objects.locked(delivery_id)
    delivery.check_version(version)
    check_not_blocked(delivery.customer)
    old = delivery.move_to(Delivery.Status.SHIPPED)
    order = SalesOrder.objects.locked(delivery.sales_order_id)
    delivery.dated_on = on or company_today()
    delivery.partner_snapshot = delivery.partner_snapshot or partner_snapshot(delivery.customer)
    lines = list(delivery.lines.all())
    moves = post_movements(
        _movements(order, lines),
        source=Source.of(delivery),
        kind=StockMove.Kind.DELIVERY,
        on=delivery.dated_on,
        by=by,
    )
    _freeze_cost(lines, moves)
    _count_delivered(order, lines, by=by)
    delivery.number = draw_number(Delivery.number_series, delivery.dated_on)
    delivery.save()
    record("delivery.shipped", delivery, by=by, changes={"status": (old, delivery.status)})
    notify("delivery.shipped", delivery, [delivery.owner, *holders_of("finance.post_invoice")])
    return delivery


def _movements(order: SalesOrder, lines: Sequence[DeliveryLine]) -> list[Movement]:
    """Give up the order's reservations for these lines; the goods leave from just those bins."""
    by_order_line = {line.source_line_id: line for line in lines}
    wanted = {key: line.quantity for key, line in by_order_line.items()}
    return [
        Movement(
            line_id=by_order_line[freed.source_line_id].pk,
            product_id=freed.product_id,
            quantity=freed.quantity,
            from_bin=freed.bin,
        )
        for freed in release(Source.of(order), wanted)
    ]


def _freeze_cost(lines: Sequence[DeliveryLine], moves: Sequence[StockMove]) -> None:
    costs: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for move in moves:
        costs[move.source_line_id] += move.value
    for line in lines:
        line.cost_amount = costs[line.pk]
    DeliveryLine.objects.bulk_update(lines, ["cost_amount"], batch_size=500)


def _count_delivered(order: SalesOrder, shipped: Sequence[DeliveryLine], *, by: User) -> None:
    quantities = {line.source_line_id: line.quantity for line in shipped}
    lines = list(order.lines.all())
    for line in lines:
        line.delivered_quantity += quantities.get(line.pk, ZERO)
    SalesOrderLine.objects.bulk_update(lines, ["delivered_quantity"], batch_size=500)
    done = all(not line.open_quantity for line in lines)
    status = SalesOrder.Status.DONE if done else SalesOrder.Status.IN_PROGRESS
    if order.status != status:
        old = order.move_to(status)
        order.save()
        record(f"order.{status}", order, by=by, changes={"status": (old, order.status)})
