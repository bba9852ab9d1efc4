"""What many at once may not break of a quotation: ordered once, and never after its end.

Each race is run with its lock, and once more without it, the fatal interleaving forced.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection  # noqa: F401 (asked by skipif)
from django.db.models import QuerySet

from erp.core.periods import company_today
from orders import services as orders
from orders.models import SalesOrder, SalesOrderLine
from quotations import services
from quotations.models import LineOutcome, Quotation, QuotationLine
from tests import factories
from tests.racing import (
    ON_MARIADB,
    ROUNDS,
    THREADS,
    Rendezvous,
    at_once,
    codes,
    meet_before,
    without_lock,
)
from tests.support import assert_books_ok, line, main_warehouse, manager, seller, sent_quotation

pytestmark = ON_MARIADB
Call = Callable[[], Any]


def _sent(lines: int = 2) -> Quotation:
    return sent_quotation(*[line(factories.ProductFactory()) for _number in range(lines)])


def _order(quotation: Quotation, line_ids: list[int] | None = None) -> Call:
    by, place = seller(), main_warehouse()
    return lambda: orders.create_order_from_quotation(
        quotation.pk, line_ids=line_ids, warehouse_id=place.pk, by=by
    )


def _ordered_twice() -> bool:
    rows = SalesOrderLine.objects.exclude(source_line=None)
    keys = list(rows.values_list("source_line_id", flat=True))
    return len(keys) != len(set(keys))


def test_of_many_acceptances_of_all_exactly_one_makes_an_order() -> None:
    for _round in range(ROUNDS):
        quotation = _sent()
        results = codes(at_once(*[_order(quotation)] * THREADS))
        assert results == ["invalid_transition"] * (THREADS - 1) + ["ok"]
        assert SalesOrder.objects.filter(quotation=quotation).count() == 1
    assert not _ordered_twice()
    assert_books_ok()


def test_of_many_acceptances_of_a_line_each_exactly_one_succeeds() -> None:
    for _round in range(ROUNDS):
        quotation = _sent(4)
        keys = list(quotation.lines.values_list("pk", flat=True))
        calls = [_order(quotation, [keys[number % 4]]) for number in range(THREADS)]
        results = codes(at_once(*calls))
        assert results.count("ok") == 4
        assert set(results) <= {"ok", "line_not_open", "invalid_transition"}
        quotation.refresh_from_db()
        assert quotation.status == "ordered"
    assert not _ordered_twice()
    assert_books_ok()


def test_accepting_expiring_revising_and_losing_end_in_one_way() -> None:
    by, boss, today = seller(), manager(), company_today()
    for _round in range(ROUNDS):
        quotation = _sent()
        revision = services.revise_quotation(quotation.pk, by=by)
        services.submit_quotation(revision.pk, by=by)
        services.approve_quotation(revision.pk, by=boss)
        pk, new = quotation.pk, revision.pk
        calls: list[Call] = []
        for _number in range(THREADS // 4):
            calls += [
                _order(quotation),
                lambda: services.expire_quotations(today + timedelta(days=400)),
                lambda new=new: services.send_quotation(new, by=by),  # type: ignore[misc]
                lambda pk=pk: services.lose_quotation(pk, by=by),  # type: ignore[misc]
            ]
        results = codes(at_once(*calls))
        assert set(results) <= {"ok", "invalid_transition", "superseded_ordered"}
        quotation.refresh_from_db()
        revision.refresh_from_db()
        orders_made = SalesOrder.objects.filter(quotation=quotation).count()
        assert orders_made == (quotation.status == "ordered")
        if quotation.status == "ordered":
            assert revision.status == "approved"
        else:
            assert quotation.status in {"expired", "revised", "lost"}
        Quotation.objects.filter(pk=new, status="sent").update(status="cancelled")
    assert not _ordered_twice()
    assert_books_ok()


# --- and without the lock ----------------------------------------------------------------------


def _unlocked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both have read the quotation and decided; then both write."""
    without_lock(monkeypatch, Quotation)
    meet_before(monkeypatch, QuerySet, "update", Rendezvous(2), of=QuotationLine)


def test_without_the_lock_both_acceptances_go_on_until_the_database_stops_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    race = [_order(_sent(1))] * 2
    _unlocked(monkeypatch)
    results = at_once(*race)
    assert [type(one) for one in results if isinstance(one, Exception)] == [IntegrityError]
    assert not _ordered_twice()


@pytest.mark.parametrize("other", ["lose", "expire", "revise"])
def test_without_the_lock_a_quotation_is_ordered_and_ended(
    monkeypatch: pytest.MonkeyPatch, other: str
) -> None:
    by, boss = seller(), manager()
    quotation = _sent(1)
    revision = services.revise_quotation(quotation.pk, by=by)
    services.submit_quotation(revision.pk, by=by)
    services.approve_quotation(revision.pk, by=boss)
    later = company_today() + timedelta(days=400)
    ends: dict[str, Call] = {
        "lose": lambda: services.lose_quotation(quotation.pk, by=by),
        "expire": lambda: services.expire_quotations(later),
        "revise": lambda: services.send_quotation(revision.pk, by=by),
    }
    race = [_order(quotation), ends[other]]
    without_lock(monkeypatch, Quotation)
    meet_before(monkeypatch, Quotation, "save", Rendezvous(2))

    assert codes(at_once(*race)) == ["ok", "ok"]

    assert SalesOrder.objects.filter(quotation=quotation).exists()
    ordered = quotation.lines.filter(outcome=LineOutcome.ORDERED)
    assert ordered.exists() or other != "revise"
