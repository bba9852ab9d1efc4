"""Transfers: between bins at once, between warehouses over the road. Cost is carried exactly."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from erp.core.errors import DomainError
from erp.core.money import ZERO
from erp.core.periods import company_today
from erp.core.record import record
from erp.core.service import service
from inventory.models import Bin, StockMove, Transfer, TransferLine
from inventory.services.lines import (
    StockLineInput,
    check_lines,
    line_field,
    number_lines,
    stocking_warehouse,
)
from inventory.services.movements import Movement, Source, post_movements
from inventory.services.places import transit_bin
from inventory.services.reservations import Need, release, reserve
from inventory.services.reversals import reverse_movements
from inventory.services.staff import keepers_of
from inventory.services.steps import finish, opened, require_status
from messaging.services import notify

# --- drafting --------------------------------------------------------------------------------


@service("transfer.create")
def create_transfer(
    warehouse_id: int,
    to_warehouse_id: int,
    lines: Sequence[StockLineInput],
    *,
    by: User,
    notes: str = "",
    allow_empty: bool = False,
) -> Transfer:
    """Draft a transfer; within one warehouse goods change their bin.

    Raises DomainError unknown_warehouse, and what ``check_lines`` raises.
    """
    source = stocking_warehouse(warehouse_id)
    target = stocking_warehouse(to_warehouse_id, field="to_warehouse_id")
    transfer = Transfer(
        warehouse=source,
        to_warehouse=target,
        created_by=by,
        dated_on=company_today(),
        notes=notes,
    )
    if lines or not allow_empty:
        _check(transfer, lines)
    transfer.save()
    _write_lines(transfer, lines)
    record("transfer.created", transfer, by=by)
    return transfer


@service("transfer.change")
def replace_transfer_lines(
    transfer_id: int,
    lines: Sequence[StockLineInput],
    *,
    by: User,
    version: int | None = None,
    notes: str | None = None,
) -> Transfer:
    """Put these lines in the place of a draft's. Raises DomainError not_draft, stale_version."""
    transfer = opened(Transfer, transfer_id, version)
    require_status(transfer, Transfer.Status.DRAFT)
    _check(transfer, lines)
    transfer.lines.all().delete()
    _write_lines(transfer, lines)
    transfer.notes = transfer.notes if notes is None else notes
    transfer.version += 1
    transfer.save()
    record("transfer.changed", transfer, by=by)
    return transfer


@service("transfer.copy")
def copy_transfer(transfer_id: int, *, by: User) -> Transfer:
    """Draft a transfer of the same lines: no number, status, dates or progress come along."""
    old = Transfer.objects.locked(transfer_id)
    lines = [
        StockLineInput(
            line.product_id, line.quantity, line.from_bin_id, line.to_bin_id, note=line.note
        )
        for line in old.lines.all()
    ]
    return create_transfer(old.warehouse_id, old.to_warehouse_id, lines, by=by, notes=old.notes)


def _check(transfer: Transfer, lines: Sequence[StockLineInput]) -> None:
    warehouses = {"bin_id": transfer.warehouse_id, "to_bin_id": transfer.to_warehouse_id}
    check_lines(lines, warehouses)
    for number, line in enumerate(lines, 1):
        if line.bin_id is not None and line.bin_id == line.to_bin_id:
            raise _same_bin(number)


def _same_bin(number: int) -> DomainError:
    return DomainError(
        _("The goods are in that bin already."),
        code="same_bin",
        field=line_field(number, "to_bin_id"),
    )


def _write_lines(transfer: Transfer, lines: Sequence[StockLineInput]) -> None:
    rows = [
        TransferLine(
            document=transfer,
            product_id=line.product_id,
            quantity=line.quantity,
            from_bin_id=line.bin_id,
            to_bin_id=line.to_bin_id,
            note=line.note[:200],
        )
        for line in lines
    ]
    TransferLine.objects.bulk_create(number_lines(rows), batch_size=500)


# --- within one warehouse --------------------------------------------------------------------


@service("transfer.post")
def post_transfer(
    transfer_id: int, *, by: User, version: int | None = None, on: date | None = None
) -> Transfer:
    """Move goods from bin to bin of one warehouse, in one step.

    Raises DomainError invalid_transition, not_within, bin_missing, insufficient_stock,
    period_closed.
    """
    transfer = opened(Transfer, transfer_id, version)
    if not transfer.is_within:
        raise DomainError(
            _("Goods for another warehouse are reserved and shipped."), code="not_within"
        )
    old = transfer.move_to(Transfer.Status.DONE)
    lines = lines_of(transfer)
    movements = []
    for line in lines:
        require_bin(line, line.from_bin, "bin_id")
        require_bin(line, line.to_bin, "to_bin_id")
        movements.append(
            Movement(line.pk, line.product_id, line.quantity, line.from_bin, line.to_bin)
        )
        line.received_quantity = line.quantity
    transfer.dated_on = transfer.shipped_on = transfer.received_on = on or company_today()
    post_movements(
        movements,
        source=Source.of(transfer),
        kind=StockMove.Kind.TRANSFER,
        on=transfer.dated_on,
        by=by,
    )
    TransferLine.objects.bulk_update(lines, ["received_quantity"], batch_size=500)
    return finish(transfer, "transfer.posted", old, by=by, draws=True)


