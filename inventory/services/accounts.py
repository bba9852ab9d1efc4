"""What a product is in a warehouse as of the day of a posting, and on the days after it.

A posting dated before others changes the day it is dated and every later one. On none of them may
goods be missing, nor value be left without goods or fall below zero.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import F, OuterRef, QuerySet, Subquery

from erp.core import bulk
from erp.core.aggregates import ExactSum
from erp.core.money import ZERO, round_money
from inventory.models import StockDay, StockMove, StockValue


@dataclass(frozen=True, slots=True)
class Correction:
    """By how much the value of an account had to be corrected, on which day, at what quantity."""

    product_id: int
    warehouse_id: int
    on: date
    amount: Decimal
    quantity: Decimal


class Account:
    """Quantity and value at the end of the day of a posting while it is made."""

    def __init__(self, row: StockValue) -> None:
        self.row = row
        self.owed = ZERO
        self.later: Sequence[StockDay] = ()
        self.day: StockDay | None = None
        self._begin(row.quantity, row.value)

    def _begin(self, quantity: Decimal, value: Decimal) -> None:
        self.quantity = self.began_with = quantity
        self.value = self.began_worth = value

    def go_back(self, day: StockDay | None, later: Sequence[StockDay]) -> None:
        """Stand at the end of a former day: the latest one up to it, and the ones after it."""
        self.day, self.later = day, later
        self._begin(*((day.quantity, day.value) if day is not None else (ZERO, ZERO)))

    @property
    def spare(self) -> Decimal:
        """How much may leave without being missed on this day or a later one."""
        shift = self.quantity - self.began_with
        return min([self.quantity, *(row.quantity + shift for row in self.later)])

    @property
    def spare_value(self) -> Decimal:
        shift = self.value - self.began_worth
        return min([self.value, *(row.value + shift for row in self.later)])

    def change(self, quantity: Decimal, value: Decimal) -> None:
        self.quantity += quantity
        self.value += value

    def cost_of(self, quantity: Decimal) -> Decimal:
        """What so much is worth at the moving average; the last unit takes the remaining value."""
        if quantity == self.quantity:
            return self.value
        return round_money(self.value * quantity / self.quantity)

    def settle(self, on: date) -> Iterator[Correction]:
        """Correct what cannot stand, from the day of the posting up to now."""
        target = self.value + self.owed
        if not self.quantity:
            target = ZERO
        elif target < 0:  # less than the rest was worth at the former average: it keeps that
            share = self.quantity / self.began_with if self.began_with >= self.quantity else ZERO
            target = round_money(self.began_worth * share)
        if target != self.value:
            yield self._correction(on, target - self.value, self.quantity)
            self.value = target
        shift, worth = self.quantity - self.began_with, self.value - self.began_worth
        for row in self.later:
            row.quantity += shift
            value = row.value + worth
            row.value = max(value, ZERO) if row.quantity else ZERO
            if row.value != value:
                yield self._correction(row.on, row.value - value, row.quantity)
                worth += row.value - value
        last = self.later[-1] if self.later else self
        self.row.quantity, self.row.value = last.quantity, last.value

    def _correction(self, on: date, amount: Decimal, quantity: Decimal) -> Correction:
        return Correction(self.row.product_id, self.row.warehouse_id, on, amount, quantity)


def open_accounts(rows: Iterable[StockValue], on: date) -> dict[tuple[int, int], Account]:
    """Return the accounts of locked rows as of a day."""
    accounts = {row.pk: Account(row) for row in rows}
    late = [pk for pk, one in accounts.items() if one.row.moved_on and one.row.moved_on > on]
    if late:
        days = latest_days(StockValue.objects.filter(pk__in=late), on)
        later: dict[int, list[StockDay]] = {pk: [] for pk in late}
        for row in StockDay.objects.filter(account__in=late, on__gt=on).order_by("on"):
            later[row.account_id].append(row)
        for pk in late:
            accounts[pk].go_back(days.get(pk), later[pk])
    return {(one.row.product_id, one.row.warehouse_id): one for one in accounts.values()}


def latest_days(values: QuerySet[StockValue], on: date) -> dict[int, StockDay]:
    """Return the latest day up to ``on`` per stock value."""
    days = StockDay.objects.filter(account=OuterRef("pk"), on__lte=on).order_by("-on")
    keys = values.order_by().annotate(day=Subquery(days.values("pk")[:1])).values_list("day")
    return {
        day.account_id: day for day in StockDay.objects.filter(pk__in=[k for (k,) in keys if k])
    }


def save_accounts(accounts: Sequence[Account], on: date) -> None:
    """Write values and days back, each in one statement whatever the number of rows."""
    fresh: list[Account] = []
    today: list[int] = []
    earlier: list[StockDay] = []
    for one in accounts:
        row = one.row
        if one.later:
            earlier.extend(one.later)
            if one.day is not None and one.day.on == on:
                one.day.quantity, one.day.value = one.quantity, one.value
                earlier.append(one.day)
            else:
                fresh.append(one)
        elif row.moved_on == on:
            today.append(row.pk)
        else:
            fresh.append(one)
        row.moved_on = max(row.moved_on, on) if row.moved_on else on
    bulk.overwrite([one.row for one in accounts], ["quantity", "value", "moved_on"])
    bulk.insert(
        [
            StockDay(account_id=one.row.pk, on=on, quantity=one.quantity, value=one.value)
            for one in fresh
        ]
    )
    if today:  # their rows are not at hand, and they are as the values are now
        now = StockValue.objects.filter(pk=OuterRef("account"))
        StockDay.objects.filter(account__in=today, on=on).update(
            quantity=Subquery(now.values("quantity")), value=Subquery(now.values("value"))
        )
    bulk.overwrite(earlier, ["quantity", "value"])


def rebuild_days(account_id: int) -> None:
    """Make the days of a locked stock value anew from its moves."""
    row = StockValue.objects.get(pk=account_id)
    changes: dict[date, list[Decimal]] = defaultdict(lambda: [ZERO, ZERO])
    for end, sign in (("from_bin", -1), ("to_bin", 1)):
        moves = StockMove.objects.filter(
            product=row.product_id, **{f"{end}__warehouse": row.warehouse_id}
        )
        sums = (
            moves.order_by()
            .values_list("on")
            .annotate(
                quantity_moved=ExactSum(F("quantity"), places=3), value_moved=ExactSum(F("value"))
            )
        )
        for on, quantity, value in sums:
            changes[on][0] += sign * quantity
            changes[on][1] += sign * value
    StockDay.objects.filter(account=account_id).delete()
    quantity = value = ZERO
    days = []
    for on in sorted(changes):
        quantity, value = quantity + changes[on][0], value + changes[on][1]
        days.append(StockDay(account_id=account_id, on=on, quantity=quantity, value=value))
    bulk.insert(days)
    row.moved_on = days[-1].on if days else None
    row.save(update_fields=["moved_on"])
