"""Goods back to the supplier: from stock at the cost they came at, or what was rejected."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from customers.services import partner_snapshot
from erp.core.errors import DomainError
from erp.core.money import plain, round_money
from erp.core.numbering import draw_number
from erp.core.periods import company_today
from erp.core.record import record
from erp.core.registry import blockers_of
from erp.core.service import service
from inventory.models import Bin, StockMove
from inventory.services import Movement, Source, post_movements, reverse_movements
from messaging.services import holders_of, notify
from orders.models import Receipt, ReceiptLine, SupplierReturn, SupplierReturnLine


@dataclass(frozen=True, slots=True)
class ReturnedLine:
    """So much of a receipt's line, from a bin (by default the one it came into) or rejected."""

    source_line_id: int
    quantity: Decimal
    bin_id: int | None = None
    is_rejected: bool = False


@service("supplier_return.create")
def create_supplier_return(
    receipt_id: int, lines: Sequence[ReturnedLine], *, reason: str, by: User
) -> SupplierReturn:
    """Draft the return of goods of a posted receipt.

    Raises DomainError not_posted, missing_reason, empty_return, unknown_line, unknown_bin,
    bad_quantity, over_return.
    """
    receipt = Receipt.objects.locked(receipt_id)
    if receipt.status != Receipt.Status.POSTED:
        raise DomainError(_("Only what was received can be returned."), code="not_posted")
    if not reason.strip():
        raise DomainError(_("Say why."), code="missing_reason", field="reason")
    document = SupplierReturn(
        supplier_id=receipt.supplier_id,
        receipt=receipt,
        warehouse_id=receipt.warehouse_id,
        reason=reason.strip()[:200],
        owner_id=receipt.owner_id,
        created_by=by,
        dated_on=company_today(),
        currency_id=receipt.currency_id,
        exchange_rate=receipt.exchange_rate,
        partner_reference=receipt.partner_reference,
    )
    rows = _rows(document, lines)
    document.sum_lines(rows)
    document.save()
    for row in rows:
        row.document = document
    SupplierReturnLine.objects.bulk_create(rows, batch_size=500)
    record("supplier_return.created", document, by=by, reason=document.reason)
    return document


def _rows(document: SupplierReturn, lines: Sequence[ReturnedLine]) -> list[SupplierReturnLine]:
    if not lines:
        raise DomainError(
            _("A return needs at least one line."), code="empty_return", field="lines"
        )
    sources = {line.pk: line for line in document.receipt.lines.select_related("bin")}
    named = {line.bin_id for line in lines if line.bin_id is not None}
    bins = Bin.objects.filter(warehouse_id=document.warehouse_id, pk__in=named).in_bulk()
    rows = []
    for number, entered in enumerate(lines, 1):
        source = sources.get(entered.source_line_id)
        if source is None:
            raise DomainError(
                _("The receipt has no such line."), code="unknown_line", field=f"lines[{number}]"
            )
        if entered.bin_id is not None and entered.bin_id not in bins:
            raise DomainError(
                _("There is no such bin in this warehouse."),
                code="unknown_bin",
                field=f"lines[{number}].bin_id",
            )
        place = bins[entered.bin_id] if entered.bin_id is not None else source.bin
        row = SupplierReturnLine(
            document=document,
            line_no=number,
            product_id=source.product_id,
            source_line=source,
            bin=None if entered.is_rejected else place,
            is_rejected=entered.is_rejected,
            quantity=entered.quantity,
        )
        rows.append(row.copy_terms(source).compute_amounts())
    _count(rows, sources)
    return rows


def _count(rows: Sequence[SupplierReturnLine], sources: dict[int, ReceiptLine]) -> None:
    """Add what goes back to the receipt's lines in memory, never more than came."""
    for row in rows:
        source = sources[row.source_line_id]
        if row.is_rejected:
            left = source.rejected_quantity - source.returned_rejected
        else:
            left = source.quantity - source.returned_quantity
        if row.quantity > left:
            raise DomainError(
                _("%(line)s: %(quantity)s to return, only %(left)s left of what came.")
                % {"line": source, "quantity": plain(row.quantity), "left": plain(left)},
                code="over_return",
                field=f"lines[{row.line_no}].quantity",
            )
        if row.is_rejected:
            source.returned_rejected += row.quantity
        else:
            source.returned_quantity += row.quantity


