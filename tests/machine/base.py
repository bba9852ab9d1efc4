"""What every part of the trader stands on: the world, verbs done twice, and what must hold.

A verb is done to the system and to the model alike. What the model refuses the system must refuse
with the same code, and leave everything as it was; after each step they are compared, row by row.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, ClassVar, TypeVar

import pytest
from django.db import transaction
from django.db.models import F
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition

from erp.core.aggregates import ExactSum
from erp.core.errors import DomainError
from finance.models import JournalLine
from inventory.models import Reservation, StockBalance, StockMove, StockValue
from inventory.services.places import transit_bin
from orders.models import DeliveryTolerance
from tests import factories
from tests.machine.model import MILLI, ROLES, ZERO, Held, Model, Move, Refused
from tests.support import assert_books_ok, person

QUANTITIES = st.integers(1, 9_000).map(lambda n: Decimal(n) / 1000)
PRICES = st.integers(0, 2_000_000).map(lambda n: Decimal(n) / 10_000)
SHARES = st.sampled_from([Decimal(1), Decimal("0.5"), Decimal("0.333")])
WHICH = st.integers(0, 10**6)
SELDOM = st.sampled_from([False, False, False, True])


@dataclass(eq=False)
class Document:
    """``table``: the system's model; ``moves``: what it moved, as the system's ledger has it."""

    table: Any
    pk: int
    status: str = "draft"
    moves: list[Move] = field(default_factory=list)

    def must_be(self, *statuses: str) -> None:
        if self.status not in statuses:
            raise Refused("invalid_transition")


D = TypeVar("D", bound=Document)


def part(quantity: Decimal, share: Decimal) -> Decimal:
    return (quantity * share).quantize(MILLI)


def when(name: str, *statuses: str) -> Callable[[Any], Any]:
    """Only while there is a document of this list in one of these statuses."""
    return precondition(lambda self: any(one.status in statuses for one in getattr(self, name)))


class Base(RuleBasedStateMachine):
    # Told afterwards: verbs done and codes refused; steps compared; examples walked.
    told: ClassVar[Counter[str]] = Counter()
    steps: ClassVar[int] = 0
    examples: ClassVar[int] = 0
    careful = False  # compare before each verb, not only after each rule

    def __init__(self) -> None:
        super().__init__()
        self._savepoint = transaction.atomic()
        self._savepoint.__enter__()
        self.by = person("trader")
        self.by.is_superuser = True
        self.by.save()
        self.clerk = person("clerk")  # has no right to go beyond limits
        houses = [factories.WarehouseFactory(code=f"HOUSE{n}") for n in range(2)]
        self.homes = [house.pk for house in houses]
        self.bins = [
            factories.BinFactory(warehouse=house, code=f"M-{n}").pk
            for n, house in enumerate((*houses, houses[0]))
        ]
        roads = [transit_bin(house) for house in houses]
        self.roads = {house.pk: road.pk for house, road in zip(houses, roads, strict=True)}
        self.products = [factories.ProductFactory().pk for _n in range(3)]
        self.customer = factories.CustomerFactory(owner=self.by, price_includes_tax=False)
        self.supplier = factories.SupplierFactory(
            owner=self.by, price_includes_tax=False, receipt_tolerance=Decimal("0.1")
        )
        self.tolerances = {self.products[2]: (Decimal("0.1"), Decimal("0.05"))}
        for product, (over, under) in self.tolerances.items():
            DeliveryTolerance.objects.create(product_id=product, over_rate=over, under_rate=under)
        homes = [self.homes[0], self.homes[1], self.homes[0]]
        self.model = Model(
            {
                **dict(zip(self.bins, homes, strict=True)),
                **{road.pk: road.warehouse_id for road in roads},
            }
        )
        self.documents: list[Document] = []
        self.held: list[Held] = []
        type(self).examples += 1

    def teardown(self) -> None:
        try:
            assert_books_ok()
        finally:
            self.leave()

    def leave(self) -> None:
        """Leave nothing behind."""
        transaction.set_rollback(True)
        self._savepoint.__exit__(None, None, None)

    def attempt(self, verb: str, expected: Callable[[], Any], real: Callable[[], Any]) -> Any:
        """Do both; they must agree. Return what the real one returned, None when refused."""
        if self.careful:
            self.agrees()
        refusal = None
        self.model.clock += 1
        try:
            with self.model.all_or_nothing():
                expected()
        except Refused as refused:
            refusal = refused.code
        self.told[f"{verb}: {refusal}" if refusal else verb] += 1
        made = None
        if refusal is None:
            made = real()
        else:
            with pytest.raises(DomainError) as told, transaction.atomic():
                real()
            assert (verb, told.value.code) == (verb, refusal), told.value
        return made

    def step(self, verb: str, one: D, statuses: Sequence[str], to: str, real: Any) -> bool:
        """Move a document on that moves no goods by it."""

        def expected() -> None:
            one.must_be(*statuses)
            one.status = to

        return self.attempt(verb, expected, lambda: real(one.pk, by=self.by)) is not None

    def add(self, one: D) -> D:
        self.documents.append(one)
        return one

    def hold(self, line: Any) -> Any:
        self.held.append(line)
        return line

    def pick(self, documents: Sequence[D], which: int, *statuses: str) -> D:
        """Choose a document, mostly of these statuses: one in eight is whatever it is."""
        fitting = [one for one in documents if one.status in statuses]
        chosen = fitting if fitting and which % 8 != 7 else documents
        return chosen[which // 8 % len(chosen)]

    def product(self, which: int) -> int:
        return self.products[which % 3]

    def place(self, which: int) -> int:
        return self.bins[which // 3 % 3]

    def home(self, place: int) -> int:
        return self.model.warehouse_of[place]

    def bins_of(self, home: int) -> list[int]:
        return [place for place in self.bins if self.home(place) == home]

    # --- what must hold after each step ---

    @invariant()
    def agrees(self) -> None:
        type(self).steps += 1
        self._balances()
        self._promises()
        self._values()
        self._documents()

    def _balances(self) -> None:
        """On hand and reserved are the model's, and on hand is the sum of the moves."""
        told = {
            (product, place): rest
            for product, place, *rest in StockBalance.objects.values_list(
                "product_id", "bin_id", "on_hand", "reserved"
            )
        }
        for key in told.keys() | self.model.on_hand.keys():
            expected = [self.model.on_hand[key], self.model.reserved[key]]
            assert told.get(key, [ZERO, ZERO]) == expected, key
            assert 0 <= expected[1] <= expected[0], key
        if self.careful or self.steps % 8 == 0:
            self._sums_of_moves()

    def _sums_of_moves(self) -> None:
        sums: Counter[tuple[int, int]] = Counter()
        moves = StockMove.objects.order_by().filter(quantity__gt=0)
        for end, sign in (("from_bin_id", -1), ("to_bin_id", 1)):
            rows = moves.exclude(**{end: None}).values_list("product_id", end)
            for product, place, moved in rows.annotate(n=ExactSum(F("quantity"), places=3)):
                sums[product, place] += sign * moved
        for key, had in self.model.on_hand.items():
            assert sums[key] == had, key

    def _promises(self) -> None:
        told = Reservation.objects.values_list("source_line_id", "bin_id", "product_id", "quantity")
        expected = [
            (line.pk, place, line.product, quantity)
            for line in self.held
            for place, (_since, quantity) in line.promises.items()
        ]
        assert sorted(told) == sorted(expected)

    def _values(self) -> None:
        """Worth per warehouse is the model's, and so are the accounts of the general ledger."""
        rows = StockValue.objects.values_list("product_id", "warehouse_id", "quantity", "value")
        for product, home, quantity, value in rows:
            assert self.model.worth[product, home] == (quantity, value), (product, home)
            assert value >= 0, (product, home)
            assert quantity or not value, (product, home)
        books = (
            JournalLine.objects.order_by()
            .filter(account__role__in=ROLES)
            .values_list("account__role")
            .annotate(debit_sum=ExactSum(F("debit")), credit_sum=ExactSum(F("credit")))
        )
        told = {role: debit - credit for role, debit, credit in books}
        for role in ROLES:
            assert told.get(role, ZERO) == self.model.ledger[role], role

    def _documents(self) -> None:
        by_table: dict[Any, dict[int, str]] = {}
        for one in self.documents:
            by_table.setdefault(one.table, {})[one.pk] = one.status
        for table, statuses in by_table.items():
            assert dict(table.objects.order_by().values_list("pk", "status")) == statuses, table
