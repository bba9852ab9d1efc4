"""A purchase order's way: approved by somebody else, sent, confirmed by the supplier, closed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from customers.services import check_not_blocked, partner_snapshot
from erp.core.documents import check_quantity
from erp.core.errors import DomainError
from erp.core.money import ZERO, round_money
from erp.core.numbering import draw_number
from erp.core.periods import company, company_today
from erp.core.policy import allowed
from erp.core.record import record
from erp.core.service import service
from inventory.models import InboundPromise
from inventory.services import (
    Need,
    OpenLine,
    Promised,
    Source,
    expect_inbound,
    note_promises,
    spread_promises,
)
from messaging.services import holders_of, notify
from orders.models import PurchaseOrder, PurchaseOrderLine, PurchaseOrderStatus, Receipt
from orders.models.purchasing import EXPECTED
from orders.purchase_prices import PriceWarning, price_warnings
from quotations.services import check_not_own


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What the supplier confirmed of a line."""

    line_id: int
    confirmed_on: date | None
    quantity: Decimal


def _locked(order_id: int, version: int | None) -> PurchaseOrder:
    order = PurchaseOrder.objects.locked(order_id)
    order.check_version(version)
    return order


def _move(order: PurchaseOrder, status: str, action: str, *, by: User, reason: str = "") -> None:
    old = order.move_to(status)
    order.save()
    record(action, order, by=by, changes={"status": (old, order.status)}, reason=reason)


@service("purchase_order.submit")
def submit_purchase_order(
    order_id: int, *, by: User, version: int | None = None, accept_prices: bool = False
) -> PurchaseOrder:
    """Hand a draft in for approval.

    Prices above the known ones have to be accepted, which is recorded with them. Raises
    DomainError invalid_transition, stale_version, price_warning, partner_blocked.
    """
    order = _locked(order_id, version)
    check_not_blocked(order.supplier)
    lines = list(order.lines.all())
    PurchaseOrder.WORKFLOW.check(PurchaseOrder.Status(order.status), PurchaseOrder.Status.SUBMITTED)
    warnings = price_warnings(order, lines)
    if warnings and not accept_prices:
        raise DomainError(
            _("%(count)d prices lie above what is known; accept them or change them.")
            % {"count": len(warnings)},
            code="price_warning",
            details=[warning.as_json() for warning in warnings],
        )
    _move(order, PurchaseOrder.Status.SUBMITTED, "purchase_order.submitted", by=by)
    if warnings:
        _record_accepted(order, warnings, by=by)
    notify("purchase_order.submitted", order, holders_of("orders.approve_purchaseorder"))
    return order


def _record_accepted(order: PurchaseOrder, warnings: Sequence[PriceWarning], *, by: User) -> None:
    told = {f"lines[{w.line_no}].{w.kind}": (w.known, f"+{w.percent} %") for w in warnings}
    record("purchase_order.prices_accepted", order, by=by, changes=told)


@service("purchase_order.approve")
def approve_purchase_order(order_id: int, *, by: User, version: int | None = None) -> PurchaseOrder:
    """Approve a submitted order.

    Above the company's limit it takes the right to approve large orders. Raises DomainError
    invalid_transition, own_document, above_limit, stale_version.
    """
    order = _locked(order_id, version)
    check_not_own(order, "orders.approve_own_purchaseorder", by=by)
    check_limit(order, by=by)
    _move(order, PurchaseOrder.Status.APPROVED, "purchase_order.approved", by=by)
    notify("purchase_order.approved", order, [order.owner])
    return order


def check_limit(order: PurchaseOrder, *, by: User) -> None:
    """Refuse the approval of an order above the limit without the right to it."""
    limit = company().purchase_approval_limit
    amount = round_money(order.net_total * order.exchange_rate)
    if limit and amount > limit and not allowed(by, "orders.approve_large_purchaseorder"):
        raise DomainError(
            _("%(amount)s is above the limit of %(limit)s.")
            % {"amount": f"{amount:,.2f}", "limit": f"{limit:,.2f}"},
            code="above_limit",
        )


@service("purchase_order.refuse")
def refuse_purchase_order(
    order_id: int, *, by: User, reason: str = "", version: int | None = None
) -> PurchaseOrder:
    """Give a submitted order back to its author as a draft."""
    order = _locked(order_id, version)
    _move(order, PurchaseOrder.Status.DRAFT, "purchase_order.refused", by=by, reason=reason)
    notify("purchase_order.refused", order, [order.owner])
    return order


@service("purchase_order.send")
def send_purchase_order(order_id: int, *, by: User, version: int | None = None) -> PurchaseOrder:
    """Give an approved order to the supplier: number, snapshot, and its goods are inbound.

    Raises DomainError invalid_transition, partner_blocked, stale_version.
    """
    order = _locked(order_id, version)
    check_not_blocked(order.supplier)
    if order.status != PurchaseOrder.Status.APPROVED:
        raise _wrong_status(order)
    old = order.move_to(PurchaseOrder.Status.SENT)
    order.dated_on = company_today()
    order.partner_snapshot = partner_snapshot(order.supplier)
    update_inbound(order, list(order.lines.all()))
    order.number = draw_number(PurchaseOrder.number_series, order.dated_on)
    order.save()
    record("purchase_order.sent", order, by=by, changes={"status": (old, order.status)})
    return order


