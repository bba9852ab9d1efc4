"""Sums are exact on SQLite too, where SUM() would add floating-point numbers."""

from datetime import date
from decimal import Decimal

import pytest
from django.db.models import F
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from erp.core.aggregates import ExactSum
from finance.models import Account, JournalEntry, JournalLine
from inventory.models import StockMove
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry() -> JournalEntry:
    return JournalEntry.objects.create(
        on=date(2026, 11, 5), memo="", source_type="test", source_id=1
    )


def _debit(entry: JournalEntry, account: Account, *amounts: str | Decimal) -> None:
    JournalLine.objects.bulk_create(
        JournalLine(entry=entry, account=account, debit=Decimal(amount)) for amount in amounts
    )


def _total(entry: JournalEntry) -> Decimal:
    total: Decimal = entry.lines.aggregate(total=ExactSum("debit"))["total"]
    return total


def test_a_tenth_three_times_is_exactly_three_tenths(entry: JournalEntry) -> None:
    _debit(entry, factories.AccountFactory(), "0.10", "0.10", "0.10")
    assert _total(entry) == Decimal("0.30")
    assert str(_total(entry)) == "0.30"


def test_a_thousand_cents_are_ten(entry: JournalEntry) -> None:
    _debit(entry, factories.AccountFactory(), *["0.01"] * 1000)
    assert _total(entry) == Decimal("10.00")


def test_large_and_small_amounts_add_up_to_the_cent(entry: JournalEntry) -> None:
    _debit(entry, factories.AccountFactory(), "9999999999999.98", "0.01")
    assert _total(entry) == Decimal("9999999999999.99")


def test_nothing_sums_to_zero(entry: JournalEntry) -> None:
    assert _total(entry) == Decimal("0.00")


def test_sums_by_key_are_exact_too(entry: JournalEntry) -> None:
    one, other = factories.AccountFactory(), factories.AccountFactory()
    _debit(entry, one, "0.10", "0.20")
    _debit(entry, other, "1.10", "2.20")
    sums = entry.lines.order_by().values_list("account_id").annotate(total=ExactSum(F("debit")))
    assert dict(sums) == {one.pk: Decimal("0.30"), other.pk: Decimal("3.30")}


def test_quantities_are_summed_with_three_places() -> None:
    for quantity in ("0.001", "0.002", "0.100"):
        factories.StockMoveFactory(quantity=Decimal(quantity))
    total = StockMove.objects.aggregate(total=ExactSum("quantity", places=3))["total"]
    assert total == Decimal("0.103")


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.decimals("0.01", "99999999.99", places=2), min_size=1, max_size=20))
def test_the_database_sums_like_python(entry: JournalEntry, amounts: list[Decimal]) -> None:
    JournalLine.objects.filter(entry=entry).delete()
    account, _created = Account.objects.get_or_create(code="sum", defaults={"name": "sum"})
    _debit(entry, account, *amounts)
    assert _total(entry) == sum(amounts)
