"""Other receipts and issues: samples, scrap, surplus and adjustments, each with its reason."""

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from customers.models import Customer
from erp.core.documents import check_unit_price
from erp.core.errors import DomainError
from erp.core.money import ZERO, round_money
from erp.core.periods import company_today
from erp.core.record import record
from erp.core.service import service
from inventory.models import StockEntry, StockEntryKind, StockEntryLine, StockMove
from inventory.services.approval import check_approval
from inventory.services.costs import CurrentCosts
from inventory.services.lines import (
    StockLineInput,
    check_lines,
    line_field,
    number_lines,
    stocking_warehouse,
)
from inventory.services.movements import Movement, Posting, Source, ends
from inventory.services.reversals import reverse_movements
from inventory.services.staff import keepers_of
from inventory.services.steps import finish, opened, require_status
from messaging.services import notify

_MOVE_KIND = {
    StockEntryKind.SAMPLE: StockMove.Kind.SAMPLE,
    StockEntryKind.SCRAP: StockMove.Kind.SCRAP,
    StockEntryKind.SURPLUS: StockMove.Kind.SURPLUS,
    StockEntryKind.ADJUSTMENT_IN: StockMove.Kind.ADJUSTMENT,
    StockEntryKind.ADJUSTMENT_OUT: StockMove.Kind.ADJUSTMENT,
}


@service("stock_entry.create")
def create_entry(
    kind: str,
    warehouse_id: int,
    lines: Sequence[StockLineInput],
    *,
    reason: str,
    by: User,
    customer_id: int | None = None,
    notes: str = "",
    allow_empty: bool = False,
) -> StockEntry:
    """Draft a receipt or issue that is no purchase and no sale.

    Raises DomainError unknown_kind, unknown_warehouse, reason_missing, unknown_customer,
    bin_missing, and what ``check_lines`` raises.
    """
    if kind not in StockEntryKind.values:
        raise DomainError(_("There is no such kind."), code="unknown_kind", field="kind")
    warehouse = stocking_warehouse(warehouse_id)
    entry = StockEntry(
        kind=kind,
        warehouse=warehouse,
        reason=_reason(reason),
        customer=_customer(kind, customer_id),
        created_by=by,
        dated_on=company_today(),
        notes=notes,
    )
    if lines or not allow_empty:
        _check(entry, lines)
    entry.save()
    _write_lines(entry, lines)
    record("stock_entry.created", entry, by=by)
    return entry


def _reason(text: str) -> str:
    reason = text.strip()[:200]
    if not reason:
        raise DomainError(_("Say why."), code="reason_missing", field="reason")
    return reason


def _customer(kind: str, customer_id: int | None) -> Customer | None:
    """Samples go to somebody; nothing else does."""
    if customer_id is None:
        return None
    customer = Customer.objects.active().filter(pk=customer_id).first()
    if customer is None or kind != StockEntryKind.SAMPLE:
        raise DomainError(
            _("There is no such customer."), code="unknown_customer", field="customer_id"
        )
    return customer


@service("stock_entry.change")
def replace_entry_lines(
    entry_id: int,
    lines: Sequence[StockLineInput],
    *,
    by: User,
    version: int | None = None,
    reason: str | None = None,
    notes: str | None = None,
) -> StockEntry:
    """Put these lines in the place of a draft's."""
    entry = opened(StockEntry, entry_id, version)
    require_status(entry, StockEntry.Status.DRAFT)
    _check(entry, lines)
    entry.lines.all().delete()
    _write_lines(entry, lines)
    entry.reason = entry.reason if reason is None else _reason(reason)
    entry.notes = entry.notes if notes is None else notes
    entry.version += 1
    entry.save()
    record("stock_entry.changed", entry, by=by)
    return entry


@service("stock_entry.copy")
def copy_entry(entry_id: int, *, by: User) -> StockEntry:
    """Draft the same again: no number, status, date, value or approval comes along."""
    old = StockEntry.objects.locked(entry_id)
    lines = [
        StockLineInput(
            line.product_id,
            line.quantity,
            line.bin_id,
            unit_cost=line.unit_cost,
            note=line.note,
        )
        for line in old.lines.all()
    ]
    return create_entry(
        old.kind,
        old.warehouse_id,
        lines,
        reason=old.reason,
        customer_id=old.customer_id,
        notes=old.notes,
        by=by,
    )


def _check(entry: StockEntry, lines: Sequence[StockLineInput]) -> None:
    check_lines(lines, {"bin_id": entry.warehouse_id})
    for number, line in enumerate(lines, 1):
        if line.bin_id is None:
            raise DomainError(
                _("Name the bin."), code="bin_missing", field=line_field(number, "bin_id")
            )
        if line.unit_cost is not None:
            check_unit_price(line.unit_cost, field=line_field(number, "unit_cost"))