@service("purchase_order.confirm")
def confirm_purchase_order(
    order_id: int,
    *,
    by: User,
    version: int | None = None,
    lines: Sequence[Confirmed] = (),
    said_on: date | None = None,
) -> PurchaseOrder:
    """Note what the supplier confirmed: of each line a day and a quantity, kept as history.

    Once confirmed, further calls note how his dates move. Raises DomainError invalid_transition,
    unknown_line, bad_quantity, stale_version.
    """
    order = _locked(order_id, version)
    if order.status == PurchaseOrder.Status.SENT:
        _move(order, PurchaseOrder.Status.CONFIRMED, "purchase_order.confirmed", by=by)
    elif not lines or order.status not in EXPECTED:
        raise _wrong_status(order)
    if lines:
        _note(order, lines, on=said_on or company_today(), by=by)
    return order


def _wrong_status(order: PurchaseOrder) -> DomainError:
    return DomainError(
        _("%(ref)s is %(status)s.") % {"ref": order.ref, "status": order.get_status_display()},
        code="invalid_transition",
    )


def _note(order: PurchaseOrder, confirmed: Sequence[Confirmed], *, on: date, by: User) -> None:
    lines = {line.pk: line for line in order.lines.all()}
    said = []
    for one in confirmed:
        line = lines.get(one.line_id)
        if line is None:
            raise DomainError(_("The order has no such line."), code="unknown_line", field="lines")
        if one.quantity:
            check_quantity(one.quantity, field=f"lines[{line.line_no}].quantity")
        said.append(
            Promised(
                Source.of(order),
                line.pk,
                line.product_id,
                order.warehouse_id,
                one.quantity,
                one.confirmed_on,
            )
        )
    noted = note_promises(said, on=on, by=by)
    if noted:
        spread_promises(open_lines(order, lines.values()), on=on)
        order.version += 1
        order.save(update_fields=["version", "updated_at"])
        record("purchase_order.dates_noted", order, by=by, changes=_moved(noted, lines))


def _moved(
    noted: Sequence[InboundPromise], lines: dict[int, PurchaseOrderLine]
) -> dict[str, tuple[str, str]]:
    def said(quantity: Decimal | None, day: date | None) -> str:
        return "" if quantity is None else f"{quantity:f} {day or '?'}"

    return {
        str(lines[one.source_line_id]): (
            said(one.previous_quantity, one.previous_on),
            said(one.quantity, one.confirmed_on),
        )
        for one in noted
    }


def open_lines(order: PurchaseOrder, lines: Collection[PurchaseOrderLine]) -> list[OpenLine]:
    """Return the lines as inventory asks for them, with what is still to come of each."""
    expected = order.status in EXPECTED
    return [
        OpenLine(
            source=Source.of(order),
            line_id=line.pk,
            product_id=line.product_id,
            warehouse_id=order.warehouse_id,
            requested_on=order.requested_on,
            quantity=line.open_quantity if expected else ZERO,
        )
        for line in lines
    ]


@service("purchase_order.close")
def close_purchase_order(
    order_id: int,
    *,
    by: User,
    reason: str,
    line_ids: Collection[int] | None = None,
    version: int | None = None,
) -> PurchaseOrder:
    """Expect no more of some lines, or of all: what is open is closed, for a reason.

    Raises DomainError invalid_transition, missing_reason, unknown_line, nothing_open,
    stale_version.
    """
    order = _locked(order_id, version)
    if order.status not in EXPECTED:
        raise _wrong_status(order)
    if not reason.strip():
        raise DomainError(_("Say why."), code="missing_reason", field="reason")
    lines = list(order.lines.all())
    chosen = {line.pk for line in lines} if line_ids is None else set(line_ids)
    if not chosen <= {line.pk for line in lines}:
        raise DomainError(_("The order has no such line."), code="unknown_line", field="line_ids")
    closed = [line for line in lines if line.pk in chosen and line.open_quantity > 0]
    if not closed:
        raise DomainError(_("Nothing is open."), code="nothing_open", field="line_ids")
    changes = {str(line): (line.open_quantity, ZERO) for line in closed}
    for line in closed:
        line.closed_quantity += line.open_quantity
        line.close_reason = reason.strip()[:200]
    PurchaseOrderLine.objects.bulk_update(
        closed, ["closed_quantity", "close_reason"], batch_size=500
    )
    record("purchase_order.closed", order, by=by, changes=changes, reason=reason)
    settle(order, lines, by=by)
    return order


def settle(order: PurchaseOrder, lines: Sequence[PurchaseOrderLine], *, by: User) -> None:
    """Give the order the status its lines have reached, and the warehouse what is to come."""
    done = all(not line.open_quantity for line in lines)
    received = any(line.received_quantity for line in lines)
    status = PurchaseOrder.Status(order.status)
    if done:
        status = PurchaseOrder.Status.DONE
    elif received:
        status = PurchaseOrder.Status.PARTLY_RECEIVED
    elif status in {PurchaseOrder.Status.DONE, PurchaseOrder.Status.PARTLY_RECEIVED}:
        status = _before_receipts(order)
    if order.status != status:
        _move(order, status, f"purchase_order.{status}", by=by)
    else:
        order.version += 1
        order.save(update_fields=["version", "updated_at"])
    update_inbound(order, lines)


def _before_receipts(order: PurchaseOrder) -> PurchaseOrderStatus:
    """Return what an order was before its first receipt, which is reversed."""
    said = InboundPromise.objects.filter(source_type=order.source_type, source_id=order.pk)
    return PurchaseOrderStatus.CONFIRMED if said.exists() else PurchaseOrderStatus.SENT


@service("purchase_order.cancel")
def cancel_purchase_order(
    order_id: int, *, by: User, reason: str = "", version: int | None = None
) -> PurchaseOrder:
    """Cancel an order of which nothing came; nothing of it is inbound any more.

    Raises DomainError invalid_transition, has_receipts, stale_version.
    """
    order = _locked(order_id, version)
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