# --- between warehouses ----------------------------------------------------------------------


@service("transfer.reserve")
def reserve_transfer(transfer_id: int, *, by: User, version: int | None = None) -> Transfer:
    """Hold the goods for the transfer, in the bins named or wherever they lie.

    Raises DomainError invalid_transition, within_one_warehouse, insufficient_stock.
    """
    transfer = opened(Transfer, transfer_id, version)
    if transfer.is_within:
        raise DomainError(
            _("Within one warehouse goods are moved at once."), code="within_one_warehouse"
        )
    old = transfer.move_to(Transfer.Status.RESERVED)
    lines = lines_of(transfer)
    if not lines:
        raise DomainError(_("Enter a line first."), code="no_lines", field="lines")
    needs = [
        Need(
            line.pk, line.product_id, line.quantity, transfer.warehouse_id, bin_id=line.from_bin_id
        )
        for line in lines
    ]
    reserve(needs, source=Source.of(transfer))
    return finish(transfer, "transfer.reserved", old, by=by)


@service("transfer.unreserve")
def unreserve_transfer(
    transfer_id: int, *, by: User, version: int | None = None, reason: str = ""
) -> Transfer:
    """Take the step back: the goods are free again, the transfer is a draft."""
    transfer = opened(Transfer, transfer_id, version)
    old = transfer.move_to(Transfer.Status.DRAFT)
    release(Source.of(transfer))
    return finish(transfer, "transfer.draft", old, by=by, reason=reason)


@service("transfer.cancel")
def cancel_transfer(
    transfer_id: int, *, by: User, version: int | None = None, reason: str = ""
) -> Transfer:
    """Give up a transfer that has not left; what it held is free again."""
    transfer = opened(Transfer, transfer_id, version)
    old = transfer.move_to(Transfer.Status.CANCELLED)
    release(Source.of(transfer))
    return finish(transfer, "transfer.cancelled", old, by=by, reason=reason)


@service("transfer.ship")
def ship_transfer(
    transfer_id: int, *, by: User, version: int | None = None, on: date | None = None
) -> Transfer:
    """Let the goods leave: they lie on the road at the cost they left with, held by the transfer.

    Locks transfer, stock by key, number. Raises DomainError invalid_transition, not_reserved,
    insufficient_stock, period_closed.
    """
    transfer = opened(Transfer, transfer_id, version)
    old = transfer.move_to(Transfer.Status.IN_TRANSIT)
    transfer.dated_on = transfer.shipped_on = on or company_today()
    road = transit_bin(transfer.to_warehouse)
    source = Source.of(transfer)
    movements = [
        Movement(
            line_id=freed.source_line_id,
            product_id=freed.product_id,
            quantity=freed.quantity,
            from_bin=freed.bin,
            to_bin=road,
        )
        for freed in release(source)
    ]
    moves = post_movements(
        movements, source=source, kind=StockMove.Kind.TRANSFER, on=transfer.dated_on, by=by
    )
    reserve(_sums(moves, road), source=source)
    transfer = finish(transfer, "transfer.shipped", old, by=by, draws=True)
    notify(
        "transfer.shipped",
        transfer,
        keepers_of("inventory.receive_transfer", transfer.to_warehouse_id),
    )
    return transfer


def _sums(moves: Iterable[StockMove], road: Bin) -> list[Need]:
    """One need per line: a line may have left from several bins."""
    quantities: dict[tuple[int, int], Decimal] = defaultdict(lambda: ZERO)
    for move in moves:
        quantities[move.source_line_id, move.product_id] += move.quantity
    return [
        Need(line_id, product_id, quantity, road.warehouse_id, bin_id=road.pk)
        for (line_id, product_id), quantity in quantities.items()
        if quantity
    ]


@service("transfer.reverse")
def reverse_transfer(
    transfer_id: int,
    *,
    by: User,
    version: int | None = None,
    reason: str = "",
    on: date | None = None,
) -> Transfer:
    """Bring everything back to the bins it left, at the value it left with, losses too.

    Raises DomainError invalid_transition, insufficient_stock when the goods are gone from where
    they came to, period_closed.
    """
    transfer = opened(Transfer, transfer_id, version)
    old = transfer.move_to(Transfer.Status.REVERSED)
    source = Source.of(transfer)
    release(source)
    reverse_movements(source, on=on or company_today(), by=by)
    return finish(transfer, "transfer.reversed", old, by=by, reason=reason)


# --- shared ----------------------------------------------------------------------------------


def lines_of(transfer: Transfer) -> list[TransferLine]:
    return list(transfer.lines.select_related("from_bin", "to_bin"))


def require_bin(line: TransferLine, place: Bin | None, name: str) -> None:
    if place is None:
        raise DomainError(
            _("Name the bin."), code="bin_missing", field=line_field(line.line_no, name)
        )
