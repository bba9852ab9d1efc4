"""What races need: threads let go together, the fatal interleaving forced, and a lock taken away.

Every round is kept in ``FIGURES``; ``bench/bench_races.py`` prints them per case. The gate runs few
rounds; RACE_ROUNDS and RACE_SECONDS ask for more.
"""

import os
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import connection, connections
from django.db.models import Model, QuerySet

from erp.core.errors import DomainError
from erp.core.invariants import verify

ROUNDS = int(os.environ.get("RACE_ROUNDS", "5"))
SECONDS = float(os.environ.get("RACE_SECONDS", "5"))
THREADS = 16

# What a file of races begins with.
ON_MARIADB = [
    pytest.mark.mariadb,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("company"),
    pytest.mark.skipif(
        connection.vendor != "mysql", reason="row locks need MariaDB (DATABASE_URL=mysql://…)"
    ),
]


def end_of(result: Any) -> str:
    """Return "ok", the code of a refusal, an HTTP status, or the name of what else was raised."""
    if isinstance(result, DomainError):
        return result.code
    if isinstance(result, Exception):
        return f"{type(result).__name__} {result.args[0] if result.args else ''}".strip()
    is_status = isinstance(result, int) and 100 <= result < 600
    return str(result) if is_status else "ok"


@dataclass
class Figures:
    """Rounds run since the last reset: the threads of each, and every call's seconds and end.

    An end is "ok", the code of a refusal, an HTTP status, or the name of what else was raised.
    """

    threads: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    ends: list[str] = field(default_factory=list)
    proofs_of_books: int = 0

    def note(self, seconds: Sequence[float], results: Sequence[Any]) -> None:
        self.threads.append(len(results))
        for took, result in zip(seconds, results, strict=True):
            if isinstance(result, list) and result and isinstance(result[0], str):
                self.ends += result  # of ``on_and_on``, which told its seconds itself
            else:
                self.seconds.append(took)
                self.ends.append(end_of(result))


FIGURES = Figures()


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Run the calls in threads released together; return results or the exceptions raised."""
    barrier = threading.Barrier(len(calls), timeout=20)
    results: list[Any] = [None] * len(calls)
    took = [0.0] * len(calls)

    def run(place: int, call: Callable[[], Any]) -> None:
        try:
            connection.ensure_connection()  # not a part of the race
            barrier.wait()
            start = time.perf_counter()
            try:
                results[place] = call()
            finally:
                took[place] = time.perf_counter() - start
        except Exception as error:  # noqa: BLE001 (the test looks at it)
            results[place] = error
        finally:
            connections.close_all()

    threads = [
        threading.Thread(target=run, args=(place, call), name=str(place))
        for place, call in enumerate(calls)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60 + SECONDS)
    assert not any(thread.is_alive() for thread in threads)
    FIGURES.note(took, results)
    return results


def codes(results: Sequence[Any]) -> list[str]:
    """Return "ok" or the refusal's code per result, sorted; anything else raised is a bug."""
    told = []
    for result in results:
        if isinstance(result, DomainError):
            told.append(result.code)
        elif isinstance(result, Exception):
            raise result
        else:
            told.append("ok")
    return sorted(told)


def on_and_on(call: Callable[[], Any]) -> Callable[[], list[str]]:
    """Call again and again for SECONDS; return how each call ended: "ok" or a refusal's code.

    A call may say itself how it ended, with a text. Anything else raised is a bug.
    """

    def run() -> list[str]:
        told = []
        end = time.perf_counter() + SECONDS
        while time.perf_counter() < end:
            start = time.perf_counter()
            try:
                result = call()
                told.append(result if isinstance(result, str) else "ok")
            except DomainError as refusal:
                told.append(refusal.code)
            FIGURES.seconds.append(time.perf_counter() - start)
        return told

    return run


def wrong_books(only: Sequence[str] = ()) -> str:
    """Read the books as of one moment; return "ok" or the first check that fails."""
    wrong = (f"{one.name}: {one.first_difference}" for one in verify(only) if not one.ok)
    return next(wrong, "ok")


class Rendezvous:
    """A place where each thread waits once for the others: it forces the fatal interleaving."""

    def __init__(self, parties: int) -> None:
        self._barrier = threading.Barrier(parties, timeout=20)
        self._been = threading.local()

    def meet(self) -> None:
        if not getattr(self._been, "here", False):
            self._been.here = True
            self._barrier.wait()


def without_lock(monkeypatch: pytest.MonkeyPatch, *models: type[Model]) -> None:
    """Let rows of these models be read without their lock."""
    locked = QuerySet.select_for_update

    def maybe(self: Any, *args: Any, **kwargs: Any) -> Any:
        return self if self.model in models else locked(self, *args, **kwargs)

    monkeypatch.setattr(QuerySet, "select_for_update", maybe)


def meet_before(
    monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, place: Rendezvous, *, of: Any = None
) -> None:
    """Let the threads wait for each other just before ``owner.name`` runs (for one model)."""
    original = getattr(owner, name)

    def wait_then(self: Any, *args: Any, **kwargs: Any) -> Any:
        if of is None or getattr(self, "model", of) is of:
            place.meet()
        return original(self, *args, **kwargs)

    monkeypatch.setattr(owner, name, wait_then)


def meet_after(monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, place: Rendezvous) -> None:
    """Let the threads wait for each other just after ``owner.name`` has run."""
    original = getattr(owner, name)

    def then_wait(self: Any, *args: Any, **kwargs: Any) -> Any:
        result = original(self, *args, **kwargs)
        place.meet()
        return result

    monkeypatch.setattr(owner, name, then_wait)
