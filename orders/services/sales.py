"""Sales orders: confirmed with their stock, waiting for more of it, closed or cancelled."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import OuterRef, Subquery, Sum
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from customers.models import Customer
from customers.services import check_not_blocked, partner_with_snapshot
from erp.core import bulk
from erp.core.documents import Document
from erp.core.errors import DomainError
from erp.core.money import MILLI, ZERO
from erp.core.numbering import draw_number
from erp.core.periods import company_today
from erp.core.policy import authorize
from erp.core.record import record
from erp.core.registry import blockers_of
from erp.core.service import service
from inventory.models import Reservation
from inventory.services import Need, Source, keepers_of, release, reserve
from messaging.services import notify
from orders.models import Delivery, DeliveryLine, Issue, SalesOrder, SalesOrderLine
from orders.services.credit import RIGHT as CREDIT_RIGHT
from orders.services.credit import check_credit
from orders.services.tolerances import set_tolerances
from products.models import PriceFact
from products.prices import record_price_facts

_S = SalesOrder.Status


@service("order.confirm")
def confirm_order(
    order_id: int,
    *,
    by: User,
    version: int | None = None,
    partial: bool = False,
    override_reason: str = "",
) -> SalesOrder:
    """Confirm a draft: reserve its stock, all or nothing, and draw its number.

    With ``partial`` what is there is reserved and the rest waits. With ``override_reason`` a holder
    of the right lets it go over the credit limit. Locks the order, the customer where he has a
    limit, then its stock by key, then the number series; price facts are recorded and the
    storekeepers told. Raises DomainError invalid_transition, empty_order, missing_price,
    credit_limit, overdue_invoices, insufficient_stock, partner_blocked.
    """
    order = SalesOrder.objects.locked(order_id)
    order.check_version(version)
    order.customer, snapshot = partner_with_snapshot(Customer, order.customer_id)
    check_not_blocked(order.customer)
    if order.status in {_S.IN_PROGRESS, _S.DONE}:  # back there only by a reversal
        SalesOrder.WORKFLOW.check(_S(order.status), _S.DRAFT)
    old = order.move_to(_S.CONFIRMED)
    lines = list(order.lines.all())
    _check_lines(lines)
    if override_reason:
        _let_go(order, override_reason, by=by)
    check_credit(order, by=by)
    if order.number is None:
        order.dated_on = company_today()
    order.partner_snapshot = snapshot
    changed = set_tolerances(lines, customer_id=order.customer_id)
    if changed:
        bulk.update(changed, ["over_rate", "under_rate"])
    needs = [_need(order, line, line.open_quantity) for line in lines]
    reserve(needs, source=Source.of(order), allow_partial=partial)
    sold = [line for line in lines if line.issue == Issue.SALE]
    record_price_facts(PriceFact.Kind.SALE, order, sold, on=order.dated_on, customer=order.customer)
    if order.number is None:
        order.number = draw_number(SalesOrder.number_series, order.dated_on)
    order.save()
    record("order.confirmed", order, by=by, changes={"status": (old, order.status)})
    places = {need.warehouse_id for need in needs}
    notify("order.confirmed", order, keepers_of("orders.ship_delivery", *places))
    return order


def _check_lines(lines: Sequence[SalesOrderLine]) -> None:
    if not lines:
        raise DomainError(_("An order needs at least one line."), code="empty_order")
    for line in lines:
        if line.issue == Issue.SALE and not line.unit_price:
            raise DomainError(
                _("Line %(line)s has no price.") % {"line": line},
                code="missing_price",
                field=f"lines[{line.line_no}].unit_price",
            )


def _need(order: SalesOrder, line: SalesOrderLine, quantity: Decimal) -> Need:
    warehouse_id = line.warehouse_id or order.warehouse_id
    return Need(line.pk, line.product_id, quantity, warehouse_id)


def _let_go(order: SalesOrder, reason: str, *, by: User) -> None:
    authorize(by, CREDIT_RIGHT)
    before, order.credit_override = order.credit_override, reason.strip()[:200]
    changes = {"credit_override": (before, order.credit_override)}
    record("order.credit_allowed", order, by=by, changes=changes, reason=reason)


@service("order.allow_credit")
def allow_credit(order_id: int, *, reason: str, by: User, version: int | None = None) -> SalesOrder:
    """Let an order go over its customer's credit limit: when confirmed, and when shipped.

    Raises DomainError order_not_open, reason_missing.
    """
    order = SalesOrder.objects.locked(order_id)
    order.check_version(version)
    if order.status in {_S.DONE, _S.CANCELLED}:
        raise DomainError(_("The order is not open."), code="order_not_open")
    check_reason(reason)
    _let_go(order, reason, by=by)
    order.version += 1
    order.save()
    return order


def check_reason(reason: str) -> None:
    if not reason.strip():
        raise DomainError(_("Say why."), code="reason_missing", field="reason")


def refuse_blocked(document: Document) -> None:
    """Refuse a reversal something stands against, naming all of it."""
    reasons = blockers_of(document)
    if reasons:
        raise DomainError(
            " ".join(reasons), code="blocked", details=[{"reason": reason} for reason in reasons]
        )


@service("order.reopen")
def reopen_order(order_id: int, *, by: User, version: int | None = None) -> SalesOrder:
    """Make a confirmed order a draft again, while nothing of it is reserved, planned or shipped.

    Raises DomainError invalid_transition, has_deliveries, has_reservations.
    """
    order = SalesOrder.objects.locked(order_id)
    order.check_version(version)
    old = order.move_to(_S.DRAFT)
    _check_no_deliveries(order)
    if reserved_by_line(order):
        raise DomainError(_("Give up its reserved stock first."), code="has_reservations")
    order.credit_override = ""
    order.save()
    record("order.reopened", order, by=by, changes={"status": (old, order.status)})
    return order


def _check_no_deliveries(order: SalesOrder) -> None:
    live = Delivery.objects.filter(sales_order=order).exclude(
        status__in=[Delivery.Status.CANCELLED, Delivery.Status.REVERSED]
    )
    if live.exists():
        raise DomainError(_("Cancel or reverse its deliveries first."), code="has_deliveries")


@service("order.cancel")
def cancel_order(
    order_id: int, *, by: User, reason: str = "", version: int | None = None
) -> SalesOrder:
    """Cancel an order of which nothing was shipped; its reservations are given up.

    Raises DomainError invalid_transition, has_deliveries.
    """
    order = SalesOrder.objects.locked(order_id)
    order.check_version(version)
    old = order.move_to(_S.CANCELLED)
    _check_no_deliveries(order)
    release(Source.of(order))
    order.save()
    record("order.cancelled", order, by=by, changes={"status": (old, order.status)}, reason=reason)
    return order


# --- what waits for stock --------------------------------------------------------------------


@service("order.reserve")
def reserve_waiting(
    order_id: int,
    quantities: Mapping[int, Decimal] | None = None,
    *,
    by: User,
    version: int | None = None,
) -> SalesOrder:
    """Reserve what is there now for the lines that wait: all of them, or so much per line id.

    Raises DomainError order_not_open, unknown_line, nothing_to_reserve.
    """
    order = SalesOrder.objects.locked(order_id)
    order.check_version(version)
    check_open(order)
    held = reserved_by_line(order)
    lines = {line.pk: line for line in order.lines.all()}
    check_known(quantities or {}, lines)
    needs = []
    for line in lines.values():
        waiting = line.open_quantity - held.get(line.pk, ZERO)
        asked = waiting if quantities is None else quantities.get(line.pk, ZERO)
        if min(asked, waiting) > 0:
            needs.append(_need(order, line, min(asked, waiting)))
    got = reserve(needs, source=Source.of(order), allow_partial=True) if needs else {}
    if not any(got.values()):
        raise DomainError(_("There is nothing to reserve for it now."), code="nothing_to_reserve")
    order.version += 1
    order.save()
    told = [f"{lines[pk]}: +{quantity:f}" for pk, quantity in got.items() if quantity]
    record("order.reserved", order, by=by, changes={"lines": ([], told)})
    return order


@service("order.unreserve")
def unreserve_order(order_id: int, *, by: User, version: int | None = None) -> SalesOrder:
    """Give up the stock reserved for an order, for others to have.

    Raises DomainError order_not_open, has_deliveries, nothing_reserved.
    """
    order = SalesOrder.objects.locked(order_id)
    order.check_version(version)
    check_open(order)
    if Delivery.objects.to_ship().filter(sales_order=order).exists():
        raise DomainError(_("Cancel or reverse its deliveries first."), code="has_deliveries")
    if not release(Source.of(order)):
        raise DomainError(_("Nothing is reserved for it."), code="nothing_reserved")
    order.version += 1
    order.save()
    record("order.unreserved", order, by=by)
    return order


def check_open(order: SalesOrder) -> None:
    if order.status not in {_S.CONFIRMED, _S.IN_PROGRESS}:
        raise DomainError(_("The order is not open."), code="order_not_open")


def check_known(named: Mapping[int, Decimal], lines: Mapping[int, SalesOrderLine]) -> None:
    """Refuse line ids that are none of the order's, and quantities that are none."""
    for pk, quantity in named.items():
        if pk not in lines:
            raise DomainError(_("The order has no such line."), code="unknown_line", field="lines")
        if not quantity.is_finite() or quantity < 0 or quantity != quantity.quantize(MILLI):
            raise DomainError(
                _("Enter a quantity of at most 3 decimals."),
                code="bad_quantity",
                field=f"lines[{lines[pk].line_no}].quantity",
            )


