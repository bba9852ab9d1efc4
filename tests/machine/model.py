"""Stock and orders as plain dictionaries: what the system must come to, worked out another way.

Quantities by (product, bin), quantity and worth by (product, warehouse). Goods leave at the moving
average of their warehouse, half up to the cent, the last unit at what is left; a reversal and a
return take the value the goods moved at, and worth is never left without goods nor below nothing.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

ZERO, CENT = Decimal(0), Decimal("0.01")


class Refused(Exception):  # noqa: N818 -- an answer, not a fault
    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def half_up(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)


@dataclass
class OrderLine:
    product: int
    ordered: Decimal
    delivered: Decimal = ZERO
    closed: Decimal = ZERO
    # Quantity by bin, the oldest promise first.
    held: dict[int, Decimal] = field(default_factory=dict)

    @property
    def open(self) -> Decimal:
        return self.ordered - self.delivered - self.closed

    @property
    def reserved(self) -> Decimal:
        return sum(self.held.values(), ZERO)

    def hold(self, place: int, quantity: Decimal) -> None:
        """Promise more of a bin, or less; what is nothing any more is forgotten."""
        self.held[place] = self.held.get(place, ZERO) + quantity
        if not self.held[place]:
            del self.held[place]


@dataclass
class Shipped:
    """What a delivery took of one order line: bin, quantity and value per part."""

    line: OrderLine
    parts: list[tuple[int, Decimal, Decimal]]
    back: Decimal = ZERO
    back_value: Decimal = ZERO

    @property
    def quantity(self) -> Decimal:
        return sum((quantity for _bin, quantity, _value in self.parts), ZERO)

    @property
    def value(self) -> Decimal:
        return sum((value for _bin, _quantity, value in self.parts), ZERO)


class Model:
    def __init__(self, warehouse_of: dict[int, int]) -> None:
        self.warehouse_of = warehouse_of
        self.on_hand: dict[tuple[int, int], Decimal] = defaultdict(lambda: ZERO)
        self.reserved: dict[tuple[int, int], Decimal] = defaultdict(lambda: ZERO)
        self.worth: dict[tuple[int, int], tuple[Decimal, Decimal]] = defaultdict(
            lambda: (ZERO, ZERO)
        )
        # Bins in the order in which a product first came to them: promises are taken so.
        self.seen: dict[int, list[int]] = defaultdict(list)

    # --- movements ---

    def free(self, product: int, place: int) -> Decimal:
        return self.on_hand[product, place] - self.reserved[product, place]

    def put(self, product: int, place: int, quantity: Decimal, value: Decimal) -> None:
        if place not in self.seen[product]:
            self.seen[product].append(place)
        self.on_hand[product, place] += quantity
        self._change(product, self.warehouse_of[place], quantity, value)

    def take(
        self, product: int, place: int, quantity: Decimal, value: Decimal | None = None
    ) -> Decimal:
        """Take goods out, at the average or at a value; return what they left with."""
        if self.free(product, place) < quantity:
            raise Refused("insufficient_stock")
        home = self.warehouse_of[place]
        had, worth = self.worth[product, home]
        if value is None:
            value = worth if quantity == had else half_up(worth * quantity / had)
        self.on_hand[product, place] -= quantity
        self._change(product, home, -quantity, -value)
        return value

    def _change(self, product: int, home: int, quantity: Decimal, value: Decimal) -> None:
        had, was = self.worth[product, home]
        left, worth = had + quantity, was + value
        if not left:
            worth = ZERO
        elif worth < 0:  # the rest keeps what it was worth at the former average
            worth = half_up(was * (left / had)) if had >= left else ZERO
        self.worth[product, home] = (left, worth)

    # --- promises ---

    def reserve(self, wanted: list[tuple[OrderLine, Decimal]], home: int, *, partial: bool) -> None:
        """Promise stock to lines, all or nothing unless part is enough."""
        taken: list[tuple[OrderLine, int, Decimal]] = []
        for line, quantity in wanted:
            parts = self._spread(line.product, quantity, home)
            for place, part in parts:
                self.reserved[line.product, place] += part
                taken.append((line, place, part))
            if sum(part for _place, part in parts) < quantity and not partial:
                for one, place, part in taken:
                    self.reserved[one.product, place] -= part
                raise Refused("insufficient_stock")
        for line, place, part in taken:
            line.hold(place, part)

    def _spread(self, product: int, quantity: Decimal, home: int) -> list[tuple[int, Decimal]]:
        """Return how much each bin of a warehouse gives, the oldest bin first."""
        parts = []
        for place in self.seen[product]:
            if self.warehouse_of[place] == home:
                part = min(quantity, self.free(product, place))
                if part > 0:
                    parts.append((place, part))
                    quantity -= part
        return parts

    def release(
        self, line: OrderLine, quantity: Decimal | None = None
    ) -> list[tuple[int, Decimal]]:
        """Give up promises, all or so much; return from which bins."""
        rest = line.reserved if quantity is None else quantity
        if rest > line.reserved:
            raise Refused("not_reserved")
        freed = []
        for place, held in list(line.held.items()):
            part = min(rest, held)
            if part:
                line.hold(place, -part)
                self.reserved[line.product, place] -= part
                freed.append((place, part))
                rest -= part
        return freed
