"""Deciding on interchanges at the same time, on the real database."""

from collections.abc import Callable
from typing import Any

import pytest

from products.models import Interchange, Product
from products.services import (
    Outcome,
    Seen,
    approve_interchange,
    approve_interchanges,
    propose_interchange,
    reject_interchange,
)
from products.supersession import reachable, steps_from
from tests.factories import InterchangeFactory, ProductFactory
from tests.racing import ON_MARIADB, ROUNDS, at_once, codes, without_lock
from tests.support import manager

pytestmark = ON_MARIADB
Grade = Interchange.Grade


def _equals() -> Interchange:
    one = ProductFactory(designation="6205-2RSH")
    other = ProductFactory(brand__code="NSK", designation="6205DDU")
    row: Interchange = InterchangeFactory(from_product=one, to_product=other)
    return row


def test_of_two_decisions_at_once_one_holds() -> None:
    boss = manager()
    for _round in range(ROUNDS):
        Interchange.objects.all().delete()
        Product.objects.all().delete()
        row = _equals()
        results = at_once(
            lambda: approve_interchange(row.pk, version=1, by=boss),  # noqa: B023
            lambda: reject_interchange(row.pk, version=1, by=boss),  # noqa: B023
        )
        assert codes(results) == ["ok", "stale_version"]
        row.refresh_from_db()
        assert row.version == 2
        assert (row.approved_at is None) != (row.rejected_at is None)


def test_the_same_pair_proposed_from_both_sides_at_once_is_one_fact() -> None:
    boss = manager()
    for _round in range(ROUNDS):
        one, other = ProductFactory(), ProductFactory(brand__code="NSK")
        ends = ((one.pk, other.pk), (other.pk, one.pk))
        results = at_once(*(_propose(*end, boss) for end in ends))
        assert codes(results) == ["interchange_exists", "ok"]
        assert Interchange.objects.about(one.pk, other.pk).count() == 1


def _propose(one: int, other: int, boss: Any) -> Callable[[], Any]:
    return lambda: propose_interchange(one, other, Grade.UPGRADE, by=boss)


def _circle() -> list[Interchange]:
    """Propose A → B and C → D where B → C and D → A hold already: together they go in a circle."""
    a, b, c, d = (ProductFactory() for _number in range(4))
    boss = manager()
    for one, other in ((b, c), (d, a)):
        _supersede(one, other, approved_by=boss)
    return [_supersede(a, b), _supersede(c, d)]


def _supersede(one: Product, other: Product, **more: Any) -> Interchange:
    row: Interchange = InterchangeFactory(
        from_product=one, to_product=other, grade=Grade.SUPERSEDED, one_way=True, **more
    )
    return row


def _approve(row: Interchange, boss: Any) -> Callable[[], list[Outcome]]:
    return lambda: approve_interchanges([Seen(row.pk, 1)], by=boss)


def _is_circle(rows: list[Interchange]) -> bool:
    start = rows[0].from_product_id
    return start in reachable(steps_from({start}), start)


def test_two_steps_that_together_close_a_circle_take_turns() -> None:
    boss = manager()
    for _round in range(ROUNDS):
        rows = _circle()
        results = at_once(*(_approve(row, boss) for row in rows))
        told = sorted(o.refusal.code if o.refusal else "ok" for (o,) in results)
        assert told == ["ok", "supersession_cycle"]
        assert not _is_circle(rows)


def test_without_the_lock_on_the_way_the_circle_closes(monkeypatch: pytest.MonkeyPatch) -> None:
    boss = manager()
    without_lock(monkeypatch, Product)
    closed = 0
    for _round in range(3 * ROUNDS):
        rows = _circle()
        at_once(*(_approve(row, boss) for row in rows))
        closed += _is_circle(rows)
        if closed:
            return
    pytest.fail("the race was never lost without its lock")