def lines_with_plans(
    order: SalesOrder,
) -> tuple[dict[int, SalesOrderLine], dict[int, Decimal], dict[int, Decimal]]:
    """Return an order's lines by id, what deliveries plan of them and what is reserved (one query).

    As ``planned_by_line`` and ``reserved_by_line`` say them.
    """
    planned = DeliveryLine.objects.filter(
        source_line=OuterRef("pk"), document__in=Delivery.objects.to_ship()
    )
    held = Reservation.objects.filter(
        source_type=order.source_type,
        source_id=OuterRef("document"),
        source_line_id=OuterRef("pk"),
    )
    sums = {
        name: Subquery(
            found.order_by()
            .values("source_line_id")
            .annotate(total=Sum("quantity"))
            .values("total")
        )
        for name, found in (("planned", planned), ("held", held))
    }
    rows: list[Any] = list(order.lines.annotate(**sums))
    return (
        {line.pk: line for line in rows},
        {line.pk: line.planned for line in rows if line.planned is not None},
        {line.pk: line.held for line in rows if line.held is not None},
    )


def reserved_by_line(order: SalesOrder) -> dict[int, Decimal]:
    """Return what is reserved per order line."""
    source = Source.of(order)
    held = Reservation.objects.filter(source_type=source.type, source_id=source.id)
    return dict(held.order_by().values_list("source_line_id").annotate(total=Sum("quantity")))


