"""What of a transfer comes in, and what is lost on the road."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from erp.core.documents import check_quantity
from erp.core.errors import DomainError
from erp.core.money import ZERO, round_money
from erp.core.periods import company_today
from erp.core.record import record
from erp.core.service import service
from inventory.models import Bin, StockMove, Transfer, TransferLine
from inventory.services.lines import check_bins, line_field
from inventory.services.movements import Movement, Posting, Source, ends
from inventory.services.places import transit_bin, usual_bins
from inventory.services.reservations import release
from inventory.services.steps import finish, opened, require_status
from inventory.services.transfers import lines_of, require_bin
from messaging.services import notify


@dataclass(frozen=True, slots=True)
class Reception:
    """What came of one line, into which bin, and what is given up as lost."""

    line_id: int
    received: Decimal
    lost: Decimal = ZERO
    bin_id: int | None = None
    reason: str = ""

    @property
    def total(self) -> Decimal:
        return self.received + self.lost


@service("transfer.receive")
def receive_transfer(
    transfer_id: int,
    receptions: Sequence[Reception] | None = None,
    *,
    by: User,
    version: int | None = None,
    on: date | None = None,
) -> Transfer:
    """Take in what came, all of it or some, and give up what is lost; the last piece ends it.

    Each line carries its own cost: what came takes its share, the last piece what is left. Raises
    DomainError invalid_transition, unknown_line, nothing_to_receive, over_received, loss_reason,
    bin_missing, unknown_bin, period_closed.
    """
    transfer = opened(Transfer, transfer_id, version)
    require_status(transfer, Transfer.Status.IN_TRANSIT)
    lines = {line.pk: line for line in lines_of(transfer)}
    came = _receptions(lines, receptions)
    bins = _target_bins(transfer, lines, came)
    day = on or company_today()
    _post_reception(transfer, lines, came, bins, on=day, by=by)
    for one in came:
        line = lines[one.line_id]
        line.received_quantity += one.received
        line.lost_quantity += one.lost
        line.to_bin = bins.get(one.line_id, line.to_bin)
        line.loss_reason = one.reason[:200] or line.loss_reason
    names = ["received_quantity", "lost_quantity", "to_bin", "loss_reason"]
    TransferLine.objects.bulk_update(lines.values(), names, batch_size=500)
    transfer.received_on = day
    if any(line.open_quantity for line in lines.values()):
        transfer.version += 1
        transfer.save()
        record("transfer.partly_received", transfer, by=by, changes=_told(lines, came))
        return transfer
    old = transfer.move_to(Transfer.Status.DONE)
    transfer = finish(transfer, "transfer.received", old, by=by)
    notify("transfer.received", transfer, [transfer.created_by])
    return transfer


def _receptions(
    lines: dict[int, TransferLine], receptions: Sequence[Reception] | None
) -> list[Reception]:
    """Return what came, checked; without a list all that is open has come."""
    if receptions is None:
        receptions = [Reception(line.pk, line.open_quantity) for line in lines.values()]
    came = [one for one in receptions if one.received or one.lost]
    if not came:
        raise DomainError(_("Nothing was received."), code="nothing_to_receive", field="lines")
    seen: set[int] = set()
    for one in came:
        line = lines.get(one.line_id)
        if line is None or one.line_id in seen:
            raise DomainError(_("There is no such line."), code="unknown_line", field="lines")
        seen.add(one.line_id)
        _check_reception(line, one)
    return came


def _check_reception(line: TransferLine, one: Reception) -> None:
    for quantity, name in ((one.received, "received"), (one.lost, "lost")):
        if quantity:
            check_quantity(quantity, field=line_field(line.line_no, name))
    if one.total > line.open_quantity:
        raise DomainError(
            _("More than was sent."),
            code="over_received",
            field=line_field(line.line_no, "received"),
        )
    if one.lost and not one.reason.strip():
        raise DomainError(
            _("Say how it was lost."),
            code="loss_reason",
            field=line_field(line.line_no, "loss_reason"),
        )


def _target_bins(
    transfer: Transfer, lines: dict[int, TransferLine], came: Sequence[Reception]
) -> dict[int, Bin]:
    """Return the bin per line: the one named, the one planned, or the product's usual one."""
    arriving = [one for one in came if one.received]
    check_bins(
        (lines[one.line_id].line_no, "to_bin_id", one.bin_id, transfer.to_warehouse_id)
        for one in arriving
        if one.bin_id is not None
    )
    named = Bin.objects.in_bulk({one.bin_id for one in arriving if one.bin_id is not None})
    usual = usual_bins(
        {lines[one.line_id].product_id for one in arriving}, transfer.to_warehouse_id
    )
    bins: dict[int, Bin] = {}
    for one in arriving:
        line = lines[one.line_id]
        place = named.get(one.bin_id or 0) or line.to_bin or usual.get(line.product_id)
        require_bin(line, place, "to_bin_id")
        if place is not None:
            bins[line.pk] = place
    return bins


def _post_reception(
    transfer: Transfer,
    lines: dict[int, TransferLine],
    came: Sequence[Reception],
    bins: dict[int, Bin],
    *,
    on: date,
    by: User,
) -> None:
    """Goods leave the road for their bins, or for nowhere, in one posting."""
    source, road = Source.of(transfer), transit_bin(transfer.to_warehouse)
    worth = _worth_on_the_road(transfer, road)
    release(source, {one.line_id: one.total for one in came})
    asked: list[tuple[Movement, str]] = []
    for one in came:
        line, open_quantity = lines[one.line_id], lines[one.line_id].open_quantity
        parts: list[tuple[Decimal, Bin | None, str]] = [
            (one.received, bins.get(one.line_id), StockMove.Kind.TRANSFER),
            (one.lost, None, StockMove.Kind.LOSS),
        ]
        for quantity, place, kind in parts:
            if not quantity:
                continue
            left = worth[line.pk]
            is_last = quantity == open_quantity
            value = left if is_last else round_money(left * quantity / open_quantity)
            worth[line.pk], open_quantity = left - value, open_quantity - quantity
            moved = Movement(line.pk, line.product_id, quantity, road, place, value)
            asked.append((moved, kind))
    posting = Posting(ends(movement for movement, _kind in asked), source, on)
    for movement, kind in asked:
        posting.stock.check_available(movement.product_id, road, movement.quantity)
        posting.add(movement, kind, movement.value or ZERO)
    posting.write(by=by)


def _worth_on_the_road(transfer: Transfer, road: Bin) -> dict[int, Decimal]:
    """Return per line the value that went on the road and has not left it."""
    worth: dict[int, Decimal] = defaultdict(lambda: ZERO)
    moves = StockMove.objects.filter(
        source_type=transfer.source_type, source_id=transfer.pk, kind__in=["transfer", "loss"]
    ).order_by()
    for line_id, to_bin, value in moves.values_list("source_line_id", "to_bin_id", "value"):
        worth[line_id] += value if to_bin == road.pk else -value
    return worth


def _told(lines: dict[int, TransferLine], came: Sequence[Reception]) -> dict[str, Any]:
    return {
        f"line {lines[one.line_id].line_no}": (None, f"+{one.received} −{one.lost}") for one in came
    }
