"""Requests for quotation under many at once: one reply imported twice, one line awarded twice.

Each race runs with the request's lock, many rounds, and once more without it, to see the bug.
"""

from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db.models import QuerySet, Sum

from orders.models import AwardOrder, PurchaseOrder
from orders.services import order_awards
from products.models import PriceFact
from quotations import services
from quotations.models import Rfq, RfqAward, RfqReply
from quotations.rfq_files import import_sheet
from quotations.rfq_sheet import rfq_sheet
from quotations.services import AwardInput, ReplyInput, RfqLineInput
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
from tests.support import assert_books_ok, buyer, main_warehouse

pytestmark = ON_MARIADB
WANTED = Decimal(10)


@pytest.fixture(autouse=True)
def _company() -> None:
    factories.CompanyFactory()
    factories.TaxRateFactory()


def sent(suppliers: int = 1) -> Rfq:
    asked = [factories.SupplierFactory().pk for _ in range(suppliers)]
    line = RfqLineInput(factories.ProductFactory().pk, WANTED)
    made = services.create_rfq([line], supplier_ids=asked, by=buyer())
    return services.send_rfq(made.pk, by=buyer())


def replying(rfq: Rfq, *prices: int) -> list[Callable[[], Any]]:
    """Each price once, all of the same supplier for the same line."""
    line, asked, by = rfq.lines.get(), rfq.suppliers.get(), buyer()

    def reply(price: int) -> Callable[[], Any]:
        said = [ReplyInput(line.pk, Decimal(price))]
        return lambda: services.record_replies(asked.pk, said, by=by)

    return [reply(price) for price in prices]


def answered(suppliers: int) -> Rfq:
    rfq = sent(suppliers)
    line = rfq.lines.get()
    for row in rfq.suppliers.all():
        services.record_replies(row.pk, [ReplyInput(line.pk, Decimal(5))], by=buyer())
    rfq.refresh_from_db()
    return rfq


def awarding(rfq: Rfq, quantity: Decimal, version: int | None = None) -> list[Callable[[], Any]]:
    """Each awards this much of the line to another supplier."""
    line, by = rfq.lines.get(), buyer()

    def award(reply: RfqReply) -> Callable[[], Any]:
        awards = [AwardInput(reply.pk, quantity)]
        return lambda: services.award_line(rfq.pk, line.pk, awards, version=version, by=by)

    return [award(reply) for reply in RfqReply.objects.filter(line=line)]


def awarded(rfq: Rfq) -> Decimal:
    total = RfqAward.objects.filter(line__document=rfq).aggregate(n=Sum("quantity"))["n"]
    return Decimal(total or 0)


# --- one reply, many imports --------------------------------------------------------------------


def test_a_reply_imported_by_many_at_once_is_stored_once() -> None:
    for _round in range(ROUNDS):
        rfq = sent()
        outcomes = at_once(*replying(rfq, *[5] * THREADS))
        assert codes(outcomes) == ["ok"] * THREADS
        assert sum(one.added for one in outcomes) == 1
        assert sum(one.unchanged for one in outcomes) == THREADS - 1
        assert RfqReply.objects.filter(line__document=rfq).count() == 1
        assert PriceFact.objects.filter(source_id=rfq.pk, kind="rfq").count() == 1
    assert_books_ok()


def test_of_many_prices_at_once_each_is_kept_in_the_history() -> None:
    for _round in range(ROUNDS):
        rfq = sent()
        outcomes = at_once(*replying(rfq, *range(1, THREADS + 1)))
        assert codes(outcomes) == ["ok"] * THREADS
        assert Counter(one.added for one in outcomes) == {1: 1, 0: THREADS - 1}
        facts = PriceFact.objects.filter(source_id=rfq.pk, kind="rfq").order_by("pk")
        assert facts.count() == THREADS
        last = facts.last()
        assert last is not None
        assert RfqReply.objects.get(line__document=rfq).net_price == last.net_unit_price
        rfq.refresh_from_db()
        assert rfq.version == THREADS + 2  # drafted, sent, and each answer