def planned_by_line(order: SalesOrder, *, without: int | None = None) -> dict[int, Decimal]:
    """Return per order line what deliveries not yet shipped already plan."""
    open_lines = DeliveryLine.objects.filter(
        document__sales_order=order, document__in=Delivery.objects.to_ship()
    ).exclude(document=without)
    sums = open_lines.order_by().values_list("source_line_id").annotate(total=Sum("quantity"))
    return dict(sums)


def trim_reservations(order: SalesOrder, lines: Sequence[SalesOrderLine]) -> None:
    """Give up what is reserved beyond what is open and what deliveries still plan."""
    held, planned = reserved_by_line(order), planned_by_line(order)
    excess = {}
    for line in lines:
        wanted = max(line.open_quantity, planned.get(line.pk, ZERO))
        if held.get(line.pk, ZERO) > wanted:
            excess[line.pk] = held[line.pk] - wanted
    if excess:
        release(Source.of(order), excess)


# --- closing ---------------------------------------------------------------------------------


@service("order.close")
def close_order(
    order_id: int,
    quantities: Mapping[int, Decimal] | None = None,
    *,
    reason: str,
    by: User,
    version: int | None = None,
) -> SalesOrder:
    """Close the remainder short: all that is open, or so much per line id; it will not be shipped.

    Raises DomainError order_not_open, reason_missing, unknown_line, bad_quantity, has_deliveries,
    nothing_to_close.
    """
    order = SalesOrder.objects.locked(order_id)
    order.check_version(version)
    check_open(order)
    check_reason(reason)
    lines = {line.pk: line for line in order.lines.all()}
    check_known(quantities or {}, lines)
    planned = planned_by_line(order)
    closed = []
    for line in lines.values():
        quantity = line.open_quantity if quantities is None else quantities.get(line.pk, ZERO)
        if quantity > line.open_quantity - planned.get(line.pk, ZERO):
            raise _not_closable(line, planned.get(line.pk, ZERO))
        if quantity:
            line.closed_quantity += quantity
            closed.append(f"{line}: {quantity:f}")
    if not closed:
        raise DomainError(_("Nothing of it is left to close."), code="nothing_to_close")
    bulk.update(list(lines.values()), ["closed_quantity"])
    trim_reservations(order, list(lines.values()))
    record("order.closed", order, by=by, reason=reason, changes={"lines": ([], closed)})
    order.version += 1
    order.save()
    settle_status(order, list(lines.values()), by=by)
    return order


def _not_closable(line: SalesOrderLine, planned: Decimal) -> DomainError:
    if planned:
        return DomainError(
            _("Line %(line)s is planned to be delivered; cancel that delivery first.")
            % {"line": line},
            code="has_deliveries",
            field=f"lines[{line.line_no}].quantity",
        )
    return DomainError(
        _("Line %(line)s has less than that open.") % {"line": line},
        code="bad_quantity",
        field=f"lines[{line.line_no}].quantity",
    )


def settle_status(order: SalesOrder, lines: Sequence[SalesOrderLine], *, by: User) -> None:
    """Move an order to where its lines are: nothing shipped, in progress, or done."""
    if all(not line.open_quantity for line in lines):
        status = _S.DONE
    elif any(line.delivered_quantity for line in lines):
        status = _S.IN_PROGRESS
    else:
        status = _S.CONFIRMED
    if order.status != status:
        old = order.move_to(status)
        order.save()
        record(f"order.{status}", order, by=by, changes={"status": (old, order.status)})
