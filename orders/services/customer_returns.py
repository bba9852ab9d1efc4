"""Customer returns: goods of a shipped delivery come back, at the cost they left at.

A return does not open the order again: what he wants instead is a line of its own, what he is to
get back a credit note.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from erp.core import bulk
from erp.core.errors import DomainError
from erp.core.money import MILLI, ZERO, plain, round_money
from erp.core.numbering import draw_number
from erp.core.periods import company_today
from erp.core.record import record
from erp.core.service import service
from inventory.models import Bin, StockMove
from inventory.services import Movement, Source, post_movements, reverse_movements
from messaging.services import holders_of, notify
from orders.models import Delivery, DeliveryLine, Return, ReturnLine
from orders.services.sales import check_reason, refuse_blocked

_SHIPPED = {Delivery.Status.SHIPPED, Delivery.Status.DONE}


@dataclass(frozen=True, slots=True)
class ReturnLineInput:
    """How much of a delivery line comes back into which bin, and how much of it is scrap."""

    delivery_line_id: int
    quantity: Decimal
    bin_id: int
    scrap_quantity: Decimal = ZERO


def returned_by_line(delivery: Delivery, *, without: int | None = None) -> dict[int, Decimal]:
    """Return per delivery line what live returns, drafts too, take back."""
    rows = ReturnLine.objects.filter(
        document__delivery=delivery, document__in=Return.objects.live()
    ).exclude(document=without)
    return dict(rows.order_by().values_list("source_line_id").annotate(total=Sum("quantity")))


@service("return.create")
def create_return(
    delivery_id: int, lines: Sequence[ReturnLineInput], *, reason: str, by: User
) -> Return:
    """Draft the return of goods of a shipped delivery.

    Locks the delivery. Raises DomainError not_shipped, reason_missing, empty_return, unknown_line,
    unknown_bin, several_warehouses, bad_quantity, over_return.
    """
    delivery = Delivery.objects.locked(delivery_id)
    if delivery.status not in _SHIPPED:
        raise DomainError(_("Only shipped goods come back."), code="not_shipped")
    check_reason(reason)
    places = _places(lines)
    shipped = {line.pk: line for line in delivery.lines.all()}
    left = {pk: line.quantity for pk, line in shipped.items()}
    for pk, quantity in returned_by_line(delivery).items():
        left[pk] -= quantity
    made = Return(
        customer_id=delivery.customer_id,
        delivery=delivery,
        warehouse_id=next(iter(places.values())).warehouse_id,
        reason=reason.strip()[:200],
        owner_id=delivery.owner_id,
        created_by=by,
        dated_on=company_today(),
        currency_id=delivery.currency_id,
        exchange_rate=delivery.exchange_rate,
        partner_reference=delivery.partner_reference,
        partner_snapshot=delivery.partner_snapshot,
    )
    rows = []
    for number, entered in enumerate(lines, 1):
        source = shipped.get(entered.delivery_line_id)
        if source is None:
            raise _wrong(
                number, "delivery_line_id", _("The delivery has no such line."), "unknown_line"
            )
        _check_quantities(number, entered, left[source.pk])
        left[source.pk] -= entered.quantity
        row = ReturnLine(
            line_no=number,
            product_id=source.product_id,
            source_line=source,
            quantity=entered.quantity,
            scrap_quantity=entered.scrap_quantity,
            bin=places[entered.bin_id],
        )
        rows.append(row.copy_terms(source).compute_amounts())
    made.sum_lines(rows)
    made.save()
    for row in rows:
        row.document = made
    bulk.insert(rows)
    record("return.created", made, by=by)
    return made


def _wrong(number: int, name: str, message: Any, code: str) -> DomainError:
    return DomainError(message, code=code, field=f"lines[{number}].{name}")


def _places(lines: Sequence[ReturnLineInput]) -> dict[int, Bin]:
    if not lines:
        raise DomainError(_("A return needs at least one line."), code="empty_return")
    places = Bin.objects.active().in_bulk({line.bin_id for line in lines})
    for number, line in enumerate(lines, 1):
        if line.bin_id not in places:
            raise _wrong(number, "bin_id", _("There is no such bin."), "unknown_bin")
    if len({place.warehouse_id for place in places.values()}) > 1:
        raise DomainError(
            _("A return goes into one warehouse."), code="several_warehouses", field="lines"
        )
    return places


def _check_quantities(number: int, entered: ReturnLineInput, left: Decimal) -> None:
    scrap = entered.scrap_quantity
    fits = scrap.is_finite() and entered.quantity.is_finite() and 0 <= scrap <= entered.quantity
    if not fits or scrap != scrap.quantize(MILLI):
        raise _wrong(
            number, "scrap_quantity", _("No more than comes back can be scrap."), "bad_quantity"
        )
    if entered.quantity > left:
        raise _wrong(
            number,
            "quantity",
            _("%(wanted)s are to come back, %(left)s were shipped and are not back yet.")
            % {"wanted": plain(entered.quantity), "left": plain(left)},
            "over_return",
        )


@service("return.post")
def post_return(
    return_id: int, *, by: User, on: date | None = None, version: int | None = None
) -> Return:
    """Take the goods in at the cost they left at; what is scrap leaves again at once.

    Locks the return, its delivery, stock by key, ledger, number. Raises DomainError
    invalid_transition, period_closed.
    """
    made = Return.objects.locked(return_id)
    made.check_version(version)
    old = made.move_to(Return.Status.POSTED)
    Delivery.objects.locked(made.delivery_id)
    made.dated_on = on or company_today()
    rows = list(made.lines.select_related("source_line", "bin"))
    _value(rows)
    source = Source.of(made)
    coming = [
        Movement(row.pk, row.product_id, row.quantity, to_bin=row.bin, value=row.cost_amount)
        for row in rows
    ]
    _post(coming, source, StockMove.Kind.CUSTOMER_RETURN, made.dated_on, by=by)
    scrapped = [
        Movement(
            row.pk,
            row.product_id,
            row.scrap_quantity,
            from_bin=row.bin,
            value=_part(row.cost_amount or ZERO, row.scrap_quantity, row.quantity),
        )
        for row in rows
        if row.scrap_quantity
    ]
    _post(scrapped, source, StockMove.Kind.SCRAP, made.dated_on, by=by)
    bulk.update(rows, ["cost_amount"])
    made.number = draw_number(Return.number_series, made.dated_on)
    made.save()
    record("return.posted", made, by=by, changes={"status": (old, made.status)})
    notify("return.posted", made, holders_of("finance.post_invoice", also=made.owner_id))
    return made


def _post(movements: list[Movement], source: Source, kind: str, on: date, *, by: User) -> None:
    if movements:
        post_movements(movements, source=source, kind=kind, on=on, by=by)


def _value(rows: Sequence[ReturnLine]) -> None:
    """Set each line's cost: its part of what the delivery line left at, the last one the rest."""
    keys = [row.source_line_id for row in rows]
    posted = ReturnLine.objects.filter(
        source_line__in=keys, document__status=Return.Status.POSTED
    ).exclude(document=rows[0].document_id)
    back: dict[int, tuple[Decimal, Decimal]] = {
        pk: (quantity, cost)
        for pk, quantity, cost in posted.order_by()
        .values_list("source_line_id")
        .annotate(quantity_back=Sum("quantity"), cost_back=Sum("cost_amount"))
    }
    for row in rows:
        source: DeliveryLine = row.source_line
        quantity, cost = back.get(source.pk, (ZERO, ZERO))
        quantity += row.quantity
        row.cost_amount = _part(source.cost_amount or ZERO, quantity, source.quantity) - cost
        back[source.pk] = quantity, cost + row.cost_amount


