"""Ageing: the moves of a product played again, first in, first out, over all warehouses.

The cost is that of reading every move once, by product, in chunks of constant memory; pages read
the stored result. Goods keep their age when they go from one warehouse to another; what is put
back (a move that reverses one) is as old as the move it reverses at least.
"""

from bisect import insort
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from erp.core.money import CENT, ZERO
from erp.core.periods import company_today
from inventory.models import Bin, MoveKind, StockAge, StockMove, StockValue
from inventory.models.ageing import AGES

_PRODUCTS_AT_ONCE = 1000
_YEAR = timedelta(days=365)
# Goods that went because they were wanted.
_ISSUES = {MoveKind.DELIVERY, MoveKind.SAMPLE, MoveKind.ASSEMBLY}
_COLUMNS = ("product_id", "from_bin_id", "to_bin_id", "quantity", "value", "kind", "on")


@dataclass(slots=True)
class _Pile:
    """The goods of a product in a warehouse, oldest first."""

    layers: list[list[Any]] = field(default_factory=list)  # [since, quantity]
    issued_on: date | None = None
    sold: Decimal = ZERO
    sold_value: Decimal = ZERO
    value_then: Decimal = ZERO  # a year ago

    def put(self, parts: Iterable[tuple[date, Decimal]]) -> None:
        for since, quantity in parts:
            insort(self.layers, [since, quantity])

    def take(self, quantity: Decimal) -> list[tuple[date, Decimal]]:
        taken, rest = [], quantity
        while rest > 0 and self.layers:
            since, there = self.layers[0]
            part = min(rest, there)
            taken.append((since, part))
            rest -= part
            if part == there:
                self.layers.pop(0)
            else:
                self.layers[0][1] -= part
        return taken

    def issue(
        self, on: date, quantity: Decimal, value: Decimal, *, year_ago: date, is_new: bool
    ) -> None:
        """Count what went because it was wanted; less than nothing is what came back of it."""
        if is_new:
            self.issued_on = max(self.issued_on or on, on)
        if on > year_ago:
            self.sold += quantity
            self.sold_value += value


def refresh_stock_ages() -> int:
    """Work the ages out anew as of today; return the rows there are. Each chunk is written whole.

    Harmless to run twice at once: the later one writes the same.
    """
    today = company_today()
    warehouses = dict(Bin.objects.values_list("pk", "warehouse_id"))
    written, last = 0, 0
    while products := _next_products(last):
        last = products[-1]
        rows = _rows_of(products, warehouses, today)
        with transaction.atomic():
            StockAge.objects.filter(product__in=products).delete()
            StockAge.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)
        written += len(rows)
    with_stock = StockValue.objects.filter(quantity__gt=0).values("product")
    StockAge.objects.exclude(product__in=with_stock).delete()
    return written


def _next_products(last: int) -> list[int]:
    stocked = StockValue.objects.filter(quantity__gt=0, product_id__gt=last)
    found = stocked.order_by("product_id").values_list("product_id", flat=True).distinct()
    return list(found[:_PRODUCTS_AT_ONCE])


def _rows_of(products: Sequence[int], warehouses: dict[int, int], today: date) -> list[StockAge]:
    piles: dict[tuple[int, int], _Pile] = defaultdict(_Pile)
    for move in _moves(products):
        _play(piles, move, warehouses, today - _YEAR)
    values = StockValue.objects.filter(product__in=products, quantity__gt=0).order_by("pk")
    return [_row(value, piles[value.product_id, value.warehouse_id], today) for value in values]


def _moves(products: Sequence[int]) -> Iterator[Any]:
    moves = StockMove.objects.filter(product__in=products).order_by("product_id", "id")
    yield from moves.values_list(*_COLUMNS, "reverses__on").iterator(chunk_size=10_000)


def _play(
    piles: dict[tuple[int, int], _Pile], move: Any, warehouses: dict[int, int], year_ago: date
) -> None:
    product, from_bin, to_bin, quantity, value, kind, on, reversed_on = move
    source = piles[product, warehouses[from_bin]] if from_bin is not None else None
    target = piles[product, warehouses[to_bin]] if to_bin is not None else None
    if source is target:
        return  # from bin to bin
    # Where goods come into the house they are as old as the move; inside they keep their age.
    parts = source.take(quantity) if source is not None else [(reversed_on or on, quantity)]
    if source is not None:
        _leave(source, on, value, year_ago)
    if target is not None:
        _leave(target, on, -value, year_ago)
        target.put(part for part in parts if part[1])
    if kind in _ISSUES and target is None and source is not None:
        source.issue(on, quantity, value, year_ago=year_ago, is_new=reversed_on is None)
    elif kind in _ISSUES and source is None and target is not None:
        target.issue(on, -quantity, -value, year_ago=year_ago, is_new=False)


def _leave(pile: _Pile, on: date, value: Decimal, year_ago: date) -> None:
    if on <= year_ago:
        pile.value_then -= value


def _row(stock: StockValue, pile: _Pile, today: date) -> StockAge:
    bands = [ZERO] * (len(AGES) + 1)
    for since, quantity in pile.layers:
        age = (today - since).days
        bands[sum(age > days for days in AGES)] += quantity
    bands[0] += stock.quantity - sum(bands)  # what was posted while this was read
    since = pile.layers[0][0] if pile.layers else today
    average = (stock.value + max(ZERO, pile.value_then)) / 2
    turns = max(ZERO, pile.sold_value) / average if average else None
    return StockAge(
        product_id=stock.product_id,
        warehouse_id=stock.warehouse_id,
        quantity=stock.quantity,
        value=stock.value,
        young=bands[0],
        middling=bands[1],
        old=bands[2],
        oldest=bands[3],
        oldest_on=since,
        issued_on=pile.issued_on,
        idle_since=pile.issued_on or since,
        sold_quantity=max(ZERO, pile.sold),
        turnover=None if turns is None else min(turns, Decimal(999999)).quantize(CENT),
        counted_on=today,
    )
