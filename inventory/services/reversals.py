"""Reversals: what a document moved goes back, in the same quantities and at the same values."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from erp.core.aggregates import ExactSum
from erp.core.errors import DomainError
from erp.core.money import ZERO, round_money
from inventory.models import StockMove
from inventory.services.movements import Movement, Posting, Source, ends

_Done = dict[tuple[int, str], tuple[Decimal, Decimal]]


def reverse_movements(
    source: Source,
    *,
    on: date,
    by: Any,
    line_quantities: Mapping[int, Decimal] | None = None,
) -> list[StockMove]:
    """Undo the moves of a document, all that is left of them or so much per line id.

    Each new move names the one it takes back and has its value; goods return to the bins they
    left, and leave the bins they came into. Where the stock no longer carries that value the
    difference is booked as a residual. Returns nothing for a document that moved nothing. Raises
    DomainError period_closed, already_reversed, insufficient_stock when the goods are gone.
    """
    moves = list(_moves_of(source, line_quantities))
    posting = Posting(ends(moves), source, on)
    done = _reversed(moves)
    left = dict(line_quantities) if line_quantities is not None else None
    for move in moves:
        _take_back(posting, move, done.get((move.pk, move.kind), (ZERO, ZERO)), left)
    if (moves and not posting.moves) or (left is not None and any(left.values())):
        raise DomainError(_("That is reversed already."), code="already_reversed")
    _spare_what_left(posting)
    return posting.write(by=by) if posting.moves else []


def _moves_of(source: Source, lines: Mapping[int, Decimal] | None) -> Any:
    """The document's own moves, the last one first."""
    moves = StockMove.objects.filter(source_type=source.type, source_id=source.id, reverses=None)
    if lines is not None:
        moves = moves.filter(source_line_id__in=lines, quantity__gt=0)
    return moves.select_related("from_bin", "to_bin").order_by("-pk")


def _reversed(moves: Sequence[StockMove]) -> _Done:
    """What of each move is taken back already, by its id and kind."""
    rows = StockMove.objects.filter(reverses__in=[move.pk for move in moves]).order_by()
    sums = rows.values_list("reverses_id", "kind").annotate(
        quantity_back=ExactSum(F("quantity"), places=3), value_back=ExactSum(F("value"))
    )
    return {(move, kind): (quantity, value) for move, kind, quantity, value in sums}


def _take_back(
    posting: Posting,
    move: StockMove,
    done: tuple[Decimal, Decimal],
    left: dict[int, Decimal] | None,
) -> None:
    quantity, value = move.quantity - done[0], move.value - done[1]
    if left is not None and left[move.source_line_id] < quantity:
        quantity = left[move.source_line_id]
        value = min(value, round_money(move.value * quantity / move.quantity))
    if not quantity and not value:
        return
    if left is not None:
        left[move.source_line_id] -= quantity
    if move.to_bin is not None and quantity:
        posting.stock.check_available(move.product_id, move.to_bin, quantity)
    back = Movement(
        move.source_line_id, move.product_id, quantity, from_bin=move.to_bin, to_bin=move.from_bin
    )
    more = {} if quantity else {"unit_cost": move.unit_cost}
    posting.add(back, move.kind, value, reverses=move, **more)


def _spare_what_left(posting: Posting) -> None:
    """Take back a change of value only from goods still there: the others took theirs along."""
    amounts: dict[tuple[int, int], Decimal] = defaultdict(lambda: ZERO)
    per_unit: dict[tuple[int, int], Decimal] = defaultdict(lambda: ZERO)
    for move in posting.moves:
        place, sign = (move.to_bin, 1) if move.to_bin is not None else (move.from_bin, -1)
        if place is not None and not move.quantity and move.kind != StockMove.Kind.RESIDUAL:
            amounts[move.product_id, place.warehouse_id] += sign * move.value
            per_unit[move.product_id, place.warehouse_id] += sign * move.unit_cost
    for key, amount in amounts.items():
        account = posting.stock.accounts[key]
        carried = round_money(per_unit[key] * account.quantity)
        if abs(carried) < abs(amount):
            account.owed = carried - amount
