"""Stock counts: listed, counted while trade goes on, looked over, posted, reversed."""

from decimal import Decimal

from hypothesis import strategies as st
from hypothesis.stateful import rule

from inventory import services as stock
from inventory.models import StockCount, StockCountLine
from inventory.services import CountInput
from tests.machine.base import QUANTITIES, SELDOM, SHARES, WHICH, Document, part, when
from tests.machine.model import ZERO, Refused
from tests.machine.storing import LIMIT, Storing

UNFINISHED = ("draft", "counting", "reviewed")


class CountedPlace:
    """``at``: when it was counted; ``expected``: what the books said then."""

    def __init__(self, pk: int, product: int, place: int) -> None:
        self.pk, self.product, self.place = pk, product, place
        self.counted: Decimal | None = None
        self.expected, self.at = ZERO, 0

    @property
    def variance(self) -> Decimal:
        return ZERO if self.counted is None else self.counted - self.expected


class Count(Document):
    home: int
    lines: list[CountedPlace]


class Counting(Storing):
    def __init__(self) -> None:
        super().__init__()
        self.counts: list[Count] = []

    def lying(self, home: int) -> list[tuple[int, int]]:
        on_hand = self.model.on_hand.items()
        return sorted(spot for spot, had in on_hand if had and self.home(spot[1]) == home)

    def draft_count(self, home: int) -> Count | None:
        def expected() -> None:
            if not self.lying(home):
                raise Refused("nothing_to_count")

        made = self.attempt("count", expected, lambda: stock.create_count(home, by=self.by))
        if made is None:
            return None
        one = self.add(Count(StockCount, made.pk))
        one.home = home
        one.lines = []
        self.counts.append(one)
        return one

    def start_count(self, one: Count) -> None:
        if self.step("start count", one, ["draft"], "counting", stock.start_count):
            one.lines = self._listed(one)
            snapshots = StockCountLine.objects.filter(document=one.pk).order_by()
            told = snapshots.values_list("product_id", "bin_id", "snapshot_quantity")
            expected = [(*spot, self.model.on_hand[spot]) for spot in self.lying(one.home)]
            assert sorted(told) == expected

    def _listed(self, one: Count) -> list[CountedPlace]:
        """Return them in the order of the list, those known as they are."""
        known = {line.pk: line for line in one.lines}
        rows = StockCountLine.objects.filter(document=one.pk).order_by("line_no")
        told = rows.values_list("pk", "product_id", "bin_id")
        return [known.get(row[0]) or CountedPlace(*row) for row in told]

    def count(self, one: Count, spot: tuple[int, int], quantity: Decimal | None) -> None:
        """Count a place, listed or not; None takes back that it was counted."""
        found = [line for line in one.lines if (line.product, line.place) == spot]

        def expected() -> None:
            one.must_be("counting")

        entered = (
            CountInput(quantity, line_id=found[0].pk)
            if found
            else CountInput(quantity, product_id=spot[0], bin_id=spot[1])
        )
        verb = "count place" if found else "count unlisted place"
        made = self.attempt(
            verb, expected, lambda: stock.record_counts(one.pk, [entered], by=self.by)
        )
        if made is not None:
            one.lines = self._listed(one)
            (line,) = (line for line in one.lines if (line.product, line.place) == spot)
            line.counted, line.at = quantity, self.model.clock
            line.expected = self.model.on_hand[spot]

    def review_count(self, one: Count) -> None:
        def expected() -> None:
            one.must_be("counting")
            if all(line.counted is None for line in one.lines):
                raise Refused("nothing_counted")
            one.status = "reviewed"

        self.attempt("review count", expected, lambda: stock.review_count(one.pk, by=self.by))

    def recount(self, one: Count) -> None:
        self.step("recount", one, ["reviewed"], "counting", stock.recount)

    def cancel_count(self, one: Count) -> None:
        self.step("cancel count", one, UNFINISHED, "cancelled", stock.cancel_count)

    def post_count(self, one: Count, *, by_clerk: bool = False) -> None:
        def expected() -> None:
            one.must_be("reviewed")
            differing, model, worth = self._differing(one), self.model, ZERO
            with model.posting(*((line.product, line.place) for line in differing)) as made:
                for line in differing:
                    spot, quantity = (line.product, line.place), abs(line.variance)
                    if line.variance > 0:
                        worth += made.put(*spot, quantity, None, "count")
                    else:
                        worth += made.take(*spot, quantity, "count")
            if by_clerk and worth > LIMIT:
                raise Refused("approval_needed")
            one.moves, one.status = made.moves, "posted"

        by = self.clerk if by_clerk else self.by
        self.attempt("post count", expected, lambda: stock.post_count(one.pk, by=by))

    def _differing(self, one: Count) -> list[CountedPlace]:
        """Return the lines to post, unless one is out of date or would take what is promised."""
        differing = [line for line in one.lines if line.variance]
        for line in differing:
            if self.model.corrected.get((line.product, line.place), 0) > line.at:
                raise Refused("corrected_since")
        for line in differing:
            if self.model.free(line.product, line.place) + line.variance < 0:
                raise Refused("count_below_reserved")
        return differing

    def reverse_count(self, one: Count) -> None:
        self.take_back("count", one, stock.reverse_count)

    # --- by chance ---

    @rule(which=WHICH)
    def begins_count(self, which: int) -> None:
        one = self.draft_count(self.homes[which % 2])
        if one is not None and which % 7:
            self.start_count(one)

    @when("counts", "counting")
    @rule(which=WHICH, quantity=QUANTITIES, share=SHARES, missing=st.booleans())
    def counts_place(self, which: int, quantity: Decimal, share: Decimal, missing: bool) -> None:
        one = self.pick(self.counts, which, "counting")
        bins = self.bins_of(one.home)
        spot = (self.product(which), bins[which // 3 % len(bins)])
        counted = part(self.model.on_hand[spot], share) if missing else quantity
        self.count(one, spot, None if which % 9 == 8 else counted)

    @when("counts", *UNFINISHED)
    @rule(which=WHICH, by_clerk=SELDOM)
    def works_on_count(self, which: int, by_clerk: bool) -> None:
        one = self.pick(self.counts, which, "counting", "reviewed")
        if one.status == "draft":
            self.start_count(one)
        elif which % 8 == 4:
            self.recount(one)
        elif which % 16 == 5:
            self.cancel_count(one)
        elif one.status == "counting":
            self.review_count(one)
        else:
            self.post_count(one, by_clerk=by_clerk)

    @when("counts", "posted")
    @rule(which=WHICH)
    def reverses_count(self, which: int) -> None:
        self.reverse_count(self.pick(self.counts, which, "posted"))
