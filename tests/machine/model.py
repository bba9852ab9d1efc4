"""Stock and what is promised of it as plain dictionaries, worked out another way than the system.

Quantities by (product, bin), quantity and worth by (product, warehouse), the general ledger by
role. Goods leave at the moving average of their warehouse, half up to the cent, the last unit at
what is left; worth is never left without goods nor below nothing.
"""

import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from decimal import ROUND_HALF_UP, Decimal, localcontext
from pathlib import Path
from typing import ClassVar, NamedTuple, TypeVar

ZERO, CENT, MILLI, MICRO = Decimal(0), Decimal("0.01"), Decimal("0.001"), Decimal("0.000001")
Spot = tuple[int, int]  # product and bin, or product and warehouse

# What a change of worth is set against in the general ledger, by kind of move.
AGAINST = {
    **dict.fromkeys(("receipt", "supplier_return"), "received_not_invoiced"),
    **dict.fromkeys(("delivery", "customer_return", "cost_of_goods"), "cost_of_goods"),
    "sample": "samples",
    **dict.fromkeys(("scrap", "loss"), "stock_loss"),
    **dict.fromkeys(("adjustment", "count", "surplus", "assembly", "transfer"), "stock_adjustment"),
    "landed_cost": "landed_cost",
    **dict.fromkeys(("price_difference", "residual"), "price_difference"),
}
ROLES = {"inventory", *AGAINST.values()}
# What sets a place right by hand: a count from before it is out of date.
CORRECTIONS = {"count", "adjustment", "surplus", "scrap"}


class Refused(Exception):  # noqa: N818 -- an answer, not a fault
    # Where the model refused something: file and line.
    met: ClassVar[set[tuple[str, int]]] = set()

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
        caller = sys._getframe(1)
        self.met.add((Path(caller.f_code.co_filename).name, caller.f_lineno))


def half_up(amount: Decimal, step: Decimal = CENT) -> Decimal:
    with localcontext() as context:
        context.prec = 60
        return amount.quantize(step, ROUND_HALF_UP)


def shares(amount: Decimal, weights: list[Decimal]) -> list[Decimal]:
    """Share an amount out by weight, to the cent in all."""
    whole, reached = sum(weights, ZERO), ZERO
    given: list[Decimal] = []
    for weight in weights:
        reached += weight
        given.append(half_up(amount * reached / whole) - sum(given, ZERO))
    return given


class Move(NamedTuple):
    """Goods or worth alone (quantity 0) from a bin to a bin; ``each``: the change per piece."""

    product: int
    here: int | None
    there: int | None
    quantity: Decimal
    value: Decimal
    kind: str
    each: Decimal = ZERO


class Held:
    """A document's line that stock is promised to."""

    pk: int
    product: int

    def __init__(self) -> None:
        self.promises: dict[int, tuple[int, Decimal]] = {}  # by bin: when first made, how much

    @property
    def reserved(self) -> Decimal:
        return sum((quantity for _since, quantity in self.promises.values()), ZERO)


H = TypeVar("H", bound=Held)


