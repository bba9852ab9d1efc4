"""Deliveries before they leave: planned of reserved stock, changed, taken back."""

from collections.abc import Collection, Mapping, Sequence
from decimal import ROUND_UP, Decimal

from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from customers.services import check_not_blocked
from erp.core import bulk
from erp.core.errors import DomainError
from erp.core.money import ZERO
from erp.core.periods import company_today
from erp.core.policy import allowed, foreign_warehouse
from erp.core.record import record
from erp.core.service import service
from inventory.services import Need, Source, reserve
from orders.models import Delivery, DeliveryLine, SalesOrder, SalesOrderLine
from orders.services.sales import (
    check_known,
    check_open,
    lines_with_plans,
    planned_by_line,
    reserved_by_line,
    trim_reservations,
)

EXCEED_RIGHT = "orders.exceed_delivery"
_S = Delivery.Status


@service("delivery.create")
def create_delivery(
    order_id: int,
    quantities: Mapping[int, Decimal] | None = None,
    *,
    warehouse_id: int | None = None,
    by: User,
    version: int | None = None,
) -> Delivery:
    """Plan a delivery from one warehouse: the one named, or the first that has something ready.

    Of every line what is reserved and on no other delivery, or so much per order line id; for what
    is asked beyond that, stock is reserved now. Raises DomainError order_not_open, unknown_line,
    bad_quantity, nothing_to_deliver, over_delivery, insufficient_stock, partner_blocked.
    """
    order = SalesOrder.objects.locked(order_id)
    order.check_version(version)
    check_not_blocked(order.customer)
    check_open(order)
    lines, planned, held = lines_with_plans(order)
    if quantities is None:
        wanted = _ready(lines, planned, held)
    else:
        check_known(quantities, lines)
        wanted = {pk: quantities[pk] for pk in lines if quantities.get(pk)}
    by_warehouse: dict[int, dict[int, Decimal]] = {}
    for pk, quantity in wanted.items():
        place = lines[pk].warehouse_id or order.warehouse_id
        by_warehouse.setdefault(place, {})[pk] = quantity
    place = warehouse_id or next(iter(by_warehouse), 0)
    chosen = by_warehouse.get(place, {})
    if not chosen:
        raise DomainError(
            _("Nothing of this order is reserved and left to deliver."), code="nothing_to_deliver"
        )
    if quantities is not None:
        _allow_over([lines[pk] for pk in chosen], chosen, planned, by=by)
        _cover(order, lines, chosen, planned, held)
    return _plan(order, place, [(lines[pk], chosen[pk]) for pk in chosen], by=by)


def _ready(
    lines: Mapping[int, SalesOrderLine], planned: Mapping[int, Decimal], held: Mapping[int, Decimal]
) -> dict[int, Decimal]:
    """Return what of each line is reserved and on no delivery yet."""
    ready = {}
    for pk, line in lines.items():
        free = min(line.open_quantity, held.get(pk, ZERO)) - planned.get(pk, ZERO)
        if free > 0:
            ready[pk] = free
    return ready


def _allow_over(
    lines: Sequence[SalesOrderLine],
    wanted: Mapping[int, Decimal],
    planned: Mapping[int, Decimal],
    *,
    by: User,
) -> None:
    """Refuse more than the tolerance, unless ``by`` may exceed it: then the line says so."""
    exceeded = []
    for line in lines:
        total = line.delivered_quantity + planned.get(line.pk, ZERO) + wanted[line.pk]
        if total <= line.most_quantity:
            continue
        rate = ((total + line.closed_quantity) / line.quantity - 1).quantize(
            Decimal("0.0001"), rounding=ROUND_UP
        )
        if rate > 9 or not allowed(by, EXCEED_RIGHT):
            raise DomainError(
                _("Line %(line)s: at most %(most)s may be delivered in all.")
                % {"line": line, "most": f"{line.most_quantity.normalize():f}"},
                code="over_delivery",
                field=f"lines[{line.line_no}].quantity",
            )
        changes = {f"{line} over_rate": (line.over_rate, rate)}
        line.over_rate = rate
        exceeded.append(line)
        record("order.tolerance_exceeded", line.document, by=by, changes=changes)
    bulk.update(exceeded, ["over_rate"])


