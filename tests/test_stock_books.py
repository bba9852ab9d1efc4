"""Faults planted in the stock ledger: each is found and named."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from django.db.models import F

from erp.core.invariants import verify
from erp.core.periods import company_today
from inventory.models import StockDay, StockMove, StockValue
from inventory.services import Source, reverse_movements
from products.models import Product
from tests import factories
from tests.support import Deal, assert_books_ok, full_deal, main_bin, stock

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]
DAYS = "stock of each day = sum of moves up to it"
MIRRORS = "a reversal mirrors the move it takes back"


def _reversal(deal: Deal) -> StockMove:
    return StockMove.objects.filter(reverses__isnull=False, product=deal.product).get()


def _day_changed(deal: Deal) -> tuple[str, str]:
    StockDay.objects.filter(account__product=deal.product).update(value=F("value") + 1)
    return DAYS, f"product {deal.product.pk}, warehouse {main_bin().warehouse_id} on "


def _day_deleted(deal: Deal) -> tuple[str, str]:
    StockDay.objects.filter(account__product=deal.product).delete()
    return DAYS, "nothing instead of 30.000 for 235.00"


def _last_day_forgotten(deal: Deal) -> tuple[str, str]:
    yesterday = company_today() - timedelta(days=1)
    StockValue.objects.filter(product=deal.product).update(moved_on=yesterday)
    return DAYS, f"last moved {yesterday}"


def _move_dated_otherwise(deal: Deal) -> tuple[str, str]:
    before = company_today() - timedelta(days=9)
    StockMove.objects.filter(kind="opening", product=deal.product).update(on=before)
    return DAYS, f"on {before}: nothing instead of 10.000 for 75.00"


def _reversed_by_more(deal: Deal) -> tuple[str, str]:
    back = _reversal(deal)
    StockMove.objects.filter(pk=back.pk).update(value=back.value + Decimal("0.01"))
    return MIRRORS, f"move {back.reverses_id}: 7.000 for 54.84 taken back of 7.000 for 54.83"


def _reversed_at_less_than_it_was_worth(deal: Deal) -> tuple[str, str]:
    back = _reversal(deal)
    StockMove.objects.filter(pk=back.pk).update(value=back.value - 1)
    return MIRRORS, f"move {back.reverses_id}: 7.000 for 53.83 taken back of 7.000 for 54.83"


def _reversed_from_elsewhere(deal: Deal) -> tuple[str, str]:
    back = _reversal(deal)
    StockMove.objects.filter(pk=back.pk).update(to_bin=factories.BinFactory(code="Z-010101"))
    return MIRRORS, f"move {back.pk} does not mirror move {back.reverses_id}"


def _reversal_of_a_reversal(deal: Deal) -> tuple[str, str]:
    back = _reversal(deal)
    StockMove.objects.filter(kind="receipt", product=deal.product).update(reverses=back)
    return MIRRORS, "reverses a reversal"


FAULTS: list[Callable[[Deal], tuple[str, str]]] = [
    _day_changed,
    _day_deleted,
    _last_day_forgotten,
    _move_dated_otherwise,
    _reversed_by_more,
    _reversed_at_less_than_it_was_worth,
    _reversed_from_elsewhere,
    _reversal_of_a_reversal,
]


@pytest.mark.parametrize("plant", FAULTS, ids=lambda plant: plant.__name__.strip("_"))
def test_a_fault_in_the_stock_ledger_is_found_and_named(
    plant: Callable[[Deal], tuple[str, str]],
) -> None:
    deal = full_deal()
    other: Product = factories.ProductFactory()
    stock(other, 1, "8.00")
    with transaction.atomic():
        reverse_movements(Source.of(deal.delivery), on=company_today(), by=None)
    bad = {one.name for one in verify() if not one.ok}

    name, told = plant(deal)

    found = {one.name: one.first_difference or "" for one in verify() if not one.ok}
    assert name in found.keys() - bad
    assert told in found[name]


def test_the_stock_ledger_of_a_reversed_document_is_in_order() -> None:
    deal = full_deal()
    with transaction.atomic():
        reverse_movements(Source.of(deal.purchase_invoice), on=company_today(), by=None)
    assert_books_ok()
