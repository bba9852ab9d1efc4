"""Transfers between warehouses: reserved, shipped, received in parts, lost on the road."""

from decimal import Decimal

from hypothesis import strategies as st
from hypothesis.stateful import rule

from inventory import services as stock
from inventory.models import Transfer
from inventory.services import Reception, StockLineInput
from tests.machine.base import QUANTITIES, SELDOM, SHARES, WHICH, Document, part, when
from tests.machine.model import ZERO, Held, Refused, half_up
from tests.machine.storing import Storing

Wanted = tuple[int, Decimal, int | None]  # product, quantity, bin or wherever it lies


class Sent(Held):
    """A line of a transfer; ``worth``: of what is on the road."""

    def __init__(self, pk: int, product: int, quantity: Decimal, place: int | None) -> None:
        super().__init__()
        self.pk, self.product, self.quantity, self.place = pk, product, quantity, place
        self.open, self.worth = quantity, ZERO


class Haul(Document):
    here: int
    there: int
    lines: list[Sent]


class Roads(Storing):
    def __init__(self) -> None:
        super().__init__()
        self.hauls: list[Haul] = []

    def haul(self, here: int, there: int, *wanted: Wanted) -> Haul:
        made = self.attempt(
            "transfer",
            lambda: None,
            lambda: stock.create_transfer(here, there, _entered(wanted), by=self.by),
        )
        one = self.add(Haul(Transfer, made.pk))
        one.here, one.there = here, there
        self._hauled(one, made, wanted)
        self.hauls.append(one)
        return one

    def _hauled(self, one: Haul, made: Transfer, wanted: tuple[Wanted, ...]) -> None:
        told = zip(made.lines.order_by("line_no"), wanted, strict=True)
        one.lines = [self.hold(Sent(row.pk, *line)) for row, line in told]

    def change_haul(self, one: Haul, *wanted: Wanted, stale: bool = False) -> None:
        version = Transfer.objects.get(pk=one.pk).version - stale

        def expected() -> None:
            if stale:
                raise Refused("stale_version")
            one.must_be("draft")

        made = self.attempt(
            "change transfer",
            expected,
            lambda: stock.replace_transfer_lines(
                one.pk, _entered(wanted), version=version, by=self.by
            ),
        )
        if made is not None:
            self.held = [line for line in self.held if line not in one.lines]
            self._hauled(one, made, wanted)

    def reserve_haul(self, one: Haul) -> None:
        def expected() -> None:
            one.must_be("draft")
            needs = [(line, line.quantity, one.here, line.place) for line in one.lines]
            self.model.reserve(needs, part=False)
            one.status = "reserved"

        self.attempt(
            "reserve transfer", expected, lambda: stock.reserve_transfer(one.pk, by=self.by)
        )

    def _give_up(self, one: Haul, statuses: tuple[str, ...], to: str) -> None:
        one.must_be(*statuses)
        self.model.release([(line, None) for line in one.lines])
        one.status = to

    def unreserve_haul(self, one: Haul) -> None:
        self.attempt(
            "unreserve transfer",
            lambda: self._give_up(one, ("reserved",), "draft"),
            lambda: stock.unreserve_transfer(one.pk, by=self.by),
        )

    def cancel_haul(self, one: Haul) -> None:
        self.attempt(
            "cancel transfer",
            lambda: self._give_up(one, ("draft", "reserved"), "cancelled"),
            lambda: stock.cancel_transfer(one.pk, by=self.by),
        )

    def ship_haul(self, one: Haul) -> None:
        def expected() -> None:
            one.must_be("reserved")
            road = self.roads[one.there]
            freed = self.model.release([(line, None) for line in one.lines])
            ends = {(line.product, end) for line, place, _q in freed for end in (place, road)}
            with self.model.posting(*ends) as made:
                for line, place, quantity in freed:
                    line.worth += made.take(line.product, place, quantity, "transfer", road)
            one.moves = made.moves
            # In the order in which their goods left.
            lines = dict.fromkeys(line for line, _place, _q in freed)
            home = self.home(road)
            needs = [(line, line.quantity, home, road) for line in lines]
            self.model.reserve(needs, part=False)
            one.status = "in_transit"

        self.attempt("ship transfer", expected, lambda: stock.ship_transfer(one.pk, by=self.by))

    def receive_haul(
        self, one: Haul, came: list[tuple[Sent, Decimal, Decimal, int]], *, said: bool = True
    ) -> None:
        """Take in so much of each line into a bin and give up what is lost."""

        def expected() -> None:
            one.must_be("in_transit")
            if not any(received or lost for _line, received, lost, _place in came):
                raise Refused("nothing_to_receive")
            for line, received, lost, _place in came:
                if received + lost > line.open:
                    raise Refused("over_received")
                if lost and not said:
                    raise Refused("loss_reason")
            self._receive(one, came)
            if not any(line.open for line in one.lines):
                one.status = "done"

        receptions = [
            Reception(line.pk, received, lost, place, "fell off" if said else "")
            for line, received, lost, place in came
        ]
        self.attempt(
            "receive transfer",
            expected,
            lambda: stock.receive_transfer(one.pk, receptions, by=self.by),
        )

    def _receive(self, one: Haul, came: list[tuple[Sent, Decimal, Decimal, int]]) -> None:
        road = self.roads[one.there]
        self.model.release([(line, received + lost) for line, received, lost, _p in came])
        ends = {(line.product, road) for line, *_rest in came}
        ends |= {(line.product, place) for line, received, _lost, place in came if received}
        with self.model.posting(*ends) as made:
            for line, received, lost, place in came:
                for quantity, to, kind in ((received, place, "transfer"), (lost, None, "loss")):
                    if quantity:
                        value = half_up(line.worth * quantity / line.open)
                        made.move(line.product, road, to, quantity, value, kind)
                        line.worth -= value
                        line.open -= quantity
        one.moves = one.moves + made.moves

    def reverse_haul(self, one: Haul) -> None:
        def expected() -> None:
            one.must_be("in_transit", "done")
            self.model.release([(line, None) for line in one.lines])
            self.model.take_back(one.moves)
            one.status = "reversed"

        self.attempt(
            "reverse transfer", expected, lambda: stock.reverse_transfer(one.pk, by=self.by)
        )

    # --- by chance ---

    @rule(which=WHICH, share=SHARES, more=QUANTITIES)
    def sends(self, which: int, share: Decimal, more: Decimal) -> None:
        """Send part of what there is, and maybe more of another product than that."""
        place = self.place(which)
        quantity = part(self.model.free(self.product(which), place), share) or more
        wanted = [(self.product(which), quantity, place if which % 2 else None)]
        if which % 4 == 3:
            wanted.append((self.product(which + 1), more, None))
        here = self.home(place)
        there = next(home for home in self.homes if home != here)
        one = self.haul(here, there, *wanted)
        if which % 6:
            self.reserve_haul(one)
        if which % 6 and one.status == "reserved" and which % 5:
            self.ship_haul(one)

    @when("hauls", "draft", "reserved")
    @rule(which=WHICH, quantity=QUANTITIES, stale=st.booleans())
    def works_on_haul(self, which: int, quantity: Decimal, stale: bool) -> None:
        one = self.pick(self.hauls, which, "draft", "reserved")
        if which % 5 == 4:
            self.change_haul(one, (self.product(which), quantity, None), stale=stale)
        else:
            verbs = [self.reserve_haul, self.ship_haul, self.unreserve_haul, self.cancel_haul]
            verbs[which % 5](one)

    @when("hauls", "in_transit")
    @rule(which=WHICH, share=SHARES, loss=SHARES, unsaid=SELDOM)
    def receives(self, which: int, share: Decimal, loss: Decimal, unsaid: bool) -> None:
        one = self.pick(self.hauls, which, "in_transit")
        bins = self.bins_of(one.there)
        came = []
        for number, line in enumerate(one.lines):
            amount = part(line.open, share) if which % 9 else line.open + 1
            lost = part(amount, loss) if which % 3 == 0 else ZERO
            came.append((line, amount - lost, lost, bins[(which + number) % len(bins)]))
        self.receive_haul(one, came, said=not unsaid)

    @when("hauls", "in_transit", "done")
    @rule(which=WHICH)
    def reverses_haul(self, which: int) -> None:
        self.reverse_haul(self.pick(self.hauls, which, "in_transit", "done"))


def _entered(wanted: tuple[Wanted, ...]) -> list[StockLineInput]:
    return [StockLineInput(product, quantity, place) for product, quantity, place in wanted]