def _write_lines(entry: StockEntry, lines: Sequence[StockLineInput]) -> None:
    rows = [
        StockEntryLine(
            document=entry,
            product_id=line.product_id,
            quantity=line.quantity,
            bin_id=line.bin_id or 0,
            unit_cost=line.unit_cost if entry.comes_in else None,
            note=line.note[:200],
        )
        for line in lines
    ]
    StockEntryLine.objects.bulk_create(number_lines(rows), batch_size=500)


@service("stock_entry.submit")
def submit_entry(
    entry_id: int, *, by: User, version: int | None = None, reason: str = ""
) -> StockEntry:
    """Hand it to somebody who may post what is worth so much."""
    entry = opened(StockEntry, entry_id, version)
    old = entry.move_to(StockEntry.Status.SUBMITTED)
    if not entry.lines.exists():
        raise DomainError(_("Enter a line first."), code="no_lines", field="lines")
    finish(entry, "stock_entry.submitted", old, by=by, reason=reason)
    notify(
        "stock_entry.submitted",
        entry,
        keepers_of("inventory.approve_stockentry", entry.warehouse_id),
    )
    return entry


@service("stock_entry.refuse")
def refuse_entry(
    entry_id: int, *, by: User, version: int | None = None, reason: str = ""
) -> StockEntry:
    """Give it back to its author as a draft."""
    entry = opened(StockEntry, entry_id, version)
    require_status(entry, StockEntry.Status.SUBMITTED)
    old = entry.move_to(StockEntry.Status.DRAFT)
    finish(entry, "stock_entry.refused", old, by=by, reason=reason)
    notify("stock_entry.refused", entry, [entry.created_by])
    return entry


@service("stock_entry.cancel")
def cancel_entry(
    entry_id: int, *, by: User, version: int | None = None, reason: str = ""
) -> StockEntry:
    entry = opened(StockEntry, entry_id, version)
    old = entry.move_to(StockEntry.Status.CANCELLED)
    return finish(entry, "stock_entry.cancelled", old, by=by, reason=reason)


@service("stock_entry.post")
def post_entry(
    entry_id: int,
    *,
    by: User,
    version: int | None = None,
    on: date | None = None,
    reason: str = "",
) -> StockEntry:
    """Let the goods leave at the moving average, or come in at their cost or the current one.

    Locks entry, stock by key, number. Raises DomainError invalid_transition, no_lines,
    insufficient_stock, approval_needed, own_document, period_closed.
    """
    entry = opened(StockEntry, entry_id, version)
    old = entry.move_to(StockEntry.Status.POSTED)
    entry.dated_on = on or company_today()
    lines = list(entry.lines.select_related("bin"))
    if not lines:
        raise DomainError(_("Enter a line first."), code="no_lines", field="lines")
    movements = [_movement(entry, line) for line in lines]
    posting = Posting(ends(movements), Source.of(entry), entry.dated_on)
    stock = posting.stock
    costs = CurrentCosts(stock, {line.product_id for line in lines})
    for line, asked in zip(lines, movements, strict=True):
        if entry.comes_in:
            line.value = (
                costs.value(line.product_id, line.bin, line.quantity)
                if line.unit_cost is None
                else round_money(line.quantity * line.unit_cost)
            )
        else:
            stock.check_available(line.product_id, line.bin, line.quantity)
            line.value = stock.account(line.product_id, line.bin).cost_of(line.quantity)
        posting.add(asked, _MOVE_KIND[StockEntryKind(entry.kind)], line.value)
    worth = sum((line.value or ZERO for line in lines), ZERO)
    check_approval(entry, worth, {entry.created_by_id}, by=by)
    posting.write(by=by)
    StockEntryLine.objects.bulk_update(lines, ["value"], batch_size=500)
    entry.posted_by = by
    return finish(entry, "stock_entry.posted", old, by=by, reason=reason, draws=True)


def _movement(entry: StockEntry, line: StockEntryLine) -> Movement:
    comes_from, goes_to = (None, line.bin) if entry.comes_in else (line.bin, None)
    return Movement(line.pk, line.product_id, line.quantity, comes_from, goes_to)


@service("stock_entry.reverse")
def reverse_entry(
    entry_id: int,
    *,
    by: User,
    version: int | None = None,
    reason: str = "",
    on: date | None = None,
) -> StockEntry:
    """Undo a posted one, in the same quantities and values."""
    entry = opened(StockEntry, entry_id, version)
    old = entry.move_to(StockEntry.Status.REVERSED)
    reverse_movements(Source.of(entry), on=on or company_today(), by=by)
    return finish(entry, "stock_entry.reversed", old, by=by, reason=reason)