@service("supplier_return.post")
def post_supplier_return(
    return_id: int, *, by: User, on: date | None = None, version: int | None = None
) -> SupplierReturn:
    """Post a return: goods leave their bins at the cost they came at, the receipt knows of it.

    Rejected goods leave no bin: they never entered one. Locks return, receipt, stock by key,
    ledger, number. Raises DomainError invalid_transition, over_return, insufficient_stock,
    not_posted, period_closed, stale_version.
    """
    document = _locked(return_id, version)
    old = document.move_to(SupplierReturn.Status.POSTED)
    receipt = Receipt.objects.locked(document.receipt_id)
    if receipt.status != Receipt.Status.POSTED:
        raise DomainError(_("Only what was received can be returned."), code="not_posted")
    document.dated_on = on or company_today()
    document.partner_snapshot = partner_snapshot(document.supplier)
    lines = list(document.lines.select_related("bin"))
    sources = {line.pk: line for line in receipt.lines.all()}
    before = {pk: line.returned_quantity for pk, line in sources.items()}
    _count(lines, sources)
    _save_counts(sources)
    _set_costs(lines, sources, before, receipt)
    from_stock = [line for line in lines if not line.is_rejected]
    movements = [
        Movement(
            line_id=line.pk,
            product_id=line.product_id,
            quantity=line.quantity,
            from_bin=line.bin,
            value=line.cost_amount,
        )
        for line in from_stock
    ]
    if movements:
        post_movements(
            movements,
            source=Source.of(document),
            kind=StockMove.Kind.SUPPLIER_RETURN,
            on=document.dated_on,
            by=by,
        )
    SupplierReturnLine.objects.bulk_update(from_stock, ["cost_amount"], batch_size=500)
    document.number = draw_number(SupplierReturn.number_series, document.dated_on)
    document.save()
    record("supplier_return.posted", document, by=by, changes={"status": (old, document.status)})
    notify(
        "supplier_return.posted",
        document,
        holders_of("finance.post_invoice", also=document.owner_id),
    )
    return document


def _set_costs(
    lines: Sequence[SupplierReturnLine],
    sources: dict[int, ReceiptLine],
    before: dict[int, Decimal],
    receipt: Receipt,
) -> None:
    """Give each line its share of what its receipt line brought in; all of it is all of that."""
    gone = dict(before)
    for line in lines:
        if line.is_rejected:
            continue
        source = sources[line.source_line_id]
        value = round_money(source.net_amount * receipt.exchange_rate)
        start = gone[source.pk]
        gone[source.pk] = start + line.quantity
        before_it, with_it = (
            round_money(value * quantity / source.quantity) for quantity in (start, gone[source.pk])
        )
        line.cost_amount = with_it - before_it


def _save_counts(sources: dict[int, ReceiptLine]) -> None:
    ReceiptLine.objects.bulk_update(
        sources.values(), ["returned_quantity", "returned_rejected"], batch_size=500
    )


@service("supplier_return.cancel")
def cancel_supplier_return(
    return_id: int, *, by: User, reason: str = "", version: int | None = None
) -> SupplierReturn:
    """Cancel a return that was not posted."""
    document = _locked(return_id, version)
    old = document.move_to(SupplierReturn.Status.CANCELLED)
    document.save()
    changes = {"status": (old, document.status)}
    record("supplier_return.cancelled", document, by=by, changes=changes, reason=reason)
    return document


@service("supplier_return.reverse")
def reverse_supplier_return(
    return_id: int,
    *,
    by: User,
    reason: str = "",
    on: date | None = None,
    version: int | None = None,
) -> SupplierReturn:
    """Undo a posted return: the goods are back in their bins at the cost they left at.

    Raises DomainError invalid_transition, blocked, period_closed, stale_version.
    """
    document = _locked(return_id, version)
    old = document.move_to(SupplierReturn.Status.REVERSED)
    blockers = blockers_of(document)
    if blockers:
        raise DomainError(" ".join(blockers), code="blocked")
    receipt = Receipt.objects.locked(document.receipt_id)
    lines = list(document.lines.all())
    sources = {line.pk: line for line in receipt.lines.all()}
    for line in lines:
        source = sources[line.source_line_id]
        if line.is_rejected:
            source.returned_rejected -= line.quantity
        else:
            source.returned_quantity -= line.quantity
    _save_counts(sources)
    if any(not line.is_rejected for line in lines):
        reverse_movements(Source.of(document), on=on or company_today(), by=by)
    document.save()
    changes = {"status": (old, document.status)}
    record("supplier_return.reversed", document, by=by, changes=changes, reason=reason)
    return document


def _locked(return_id: int, version: int | None) -> SupplierReturn:
    document = SupplierReturn.objects.locked(return_id)
    document.check_version(version)
    return document
