"""Selling: sales orders drafted, changed, confirmed, waiting for stock, closed and cancelled."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from orders import services as orders
from orders.models import SalesOrder, SalesOrderLine
from orders.services import OrderLineInput
from tests.machine.base import QUANTITIES, SELDOM, SHARES, WHICH, Base, Document, part, when
from tests.machine.model import ZERO, Held, Refused

OPEN = ("confirmed", "in_progress")
TO_SHIP = ("draft", "reserved", "picked")
SHIPPED = ("shipped", "done")


@dataclass(eq=False)
class Asked:
    """A line as entered; ``home``: where it ships from, if not where the order does."""

    product: int
    quantity: Decimal
    issue: str = "sale"
    home: int | None = None


class SoldLine(Held):
    def __init__(self, pk: int, asked: Asked, home: int) -> None:
        super().__init__()
        self.pk, self.product, self.ordered = pk, asked.product, asked.quantity
        self.issue, self.home = asked.issue, asked.home or home
        self.delivered = self.closed = self.over = self.under = ZERO

    @property
    def open(self) -> Decimal:
        return max(ZERO, self.ordered - self.delivered - self.closed)


class Order(Document):
    home: int
    lines: list[SoldLine]


class DeliveryLine:
    """What a delivery takes of a line; ``closed``: what it was too little to wait for."""

    def __init__(self, pk: int, source: SoldLine, quantity: Decimal) -> None:
        self.pk, self.source, self.quantity = pk, source, quantity
        self.closed = self.cost = ZERO


class Shipment(Document):
    order: Order
    lines: list[DeliveryLine]


class Selling(Base):
    def __init__(self) -> None:
        super().__init__()
        self.orders: list[Order] = []
        self.shipments: list[Shipment] = []

    def live(self, order: Order, *statuses: str) -> list[Shipment]:
        return [one for one in self.shipments if one.order is order and one.status in statuses]

    def planned(self, order: Order, without: Shipment | None = None) -> dict[SoldLine, Decimal]:
        sums = dict.fromkeys(order.lines, ZERO)
        for one in self.live(order, *TO_SHIP):
            for row in one.lines:
                if one is not without:
                    sums[row.source] += row.quantity
        return sums

    def trim(self, order: Order) -> None:
        """Give up what is reserved beyond what is open and what is planned."""
        planned = self.planned(order)
        over = [(line, line.reserved - max(line.open, planned[line])) for line in order.lines]
        self.model.release([(line, excess) for line, excess in over if excess > 0])

    def settle(self, order: Order) -> None:
        if not any(line.open for line in order.lines):
            order.status = "done"
        else:
            gone = any(line.delivered for line in order.lines)
            order.status = "in_progress" if gone else "confirmed"

    # --- drafting ---

    def order(self, home: int, *asked: Asked) -> Order:
        made = self.attempt(
            "order",
            lambda: None,
            lambda: orders.create_order(
                self.customer.pk, _entered(asked), header={"warehouse_id": home}, by=self.by
            ),
        )
        order = self.add(Order(SalesOrder, made.pk))
        order.home = home
        self._sold(order, asked)
        self.orders.append(order)
        return order

    def _sold(self, order: Order, asked: Any) -> None:
        rows = SalesOrderLine.objects.filter(document=order.pk).order_by("line_no")
        pks = rows.values_list("pk", flat=True)
        told = zip(pks, asked, strict=True)
        order.lines = [self.hold(SoldLine(pk, one, order.home)) for pk, one in told]

    def change_order(self, order: Order, *asked: Asked, stale: bool = False) -> None:
        delivered = any(row.source in order.lines for one in self.shipments for row in one.lines)

        def expected() -> None:
            if stale:
                raise Refused("stale_version")
            if order.status != "draft":
                raise Refused("not_a_draft")
            if delivered:  # cancelled or reversed, its lines are still named
                raise Refused("line_in_use")

        version = SalesOrder.objects.get(pk=order.pk).version - stale
        made = self.attempt(
            "change order",
            expected,
            lambda: orders.replace_lines(order.pk, _entered(asked), version=version, by=self.by),
        )
        if made is not None:
            self.held = [line for line in self.held if line not in order.lines]
            self._sold(order, asked)

    def confirm(self, order: Order, *, partial: bool = False) -> None:
        def expected() -> None:
            order.must_be("draft")
            wanted = [(line, line.open, line.home, None) for line in order.lines]
            self.model.reserve(wanted, part=partial)
            for line in order.lines:
                line.over, line.under = self.tolerances.get(line.product, (ZERO, ZERO))
            order.status = "confirmed"

        self.attempt(
            "confirm order",
            expected,
            lambda: orders.confirm_order(order.pk, by=self.by, partial=partial),
        )

    def reopen(self, order: Order) -> None:
        def expected() -> None:
            order.must_be("confirmed")
            if self.live(order, *TO_SHIP, *SHIPPED):
                raise Refused("has_deliveries")
            if any(line.reserved for line in order.lines):
                raise Refused("has_reservations")
            order.status = "draft"

        self.attempt("reopen order", expected, lambda: orders.reopen_order(order.pk, by=self.by))

    def cancel(self, order: Order) -> None:
        def expected() -> None:
            order.must_be("draft", "confirmed")
            if self.live(order, *TO_SHIP, *SHIPPED):
                raise Refused("has_deliveries")
            self.model.release([(line, None) for line in order.lines])
            order.status = "cancelled"

        self.attempt("cancel order", expected, lambda: orders.cancel_order(order.pk, by=self.by))

    # --- what waits, what is given up ---

    def must_be_open(self, order: Order) -> None:
        if order.status not in OPEN:
            raise Refused("order_not_open")

    def reserve_waiting(self, order: Order, share: Decimal | None = None) -> None:
        """Reserve what waits: all of it, or a share of what is open of each line."""
        asked = None if share is None else {one.pk: part(one.open, share) for one in order.lines}

        def expected() -> None:
            self.must_be_open(order)
            needs = []
            for line in order.lines:
                waiting = line.open - line.reserved
                quantity = waiting if asked is None else min(asked[line.pk], waiting)
                if quantity > 0:
                    needs.append((line, quantity, line.home, None))
            if not self.model.reserve(needs, part=True):
                raise Refused("nothing_to_reserve")

        self.attempt(
            "reserve waiting",
            expected,
            lambda: orders.reserve_waiting(order.pk, asked, by=self.by),
        )

    def unreserve(self, order: Order) -> None:
        def expected() -> None:
            self.must_be_open(order)
            if self.live(order, *TO_SHIP):
                raise Refused("has_deliveries")
            if not self.model.release([(line, None) for line in order.lines]):
                raise Refused("nothing_reserved")

        self.attempt("unreserve", expected, lambda: orders.unreserve_order(order.pk, by=self.by))

    def close(self, order: Order, share: Decimal | None = None) -> None:
        """Close what is open short, all of it or a share of each line."""
        asked = None if share is None else {one.pk: part(one.open, share) for one in order.lines}

        def expected() -> None:
            self.must_be_open(order)
            planned = self.planned(order)
            closed = {line: line.open if asked is None else asked[line.pk] for line in order.lines}
            if any(quantity > line.open - planned[line] for line, quantity in closed.items()):
                raise Refused("has_deliveries")
            if not any(closed.values()):
                raise Refused("nothing_to_close")
            for line, quantity in closed.items():
                line.closed += quantity
            self.trim(order)
            self.settle(order)

        self.attempt(
            "close order",
            expected,
            lambda: orders.close_order(order.pk, asked, reason="enough", by=self.by),
        )

    # --- by chance ---

    @rule(which=WHICH, quantity=QUANTITIES, more=QUANTITIES, partial=st.booleans())
    def orders_goods(self, which: int, quantity: Decimal, more: Decimal, partial: bool) -> None:
        order = self.order(self.homes[which % 2], *self._asked(which, quantity, more))
        if which % 5:
            self.confirm(order, partial=partial)

    def _asked(self, which: int, quantity: Decimal, more: Decimal) -> list[Asked]:
        issue = ["sale", "sale", "sale", "sample", "gift"][which % 5]
        home = self.homes[which // 5 % 2] if which % 7 == 6 else None
        asked = [Asked(self.product(which), quantity)]
        if which % 3:
            asked.append(Asked(self.product(which // 4), more, issue, home))
        return asked

    @when("orders", "draft")
    @rule(which=WHICH, quantity=QUANTITIES, stale=SELDOM)
    def works_on_draft(self, which: int, quantity: Decimal, stale: bool) -> None:
        order = self.pick(self.orders, which, "draft")
        if which % 3:
            self.confirm(order, partial=which % 2 == 0)
        else:
            self.change_order(order, *self._asked(which // 3, quantity, quantity), stale=stale)

    @when("orders", *OPEN)
    @rule(which=WHICH, share=SHARES)
    def changes_promises(self, which: int, share: Decimal) -> None:
        order = self.pick(self.orders, which, *OPEN)
        if which % 3:
            self.reserve_waiting(order, share if which % 2 else None)
        else:
            self.unreserve(order)

    @when("orders", "draft", *OPEN)
    @rule(which=WHICH, share=SHARES)
    def ends_order(self, which: int, share: Decimal) -> None:
        order = self.pick(self.orders, which, *OPEN)
        if which % 3 == 0:
            self.close(order, share if which % 2 else None)
        elif which % 3 == 1:
            self.cancel(self.pick(self.orders, which, "draft", "confirmed"))
        else:
            self.reopen(order)

    # --- what must hold ---

    def _documents(self) -> None:
        super()._documents()
        rows = SalesOrderLine.objects.values_list(
            *("pk", "delivered_quantity", "closed_quantity", "over_rate")
        )
        expected = [
            (line.pk, line.delivered, line.closed, line.over)
            for order in self.orders
            for line in order.lines
        ]
        assert sorted(rows) == sorted(expected)


def _entered(asked: Any) -> list[OrderLineInput]:
    return [
        OrderLineInput(
            one.product,
            one.quantity,
            Decimal(10) if one.issue == "sale" else None,
            issue=one.issue,
            warehouse_id=one.home,
        )
        for one in asked
    ]
