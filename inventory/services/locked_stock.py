"""Stock of one posting: locked rows, changed in memory, written back once."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from erp.core import bulk
from erp.core.errors import DomainError
from erp.core.money import plain
from inventory.models import Bin, StockBalance, StockValue
from inventory.services.accounts import Account, Correction, open_accounts, save_accounts
from products.models import Product

Place = tuple[int, Bin]  # a product in a bin


class LockedStock:
    """Balances and values of the places a document touches, locked by key: balances, then values.

    Values are those at the end of the document's day.
    """

    def __init__(self, places: Iterable[Place], on: date) -> None:
        self.on = on
        touched = {(product, place.pk): place for product, place in places}
        self.balances: dict[tuple[int, int], StockBalance] = _locked_rows(
            StockBalance, ("product_id", "bin_id"), touched.keys()
        )
        values: dict[tuple[int, int], StockValue] = _locked_rows(
            StockValue,
            ("product_id", "warehouse_id"),
            {(product, place.warehouse_id) for (product, _bin), place in touched.items()},
        )
        self.accounts = open_accounts(values.values(), on)

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


def _locked_rows(model: Any, names: tuple[str, str], wanted: Iterable[Any]) -> dict[Any, Any]:
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
