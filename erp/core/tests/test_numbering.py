"""Numbers: one series a year, no gap when a transaction is rolled back."""

from datetime import date

import pytest
from django.db import transaction

from erp.core.models import NumberSequence
from erp.core.numbering import draw_number, numbered_models, split_number

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 5)


def test_numbers_of_a_series_count_up_from_one() -> None:
    assert [draw_number("SO", DAY) for _count in range(3)] == [
        "SO-2026-000001",
        "SO-2026-000002",
        "SO-2026-000003",
    ]


def test_series_are_counted_apart() -> None:
    draw_number("SO", DAY)
    assert draw_number("PO", DAY) == "PO-2026-000001"


def test_each_year_starts_anew() -> None:
    draw_number("SO", DAY)
    assert draw_number("SO", date(2027, 1, 1)) == "SO-2027-000001"
    assert draw_number("SO", date(2026, 12, 31)) == "SO-2026-000002"


def test_series_that_differ_in_case_are_two() -> None:
    draw_number("so", DAY)
    assert draw_number("SO", DAY) == "SO-2026-000001"


def test_a_draw_that_is_rolled_back_leaves_no_gap() -> None:
    draw_number("SO", DAY)
    sid = transaction.savepoint()
    assert draw_number("SO", DAY) == "SO-2026-000002"
    transaction.savepoint_rollback(sid)
    assert draw_number("SO", DAY) == "SO-2026-000002"
    assert NumberSequence.objects.get().last == 2


def test_a_number_tells_its_series_year_and_count() -> None:
    assert split_number("SO-2026-000042") == ("SO", 2026, 42)
    assert split_number("A-B-2026-000001") == ("A-B", 2026, 1)


def test_every_series_belongs_to_one_model() -> None:
    series = [model.number_series for model in numbered_models()]  # type: ignore[attr-defined]
    assert len(series) == len(set(series))
    assert {"QUO", "SO", "DN", "PO", "GR", "INV", "PAY", "ENQ"} <= set(series)