def _part(amount: Decimal, quantity: Decimal, of: Decimal) -> Decimal:
    return round_money(amount * quantity / of)


@service("return.cancel")
def cancel_return(
    return_id: int, *, by: User, reason: str = "", version: int | None = None
) -> Return:
    """Give up a return that was not posted."""
    made = Return.objects.locked(return_id)
    made.check_version(version)
    old = made.move_to(Return.Status.CANCELLED)
    made.save()
    changes = {"status": (old, made.status)}
    record("return.cancelled", made, by=by, changes=changes, reason=reason)
    return made


@service("return.reverse")
def reverse_return(
    return_id: int,
    *,
    reason: str,
    by: User,
    on: date | None = None,
    version: int | None = None,
) -> Return:
    """Take a posted return back: the goods are the customer's again, quantity and value exact.

    Raises DomainError invalid_transition, reason_missing, blocked, insufficient_stock,
    period_closed.
    """
    made = Return.objects.locked(return_id)
    made.check_version(version)
    old = made.move_to(Return.Status.REVERSED)
    check_reason(reason)
    refuse_blocked(made)
    reverse_movements(Source.of(made), on=on or company_today(), by=by)
    made.save()
    changes = {"status": (old, made.status)}
    record("return.reversed", made, by=by, changes=changes, reason=reason)
    return made
