"""Legal numbers under load: many at once, some rolled back, some killed (CASES.md C04).

``python bench/bench_races.py`` prints the figures.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Any

import pytest
from django.db import Error, connection, connections

from erp.core.models import NumberSequence
from erp.core.numbering import split_number
from erp.core.service import service
from finance.models import Invoice, JournalEntry
from finance.services import post_invoice
from tests import factories
from tests.racing import ON_MARIADB, at_once
from tests.support import accountant, assert_books_ok, chart, seller

pytestmark = ON_MARIADB
DOCUMENTS = 500
THREADS = 32


class _ChangedHisMindError(Exception):
    pass


@dataclass
class Tally:
    posted: int = 0
    rolled_back: int = 0
    killed: int = 0
    unexpected: list[str] = field(default_factory=list)


def _work(todo: SimpleQueue[tuple[int, int]], by: Any) -> Tally:
    """Post invoices until none is left; every tenth is taken back, every twentieth dies."""
    tally = Tally()
    for place, pk in _taken(todo):
        try:
            _post(pk, place, by=by)
        except _ChangedHisMindError:
            tally.rolled_back += 1
        except Error as error:
            connections.close_all()
            if place % 20 == 7:
                tally.killed += 1
            else:
                tally.unexpected.append(str(error))
        else:
            tally.posted += 1
    return tally


@service("test.post")
def _post(pk: int, place: int, *, by: Any) -> None:
    """Post an invoice; some transactions end badly after the number is drawn."""
    post_invoice(pk, by=by)
    if place % 20 == 7:
        _kill_own_connection()
    if place % 10 == 3:
        raise _ChangedHisMindError


def _taken(todo: SimpleQueue[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    while True:
        try:
            yield todo.get_nowait()
        except Empty:
            return


def _kill_own_connection() -> None:
    """Die as a killed process dies: the server sees the connection go and takes all back."""
    with connection.cursor() as cursor:
        cursor.execute("KILL CONNECTION_ID()")


@pytest.mark.case("C04")
def test_no_number_is_drawn_twice_and_none_is_missing(record_property: Any) -> None:
    chart()
    by, customer = accountant(), factories.CustomerFactory(owner=seller())
    drafts = [
        factories.InvoiceFactory(owner=seller(), customer=customer) for _n in range(DOCUMENTS)
    ]
    todo: SimpleQueue[tuple[int, int]] = SimpleQueue()
    for place, draft in enumerate(drafts):
        todo.put((place, draft.pk))

    start = time.perf_counter()
    tallies = at_once(*[lambda: _work(todo, by)] * THREADS)
    seconds = time.perf_counter() - start

    for tally in tallies:
        assert isinstance(tally, Tally), tally
        assert tally.unexpected == []
    posted = sum(tally.posted for tally in tallies)
    rolled_back = sum(tally.rolled_back for tally in tallies)
    killed = sum(tally.killed for tally in tallies)
    numbers = list(Invoice.objects.exclude(number=None).values_list("number", flat=True))
    counts = sorted(split_number(str(number))[2] for number in numbers)
    duplicates = len(counts) - len(set(counts))
    gaps = max(counts) - len(set(counts))
    record_property(
        f"{DOCUMENTS} documents",
        f"{posted} posted, {rolled_back} rolled back, {killed} killed; {duplicates} duplicates,"
        f" {gaps} gaps; {DOCUMENTS / seconds:.0f} a second",
    )
    assert (posted, rolled_back, killed) == (
        DOCUMENTS - rolled_back - killed,
        len(range(3, DOCUMENTS, 10)),
        len(range(7, DOCUMENTS, 20)),
    )
    assert (duplicates, gaps) == (0, 0)
    assert len(numbers) == posted == JournalEntry.objects.count()
    assert NumberSequence.objects.filter(last=posted).exists()
    assert_books_ok()
