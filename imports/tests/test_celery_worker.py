"""The steps of an import by a real Celery worker over Redis, also when its process is killed."""

import os
import signal
import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from celery import current_app
from celery.events import EventReceiver
from django.conf import settings
from django.core.files.base import ContentFile
from django.db import connection, transaction

from erp.core.models import Company
from imports import services
from imports.models import Import
from products.models import Brand, PriceFact, Product
from tests import factories
from tests.support import url_of_test_database

pytestmark = [
    pytest.mark.mariadb,  # a worker is a second process: SQLite's test database may be in memory
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not settings.REDIS_URL, reason="needs Redis as the broker"),
]
ROWS = 40
PATIENCE = 60  # seconds


class Worker:
    """A Celery worker on a queue of its own, and what it tells of its tasks."""

    def __init__(self, queue: str, log: Path) -> None:
        self._told: list[dict[str, Any]] = []
        self._news = threading.Condition()
        self._connection = current_app.connection_for_read()
        self._receiver = EventReceiver(
            self._connection, handlers={"*": self._hear}, app=current_app
        )
        threading.Thread(target=self._listen, daemon=True).start()
        environment = {
            **os.environ,
            "DATABASE_URL": url_of_test_database(),
            "DATA_DIR": str(settings.DATA_DIR),
            "DJANGO_SETTINGS_MODULE": "erp.settings",
        }
        command = [sys.executable, "-m", "celery", "-A", "erp", "worker", "-E", "-c", "1"]
        self._process = subprocess.Popen(  # noqa: S603 -- our own code
            [*command, "-Q", queue, "-n", f"{queue}@%h", "--without-gossip", "--without-mingle"],
            cwd=settings.BASE_DIR,
            env=environment,
            stdout=log.open("wb"),
            stderr=subprocess.STDOUT,
        )
        self._name = queue
        self.hears("worker-online")

    def _listen(self) -> None:
        try:
            self._receiver.capture(limit=None, timeout=None, wakeup=False)
        except OSError:
            return  # the connection is closed at the end of the test

    def _hear(self, event: dict[str, Any]) -> None:
        with self._news:
            self._told.append(event)
            self._news.notify_all()

    def hears(self, kind: str) -> None:
        """Wait for the next event of this kind from this worker."""

        def found() -> dict[str, Any] | None:
            for event in self._told:
                if event["type"] == kind and event["hostname"].startswith(self._name):
                    return event
            return None

        with self._news:
            assert self._news.wait_for(found, PATIENCE), f"the worker never said {kind}"
            event = found()
            assert event is not None
            self._told.remove(event)

    def busy_process(self) -> int:
        """Return the process that has the worker's one task."""
        told = current_app.control.inspect(timeout=5).active() or {}
        ((task,),) = [tasks for host, tasks in told.items() if host.startswith(self._name)]
        pid: int = task["worker_pid"]
        return pid

    def stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._connection.close()


@pytest.fixture
def worker(tmp_path: Path, settings: Any) -> Iterator[Worker]:
    queue = f"imports-{uuid.uuid4().hex}"
    before = current_app.conf.task_default_queue
    current_app.conf.task_default_queue = queue
    made = Worker(queue, tmp_path / "worker.log")
    try:
        yield made
    finally:
        made.stop()
        current_app.conf.task_default_queue = before


@pytest.fixture
def of(company: Company) -> Iterator[Import]:
    factories.BrandFactory(code="SKF")
    rows = "\n".join(f"SKF,PART-{n},1.5" for n in range(ROWS))
    file = ContentFile(f"品牌,型号,单价\n{rows}\n".encode(), name="list.csv")
    by = factories.UserFactory(role="administrator")
    made = services.create_import("products", "list.csv", file=file, by=by)
    yield made
    made.file.delete(save=False)


def test_a_worker_checks_applies_and_undoes(of: Import, worker: Worker) -> None:
    for start, status, products in (
        (services.start_check, Import.Status.CHECKED, 0),
        (_start_apply, Import.Status.APPLIED, ROWS),
        (services.start_undo, Import.Status.UNDONE, 0),
    ):
        start(of.pk, by=of.owner)
        worker.hears("task-succeeded")
        of.refresh_from_db()
        assert of.status == status
        assert Product.objects.count() == products


def _start_apply(import_id: int, *, by: Any) -> None:
    services.start_apply(import_id, skip_refused=False, by=by)


@contextmanager
def brand_held() -> Iterator[None]:
    """Let another connection hold the row that every new product of the brand names."""
    held, over = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            Brand.objects.select_for_update().get(code="SKF")
            held.set()
            over.wait(PATIENCE)
        connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    try:
        assert held.wait(PATIENCE)
        yield
    finally:
        over.set()
        thread.join(PATIENCE)


def test_a_killed_process_is_followed_by_another_that_does_it_once(
    of: Import, worker: Worker
) -> None:
    services.start_check(of.pk, by=of.owner)
    worker.hears("task-started")
    worker.hears("task-succeeded")

    # Who holds the brand keeps the apply from ending; its process is killed while it waits.
    with brand_held():
        _start_apply(of.pk, by=of.owner)
        worker.hears("task-started")
        os.kill(worker.busy_process(), signal.SIGKILL)
        worker.hears("task-started")
        assert not Product.objects.exists()
    worker.hears("task-succeeded")

    of.refresh_from_db()
    assert of.status == Import.Status.APPLIED
    assert Product.objects.count() == PriceFact.objects.count() == ROWS
