"""The random trader: every verb of stock and orders, done to the system and to the model alike.

What the model refuses the system must refuse with the same code, and leave everything as it was;
after each step balances, promises, values and the progress of orders are compared, row by row.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

import pytest
from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from erp.core.errors import DomainError
from inventory import services as stock
from inventory.models import StockBalance, StockEntryKind, StockValue
from inventory.services import StockLineInput
from orders import services as orders
from orders.models import SalesOrderLine
from orders.services import CountedLine, OrderLineInput, PurchaseLineInput, ReturnLineInput
from tests import factories
from tests.machine.model import Model, OrderLine, Refused, Shipped, half_up
from tests.support import assert_books_ok, person

ZERO = Decimal(0)
QUANTITIES = st.integers(1, 9_000).map(lambda n: Decimal(n) / 1000)
PRICES = st.integers(0, 2_000_000).map(lambda n: Decimal(n) / 10_000)
SHARES = st.sampled_from([Decimal(1), Decimal("0.5"), Decimal("0.333")])
SEEDS = st.integers(0, 10**6)


@dataclass
class Order:
    pk: int
    home: int
    lines: dict[int, OrderLine]
    status: str = "draft"


@dataclass
class Delivery:
    pk: int
    order: Order
    planned: dict[int, Decimal]
    status: str = "reserved"
    shipped: dict[int, Shipped] | None = None


@dataclass
class Receipt:
    pk: int
    product: int
    place: int
    quantity: Decimal
    value: Decimal
    reversed: bool = False


class Trader(RuleBasedStateMachine):
    # Told by the runner afterwards: verbs done and codes refused.
    told: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self._savepoint = transaction.atomic()
        self._savepoint.__enter__()
        self.by = person("trader")
        self.by.is_superuser = True
        self.by.save()
        houses = [factories.WarehouseFactory(code=f"HOUSE{n}") for n in range(2)]
        self.bins = [
            factories.BinFactory(warehouse=house, code=f"M-{n}")
            for n, house in enumerate((*houses, houses[0]))
        ]
        self.homes = [house.pk for house in houses]
        self.products = [factories.ProductFactory().pk for _n in range(3)]
        self.customer = factories.CustomerFactory(owner=self.by, price_includes_tax=False)
        self.supplier = factories.SupplierFactory(owner=self.by, price_includes_tax=False)
        self.model = Model({place.pk: place.warehouse_id for place in self.bins})
        self.orders: list[Order] = []
        self.deliveries: list[Delivery] = []
        self.receipts: list[Receipt] = []

    def teardown(self) -> None:
        try:
            assert_books_ok()
        finally:
            transaction.set_rollback(True)
            self._savepoint.__exit__(None, None, None)

    def attempt(self, verb: str, expected: Callable[[], Any], real: Callable[[], Any]) -> Any:
        """Do both; they must agree. Return what the real one returned, None when refused."""
        refusal = None
        try:
            expected()
        except Refused as refused:
            refusal = refused.code
        self.told[f"{verb}: {refusal}" if refusal else verb] += 1
        if refusal is None:
            return real()
        with pytest.raises(DomainError) as told, transaction.atomic():
            real()
        assert (verb, told.value.code) == (verb, refusal), told.value
        return None

    def product(self, seed: int) -> int:
        return self.products[seed % len(self.products)]

    def place(self, seed: int) -> Any:
        return self.bins[seed // 7 % len(self.bins)]

    # --- buying ---

    @rule(seed=SEEDS, quantity=QUANTITIES, price=PRICES, rejected=st.sampled_from([0, 0, 1]))
    def buy(self, seed: int, quantity: Decimal, price: Decimal, rejected: int) -> None:
        product, place = self.product(seed), self.place(seed)
        order = orders.create_purchase_order(
            self.supplier.pk,
            [PurchaseLineInput(product, quantity + rejected, price)],
            warehouse_id=place.warehouse_id,
            by=self.by,
        )
        orders.submit_purchase_order(order.pk, by=self.by, accept_prices=True)
        orders.approve_purchase_order(order.pk, by=self.by)
        orders.send_purchase_order(order.pk, by=self.by)
        counted = CountedLine(
            order.lines.get().pk,
            quantity,
            bin_id=place.pk,
            rejected=Decimal(rejected),
            reject_reason="rust" if rejected else "",
        )
        receipt = orders.create_receipt(order.pk, lines=[counted], by=self.by)
        orders.count_receipt(receipt.pk, by=self.by)
        orders.post_receipt(receipt.pk, by=self.by)
        value = half_up(quantity * price)
        self.model.put(product, place.pk, quantity, value)
        self.receipts.append(Receipt(receipt.pk, product, place.pk, quantity, value))
        self.told["buy"] += 1

    @precondition(lambda self: any(not one.reversed for one in self.receipts))
    @rule(seed=SEEDS)
    def reverse_receipt(self, seed: int) -> None:
        live = [one for one in self.receipts if not one.reversed]
        one = live[seed % len(live)]

        def expected() -> None:
            self.model.take(one.product, one.place, one.quantity, one.value)
            one.reversed = True

        self.attempt(
            "reverse receipt",
            expected,
            lambda: orders.reverse_receipt(one.pk, reason="wrong", by=self.by),
        )

    # --- selling ---

    @rule(seed=SEEDS, quantity=QUANTITIES, more=QUANTITIES, home=st.integers(0, 1))
    def order(self, seed: int, quantity: Decimal, more: Decimal, home: int) -> None:
        wanted = [(self.product(seed), quantity)]
        if seed % 2:
            wanted.append((self.product(seed + 1), more))
        self._order(wanted, self.homes[home])

    def _order(self, wanted: list[tuple[int, Decimal]], home: int) -> Order:
        made = orders.create_order(
            self.customer.pk,
            [OrderLineInput(product, amount, Decimal(10)) for product, amount in wanted],
            header={"warehouse_id": home},
            by=self.by,
        )
        lines = {line.pk: OrderLine(line.product_id, line.quantity) for line in made.lines.all()}
        self.orders.append(Order(made.pk, home, lines))
        self.told["order"] += 1
        return self.orders[-1]

    def orders_in(self, *statuses: str) -> list[Order]:
        return [order for order in self.orders if order.status in statuses]

    @precondition(lambda self: self.orders_in("draft"))
    @rule(seed=SEEDS, partial=st.booleans())
    def confirm(self, seed: int, partial: bool) -> None:
        drafts = self.orders_in("draft")
        self._confirm(drafts[seed % len(drafts)], partial=partial)

    def _confirm(self, order: Order, *, partial: bool) -> None:
        def expected() -> None:
            wanted = [(line, line.open) for line in order.lines.values()]
            self.model.reserve(wanted, order.home, partial=partial)
            order.status = "confirmed"

        self.attempt(
            "confirm",
            expected,
            lambda: orders.confirm_order(order.pk, by=self.by, partial=partial),
        )

    def live(self, order: Order) -> list[Delivery]:
        return [
            one
            for one in self.deliveries
            if one.order is order and one.status in {"reserved", "shipped"}
        ]

    @precondition(lambda self: self.orders_in("draft", "confirmed", "in_progress", "done"))
    @rule(seed=SEEDS)
    def cancel(self, seed: int) -> None:
        chosen = self.orders_in("draft", "confirmed", "in_progress", "done")
        order = chosen[seed % len(chosen)]

        def expected() -> None:
            if order.status in {"in_progress", "done"}:
                raise Refused("invalid_transition")
            if self.live(order):
                raise Refused("has_deliveries")
            for line in order.lines.values():
                self.model.release(line)
            order.status = "cancelled"

        self.attempt("cancel", expected, lambda: orders.cancel_order(order.pk, by=self.by))

    @precondition(lambda self: self.orders_in("confirmed", "in_progress"))
    @rule(seed=SEEDS, share=SHARES)
    def deliver(self, seed: int, share: Decimal) -> None:
        """Plan a delivery of part of what is reserved and on no other."""
        chosen = self.orders_in("confirmed", "in_progress")
        self._deliver(chosen[seed % len(chosen)], share)

    def _deliver(self, order: Order, share: Decimal) -> None:
        planned: Counter[int] = Counter()
        for one in self.live(order):
            if one.status == "reserved":
                for pk, quantity in one.planned.items():
                    planned[pk] += quantity  # type: ignore[assignment]
        wanted = {
            pk: ((min(line.open, line.reserved) - planned[pk]) * share).quantize(Decimal("0.001"))
            for pk, line in order.lines.items()
        }
        wanted = {pk: quantity for pk, quantity in wanted.items() if quantity > 0}

        def expected() -> None:
            if not wanted:
                raise Refused("nothing_to_deliver")

        made = self.attempt(
            "deliver", expected, lambda: orders.create_delivery(order.pk, wanted, by=self.by)
        )
        if made is not None:
            self.deliveries.append(Delivery(made.pk, order, wanted))

    def deliveries_in(self, status: str) -> list[Delivery]:
        return [one for one in self.deliveries if one.status == status]

    @precondition(lambda self: self.deliveries_in("reserved"))
    @rule(seed=SEEDS)
    def ship(self, seed: int) -> None:
        chosen = self.deliveries_in("reserved")
        self._ship(chosen[seed % len(chosen)])

    def _ship(self, one: Delivery) -> None:
        orders.ship_delivery(one.pk, by=self.by)
        one.shipped = {}
        freed = {pk: self.model.release(one.order.lines[pk], q) for pk, q in one.planned.items()}
        for pk, places in freed.items():
            line = one.order.lines[pk]
            parts = [(p, q, self.model.take(line.product, p, q)) for p, q in places]
            one.shipped[pk] = Shipped(line, parts)
            line.delivered += one.planned[pk]
        one.status = "shipped"
        self.settle(one.order)
        self.told["ship"] += 1

    @rule(seed=SEEDS, share=SHARES)
    def deal(self, seed: int, share: Decimal) -> None:
        """Sell what there is of a product, all or part, in one go: so that much is shipped."""
        product, place = self.product(seed), self.place(seed)
        quantity = (self.model.free(product, place.pk) * share).quantize(Decimal("0.001"))
        if quantity > 0:
            order = self._order([(product, quantity)], place.warehouse_id)
            self._confirm(order, partial=False)
            self._deliver(order, Decimal(1))
            self._ship(self.deliveries[-1])

    def settle(self, order: Order) -> None:
        lines = order.lines.values()
        if all(not line.open for line in lines):
            order.status = "done"
        else:
            order.status = "in_progress" if any(line.delivered for line in lines) else "confirmed"

    @precondition(lambda self: self.deliveries_in("shipped"))
    @rule(seed=SEEDS)
    def reverse_delivery(self, seed: int) -> None:
        chosen = self.deliveries_in("shipped")
        one = chosen[seed % len(chosen)]

        def expected() -> None:
            shipped = one.shipped or {}
            if any(part.back for part in shipped.values()):
                raise Refused("blocked")
            for part in reversed(list(shipped.values())):
                for place, quantity, value in reversed(part.parts):
                    self.model.put(part.line.product, place, quantity, value)
            wanted = []
            for pk, part in shipped.items():
                line = one.order.lines[pk]
                line.delivered -= part.quantity
                wanted.append((line, min(part.quantity, line.open)))
            self.model.reserve([pair for pair in wanted if pair[1]], one.order.home, partial=False)
            one.status = "reversed"
            self.settle(one.order)

        self.attempt(
            "reverse delivery",
            expected,
            lambda: orders.reverse_delivery(one.pk, reason="wrong", by=self.by),
        )

    @precondition(lambda self: self.deliveries_in("shipped"))
    @rule(seed=SEEDS, quantity=QUANTITIES)
    def give_back(self, seed: int, quantity: Decimal) -> None:
        chosen = self.deliveries_in("shipped")
        one = chosen[seed % len(chosen)]
        pk, part = next(iter((one.shipped or {}).items()))
        place = self.place(seed)
        line_id = self._delivery_line(one, pk)

        def expected() -> None:
            if quantity > part.quantity - part.back:
                raise Refused("over_return")
            part.back += quantity
            value = half_up(part.value * part.back / part.quantity) - part.back_value
            part.back_value += value
            self.model.put(part.line.product, place.pk, quantity, value)

        def real() -> None:
            entered = ReturnLineInput(line_id, quantity, place.pk)
            made = orders.create_return(one.pk, [entered], reason="too many", by=self.by)
            orders.post_return(made.pk, by=self.by)

        self.attempt("give back", expected, real)

    def _delivery_line(self, one: Delivery, order_line: int) -> int:
        from orders.models import DeliveryLine  # noqa: PLC0415

        return DeliveryLine.objects.get(document=one.pk, source_line=order_line).pk

    @precondition(lambda self: self.orders_in("confirmed", "in_progress"))
    @rule(seed=SEEDS)
    def close(self, seed: int) -> None:
        chosen = self.orders_in("confirmed", "in_progress")
        order = chosen[seed % len(chosen)]

        def expected() -> None:
            if any(one.status == "reserved" for one in self.live(order)):
                raise Refused("has_deliveries")
            for line in order.lines.values():
                line.closed += line.open
                self.model.release(line)
            self.settle(order)

        self.attempt(
            "close", expected, lambda: orders.close_order(order.pk, reason="enough", by=self.by)
        )

    # --- stock ---

    @rule(seed=SEEDS, quantity=QUANTITIES)
    def move_bin(self, seed: int, quantity: Decimal) -> None:
        """From one bin of the first warehouse to its other."""
        product, (here, there) = self.product(seed), (self.bins[0], self.bins[2])
        if seed % 2:
            here, there = there, here

        def expected() -> None:
            value = self.model.take(product, here.pk, quantity)
            self.model.put(product, there.pk, quantity, value)

        def real() -> None:
            line = StockLineInput(product, quantity, bin_id=here.pk, to_bin_id=there.pk)
            home = here.warehouse_id
            made = stock.create_transfer(home, home, [line], by=self.by)
            stock.post_transfer(made.pk, by=self.by)

        self.attempt("move", expected, real)

    @rule(seed=SEEDS, quantity=QUANTITIES, cost=PRICES)
    def surplus(self, seed: int, quantity: Decimal, cost: Decimal) -> None:
        product, place = self.product(seed), self.place(seed)
        line = StockLineInput(product, quantity, bin_id=place.pk, unit_cost=cost)
        made = stock.create_entry(
            StockEntryKind.SURPLUS, place.warehouse_id, [line], reason="found", by=self.by
        )
        stock.post_entry(made.pk, by=self.by)
        self.model.put(product, place.pk, quantity, half_up(quantity * cost))
        self.told["surplus"] += 1

    @rule(seed=SEEDS, quantity=QUANTITIES)
    def scrap(self, seed: int, quantity: Decimal) -> None:
        product, place = self.product(seed), self.place(seed)

        def real() -> None:
            line = StockLineInput(product, quantity, bin_id=place.pk)
            made = stock.create_entry(
                StockEntryKind.SCRAP, place.warehouse_id, [line], reason="rust", by=self.by
            )
            stock.post_entry(made.pk, by=self.by)

        self.attempt("scrap", lambda: self.model.take(product, place.pk, quantity), real)

    # --- what must hold after each step ---

    @invariant()
    def balances_are_the_models(self) -> None:
        rows = StockBalance.objects.values_list("product_id", "bin_id", "on_hand", "reserved")
        told = {(product, place): (had, held) for product, place, had, held in rows}
        keys = told.keys() | self.model.on_hand.keys()
        for key in keys:
            expected = (self.model.on_hand[key], self.model.reserved[key])
            assert told.get(key, (ZERO, ZERO)) == expected, key

    @invariant()
    def values_are_the_models(self) -> None:
        rows = StockValue.objects.values_list("product_id", "warehouse_id", "quantity", "value")
        for product, home, quantity, value in rows:
            assert self.model.worth[product, home] == (quantity, value), (product, home)

    @invariant()
    def orders_are_as_far_as_the_models(self) -> None:
        rows = SalesOrderLine.objects.values_list(
            *("pk", "delivered_quantity", "closed_quantity", "document__status")
        )
        told = {pk: rest for pk, *rest in rows}
        for order in self.orders:
            for pk, line in order.lines.items():
                assert told[pk] == [line.delivered, line.closed, order.status], (order.pk, pk)
