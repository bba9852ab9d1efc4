"""Stock of one posting: locked rows, changed in memory, written back once."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from erp.core import bulk
from erp.core.errors import DomainError
from erp.core.money import plain
from inventory.models import Bin, StockBalance, StockValue
from inventory.services.accounts import Account, Correction, open_accounts, save_accounts
from products.models import Product

Place = tuple[int, Bin]  # a product in a bin


@dataclass(frozen=True, slots=True)
class HeldStock:
    """Balances this transaction has locked, by product and bin, and the ids of their values."""

    balances: dict[tuple[int, int], StockBalance]
    values: set[int]


class LockedStock:
    """Balances and values of the places a document touches, locked by key: balances, then values.

    Values are those at the end of the document's day. What ``held`` says is not locked again.
    """

    def __init__(self, places: Iterable[Place], on: date, held: HeldStock | None = None) -> None:
        self.on = on
        touched = {(product, place.pk): place for product, place in places}
        if held is not None and touched.keys() == held.balances.keys():
            self.balances, values = held.balances, held.values
        else:
            self.balances, values = _locked(touched)
        rows = StockValue.objects.select_for_update().filter(pk__in=values).order_by("pk")
        self.accounts = open_accounts(rows, on)

    def account(self, product_id: int, place: Bin) -> Account:
        return self.accounts[product_id, place.warehouse_id]

    def check_available(self, product_id: int, place: Bin, quantity: Decimal) -> None:
        """Refuse what is not free in the bin, or is missed on that day or a later one."""
        free = self.balances[product_id, place.pk].available
        free = min(free, self.account(product_id, place).spare)
        if free < quantity:
            raise insufficient_stock(product_id, quantity, free)

    def change(self, product_id: int, place: Bin, quantity: Decimal, value: Decimal) -> None:
        if quantity:
            self.balances[product_id, place.pk].on_hand += quantity
        self.account(product_id, place).change(quantity, value)

    def settle(self) -> list[Correction]:
        """Correct values that cannot stand; the caller books what that came to."""
        return [one for account in self.accounts.values() for one in account.settle(self.on)]

    def save(self) -> None:
        bulk.overwrite(list(self.balances.values()), ["on_hand"])
        save_accounts(list(self.accounts.values()), self.on)


def _locked(
    touched: Mapping[tuple[int, int], Bin],
) -> tuple[dict[tuple[int, int], StockBalance], set[int]]:
    """Return the balances, made where missing and locked, and the ids of the values beside them."""
    balances, values, complete = _existing(touched.keys())
    if not complete:
        balances = _completed(StockBalance, ("product_id", "bin_id"), touched.keys())
        accounts = {(product, place.warehouse_id) for (product, _b), place in touched.items()}
        values = {*_completed(StockValue, ("product_id", "warehouse_id"), accounts).values()}
    locked = StockBalance.objects.select_for_update().filter(pk__in=balances.values())
    return {(row.product_id, row.bin_id): row for row in locked.order_by("pk")}, values


def _named(names: tuple[str, str], keys: Collection[tuple[int, int]]) -> Q:
    first, second = names
    return Q(**{f"{first}__in": {k[0] for k in keys}, f"{second}__in": {k[1] for k in keys}})


def _existing(
    keys: Collection[tuple[int, int]],
) -> tuple[dict[tuple[int, int], int], set[int], bool]:
    """Return the balances there are by product and bin, the values beside them, and if all are."""
    value = StockValue.objects.filter(
        product=OuterRef("product"), warehouse=OuterRef("bin__warehouse")
    )
    rows = (
        StockBalance.objects.filter(_named(("product_id", "bin_id"), keys))
        .order_by()
        .annotate(account=Subquery(value.values("pk")[:1]))
        .values_list("product_id", "bin_id", "pk", "account")
    )
    found = {(a, b): (pk, account) for a, b, pk, account in rows if (a, b) in keys}
    balances = {key: pk for key, (pk, _account) in found.items()}
    accounts = {account for _pk, account in found.values()}
    return balances, accounts - {None}, balances.keys() == set(keys) and None not in accounts


def _completed(
    model: Any, names: tuple[str, str], keys: Collection[tuple[int, int]]
) -> dict[tuple[int, int], int]:
    """Return the ids of rows by key, missing ones created."""
    first, second = names
    rows = model.objects.filter(_named(names, keys)).order_by()
    there = {(a, b) for a, b in rows.values_list(first, second)}
    missing = [model(**{first: a, second: b}) for a, b in sorted(set(keys) - there)]
    model.objects.bulk_create(missing, ignore_conflicts=True)
    found = rows.values_list(first, second, "pk")
    return {(a, b): pk for a, b, pk in found if (a, b) in keys}


def insufficient_stock(product_id: int, wanted: Decimal, available: Decimal) -> DomainError:
    product = Product.objects.select_related("brand").get(pk=product_id)
    return DomainError(
        _("%(product)s: %(wanted)s wanted, %(available)s available.")
        % {"product": product, "wanted": plain(wanted), "available": plain(available)},
        code="insufficient_stock",
        field=str(product),
    )
