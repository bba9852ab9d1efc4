"""What is on its way: what a purchase order still expects, and what suppliers say of it.

Callers hold the lock of the purchase order; the rows of a line are written under it alone.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

from erp.core.money import ZERO
from inventory.models import Inbound, InboundPromise
from inventory.services.movements import Source
from inventory.services.reservations import Need


@dataclass(frozen=True, slots=True)
class OpenLine:
    """A line of an order of ours to a supplier, with what is still to come of it."""

    source: Source
    line_id: int
    product_id: int
    warehouse_id: int
    requested_on: date | None
    quantity: Decimal


class OrderLines(Protocol):
    """How inventory asks the orders above it; ``lock`` locks their headers by primary key."""

    def by_number(self, numbers: Collection[str], *, lock: bool) -> dict[str, list[OpenLine]]:
        """Return the lines of sent orders by the order's number, those received too."""

    def by_line(self, ids: Collection[int], *, lock: bool) -> dict[int, OpenLine]: ...


_orders: list[tuple[str, OrderLines]] = []


def set_order_lines(source_type: str, lines: OrderLines) -> None:
    """Register who knows the lines of our orders; ``source_type`` names their rows."""
    _orders[:] = [(source_type, lines)]


def order_lines() -> tuple[str, OrderLines] | None:
    return _orders[0] if _orders else None


@dataclass(frozen=True, slots=True)
class Promised:
    """What was said of one line: so many, on that day; ``is_gone``: it is named no more."""

    source: Source
    line_id: int
    product_id: int
    warehouse_id: int
    quantity: Decimal
    confirmed_on: date | None
    reference: str = ""
    is_gone: bool = False


def expect_inbound(lines: Sequence[Need], *, requested_on: date | None, source: Source) -> None:
    """Say what a purchase order still expects; lines without quantity disappear.

    What was promised stays with the rows: what arrived is taken from the earliest, what is added
    (a receipt was reversed) has the day a person noted for the line, if one did.
    """
    rows = _rows_of(source)
    wanted = {line.line_id: line for line in lines if line.quantity > 0}
    changes = _Changes()
    for line_id, held in rows.items():
        need = wanted.get(line_id)
        _take_away(held, need.quantity if need else ZERO, changes)
    grown = [
        need
        for line_id, need in wanted.items()
        if need.quantity > sum((row.quantity for row in rows.get(line_id, ())), ZERO)
    ]
    noted = _noted_days(source, grown)
    for need in grown:
        held = rows.get(need.line_id, [])
        more = need.quantity - sum((row.quantity for row in held), ZERO)
        plain = next((row for row in held if not row.reference), None)
        if plain is not None:
            plain.quantity += more
            changes.changed.append(plain)
            continue
        changes.made.append(
            Inbound(
                product_id=need.product_id,
                warehouse_id=need.warehouse_id,
                quantity=more,
                requested_on=requested_on,
                confirmed_on=noted.get(need.line_id),
                source_type=source.type,
                source_id=source.id,
                source_line_id=need.line_id,
            )
        )
    changes.write()


class _Changes:
    """Rows to write once, in bulk."""

    def __init__(self) -> None:
        self.made: list[Inbound] = []
        self.changed: list[Inbound] = []
        self.gone: list[int] = []

    def write(self) -> None:
        if self.gone:
            Inbound.objects.filter(pk__in=self.gone).delete()
        if self.changed:
            Inbound.objects.bulk_update(self.changed, ["quantity"], batch_size=500)
        Inbound.objects.bulk_create(self.made, batch_size=500)


def _rows_of(source: Source) -> dict[int, list[Inbound]]:
    rows: dict[int, list[Inbound]] = defaultdict(list)
    found = Inbound.objects.select_for_update().filter(source_type=source.type, source_id=source.id)
    for row in found.order_by("pk"):
        rows[row.source_line_id].append(row)
    for held in rows.values():
        held.sort(key=lambda row: (row.missing_since is None, row.confirmed_on or date.max))
    return rows


def _take_away(held: Iterable[Inbound], left: Decimal, changes: _Changes) -> None:
    """Leave so much of these rows; the first of them arrived first."""
    rows = list(held)
    over = sum((row.quantity for row in rows), ZERO) - left
    for row in rows:
        if over <= 0:
            return
        part = min(over, row.quantity)
        over -= part
        row.quantity -= part
        if row.quantity:
            changes.changed.append(row)
        else:
            changes.gone.append(row.pk)