def test_one_file_sent_twice_at_once_is_kept_once() -> None:
    for _round in range(ROUNDS):
        rfq = sent()
        row = rfq.suppliers.select_related("supplier").get()
        row.document = rfq
        _name, content = rfq_sheet(rfq, row)
        by = buyer()
        read = partial(import_sheet, row.pk, "a.xlsx", content, by=by)
        results = at_once(*[read] * THREADS)
        assert codes(results) == ["ok"] * THREADS


def test_without_the_lock_a_changed_reply_passes_unnoticed(monkeypatch: Any) -> None:
    rfq = sent()
    (first,) = replying(rfq, 5)
    first()
    rfq.refresh_from_db()
    race = replying(rfq, 6, 7)
    without_lock(monkeypatch, Rfq)
    # Both have read the reply and the version; then both write.
    meet_before(monkeypatch, QuerySet, "bulk_update", Rendezvous(2), of=RfqReply)

    results = at_once(*race)

    assert codes(results) == ["ok", "ok"]
    seen, rfq = rfq.version, Rfq.objects.get(pk=rfq.pk)
    assert rfq.version == seen + 1  # of two changes: whoever saw the first would not be stale


# --- one line, many awards ----------------------------------------------------------------------


def test_a_line_awarded_by_many_at_once_stays_within_what_was_asked_for() -> None:
    for _round in range(ROUNDS):
        rfq = answered(THREADS)
        results = at_once(*awarding(rfq, WANTED))
        assert codes(results) == ["ok"] * THREADS
        assert awarded(rfq) == WANTED
    assert_books_ok()


def test_of_many_awards_decided_on_one_version_one_holds() -> None:
    for _round in range(ROUNDS):
        rfq = answered(THREADS)
        results = at_once(*awarding(rfq, WANTED, version=rfq.version))
        assert codes(results) == ["ok"] + ["stale_version"] * (THREADS - 1)
        assert awarded(rfq) == WANTED


def test_without_the_lock_a_line_is_awarded_twice(monkeypatch: Any) -> None:
    rfq = answered(2)
    race = awarding(rfq, WANTED)
    without_lock(monkeypatch, Rfq)
    # Both have taken back what was awarded before (nothing); then both award the whole.
    meet_before(monkeypatch, QuerySet, "bulk_create", Rendezvous(2), of=RfqAward)

    results = at_once(*race)

    assert codes(results) == ["ok", "ok"]
    assert awarded(rfq) == 2 * WANTED


# --- one award, many orders ---------------------------------------------------------------------


def test_awards_ordered_by_many_at_once_are_ordered_once() -> None:
    place, by = main_warehouse(), buyer()
    for _round in range(ROUNDS):
        rfq = answered(1)
        (award,) = awarding(rfq, WANTED)
        award()
        before = PurchaseOrder.objects.count()
        order = partial(order_awards, rfq.pk, warehouse_id=place.pk, by=by)
        results = at_once(*[order] * THREADS)
        assert codes(results) == ["invalid_transition"] * (THREADS - 1) + ["ok"]
        assert PurchaseOrder.objects.count() == before + 1
    assert AwardOrder.objects.count() == ROUNDS
    assert_books_ok()


def test_without_the_lock_only_its_constraint_keeps_an_award_from_a_second_order(
    monkeypatch: Any, caplog: Any
) -> None:
    caplog.set_level("INFO", "erp.core.service")
    rfq = answered(1)
    (award,) = awarding(rfq, WANTED)
    award()
    place, by = main_warehouse(), buyer()
    without_lock(monkeypatch, Rfq)
    # Both have read the awards and seen that the request may be ordered; then both order.
    meet_before(monkeypatch, Rfq, "save", Rendezvous(2))

    order = partial(order_awards, rfq.pk, warehouse_id=place.pk, by=by)
    results = at_once(order, order)

    # Only the database stopped the second; running it again, it sees what the first did.
    assert codes(results) == ["invalid_transition", "ok"]
    assert "Duplicate entry" in caplog.text
    assert AwardOrder.objects.count() == 1
