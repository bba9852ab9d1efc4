"""Movements: the only writer of the stock ledger, of balances and of values."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from erp.core import bulk
from erp.core.errors import DomainError
from erp.core.money import ZERO, round_price
from erp.core.periods import assert_open
from erp.core.registry import ValueEvent, publish_value_events
from inventory.models import Bin, StockMove
from inventory.services.locked_stock import HeldStock, LockedStock


@dataclass(frozen=True, slots=True)
class Source:
    """The document a ledger row points at."""

    type: str
    id: int

    @classmethod
    def of(cls, document: Any) -> "Source":
        return cls(document.source_type, document.pk)


@dataclass(frozen=True, slots=True)
class Movement:
    """One movement asked for. ``value`` is what comes in, or what goods leave at.

    Without it goods leave at the moving average of their warehouse, and come in at no value.
    """

    line_id: int
    product_id: int
    quantity: Decimal
    from_bin: Bin | None = None
    to_bin: Bin | None = None
    value: Decimal | None = None


class Posting:
    """The ledger rows of one document while they are made, and the stock they change."""

    def __init__(
        self,
        places: Iterable[tuple[int, Bin]],
        source: Source,
        on: date,
        held: HeldStock | None = None,
    ) -> None:
        assert_open(on, "stock")
        self.stock = LockedStock(places, on, held)
        self.source = source
        self.on = on
        self.moves: list[StockMove] = []

    def add(self, asked: Movement, kind: str, value: Decimal, **more: Any) -> None:
        """Write a movement down at this value and let the stock follow."""
        product_id, quantity = asked.product_id, asked.quantity
        if asked.from_bin is not None:
            self.stock.change(product_id, asked.from_bin, -quantity, -value)
        if asked.to_bin is not None:
            self.stock.change(product_id, asked.to_bin, quantity, value)
        more.setdefault("unit_cost", round_price(value / quantity) if quantity else ZERO)
        self.moves.append(
            StockMove(
                product_id=product_id,
                from_bin=asked.from_bin,
                to_bin=asked.to_bin,
                quantity=quantity,
                value=value,
                kind=kind,
                on=self.on,
                source_type=self.source.type,
                source_id=self.source.id,
                source_line_id=asked.line_id,
                **more,
            )
        )

    def write(self, *, by: Any) -> list[StockMove]:
        """Settle, save stock and ledger, and tell finance, once per kind of move."""
        self._add_residuals()
        self.stock.save()
        bulk.insert(self.moves)
        gained: dict[tuple[str, date], Decimal] = defaultdict(lambda: ZERO)
        for move in self.moves:
            if move.from_bin_id is None:
                gained[move.kind, move.on] += move.value
            elif move.to_bin_id is None:
                gained[move.kind, move.on] -= move.value
        events = [
            ValueEvent(kind, amount, on, self.source.type, self.source.id)
            for (kind, on), amount in gained.items()
            if amount
        ]
        if events:
            publish_value_events(events, by=by)
        return self.moves

    def _add_residuals(self) -> None:
        """Book what values had to be corrected by, beside the last move of the account."""
        corrections = self.stock.settle()
        if not corrections:
            return
        last: dict[tuple[int, int], tuple[StockMove, Bin]] = {}
        for move in self.moves:
            for place in (move.from_bin, move.to_bin):
                if place is not None and move.kind != StockMove.Kind.RESIDUAL:
                    last[move.product_id, place.warehouse_id] = (move, place)
        for one in corrections:
            assert_open(one.on, "stock")
            move, place = last[one.product_id, one.warehouse_id]
            amount, quantity = abs(one.amount), one.quantity
            self.moves.append(
                StockMove(
                    product_id=move.product_id,
                    from_bin=place if one.amount < 0 else None,
                    to_bin=place if one.amount > 0 else None,
                    quantity=ZERO,
                    unit_cost=round_price(amount / quantity) if quantity else ZERO,
                    value=amount,
                    kind=StockMove.Kind.RESIDUAL,
                    on=one.on,
                    source_type=self.source.type,
                    source_id=self.source.id,
                    source_line_id=move.source_line_id,
                    reverses=move.reverses,
                )
            )


def ends(movements: Iterable[Any]) -> list[tuple[int, Bin]]:
    """Return the places that movements, or moves, start from and lead to."""
    return [(m.product_id, b) for m in movements for b in (m.from_bin, m.to_bin) if b is not None]


def post_movements(
    movements: Sequence[Movement],
    *,
    source: Source,
    kind: str,
    on: date,
    by: Any,
    held: HeldStock | None = None,
) -> list[StockMove]:
    """Post movements of one document: balances, values, ledger rows, and one value event per kind.

    Locks balances, but for those ``held``, then values by primary key. Goods leave at the moving
    average of their warehouse before the move, the last unit at the remaining value, or at the
    value given: what the stock does not carry of that becomes a residual. On a past day, that day's
    average counts. Raises DomainError period_closed, same_bin, insufficient_stock, also where the
    goods were not there on that day or would be missed on a later one.
    """
    posting = Posting(ends(movements), source, on, held)
    for asked in movements:
        value = asked.value
        if asked.from_bin is not None:
            if asked.from_bin == asked.to_bin:
                raise DomainError(
                    _("The goods are in %(bin)s already.") % {"bin": asked.from_bin},
                    code="same_bin",
                    field="to_bin",
                )
            stock = posting.stock
            stock.check_available(asked.product_id, asked.from_bin, asked.quantity)
            if value is None:
                value = stock.account(asked.product_id, asked.from_bin).cost_of(asked.quantity)
        posting.add(asked, kind, value or ZERO)
    return posting.write(by=by)
