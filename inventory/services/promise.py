"""Available to promise: how much of a product may still be sold, and from which day on.

What is free now, plus what comes in by its confirmed or requested date, less what is sold and not
yet reserved, by the day it is wanted. A quantity may be promised for a day if no later day runs
short by it. Goods that are overdue or have no date come some day: no date can be promised on them.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import accumulate
from typing import Any, NamedTuple, Self

from erp.core.money import ZERO
from erp.core.periods import company_today
from inventory.models import Inbound, StockBalance


class Demand(NamedTuple):
    """Sold and not yet reserved: an open line of a document. No day wanted means now."""

    product_id: int
    warehouse_id: int
    quantity: Decimal
    wanted_on: date | None
    source_line_id: int


Asked = Callable[[Collection[int]], Iterable[Demand]]
_sources: list[Asked] = []


def tells_demand(asked: Asked) -> Asked:
    """Register ``asked(product_ids)``, which returns what is sold of these and not reserved."""
    _sources.append(asked)
    return asked


def open_demand(product_ids: Collection[int]) -> list[Demand]:
    return [demand for asked in _sources for demand in asked(product_ids)]


@dataclass(slots=True)
class Promise:
    """The stock of a product, here or everywhere, and how it will change."""

    today: date
    on_hand: Decimal = ZERO
    reserved: Decimal = ZERO
    changes: dict[date, Decimal] = field(default_factory=lambda: defaultdict(lambda: ZERO))
    inbound: Decimal = ZERO
    undated: Decimal = ZERO  # of it
    demand: Decimal = ZERO

    @property
    def available(self) -> Decimal:
        return self.on_hand - self.reserved

    @property
    def balance(self) -> Decimal:
        """What is left when all has come and all that is sold has left; negative is short."""
        return self.available + self.inbound - self.demand

    @property
    def ever(self) -> Decimal:
        """What may be promised without naming a day."""
        return max(ZERO, self.balance)

    @property
    def now(self) -> Decimal:
        return self.on(self.today)

    def expect(self, quantity: Decimal, on: date | None) -> None:
        self.inbound += quantity
        if on is None or on < self.today:
            self.undated += quantity
        else:
            self.changes[on] += quantity

    def owe(self, quantity: Decimal, on: date | None) -> None:
        self.demand += quantity
        self.changes[max(on or self.today, self.today)] -= quantity

    def add(self, other: "Promise") -> Self:
        for name in ("on_hand", "reserved", "inbound", "undated", "demand"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for day, quantity in other.changes.items():
            self.changes[day] += quantity
        return self

    def _steps(self) -> list[tuple[date, Decimal]]:
        """Return the days on which more or less becomes free, and how much is from then on."""
        days = sorted({self.today, *self.changes})
        levels = list(accumulate((self.changes.get(day, ZERO) for day in days), initial=ZERO))[1:]
        steps, least = [], None
        for day, level in zip(reversed(days), reversed(levels), strict=True):
            free = self.available + level
            least = free if least is None else min(least, free)
            steps.append((day, max(ZERO, least)))
        return steps[::-1]

    def on(self, day: date) -> Decimal:
        """Return how much may be promised for this day."""
        free = ZERO
        for since, quantity in self._steps():
            if since > max(day, self.today):
                break
            free = quantity
        return free

    def earliest(self, quantity: Decimal) -> date | None:
        """Return the first day this much may be promised for; None if no date can be named."""
        return next((day for day, free in self._steps() if free >= quantity), None)

    @property
    def days(self) -> list[tuple[date, Decimal]]:
        """The days from which on more may be promised, with how much; the first is today."""
        found: list[tuple[date, Decimal]] = []
        for day, free in self._steps():
            if not found or free > found[-1][1]:
                found.append((day, free))
        return found


def promises_by_place(
    product_ids: Iterable[int],
    *,
    within: Collection[int] | None = None,
    without_lines: Collection[int] = (),
) -> dict[tuple[int, int], Promise]:
    """Return a promise per (product id, warehouse id) where anything lies, comes or is owed.

    ``within`` keeps to warehouses (``warehouses_of(user)``); ``without_lines`` leaves out what
    these order lines are owed, so that an order is not held against itself. Four queries.
    """
    ids, today = set(product_ids), company_today()
    found: dict[tuple[int, int], Promise] = defaultdict(lambda: Promise(today))
    balances: Any = StockBalance.objects.filter(product_id__in=ids)
    inbound: Any = Inbound.objects.filter(product_id__in=ids)
    if within is not None:
        balances = balances.filter(bin__warehouse_id__in=within)
        inbound = inbound.filter(warehouse_id__in=within)
    lying = balances.order_by().values_list(
        "product_id", "bin__warehouse_id", "on_hand", "reserved"
    )
    for product_id, place, on_hand, reserved in lying:
        promise = found[product_id, place]
        promise.on_hand += on_hand
        promise.reserved += reserved
    coming = inbound.order_by().values_list(
        "product_id", "warehouse_id", "quantity", "confirmed_on", "requested_on"
    )
    for product_id, place, quantity, confirmed, wanted in coming:
        found[product_id, place].expect(quantity, confirmed or wanted)
    for owed in open_demand(ids):
        if (within is None or owed.warehouse_id in within) and (
            owed.source_line_id not in without_lines
        ):
            found[owed.product_id, owed.warehouse_id].owe(owed.quantity, owed.wanted_on)
    return dict(found)


def promises(
    product_ids: Iterable[int],
    *,
    warehouse_id: int | None = None,
    within: Collection[int] | None = None,
) -> dict[int, Promise]:
    """Return one promise for each product id asked for, over the warehouses together."""
    ids, today = set(product_ids), company_today()
    places = within if warehouse_id is None else {warehouse_id} & set(within or {warehouse_id})
    found = {product_id: Promise(today) for product_id in ids}
    for (product_id, _place), promise in promises_by_place(ids, within=places).items():
        found[product_id].add(promise)
    return found


def available_to_promise(
    product_ids: Iterable[int],
    *,
    warehouse_id: int | None = None,
    within: Collection[int] | None = None,
    on: date | None = None,
) -> dict[int, Decimal]:
    """Return per product id how much may be promised for a day, today without one; never below 0.

    on hand − reserved + inbound by that day − what is sold and not reserved, and no more than
    every later day can spare.
    """
    known = promises(product_ids, warehouse_id=warehouse_id, within=within)
    return {key: one.on(on or one.today) for key, one in known.items()}


def earliest_dates(
    quantities: Mapping[int, Decimal],
    *,
    warehouse_id: int | None = None,
    within: Collection[int] | None = None,
) -> dict[int, date | None]:
    """Return per product id the first day this quantity may be promised for, None for no date."""
    known = promises(quantities, warehouse_id=warehouse_id, within=within)
    return {key: known[key].earliest(quantity) for key, quantity in quantities.items()}
