"""Jobs: queued by name, after the commit only; periodic ones run once however many runners."""

import ast
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction

from erp.celery import app as celery_app
from erp.core import jobs
from erp.core.models import ScheduledRun

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 5, 8, 0, tzinfo=UTC)


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Register two jobs that only note their names."""
    told: list[str] = []
    hourly = jobs.JobKind(lambda: told.append("hourly"), long=False, every=timedelta(hours=1))
    mail = jobs.JobKind(told.append, long=False, every=None)
    monkeypatch.setattr(jobs, "_jobs", {"test.hourly": hourly, "test.mail": mail})
    return iter([told])


@pytest.fixture
def no_broker(settings: Any) -> None:
    settings.CELERY_BROKER_URL = ""


@pytest.mark.usefixtures("no_broker")
def test_without_a_broker_a_job_runs_after_the_commit_and_not_before(
    ran: Iterator[list[str]], django_capture_on_commit_callbacks: object
) -> None:
    told = next(ran)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        jobs.enqueue("test.mail", "SO-2026-000001")
        assert told == []
    assert told == ["SO-2026-000001"]


@pytest.mark.skipif(not settings.REDIS_URL, reason="needs Redis as the broker")
def test_with_a_broker_a_job_waits_there_after_the_commit(
    ran: Iterator[list[str]], django_capture_on_commit_callbacks: object
) -> None:
    told = next(ran)
    queue = f"jobs-{uuid.uuid4().hex}"
    with celery_app.connection_for_write() as broker, broker.SimpleQueue(queue) as waiting:
        celery_app.conf.task_default_queue, before = queue, celery_app.conf.task_default_queue
        try:
            with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
                jobs.enqueue("test.mail", "SO-2026-000001")
        finally:
            celery_app.conf.task_default_queue = before
        message = waiting.get(timeout=5)
        message.ack()
    assert message.headers["task"] == "test.mail"
    assert told == []


def _queue_and_fail() -> None:
    with transaction.atomic():
        jobs.enqueue("test.mail", "lost")
        raise ZeroDivisionError


def test_a_rolled_back_transaction_queues_nothing(
    ran: Iterator[list[str]], django_capture_on_commit_callbacks: object
) -> None:
    told = next(ran)
    with (
        django_capture_on_commit_callbacks(execute=True) as callbacks,  # type: ignore[operator]
        pytest.raises(ZeroDivisionError),
    ):
        _queue_and_fail()
    assert callbacks == []
    assert told == []


def test_an_unknown_name_is_found_before_the_commit(ran: Iterator[list[str]]) -> None:
    with pytest.raises(KeyError):
        jobs.enqueue("test.unknown")


def test_a_periodic_job_runs_when_its_time_has_come(ran: Iterator[list[str]]) -> None:
    told = next(ran)
    assert jobs.run_due(NOW) == ["test.hourly"]
    assert jobs.run_due(NOW + timedelta(minutes=59)) == []
    assert jobs.run_due(NOW + timedelta(hours=1)) == ["test.hourly"]
    assert told == ["hourly", "hourly"]


def test_of_two_runners_that_saw_the_same_state_one_runs_the_job(ran: Iterator[list[str]]) -> None:
    told = next(ran)
    seen = ScheduledRun.objects.create(name="test.hourly")
    # The other runner claimed it between this one's look and its claim.
    rows = ScheduledRun.objects.filter(name=seen.name, last_run_at=seen.last_run_at)
    assert jobs.run_due(NOW) == ["test.hourly"]
    assert rows.all().update(last_run_at=NOW) == 0
    assert jobs.run_due(NOW) == []
    assert told == ["hourly"]


def test_a_job_that_fails_does_not_keep_the_others_from_running(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told: list[str] = []

    def fail() -> None:
        raise ZeroDivisionError

    hour = timedelta(hours=1)
    monkeypatch.setattr(
        jobs,
        "_jobs",
        {
            "test.fails": jobs.JobKind(fail, long=False, every=hour),
            "test.works": jobs.JobKind(lambda: told.append("works"), long=False, every=hour),
        },
    )
    assert jobs.run_due(NOW) == ["test.works"]
    assert told == ["works"]


def test_every_name_enqueued_is_registered() -> None:
    names = set()
    for app in settings.FIRST_PARTY_APPS:
        for path in Path(settings.BASE_DIR, *app.split(".")).rglob("*.py"):
            if "tests" not in path.parts:
                names |= set(_enqueued(ast.parse(path.read_text(encoding="utf-8"))))
    assert names <= jobs.registered().keys()


def _enqueued(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and getattr(node.func, "id", getattr(node.func, "attr", "")) == "enqueue"
        ):
            assert node.args, "enqueue() needs a name"
            assert isinstance(node.args[0], ast.Constant), "enqueue() takes a literal name"
            yield str(node.args[0].value)


def test_registered_names_say_app_and_verb() -> None:
    labels = {app.rpartition(".")[2] for app in settings.FIRST_PARTY_APPS} | {"test"}
    for name in jobs.registered():
        app, _dot, verb = name.partition(".")
        assert app in labels
        assert verb