def _noted_days(source: Source, needs: Sequence[Need]) -> dict[int, date]:
    """Return the day a person last noted, by line."""
    if not needs:
        return {}
    said = latest_promises(source.type, [need.line_id for need in needs])
    return {
        line_id: one.confirmed_on
        for (line_id, reference), one in said.items()
        if not reference and one.confirmed_on is not None
    }


# --- what suppliers say ------------------------------------------------------------------------


def latest_promises(
    source_type: str, line_ids: Collection[int]
) -> dict[tuple[int, str], InboundPromise]:
    """Return what was said last, by line and maker's reference ("" for what a person noted)."""
    rows = InboundPromise.objects.filter(source_type=source_type, source_line_id__in=set(line_ids))
    return {(row.source_line_id, row.reference): row for row in rows.order_by("pk")}


def note_promises(
    said: Sequence[Promised], *, on: date, by: Any, import_id: int | None = None
) -> list[InboundPromise]:
    """Add to the history what differs from what was known; return what was added."""
    by_type: dict[str, list[Promised]] = defaultdict(list)
    for one in said:
        by_type[one.source.type].append(one)
    made = []
    for source_type, ones in by_type.items():
        known = latest_promises(source_type, {one.line_id for one in ones})
        for one in ones:
            before = known.get((one.line_id, one.reference))
            if before is None or _differs(before, one):
                made.append(_promise(one, before, on, by, import_id))
    return InboundPromise.objects.bulk_create(made, batch_size=500)


def _differs(before: InboundPromise, one: Promised) -> bool:
    return (before.quantity, before.confirmed_on, before.is_gone) != (
        one.quantity,
        one.confirmed_on,
        one.is_gone,
    )


def _promise(
    one: Promised, before: InboundPromise | None, on: date, by: Any, import_id: int | None
) -> InboundPromise:
    return InboundPromise(
        product_id=one.product_id,
        warehouse_id=one.warehouse_id,
        quantity=one.quantity,
        confirmed_on=one.confirmed_on,
        previous_on=before.confirmed_on if before else None,
        previous_quantity=before.quantity if before else None,
        is_gone=one.is_gone,
        reference=one.reference,
        source_type=one.source.type,
        source_id=one.source.id,
        source_line_id=one.line_id,
        import_id=import_id,
        noted_on=on,
        noted_by=by,
    )


def spread_promises(lines: Collection[OpenLine], *, on: date) -> None:
    """Lay out what lines of our orders have open by what their supplier says of them.

    A maker's report counts before what a person noted; what it names no more comes after what it
    names; what nobody spoke of stays without a date. Never more than is open. The caller holds
    the locks of the orders.
    """
    if not lines:
        return
    (source_type,) = {line.source.type for line in lines}
    ids = {line.line_id for line in lines}
    said: dict[int, list[InboundPromise]] = defaultdict(list)
    for (line_id, _reference), one in latest_promises(source_type, ids).items():
        said[line_id].append(one)
    there = Inbound.objects.filter(source_type=source_type, source_line_id__in=ids)
    missing = {
        (row.source_line_id, row.reference): row.missing_since
        for row in there.select_for_update().order_by("pk")
    }
    there.delete()
    Inbound.objects.bulk_create(
        [
            row
            for line in lines
            for row in _spread(line, said[line.line_id], missing=missing, on=on)
        ],
        batch_size=500,
    )


def _spread(
    line: OpenLine,
    said: Sequence[InboundPromise],
    *,
    missing: Mapping[tuple[int, str], date | None],
    on: date,
) -> list[Inbound]:
    from_reports = [one for one in said if one.reference]
    parts = from_reports or list(said)
    parts.sort(key=lambda one: (one.is_gone, one.confirmed_on or date.max, one.pk))
    rest, rows = line.quantity, []
    for one in parts:
        part = min(rest, one.quantity)
        if part <= 0:
            continue
        rest -= part
        known = missing.get((line.line_id, one.reference))
        since = (known or on) if one.is_gone else None
        rows.append(_row(line, part, one.confirmed_on, one.reference, since))
    if rest > 0:
        rows.append(_row(line, rest, None, "", None))
    return rows


def _row(
    line: OpenLine, quantity: Decimal, on: date | None, reference: str, missing: date | None
) -> Inbound:
    return Inbound(
        product_id=line.product_id,
        warehouse_id=line.warehouse_id,
        quantity=quantity,
        requested_on=line.requested_on,
        confirmed_on=on,
        reference=reference,
        missing_since=missing,
        source_type=line.source.type,
        source_id=line.source.id,
        source_line_id=line.line_id,
    )