def _cover(
    order: SalesOrder,
    lines: Mapping[int, SalesOrderLine],
    wanted: Mapping[int, Decimal],
    planned: Mapping[int, Decimal],
    held: Mapping[int, Decimal],
) -> None:
    """Reserve what a delivery wants beyond what is reserved for its lines; all or nothing."""
    needs = []
    for pk, quantity in wanted.items():
        missing = quantity + planned.get(pk, ZERO) - held.get(pk, ZERO)
        if missing > 0:
            line = lines[pk]
            place = line.warehouse_id or order.warehouse_id
            needs.append(Need(pk, line.product_id, missing, place))
    if needs:
        reserve(needs, source=Source.of(order))


def _plan(
    order: SalesOrder,
    warehouse_id: int,
    chosen: Sequence[tuple[SalesOrderLine, Decimal]],
    *,
    by: User,
) -> Delivery:
    delivery = Delivery(
        customer_id=order.customer_id,
        sales_order=order,
        warehouse_id=warehouse_id,
        status=_S.RESERVED,  # the order's reservations cover it
        owner_id=order.owner_id,
        created_by=by,
        dated_on=company_today(),
        currency_id=order.currency_id,
        exchange_rate=order.exchange_rate,
        partner_reference=order.partner_reference,
        partner_snapshot=order.partner_snapshot,
    )
    rows: list[DeliveryLine] = []
    for number, (line, quantity) in enumerate(chosen, 1):
        row = DeliveryLine(
            line_no=number, product_id=line.product_id, source_line=line, quantity=quantity
        )
        rows.append(row.copy_terms(line).compute_amounts())
    delivery.sum_lines(rows)
    delivery.save()
    for row in rows:
        row.document = delivery
    bulk.insert(rows)
    record("delivery.created", delivery, by=by)
    return delivery


@service("delivery.create")
def create_deliveries(
    order_id: int,
    quantities: Mapping[int, Decimal] | None = None,
    *,
    within: Collection[int] | None = None,
    by: User,
    version: int | None = None,
) -> list[Delivery]:
    """Plan one delivery for each warehouse that has something of this order.

    Only in the warehouses ``within``, where they are given: without quantities what is ready
    elsewhere is left there, a quantity of a line that ships from elsewhere is refused. Raises
    DomainError foreign_warehouse and what ``create_delivery`` raises.
    """
    order = SalesOrder.objects.locked(order_id)
    order.check_version(version)
    lines, planned, held = lines_with_plans(order)
    if quantities is None:
        wanted = _ready(lines, planned, held)
    else:
        check_known(quantities, lines)
        wanted = {pk: quantity for pk, quantity in quantities.items() if quantity}
    places = list(
        dict.fromkeys(lines[pk].warehouse_id or order.warehouse_id for pk in sorted(wanted))
    )
    if within is not None:
        mine = [place for place in places if place in within]
        if places and (not mine or (quantities is not None and mine != places)):
            raise foreign_warehouse()
        places = mine
    return [
        create_delivery(order_id, quantities, warehouse_id=place, by=by) for place in places or [0]
    ]


# --- changing what is planned ----------------------------------------------------------------


