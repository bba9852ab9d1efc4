"""What must hold between stock documents, the ledger and the promises."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from django.db.models import F, Q

from erp.core.aggregates import ExactSum
from erp.core.invariants import Check, differences, invariant
from erp.core.money import ZERO
from inventory.models import (
    Assembly,
    AssemblyLine,
    Reservation,
    StockBalance,
    StockCountLine,
    StockEntry,
    StockEntryLine,
    StockMove,
    Transfer,
    TransferLine,
)
from inventory.models.entries import COMING_IN
from inventory.models.places import WarehouseKind

_Sums = dict[int, tuple[Decimal, Decimal]]


def _line(name: str) -> Callable[[Any], str]:
    return lambda pk: f"{name} line {pk}"


@invariant("transfers: what is on the road is held there, sent = received + lost + open")
def goods_on_the_road(check: Check) -> Iterator[str]:
    still_open = {}
    rows = TransferLine.objects.filter(document__status=Transfer.Status.IN_TRANSIT)
    figures = ("pk", "quantity", "received_quantity", "lost_quantity")
    for pk, quantity, received, lost in rows.values_list(*figures).iterator():
        still_open[pk] = quantity - received - lost
        if min(received, lost, still_open[pk]) < 0:
            yield f"transfer line {pk}: sent {quantity}, received {received}, lost {lost}"
    held = Reservation.objects.filter(
        source_type=Transfer._meta.label_lower, bin__warehouse__kind=WarehouseKind.TRANSIT
    )
    sums = held.order_by().values_list("source_line_id")
    reserved = dict(sums.annotate(total=ExactSum(F("quantity"), places=3)).iterator())
    yield from differences(check, still_open, reserved, label=_line("transfer"))
    road = StockBalance.objects.filter(bin__warehouse__kind=WarehouseKind.TRANSIT)
    for pk, on_hand, held_there in road.values_list("pk", "on_hand", "reserved").iterator():
        check.rows += 1
        if on_hand != held_there:
            yield f"balance {pk} on the road: {on_hand} there, {held_there} held by transfers"


def _moved(source: str) -> _Sums:
    """Return per line of a document type what its own moves brought in, less what they took out."""
    moved: dict[int, list[Decimal]] = defaultdict(lambda: [ZERO, ZERO])
    own = StockMove.objects.filter(source_type=source, reverses=None, quantity__gt=0)
    for side, sign in ((Q(from_bin=None), 1), (Q(to_bin=None), -1)):
        lines = own.filter(side).order_by().values_list("source_line_id")
        sums: Any = lines.annotate(
            quantity_total=ExactSum(F("quantity"), places=3), value_total=ExactSum(F("value"))
        )
        for line, quantity, value in sums.iterator():
            moved[line][0] += sign * quantity
            moved[line][1] += sign * value
    return {line: (quantity, value) for line, (quantity, value) in moved.items()}


def _compare(check: Check, name: str, said: _Sums, moved: _Sums) -> Iterator[str]:
    for place in (0, 1):
        want = {line: figures[place] for line, figures in said.items()}
        have = {line: figures[place] for line, figures in moved.items()}
        yield from differences(check, want, have, label=_line(name))


@invariant("stock counts: moves = counted − expected per line")
def counts_moved_their_differences(check: Check) -> Iterator[str]:
    said = {}
    rows = StockCountLine.objects.filter(document__status__in=["posted", "reversed"])
    rows = rows.exclude(counted_quantity=None).exclude(counted_quantity=F("expected_quantity"))
    figures = ("pk", "counted_quantity", "expected_quantity", "variance_value")
    for pk, counted, expected, value in rows.values_list(*figures).iterator():
        said[pk] = (counted - expected, value or ZERO)
    yield from _compare(check, "stock count", said, _moved("inventory.stockcount"))


@invariant("other receipts and issues: moves = lines")
def entries_moved_their_lines(check: Check) -> Iterator[str]:
    said = {}
    rows = StockEntryLine.objects.filter(
        document__status__in=[StockEntry.Status.POSTED, StockEntry.Status.REVERSED]
    )
    for pk, kind, quantity, value in rows.values_list(
        "pk", "document__kind", "quantity", "value"
    ).iterator():
        sign = 1 if kind in COMING_IN else -1
        said[pk] = (sign * quantity, sign * (value or ZERO))
    yield from _compare(check, "stock entry", said, _moved("inventory.stockentry"))


@invariant("assemblies: components + labour = set")
def assemblies_keep_their_value(check: Check) -> Iterator[str]:
    done = [Assembly.Status.POSTED, Assembly.Status.REVERSED]
    said: _Sums = {}
    parts: dict[int, Decimal] = defaultdict(lambda: ZERO)
    rows = AssemblyLine.objects.filter(document__status__in=done)
    for pk, document, kind, quantity, value in rows.values_list(
        "pk", "document_id", "document__kind", "quantity", "value"
    ).iterator():
        sign = 1 if kind == Assembly.Kind.DISASSEMBLE else -1
        said[pk] = (sign * quantity, sign * (value or ZERO))
        parts[document] += value or ZERO
    moved = _moved("inventory.assembly")
    moved.pop(0, None)  # the sets themselves
    yield from _compare(check, "assembly", said, moved)
    wholes = {}
    for pk, value, labour in Assembly.objects.filter(status__in=done).values_list(
        "pk", "value", "labour_amount"
    ):
        wholes[pk] = (value or ZERO) - labour
    yield from differences(check, wholes, parts, label=lambda pk: f"assembly {pk}")
