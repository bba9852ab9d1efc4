"""Goods bought for sales order lines (以销定购): reserved as they come, given back if reversed."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from erp.core.errors import DomainError
from erp.core.money import ZERO
from erp.core.record import record
from inventory.models import Reservation, StockBalance
from inventory.services import Need, Source, release, reserve
from orders.models import (
    Delivery,
    PurchaseOrderLine,
    Receipt,
    ReceiptLine,
    SalesOrder,
    SalesOrderLine,
)
from orders.services.sales import planned_by_line, reserved_by_line

_Bound = dict[int, list[tuple[ReceiptLine, SalesOrderLine]]]  # by sales order


def lock_bound(
    receipt: Receipt, came: Sequence[ReceiptLine], bought: Sequence[PurchaseOrderLine]
) -> tuple[dict[int, SalesOrder], _Bound]:
    """Lock the sales orders that what came was bought for, before any stock is locked.

    Only lines of the same part that ship from the receipt's warehouse count.
    """
    source = {line.pk: line.source_line_id for line in bought if line.source_line_id is not None}
    named = {source[row.source_line_id] for row in came if row.source_line_id in source}
    if not named:
        return {}, {}
    wanted = SalesOrderLine.objects.filter(pk__in=named)
    headers = set(wanted.order_by().values_list("document_id", flat=True))
    locked = SalesOrder.objects.select_for_update().filter(pk__in=headers).order_by("pk")
    orders = {order.pk: order for order in locked}
    lines = wanted.in_bulk()
    bound: _Bound = defaultdict(list)
    for row in came:
        line = lines.get(source.get(row.source_line_id) or 0)
        if line is None or not row.quantity or line.product_id != row.product_id:
            continue
        line.document = orders[line.document_id]
        if line.ships_from_id == receipt.warehouse_id:
            bound[line.document_id].append((row, line))
    return orders, dict(bound)


def reserve_bound(orders: Mapping[int, SalesOrder], bound: _Bound, *, by: User) -> None:
    """Reserve what came for the lines it was bought for, as far as they still wait for it.

    In the bins it came into, which the posting holds locked. What nobody waits for any more, for
    the order was closed, cancelled or served from elsewhere, stays free.
    """
    for pk in sorted(bound):
        order = orders[pk]
        if order.status not in {SalesOrder.Status.CONFIRMED, SalesOrder.Status.IN_PROGRESS}:
            continue
        held = reserved_by_line(order)
        needs = []
        for row, line in bound[pk]:
            waiting = line.open_quantity - held.get(line.pk, ZERO)
            part = min(row.quantity, waiting)
            if part > 0:
                held[line.pk] = held.get(line.pk, ZERO) + part
                place = row.bin
                needs.append(
                    Need(line.pk, line.product_id, part, place.warehouse_id, bin_id=place.pk)
                )
        if needs:
            got = reserve(needs, source=Source.of(order), allow_partial=True)
            _note(order, "order.reserved", bound[pk], got, sign="+", by=by)


def give_back_bound(orders: Mapping[int, SalesOrder], bound: _Bound, *, by: User) -> None:
    """Give up reservations of the lines as far as a reversal needs their goods; call it before.

    Nothing is given up where the bin has enough that is free. Raises DomainError blocked where a
    delivery plans the goods.
    """
    rows = [row for pairs in bound.values() for row, _line in pairs]
    _lock_places(rows)
    taken: dict[tuple[int, int], Decimal] = defaultdict(lambda: ZERO)
    for pk in sorted(bound):
        order, source = orders[pk], Source.of(orders[pk])
        held, planned = reserved_by_line(order), planned_by_line(order)
        given: dict[int, Decimal] = defaultdict(lambda: ZERO)
        for row, line in bound[pk]:
            place = (row.product_id, row.bin_id)
            taken[place] += row.quantity  # of it, what was given up is free by now
            missing = taken[place] - _free(*place)
            here = _held_here(source, line.pk, row.bin_id)
            part = min(missing, row.quantity, here)
            if part <= 0:
                continue
            if held[line.pk] - part < planned.get(line.pk, ZERO):
                raise _planned(order)
            held[line.pk] -= part
            release(source, {line.pk: part}, bin_id=row.bin_id)
            given[line.pk] += part
        if given:
            _note(order, "order.unreserved", bound[pk], given, sign="−", by=by)


def _lock_places(rows: Sequence[ReceiptLine]) -> None:
    """Lock in one statement what the reversal takes from, in the order of its own lock."""
    if rows:
        balances = StockBalance.objects.select_for_update().order_by("pk")
        all_rows = ReceiptLine.objects.filter(document=rows[0].document_id)
        places = list(all_rows.order_by().values_list("product_id", "bin_id"))
        wanted = {product for product, _bin in places}, {place for _product, place in places}
        list(balances.filter(product__in=wanted[0], bin__in=wanted[1]))


def _free(product_id: int, bin_id: int) -> Decimal:
    balance = StockBalance.objects.filter(product=product_id, bin=bin_id).first()
    return balance.available if balance is not None else ZERO


def _held_here(source: Source, line_id: int, bin_id: int) -> Decimal:
    rows = Reservation.objects.filter(
        source_type=source.type, source_id=source.id, source_line_id=line_id, bin=bin_id
    )
    return sum((row.quantity for row in rows), ZERO)


def _planned(order: SalesOrder) -> DomainError:
    deliveries = Delivery.objects.to_ship().filter(sales_order=order).order_by("pk")
    reason = _("%(deliveries)s of %(order)s plans these goods; cancel that delivery first.") % {
        "deliveries": ", ".join(one.ref for one in deliveries),
        "order": order.ref,
    }
    return DomainError(reason, code="blocked", details=[{"reason": reason}])


def _note(
    order: SalesOrder,
    action: str,
    rows: Sequence[tuple[ReceiptLine, SalesOrderLine]],
    quantities: Mapping[int, Decimal],
    *,
    sign: str,
    by: User,
) -> None:
    names = {line.pk: str(line) for _row, line in rows}
    told = [f"{names[pk]}: {sign}{quantity:f}" for pk, quantity in quantities.items() if quantity]
    if not told:
        return
    order.version += 1
    order.save()
    receipt = rows[0][0].document
    record(action, order, by=by, reason=receipt.ref, changes={"lines": ([], told)})