@service("delivery.change")
def change_delivery(
    delivery_id: int,
    quantities: Mapping[int, Decimal],
    *,
    version: int | None,
    by: User,
) -> Delivery:
    """Change how much of its lines a draft or reserved delivery takes; 0 takes a line off.

    Raises DomainError not_editable, stale_version, unknown_line, bad_quantity, nothing_to_deliver,
    over_delivery, insufficient_stock.
    """
    delivery = Delivery.objects.locked(delivery_id)
    delivery.check_version(version)
    if delivery.status not in {_S.DRAFT, _S.RESERVED}:
        raise DomainError(
            _("%(ref)s is %(status)s.")
            % {"ref": delivery.ref, "status": delivery.get_status_display()},
            code="not_editable",
        )
    order = SalesOrder.objects.locked(delivery.sales_order_id)
    rows = {row.pk: row for row in delivery.lines.all()}
    lines = {line.pk: line for line in order.lines.all()}
    check_known(quantities, {pk: lines[row.source_line_id] for pk, row in rows.items()})
    before = {str(row): row.quantity for row in rows.values()}
    for pk, quantity in quantities.items():
        rows[pk].quantity = quantity
    kept = [row for row in rows.values() if row.quantity]
    if not kept:
        raise DomainError(_("A delivery needs at least one line."), code="nothing_to_deliver")
    wanted = {row.source_line_id: row.quantity for row in kept}
    planned = planned_by_line(order, without=delivery.pk)
    _allow_over([lines[pk] for pk in wanted], wanted, planned, by=by)
    if delivery.status == _S.RESERVED:
        _cover(order, lines, wanted, planned, reserved_by_line(order))
    for row in kept:
        row.compute_amounts()
    delivery.lines.exclude(pk__in=[row.pk for row in kept]).delete()
    amounts = ["quantity", "net_amount", "tax_amount", "gross_amount"]
    bulk.update(kept, amounts)
    delivery.sum_lines(kept)
    delivery.version += 1
    delivery.save()
    trim_reservations(order, list(lines.values()))
    after = {str(row): row.quantity for row in kept}
    record("delivery.changed", delivery, by=by, changes={"lines": (before, after)})
    return delivery


@service("delivery.reserve")
def reserve_delivery(delivery_id: int, *, by: User, version: int | None = None) -> Delivery:
    """Make sure a draft's goods are reserved, reserving what is missing; all or nothing.

    Raises DomainError invalid_transition, over_delivery, insufficient_stock.
    """
    delivery, order = _locked_with_order(delivery_id, version)
    if delivery.status != _S.DRAFT:  # picked goods go back by a step of their own
        raise DomainError(
            _("%(ref)s is %(status)s.")
            % {"ref": delivery.ref, "status": delivery.get_status_display()},
            code="invalid_transition",
        )
    old = delivery.move_to(_S.RESERVED)
    lines = {line.pk: line for line in order.lines.all()}
    wanted = dict(
        delivery.lines.order_by().values_list("source_line_id").annotate(total=Sum("quantity"))
    )
    planned = planned_by_line(order, without=delivery.pk)
    _allow_over([lines[pk] for pk in wanted], wanted, planned, by=by)
    _cover(order, lines, wanted, planned, reserved_by_line(order))
    return _moved(delivery, old, "delivery.reserved", by=by)


def _locked_with_order(delivery_id: int, version: int | None) -> tuple[Delivery, SalesOrder]:
    delivery = Delivery.objects.locked(delivery_id)
    delivery.check_version(version)
    return delivery, SalesOrder.objects.locked(delivery.sales_order_id)


def _moved(delivery: Delivery, old: str, action: str, *, by: User) -> Delivery:
    delivery.save()
    record(action, delivery, by=by, changes={"status": (old, delivery.status)})
    return delivery


@service("delivery.pick")
def pick_delivery(delivery_id: int, *, by: User, version: int | None = None) -> Delivery:
    """Note that the goods lie ready."""
    delivery = Delivery.objects.locked(delivery_id)
    delivery.check_version(version)
    old = delivery.move_to(_S.PICKED)
    return _moved(delivery, old, "delivery.picked", by=by)


@service("delivery.step_back")
def step_back_delivery(delivery_id: int, *, by: User, version: int | None = None) -> Delivery:
    """Put picked goods back in their bins, or make a reserved delivery a draft.

    The order keeps its reservations. Raises DomainError invalid_transition.
    """
    delivery = Delivery.objects.locked(delivery_id)
    delivery.check_version(version)
    back = _S.RESERVED if delivery.status == _S.PICKED else _S.DRAFT
    old = delivery.move_to(back)
    return _moved(delivery, old, "delivery.stepped_back", by=by)


@service("delivery.cancel")
def cancel_delivery(
    delivery_id: int, *, by: User, reason: str = "", version: int | None = None
) -> Delivery:
    """Give up a planned delivery; its order keeps the reservation of what it still wants."""
    delivery, order = _locked_with_order(delivery_id, version)
    old = delivery.move_to(_S.CANCELLED)
    delivery.save()
    trim_reservations(order, list(order.lines.all()))
    changes = {"status": (old, delivery.status)}
    record("delivery.cancelled", delivery, by=by, changes=changes, reason=reason)
    return delivery
