"""Stock of one posting: locked rows, changed in memory, written back once."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from erp.core import bulk
from erp.core.errors import DomainError
from erp.core.money import ZERO, plain, round_money
from inventory.models import Bin, StockBalance, StockMove, StockValue
from products.models import Product

Place = tuple[int, Bin]  # a product in a bin
Account = tuple[int, int]  # a product in a warehouse


class LockedStock:
    """Balances and values of the places a document touches, locked by key: balances, then values.

    Nothing it does ever leaves a value below zero or a value without quantity: what would be left
    over is taken off by ``settle`` and told, so that it can be booked.
    """

    def __init__(self, places: Iterable[Place]) -> None:
        touched = {(product, place.pk): place for product, place in places}
        self.balances: dict[tuple[int, int], StockBalance] = _locked_rows(
            StockBalance, ("product_id", "bin_id"), touched.keys()
        )
        self.values: dict[Account, StockValue] = _locked_rows(
            StockValue,
            ("product_id", "warehouse_id"),
            {(product, place.warehouse_id) for (product, _bin), place in touched.items()},
        )
        self._before = {key: (row.quantity, row.value) for key, row in self.values.items()}
        self._left: set[tuple[int, int]] = set()
        self._owed: dict[Account, Decimal] = {}

    def quantity(self, product_id: int, warehouse_id: int) -> Decimal:
        return self.values[product_id, warehouse_id].quantity

    def cost_of(self, product_id: int, place: Bin, quantity: Decimal) -> Decimal:
        """What so much is worth at the moving average; the last unit takes the remaining value."""
        account = self.values[product_id, place.warehouse_id]
        if quantity == account.quantity:
            return account.value
        return round_money(account.value * quantity / account.quantity)

    def check_available(self, product_id: int, place: Bin, quantity: Decimal) -> None:
        balance = self.balances[product_id, place.pk]
        if balance.available < quantity:
            raise insufficient_stock(product_id, quantity, balance.available)

    def take(self, product_id: int, place: Bin, quantity: Decimal, value: Decimal) -> None:
        self._left.add((product_id, place.pk))
        self._change(product_id, place, -quantity, -value)

    def put(self, product_id: int, place: Bin, quantity: Decimal, value: Decimal) -> None:
        self._change(product_id, place, quantity, value)

    def _change(self, product_id: int, place: Bin, quantity: Decimal, value: Decimal) -> None:
        if quantity:
            self.balances[product_id, place.pk].on_hand += quantity
        account = self.values[product_id, place.warehouse_id]
        account.quantity += quantity
        account.value += value

    def owe(self, account: Account, amount: Decimal) -> None:
        """Let ``settle`` correct the value of an account by so much."""
        self._owed[account] = self._owed.get(account, ZERO) + amount

    def settle(self) -> dict[Account, Decimal]:
        """Correct values that cannot stand; return by how much, per product and warehouse."""
        corrections = {}
        for key, row in self.values.items():
            target = row.value + self._owed.get(key, ZERO)
            if not row.quantity:
                target = ZERO
            elif target < 0:  # less is left than stock of the former average: it keeps that
                quantity, value = self._before[key]
                share = row.quantity / quantity if quantity >= row.quantity else ZERO
                target = round_money(value * share)
            if target != row.value:
                corrections[key] = target - row.value
                row.value = target
        return corrections

    def save(self, on: date) -> None:
        self._check_history(on)
        balances = list(self.balances.values())
        for row in balances:
            row.moved_on = max(row.moved_on, on) if row.moved_on else on
        bulk.update(balances, ["on_hand", "moved_on"])
        bulk.update(list(self.values.values()), ["quantity", "value"])

    def _check_history(self, on: date) -> None:
        """Refuse what leaves on a past day when later days had not that much to spare."""
        late = {
            key: self.balances[key].on_hand
            for key in self._left
            if (last := self.balances[key].moved_on) is not None and last > on
        }
        if not late:
            return
        bins = {place for _product, place in late}
        moves = StockMove.objects.filter(
            Q(from_bin__in=bins) | Q(to_bin__in=bins),
            product__in={product for product, _place in late},
            on__gt=on,
        ).order_by("-on", "-id")
        day: date | None = None
        for product, source, target, quantity, moved_on in moves.values_list(
            "product_id", "from_bin_id", "to_bin_id", "quantity", "on"
        ):
            if moved_on != day:
                _check_not_negative(late)
                day = moved_on
            for key, change in (((product, target), -quantity), ((product, source), quantity)):
                if key in late:
                    late[key] += change
        _check_not_negative(late)


def _check_not_negative(on_hand: dict[tuple[int, int], Decimal]) -> None:
    for (product_id, _place), quantity in on_hand.items():
        if quantity < 0:
            product = Product.objects.select_related("brand").get(pk=product_id)
            raise DomainError(
                _("%(product)s: on that day %(missing)s were not there yet.")
                % {"product": product, "missing": plain(-quantity)},
                code="insufficient_stock",
                field=str(product),
            )


def _locked_rows(model: Any, names: tuple[str, str], wanted: Iterable[Account]) -> dict[Any, Any]:
    """Return rows by key, missing ones created, all locked in the order of their primary key."""
    keys = set(wanted)
    first, second = names
    named = Q(**{f"{first}__in": {k[0] for k in keys}, f"{second}__in": {k[1] for k in keys}})
    existing = {
        (a, b): pk
        for a, b, pk in model.objects.filter(named).order_by().values_list(first, second, "pk")
        if (a, b) in keys
    }
    missing = sorted(keys - existing.keys())
    if missing:
        model.objects.bulk_create(
            [model(**{first: a, second: b}) for a, b in missing], ignore_conflicts=True
        )
        pks = [
            pk
            for a, b, pk in model.objects.filter(named).order_by().values_list(first, second, "pk")
            if (a, b) in keys
        ]
    else:
        pks = list(existing.values())
    rows = model.objects.select_for_update().filter(pk__in=pks).order_by("pk")
    return {(getattr(row, first), getattr(row, second)): row for row in rows}


def insufficient_stock(product_id: int, wanted: Decimal, available: Decimal) -> DomainError:
    product = Product.objects.select_related("brand").get(pk=product_id)
    return DomainError(
        _("%(product)s: %(wanted)s wanted, %(available)s available.")
        % {"product": product, "wanted": plain(wanted), "available": plain(available)},
        code="insufficient_stock",
        field=str(product),
    )