class Model:
    def __init__(self, warehouse_of: dict[int, int]) -> None:
        self.warehouse_of = warehouse_of
        self.on_hand: dict[Spot, Decimal] = defaultdict(lambda: ZERO)
        self.reserved: dict[Spot, Decimal] = defaultdict(lambda: ZERO)
        self.worth: dict[Spot, tuple[Decimal, Decimal]] = defaultdict(lambda: (ZERO, ZERO))
        self.ledger: dict[str, Decimal] = defaultdict(lambda: ZERO)
        # Bins in the order in which a product first came to them: promises are taken so.
        self.seen: dict[int, list[int]] = defaultdict(list)
        self.clock = 0
        self.corrected: dict[Spot, int] = {}

    _KEPT = ("on_hand", "reserved", "worth", "ledger", "corrected")

    @contextmanager
    def all_or_nothing(self) -> Iterator[None]:
        """What is refused leaves no trace. Documents change after the stock they move."""
        kept = {name: getattr(self, name).copy() for name in self._KEPT}
        seen = {product: list(places) for product, places in self.seen.items()}
        try:
            yield
        except Refused:
            for name, before in kept.items():
                setattr(self, name, before)
            self.seen = defaultdict(list, seen)
            raise

    def free(self, product: int, place: int) -> Decimal:
        return self.on_hand[product, place] - self.reserved[product, place]

    def account(self, product: int, place: int) -> tuple[Decimal, Decimal]:
        """Return quantity and worth of a product in the warehouse of a bin."""
        return self.worth[product, self.warehouse_of[place]]

    def average(self, product: int) -> Decimal:
        """Return what a piece costs over all warehouses, 0 where there is none."""
        rows = [rest for (one, _home), rest in self.worth.items() if one == product and rest[0]]
        quantity = sum((quantity for quantity, _worth in rows), ZERO)
        worth = sum((worth for _quantity, worth in rows), ZERO)
        return half_up(worth / quantity, MICRO) if quantity else ZERO

    # --- movements ---

    @contextmanager
    def posting(self, *places: Spot) -> Iterator["Posting"]:
        """Change stock in one go; ``places``: the products and bins touched."""
        made = Posting(self, places)
        yield made
        made.settle()

    def take_back(self, moves: list[Move]) -> list[Move]:
        """Undo what a document moved, the last move first, at the same quantities and values."""
        ends = {(m.product, b) for m in moves for b in (m.here, m.there) if b is not None}
        with self.posting(*ends) as made:
            for move in reversed(moves):
                back = move._replace(here=move.there, there=move.here)
                made.move(*back)
            made.spare_what_left()
        return made.moves

    # --- promises ---

    def reserve(
        self, wanted: Sequence[tuple[Held, Decimal, int, int | None]], *, part: bool
    ) -> bool:
        """Promise stock to lines: how much of which warehouse, maybe of one bin only.

        All or nothing unless part is enough. Return whether anything was promised.
        """
        taken: list[tuple[Held, int, Decimal]] = []
        for line, quantity, home, bin_id in wanted:
            rest = quantity
            for place in self.seen[line.product]:
                part_of_it = min(rest, self.free(line.product, place))
                if self.warehouse_of[place] != home or bin_id not in {None, place}:
                    continue
                if part_of_it > 0:
                    self.reserved[line.product, place] += part_of_it
                    taken.append((line, place, part_of_it))
                    rest -= part_of_it
            if rest and not part:
                raise Refused("insufficient_stock")
        for line, place, quantity in taken:
            self.clock += 1
            since, held = line.promises.get(place, (self.clock, ZERO))
            line.promises[place] = (since, held + quantity)
        return bool(taken)

    def release(self, wanted: list[tuple[H, Decimal | None]]) -> list[tuple[H, int, Decimal]]:
        """Give up promises, all or so much; return what and from which bins, the oldest first."""
        assert all(quantity is None or quantity <= line.reserved for line, quantity in wanted)
        rest = {line: line.reserved if asked is None else asked for line, asked in wanted}
        rows = [
            (since, line, place) for line in rest for place, (since, _q) in line.promises.items()
        ]
        freed = []
        for since, line, place in sorted(rows, key=lambda row: row[0]):
            held = line.promises[place][1]
            part = min(rest[line], held)
            if part:
                rest[line] -= part
                self.reserved[line.product, place] -= part
                line.promises[place] = (since, held - part)
                freed.append((line, place, part))
            if not line.promises[place][1]:
                del line.promises[place]
        return freed


