"""Stock documents of one warehouse: other receipts and issues, bin to bin, sets and components."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from inventory import services as stock
from inventory.models import Assembly, StockEntry, Transfer
from inventory.services import StockLineInput
from tests.machine.base import (
    PRICES,
    QUANTITIES,
    SELDOM,
    SHARES,
    WHICH,
    Base,
    Document,
    part,
    when,
)
from tests.machine.model import MICRO, ZERO, Refused, half_up, shares

KINDS = ("sample", "scrap", "adjustment_out", "surplus", "adjustment_in")
COMING_IN = {"surplus", "adjustment_in"}
LIMIT = Decimal(500)


@dataclass
class Placed:
    product: int
    place: int
    quantity: Decimal
    cost: Decimal | None = None

    @property
    def input(self) -> StockLineInput:
        return StockLineInput(self.product, self.quantity, self.place, unit_cost=self.cost)


class Entry(Document):
    kind: str
    lines: list[Placed]


class SetOrder(Document):
    whole: Placed
    takes_apart: bool
    labour: Decimal
    parts: list[Placed]


class Moved(Document):
    """Goods that changed their bin at once."""


class Storing(Base):
    def __init__(self) -> None:
        super().__init__()
        self.entries: list[Entry] = []
        self.sets: list[SetOrder] = []
        self.moved: list[Moved] = []

    # --- other receipts and issues ---

    def entry(self, kind: str, *lines: Placed) -> Entry:
        made = self.attempt(
            f"{kind}",
            lambda: None,
            lambda: stock.create_entry(
                kind,
                self.home(lines[0].place),
                [line.input for line in lines],
                reason="seen",
                by=self.by,
            ),
        )
        one = self.add(Entry(StockEntry, made.pk))
        one.kind, one.lines = kind, list(lines)
        self.entries.append(one)
        return one

    def change_entry(self, one: Entry, *lines: Placed, stale: bool = False) -> None:
        version = StockEntry.objects.get(pk=one.pk).version - stale

        def expected() -> None:
            if stale:
                raise Refused("stale_version")
            one.must_be("draft")
            one.lines = list(lines)

        self.attempt(
            "change entry",
            expected,
            lambda: stock.replace_entry_lines(
                one.pk, [line.input for line in lines], version=version, by=self.by
            ),
        )

    def submit_entry(self, one: Entry) -> None:
        self.step("submit entry", one, ["draft"], "submitted", stock.submit_entry)

    def refuse_entry(self, one: Entry) -> None:
        self.step("refuse entry", one, ["submitted"], "draft", stock.refuse_entry)

    def cancel_entry(self, one: Entry) -> None:
        self.step("cancel entry", one, ["draft", "submitted"], "cancelled", stock.cancel_entry)

    def post_entry(self, one: Entry, *, by_clerk: bool = False) -> None:
        def expected() -> None:
            one.must_be("draft", "submitted")
            worth = ZERO
            with self.model.posting(*((line.product, line.place) for line in one.lines)) as made:
                for line in one.lines:
                    kind = one.kind.removesuffix("_in").removesuffix("_out")
                    spot, quantity = (line.product, line.place), line.quantity
                    if one.kind in COMING_IN:
                        value = None if line.cost is None else half_up(quantity * line.cost)
                        worth += made.put(*spot, quantity, value, kind)
                    else:
                        worth += made.take(*spot, quantity, kind)
            if by_clerk and worth > LIMIT:
                raise Refused("approval_needed")
            one.moves, one.status = made.moves, "posted"

        by = self.clerk if by_clerk else self.by
        self.attempt(f"post {one.kind}", expected, lambda: stock.post_entry(one.pk, by=by))

    def reverse_entry(self, one: Entry) -> None:
        self.take_back("entry", one, stock.reverse_entry)

    def take_back(self, name: str, one: Document, real: Any, *statuses: str) -> None:
        def expected() -> None:
            one.must_be(*(statuses or ("posted",)))
            self.model.take_back(one.moves)
            one.status = "reversed"

        self.attempt(f"reverse {name}", expected, lambda: real(one.pk, by=self.by))

    # --- from bin to bin ---

    def move_bin(self, product: int, here: int, there: int, quantity: Decimal) -> Moved | None:
        home = self.home(here)
        made = stock.create_transfer(
            home,
            home,
            [StockLineInput(product, quantity, bin_id=here, to_bin_id=there)],
            by=self.by,
        )
        one = self.add(Moved(Transfer, made.pk))

        def expected() -> None:
            with self.model.posting((product, here), (product, there)) as posted:
                posted.take(product, here, quantity, "transfer", there)
            one.moves, one.status = posted.moves, "done"

        self.attempt("move to bin", expected, lambda: stock.post_transfer(made.pk, by=self.by))
        self.moved.append(one)
        return one

    def move_back(self, one: Moved) -> None:
        self.take_back("transfer", one, stock.reverse_transfer, "done")

    # --- sets ---

    def set_order(
        self,
        whole: Placed,
        parts: list[Placed],
        *,
        takes_apart: bool = False,
        labour: Decimal = ZERO,
    ) -> SetOrder | None:
        def expected() -> None:
            if any(part.product == whole.product for part in parts):
                raise Refused("component_of_itself")
            if len({(part.product, part.place) for part in parts}) < len(parts):
                raise Refused("component_twice")

        kind = "disassemble" if takes_apart else "assemble"
        made = self.attempt(
            kind,
            expected,
            lambda: stock.create_assembly(
                whole.product,
                whole.quantity,
                bin_id=whole.place,
                kind=kind,
                lines=[part.input for part in parts],
                labour_amount=labour,
                by=self.by,
            ),
        )
        if made is None:
            return None
        one = self.add(SetOrder(Assembly, made.pk))
        one.whole, one.parts, one.takes_apart, one.labour = whole, parts, takes_apart, labour
        self.sets.append(one)
        return one

    def post_set(self, one: SetOrder) -> None:
        def expected() -> None:
            one.must_be("draft")
            whole, parts = one.whole, one.parts
            places = [(part.product, part.place) for part in (whole, *parts)]
            with self.model.posting(*places) as made:
                if one.takes_apart:
                    costs = [self._cost(part) for part in parts]
                    worth = made.take(whole.product, whole.place, whole.quantity, "assembly")
                    each = costs if all(costs) else [Decimal(1)] * len(parts)
                    weights = [part.quantity * n for part, n in zip(parts, each, strict=True)]
                    for part, value in zip(parts, shares(worth, weights), strict=True):
                        made.put(part.product, part.place, part.quantity, value, "assembly")
                else:
                    taken = [
                        made.take(part.product, part.place, part.quantity, "assembly")
                        for part in parts
                    ]
                    worth = sum(taken, one.labour)
                    made.put(whole.product, whole.place, whole.quantity, worth, "assembly")
            one.moves, one.status = made.moves, "posted"

        verb = "post disassembly" if one.takes_apart else "post assembly"
        self.attempt(verb, expected, lambda: stock.post_assembly(one.pk, by=self.by))

    def _cost(self, part: Placed) -> Decimal:
        had, worth = self.model.account(part.product, part.place)
        return half_up(worth / had, MICRO) if had else self.model.average(part.product)

    def cancel_set(self, one: SetOrder) -> None:
        self.step("cancel assembly", one, ["draft"], "cancelled", stock.cancel_assembly)

    def change_set(self, one: SetOrder, parts: list[Placed], *, stale: bool = False) -> None:
        version = Assembly.objects.get(pk=one.pk).version - stale

        def expected() -> None:
            if stale:
                raise Refused("stale_version")
            one.must_be("draft")
            one.parts = parts

        self.attempt(
            "change assembly",
            expected,
            lambda: stock.replace_components(
                one.pk, [part.input for part in parts], version=version, by=self.by
            ),
        )

    def reverse_set(self, one: SetOrder) -> None:
        self.take_back("assembly", one, stock.reverse_assembly)

    # --- by chance ---

    @initialize(quantities=st.lists(QUANTITIES, min_size=6, max_size=6), cost=PRICES)
    def has_goods(self, quantities: list[Decimal], cost: Decimal) -> None:
        """Begin with something of each product in two bins, so that it can be sold."""
        for number, place in enumerate(self.bins[:2]):
            self.post_entry(
                self.entry(
                    "adjustment_in",
                    *(
                        Placed(product, place, quantity, cost)
                        for product, quantity in zip(
                            self.products, quantities[number::2], strict=True
                        )
                    ),
                )
            )

    @rule(which=WHICH, quantity=QUANTITIES, cost=PRICES, by_clerk=SELDOM)
    def enters(self, which: int, quantity: Decimal, cost: Decimal, by_clerk: bool) -> None:
        kind = KINDS[which // 9 % 5]
        told = cost if kind in COMING_IN and which % 2 else None
        there_is = self.model.free(self.product(which), self.place(which))
        if kind not in COMING_IN and which % 4:
            quantity = min(quantity, there_is) or quantity
        lines = [Placed(self.product(which), self.place(which), quantity, told)]
        if which % 4 == 3:
            lines.append(Placed(self.product(which + 1), self.place(which), quantity / 2, told))
            lines[1].quantity = lines[1].quantity.quantize(Decimal("0.001")) or quantity
        one = self.entry(kind, *lines)
        if which % 6:
            self.post_entry(one, by_clerk=by_clerk)

    @when("entries", "draft", "submitted")
    @rule(which=WHICH, stale=st.booleans())
    def works_on_entry(self, which: int, stale: bool) -> None:
        one = self.pick(self.entries, which, "draft", "submitted")
        if which % 5 == 4:
            self.change_entry(one, *one.lines, stale=stale)
        else:
            verbs = [self.submit_entry, self.refuse_entry, self.cancel_entry, self.post_entry]
            verbs[which % 5](one)

    @when("entries", "posted")
    @rule(which=WHICH)
    def reverses_entry(self, which: int) -> None:
        self.reverse_entry(self.pick(self.entries, which, "posted"))

    @rule(which=WHICH, quantity=QUANTITIES, share=SHARES)
    def moves_bin(self, which: int, quantity: Decimal, share: Decimal) -> None:
        """From one bin of the first warehouse to its other."""
        here, there = (self.bins[0], self.bins[2])[:: 1 if which % 2 else -1]
        product = self.product(which // 2)
        there_is = part(self.model.free(product, here), share) if which % 4 else ZERO
        self.move_bin(product, here, there, there_is or quantity)

    @when("moved", "done")
    @rule(which=WHICH)
    def moves_back(self, which: int) -> None:
        self.move_back(self.pick(self.moved, which, "done"))

    @rule(which=WHICH, quantity=QUANTITIES, each=QUANTITIES, cents=st.integers(0, 5_000))
    def makes_set(self, which: int, quantity: Decimal, each: Decimal, cents: int) -> None:
        bins = self.bins_of(self.homes[which % 2])
        first, second, whole = (self.product(which // 2 + n) for n in range(3))
        if which % 16 == 15:
            whole = first  # refused
        if which % 4:
            each = min(each, self.model.free(first, bins[0])) or each
        parts = [Placed(first, bins[0], each), Placed(second, bins[-1], quantity)]
        takes_apart = which % 3 == 0
        labour = ZERO if takes_apart else Decimal(cents) / 100
        one = self.set_order(
            Placed(whole, bins[which // 4 % len(bins)], quantity),
            parts[: 1 + which % 2],
            takes_apart=takes_apart,
            labour=labour,
        )
        if one is not None and which % 7:
            self.post_set(one)

    @when("sets", "draft", "posted")
    @rule(which=WHICH, stale=st.booleans())
    def works_on_set(self, which: int, stale: bool) -> None:
        one = self.pick(self.sets, which, "draft", "posted")
        if which % 5 == 4:
            self.change_set(one, one.parts, stale=stale)
        else:
            verbs = [self.post_set, self.reverse_set, self.reverse_set, self.cancel_set]
            verbs[which % 5](one)
