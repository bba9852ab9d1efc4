"""Movements: the only writer of the stock ledger, of balances and of values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from erp.core.errors import DomainError
from erp.core.money import ZERO, plain, round_money, round_price
from erp.core.periods import assert_open
from erp.core.registry import ValueEvent, publish_value_events
from inventory.models import Bin, StockBalance, StockMove, StockValue
from products.models import Product


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
    """One movement asked for. ``value`` is what comes in; goods going out go at the average."""

    line_id: int
    product_id: int
    quantity: Decimal
    from_bin: Bin | None = None
    to_bin: Bin | None = None
    value: Decimal | None = None


class _Locked:
    """Balances and values of one posting, locked, changed in memory, written back once."""

    def __init__(self, movements: Sequence[Movement]) -> None:
        bins = {b.pk: b for m in movements for b in (m.from_bin, m.to_bin) if b is not None}
        places = {
            (m.product_id, b.pk) for m in movements for b in (m.from_bin, m.to_bin) if b is not None
        }
        accounts = {(product, bins[place].warehouse_id) for product, place in places}
        self.balances: dict[tuple[int, int], StockBalance] = _locked_rows(
            StockBalance, ("product_id", "bin_id"), places
        )
        self.values: dict[tuple[int, int], StockValue] = _locked_rows(
            StockValue, ("product_id", "warehouse_id"), accounts
        )

    def save(self) -> None:
        StockBalance.objects.bulk_update(self.balances.values(), ["on_hand"], batch_size=500)
        StockValue.objects.bulk_update(self.values.values(), ["quantity", "value"], batch_size=500)


def _locked_rows(model: Any, names: tuple[str, str], keys: set[tuple[int, int]]) -> dict[Any, Any]:
    """Return rows by key, missing ones created, all locked in the order of their primary key."""
    first, second = names
    wanted = Q(**{f"{first}__in": {k[0] for k in keys}, f"{second}__in": {k[1] for k in keys}})
    existing = {
        (a, b): pk
        for a, b, pk in model.objects.filter(wanted).values_list(first, second, "pk")
        if (a, b) in keys
    }
    missing = sorted(keys - existing.keys())
    if missing:
        model.objects.bulk_create(
            [model(**{first: a, second: b}) for a, b in missing], ignore_conflicts=True
        )
        pks = [
            pk
            for a, b, pk in model.objects.filter(wanted).values_list(first, second, "pk")
            if (a, b) in keys
        ]
    else:
        pks = list(existing.values())
    rows = model.objects.select_for_update().filter(pk__in=pks).order_by("pk")
    return {(getattr(row, first), getattr(row, second)): row for row in rows}


def post_movements(
    movements: Sequence[Movement], *, source: Source, kind: str, on: date, by: Any
) -> list[StockMove]:
    """Post movements of one document: balances, values, ledger rows, and one value event.

    Locks balances then values by primary key. Goods leave at the moving average of their warehouse
    before the move; the last unit takes the remaining value. Raises DomainError period_closed,
    insufficient_stock.
    """
    assert_open(on, "stock")
    locked = _Locked(movements)
    moves, gained = [], ZERO
    for movement in movements:
        value = _value_out(locked, movement) if movement.from_bin else movement.value or ZERO
        gained += (value if movement.to_bin else ZERO) - (value if movement.from_bin else ZERO)
        if movement.to_bin:
            _put(locked, movement, movement.to_bin, value)
        moves.append(
            StockMove(
                product_id=movement.product_id,
                from_bin=movement.from_bin,
                to_bin=movement.to_bin,
                quantity=movement.quantity,
                unit_cost=round_price(value / movement.quantity),
                value=value,
                kind=kind,
                on=on,
                source_type=source.type,
                source_id=source.id,
                source_line_id=movement.line_id,
            )
        )
    locked.save()
    StockMove.objects.bulk_create(moves, batch_size=500)
    if gained:
        event = ValueEvent(kind, gained, on, source.type, source.id)
        publish_value_events([event], by=by)
    return moves


def _value_out(locked: _Locked, movement: Movement) -> Decimal:
    """Take the quantity out of its bin and warehouse; return the value that leaves with it."""
    place = movement.from_bin
    if place is None:
        raise ValueError("a movement out needs a bin")
    balance = locked.balances[movement.product_id, place.pk]
    if balance.available < movement.quantity:
        raise insufficient_stock(movement.product_id, movement.quantity, balance.available)
    account = locked.values[movement.product_id, place.warehouse_id]
    if movement.quantity == account.quantity:
        value = account.value
    else:
        value = round_money(account.value * movement.quantity / account.quantity)
    balance.on_hand -= movement.quantity
    account.quantity -= movement.quantity
    account.value -= value
    return value


def _put(locked: _Locked, movement: Movement, place: Bin, value: Decimal) -> None:
    locked.balances[movement.product_id, place.pk].on_hand += movement.quantity
    account = locked.values[movement.product_id, place.warehouse_id]
    account.quantity += movement.quantity
    account.value += value


def insufficient_stock(product_id: int, wanted: Decimal, available: Decimal) -> DomainError:
    product = Product.objects.select_related("brand").get(pk=product_id)
    return DomainError(
        _("%(product)s: %(wanted)s wanted, %(available)s available.")
        % {"product": product, "wanted": plain(wanted), "available": plain(available)},
        code="insufficient_stock",
        field=str(product),
    )