class Posting:
    def __init__(self, model: Model, places: tuple[Spot, ...]) -> None:
        self.model = model
        self.moves: list[Move] = []
        self.owed: dict[Spot, Decimal] = {}
        for product, place in sorted(places):
            if place not in model.seen[product]:
                model.seen[product].append(place)
        accounts = {(product, model.warehouse_of[place]) for product, place in places}
        self.began = {key: model.worth[key] for key in accounts}
        self.averages = {product: model.average(product) for product, _place in places}

    def move(
        self,
        product: int,
        here: int | None,
        there: int | None,
        quantity: Decimal,
        value: Decimal,
        kind: str,
        each: Decimal = ZERO,
    ) -> None:
        model = self.model
        if here is not None and quantity and model.free(product, here) < quantity:
            raise Refused("insufficient_stock")
        for place, sign in ((here, -1), (there, 1)):
            if place is None:
                continue
            model.on_hand[product, place] += sign * quantity
            had, worth = model.account(product, place)
            home = model.warehouse_of[place]
            model.worth[product, home] = (had + sign * quantity, worth + sign * value)
            if kind in CORRECTIONS:
                model.corrected[product, place] = model.clock
        if here is None or there is None:
            model.ledger["inventory"] += value if here is None else -value
            model.ledger[AGAINST[kind]] -= value if here is None else -value
        self.moves.append(Move(product, here, there, quantity, value, kind, each))

    def take(
        self, product: int, place: int, quantity: Decimal, kind: str, there: int | None = None
    ) -> Decimal:
        """Let goods leave at the average, out or to another bin; return what they left with."""
        if self.model.free(product, place) < quantity:
            raise Refused("insufficient_stock")
        had, worth = self.model.account(product, place)
        value = worth if quantity == had else half_up(worth * quantity / had)
        self.move(product, place, there, quantity, value, kind)
        return value

    def put(
        self, product: int, place: int, quantity: Decimal, value: Decimal | None, kind: str
    ) -> Decimal:
        """Let goods come in, without a value at what they cost now; return what they came at."""
        if value is None:
            had, worth = self.model.account(product, place)
            value = half_up(worth * quantity / had if had else quantity * self.averages[product])
        self.move(product, None, place, quantity, value, kind)
        return value

    def revalue(self, changes: list[tuple[int, int, Decimal, Decimal]], kind: str) -> None:
        """Make so many pieces of a product in a bin dearer by an amount: goods that are gone too.

        Their share is cost of goods sold; worth does not fall below nothing.
        """
        homes = self.model.warehouse_of
        wanted: dict[Spot, Decimal] = defaultdict(lambda: ZERO)
        for product, place, quantity, _amount in changes:
            wanted[product, homes[place]] += quantity
        for product, place, _quantity, amount in changes:
            if not amount:
                continue
            had, worth = self.model.account(product, place)
            of = wanted[product, homes[place]]
            kept = max(half_up(amount * min(had, of) / of), -worth)
            each = half_up(abs(kept) / had, MICRO) if had else ZERO
            self.shift(product, place, amount, kind, each)
            self.shift(product, place, kept - amount, "cost_of_goods")

    def shift(
        self, product: int, place: int, amount: Decimal, kind: str, each: Decimal = ZERO
    ) -> None:
        if amount:
            here, there = (place, None) if amount < 0 else (None, place)
            self.move(product, here, there, ZERO, abs(amount), kind, each)

    def spare_what_left(self) -> None:
        """Take a change of worth back only from the goods still there."""
        amounts: dict[Spot, Decimal] = defaultdict(lambda: ZERO)
        per_piece: dict[Spot, Decimal] = defaultdict(lambda: ZERO)
        for move in self.moves:
            place = move.there if move.there is not None else move.here
            if place is not None and not move.quantity and move.kind != "residual":
                sign = 1 if move.there is not None else -1
                key = (move.product, self.model.warehouse_of[place])
                amounts[key] += sign * move.value
                per_piece[key] += sign * move.each
        for key, amount in amounts.items():
            carried = half_up(per_piece[key] * self.model.worth[key][0])
            if abs(carried) < abs(amount):
                self.owed[key] = carried - amount

    def settle(self) -> None:
        """Correct a worth that cannot stand; the difference is a price difference."""
        for (product, home), (had, was) in self.began.items():
            left, worth = self.model.worth[product, home]
            target = worth + self.owed.get((product, home), ZERO)
            if not left:
                target = ZERO
            elif target < 0:  # the rest keeps what it was worth at the former average
                target = half_up(was * (left / had)) if had >= left else ZERO
            if target != worth:
                homes = self.model.warehouse_of
                ends = [
                    place
                    for move in self.moves
                    for place in (move.here, move.there)
                    if place is not None
                    and (move.product, homes[place]) == (product, home)
                    and move.kind != "residual"
                ]
                self.shift(product, ends[-1], target - worth, "residual")
