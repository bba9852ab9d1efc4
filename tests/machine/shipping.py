"""Shipping: deliveries planned, changed and shipped, goods that come back from customers."""

from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_UP, Decimal
from itertools import groupby

from hypothesis import strategies as st
from hypothesis.stateful import rule

from orders import models as tables
from orders import services as orders
from orders.services import ReturnLineInput
from tests.machine.base import QUANTITIES, SELDOM, SHARES, WHICH, Document, part, when
from tests.machine.model import MILLI, ZERO, Refused, half_up
from tests.machine.selling import (
    OPEN,
    SHIPPED,
    TO_SHIP,
    Asked,
    DeliveryLine,
    Order,
    Selling,
    Shipment,
    SoldLine,
)

Wanted = dict[SoldLine, Decimal]


@dataclass
class BackLine:
    """A line of a customer's return, and how much of it is scrap."""

    source: DeliveryLine
    quantity: Decimal
    place: int
    scrap: Decimal = ZERO
    cost: Decimal = ZERO


class Back(Document):
    shipment: Shipment
    line: BackLine


class Shipping(Selling):
    def __init__(self) -> None:
        super().__init__()
        self.returns: list[Back] = []

    # --- planning ---

    def ready(self, order: Order) -> Wanted:
        """Return what is reserved and on no delivery, of the first warehouse that has some."""
        planned = self.planned(order)
        free = {line: min(line.open, line.reserved) - planned[line] for line in order.lines}
        free = {line: quantity for line, quantity in free.items() if quantity > 0}
        homes = [line.home for line in free]
        return {line: quantity for line, quantity in free.items() if line.home == homes[0]}

    def _cover(
        self, order: Order, wanted: Wanted, planned: Wanted, *, by_clerk: bool, reserve: bool = True
    ) -> None:
        """Allow more than was ordered, and reserve what is not reserved yet."""
        rates = {}
        for line, quantity in wanted.items():
            total = line.delivered + planned[line] + quantity
            most = (line.ordered * (1 + line.over) - line.closed).quantize(MILLI, ROUND_DOWN)
            if total > most:
                rate = ((total + line.closed) / line.ordered - 1).quantize(
                    Decimal("0.0001"), ROUND_UP
                )
                if rate > 9 or by_clerk:
                    raise Refused("over_delivery")
                rates[line] = rate
        missing = {
            line: quantity + planned[line] - line.reserved for line, quantity in wanted.items()
        }
        if reserve:
            needs = [(line, short, line.home, None) for line, short in missing.items() if short > 0]
            self.model.reserve(needs, part=False)
        for line, rate in rates.items():
            line.over = rate

    def plan(
        self, order: Order, wanted: Wanted | None = None, *, by_clerk: bool = False
    ) -> Shipment | None:
        """Plan a delivery of what is ready, or of so much of lines of one warehouse."""
        chosen = self.ready(order) if wanted is None else wanted
        chosen = {line: quantity for line, quantity in chosen.items() if quantity}

        def expected() -> None:
            self.must_be_open(order)
            if not chosen:
                raise Refused("nothing_to_deliver")
            if wanted is not None:
                self._cover(order, chosen, self.planned(order), by_clerk=by_clerk)

        made = self.attempt(
            "plan delivery",
            expected,
            lambda: orders.create_delivery(
                order.pk,
                None if wanted is None else {line.pk: n for line, n in wanted.items()},
                by=self.clerk if by_clerk else self.by,
            ),
        )
        return None if made is None else self._planned(order, made, chosen)

    def plan_each(self, order: Order) -> list[Shipment]:
        """Plan a delivery of what is ready from each warehouse that has something."""
        left: list[Wanted] = []
        planned = self.planned(order)
        for home in dict.fromkeys(line.home for line in order.lines):
            free = {
                line: min(line.open, line.reserved) - planned[line]
                for line in order.lines
                if line.home == home
            }
            left.append({line: quantity for line, quantity in free.items() if quantity > 0})
        left = [chosen for chosen in left if chosen]

        def expected() -> None:
            self.must_be_open(order)
            if not left:
                raise Refused("nothing_to_deliver")

        made = self.attempt(
            "plan deliveries", expected, lambda: orders.create_deliveries(order.pk, by=self.by)
        )
        told = zip(made, left, strict=True) if made else ()
        return [self._planned(order, one, chosen) for one, chosen in told]

    def _planned(self, order: Order, made: tables.Delivery, chosen: Wanted) -> Shipment:
        one = self.add(Shipment(tables.Delivery, made.pk, "reserved"))
        one.order = order
        told = zip(made.lines.order_by("line_no"), chosen.items(), strict=True)
        one.lines = [DeliveryLine(row.pk, line, quantity) for row, (line, quantity) in told]
        self.shipments.append(one)
        return one

    def change_delivery(
        self, one: Shipment, quantities: dict[DeliveryLine, Decimal], *, stale: bool = False
    ) -> None:
        def expected() -> None:
            if stale:
                raise Refused("stale_version")
            if one.status not in {"draft", "reserved"}:
                raise Refused("not_editable")
            told = {row: quantities.get(row, row.quantity) for row in one.lines}
            wanted = {row.source: quantity for row, quantity in told.items() if quantity}
            if not wanted:
                raise Refused("nothing_to_deliver")
            planned = self.planned(one.order, without=one)
            self._cover(
                *(one.order, wanted, planned), by_clerk=False, reserve=one.status == "reserved"
            )
            for row, quantity in told.items():
                row.quantity = quantity
            one.lines = [row for row in one.lines if row.quantity]
            self.trim(one.order)

        version = tables.Delivery.objects.get(pk=one.pk).version - stale
        self.attempt(
            "change delivery",
            expected,
            lambda: orders.change_delivery(
                one.pk, {row.pk: n for row, n in quantities.items()}, version=version, by=self.by
            ),
        )

    def reserve_delivery(self, one: Shipment, *, by_clerk: bool = False) -> None:
        def expected() -> None:
            one.must_be("draft")
            wanted = {row.source: row.quantity for row in one.lines}
            self._cover(one.order, wanted, self.planned(one.order, without=one), by_clerk=by_clerk)
            one.status = "reserved"

        by = self.clerk if by_clerk else self.by
        self.attempt("reserve delivery", expected, lambda: orders.reserve_delivery(one.pk, by=by))

    def pick_goods(self, one: Shipment) -> None:
        self.step("pick delivery", one, ["reserved"], "picked", orders.pick_delivery)

    def step_back(self, one: Shipment) -> None:
        back = "reserved" if one.status == "picked" else "draft"
        self.step("step back", one, ["reserved", "picked"], back, orders.step_back_delivery)

    def cancel_delivery(self, one: Shipment) -> None:
        def expected() -> None:
            one.must_be(*TO_SHIP)
            one.status = "cancelled"
            self.trim(one.order)

        self.attempt(
            "cancel delivery", expected, lambda: orders.cancel_delivery(one.pk, by=self.by)
        )

    # --- shipping ---

    def ship(self, one: Shipment) -> None:
        def expected() -> None:
            one.must_be("reserved", "picked")
            rows = {row.source: row for row in one.lines}
            freed = self.model.release([(row.source, row.quantity) for row in one.lines])
            for row in one.lines:
                row.source.delivered += row.quantity
            one.status = "shipped"
            self._close_the_rest(one)
            moved = [(_kind(line), line, place, quantity) for line, place, quantity in freed]
            for kind, parts in groupby(sorted(moved, key=lambda m: m[0]), key=lambda m: m[0]):
                told = list(parts)
                with self.model.posting(*((m[1].product, m[2]) for m in told)) as made:
                    for _kind_of_it, line, place, quantity in told:
                        rows[line].cost += made.take(line.product, place, quantity, kind)
                one.moves += made.moves
            self.settle(one.order)

        self.attempt("ship", expected, lambda: orders.ship_delivery(one.pk, by=self.by))

    def _close_the_rest(self, one: Shipment) -> None:
        """Close what is too little to wait for."""
        planned = self.planned(one.order)
        for row in one.lines:
            line = row.source
            if 0 < line.open <= line.ordered * line.under and not planned[line]:
                row.closed = line.open
                line.closed += row.closed
                self.model.release([(line, None)])

    def finish(self, one: Shipment) -> None:
        self.step("finish delivery", one, ["shipped"], "done", orders.finish_delivery)

    def reverse_delivery(self, one: Shipment) -> None:
        def expected() -> None:
            one.must_be(*SHIPPED)
            if any(
                back.shipment is one and back.status in {"draft", "posted"} for back in self.returns
            ):
                raise Refused("blocked")
            self.model.take_back(one.moves)
            needs = []
            for row in one.lines:
                line = row.source
                line.delivered -= row.quantity
                line.closed -= row.closed
                again = min(row.quantity, line.open)
                if again:
                    needs.append((line, again, line.home, None))
            self.model.reserve(needs, part=False)
            one.status = "reversed"
            self.settle(one.order)

        self.attempt(
            "reverse delivery",
            expected,
            lambda: orders.reverse_delivery(one.pk, reason="wrong", by=self.by),
        )

    # --- goods that come back ---

    def draft_return(self, one: Shipment, line: BackLine) -> Back | None:
        def expected() -> None:
            if one.status not in SHIPPED:
                raise Refused("not_shipped")
            back = [
                other.line.quantity
                for other in self.returns
                if other.line.source is line.source and other.status in {"draft", "posted"}
            ]
            if line.quantity > line.source.quantity - sum(back, ZERO):
                raise Refused("over_return")

        entered = ReturnLineInput(line.source.pk, line.quantity, line.place, line.scrap)
        made = self.attempt(
            "return",
            expected,
            lambda: orders.create_return(one.pk, [entered], reason="too many", by=self.by),
        )
        if made is None:
            return None
        back = self.add(Back(tables.Return, made.pk))
        back.shipment, back.line = one, line
        self.returns.append(back)
        return back

    def post_return(self, one: Back) -> None:
        def expected() -> None:
            one.must_be("draft")
            line, source = one.line, one.line.source
            product, model = source.source.product, self.model
            before = [
                other.line
                for other in self.returns
                if other.line.source is source and other.status == "posted"
            ]
            back = sum((other.quantity for other in before), line.quantity)
            cost = half_up(source.cost * back / source.quantity)
            line.cost = cost - sum((other.cost for other in before), ZERO)
            spot = (product, line.place)
            with model.posting(spot) as made:
                made.put(*spot, line.quantity, line.cost, "customer_return")
            one.moves = made.moves
            if line.scrap:
                value = half_up(line.cost * line.scrap / line.quantity)
                with model.posting(spot) as made:
                    made.move(product, line.place, None, line.scrap, value, "scrap")
                one.moves += made.moves
            one.status = "posted"

        self.attempt("post return", expected, lambda: orders.post_return(one.pk, by=self.by))

    def cancel_return(self, one: Back) -> None:
        self.step("cancel return", one, ["draft"], "cancelled", orders.cancel_return)

    def reverse_return(self, one: Back) -> None:
        def expected() -> None:
            one.must_be("posted")
            self.model.take_back(one.moves)
            one.status = "reversed"

        self.attempt(
            "reverse return",
            expected,
            lambda: orders.reverse_return(one.pk, reason="wrong", by=self.by),
        )

    # --- by chance ---

    @when("orders", *OPEN)
    @rule(which=WHICH, share=SHARES, by_clerk=SELDOM)
    def plans(self, which: int, share: Decimal, by_clerk: bool) -> None:
        order = self.pick(self.orders, which, *OPEN)
        line = order.lines[which % len(order.lines)]
        wanted = {line: part(line.ordered, share)}
        if which % 7 == 6:
            self.plan_each(order)
            return
        one = self.plan(order, wanted if which % 3 == 2 else None, by_clerk=by_clerk)
        if one is not None and which % 2:
            self.ship(one)

    @rule(which=WHICH, share=SHARES)
    def deals(self, which: int, share: Decimal) -> None:
        """Sell what there is of a product, all or part, in one go: so that much is shipped."""
        product, place = self.product(which), self.place(which)
        quantity = part(self.model.free(product, place), share)
        if quantity > 0:
            order = self.order(self.home(place), Asked(product, quantity))
            self.confirm(order)
            one = self.plan(order)
            assert one is not None
            self.ship(one)

    @when("shipments", *TO_SHIP)
    @rule(which=WHICH, quantity=QUANTITIES, stale=SELDOM)
    def works_on_delivery(self, which: int, quantity: Decimal, stale: bool) -> None:
        one = self.pick(self.shipments, which, *TO_SHIP)
        if which % 6 == 0:
            self.change_delivery(one, {one.lines[0]: quantity if which % 4 else ZERO}, stale=stale)
        elif which % 6 == 1:
            self.reserve_delivery(one, by_clerk=stale)
        else:
            verbs = [self.pick_goods, self.step_back, self.cancel_delivery, self.ship]
            verbs[which % 6 - 2](one)

    @when("shipments", *SHIPPED)
    @rule(which=WHICH)
    def reverses_delivery(self, which: int) -> None:
        one = self.pick(self.shipments, which, *SHIPPED)
        (self.finish if which % 3 == 0 else self.reverse_delivery)(one)

    @when("shipments", *SHIPPED)
    @rule(which=WHICH, quantity=QUANTITIES, all_of_it=st.booleans(), scrap=SHARES)
    def gives_back(self, which: int, quantity: Decimal, all_of_it: bool, scrap: Decimal) -> None:
        one = self.pick(self.shipments, which, *SHIPPED)
        row = one.lines[which % len(one.lines)]
        asked = row.quantity if all_of_it else quantity
        line = BackLine(row, asked, self.place(which), part(asked, scrap) if which % 2 else ZERO)
        back = self.draft_return(one, line)
        if back is not None and which % 5:
            self.post_return(back)

    @when("returns", "draft", "posted")
    @rule(which=WHICH)
    def works_on_return(self, which: int) -> None:
        back = self.pick(self.returns, which, "draft", "posted")
        [self.post_return, self.cancel_return, self.reverse_return][which % 3](back)


def _kind(line: SoldLine) -> str:
    return "sample" if line.issue == "sample" else "delivery"
