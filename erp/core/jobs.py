"""Background work, always queued by name and only after the commit.

With a broker Celery runs it. Without one a short job runs in this process right after the commit,
and a long one in a worker thread with its state in ``Job``. Jobs are idempotent; none relies on a
delay.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from celery import current_app
from django.apps import apps
from django.conf import settings
from django.db import close_old_connections, transaction
from django.utils import timezone
from django.utils.module_loading import autodiscover_modules

logger = logging.getLogger(__name__)
JobFunction = Callable[..., None]


@dataclass(frozen=True, slots=True)
class JobKind:
    function: JobFunction
    long: bool
    every: timedelta | None


_jobs: dict[str, JobKind] = {}


def job(
    name: str, *, long: bool = False, every: timedelta | None = None
) -> Callable[[JobFunction], JobFunction]:
    """Register a function as the job ``app.verb``; ``every`` makes it periodic."""

    def register(function: JobFunction) -> JobFunction:
        _jobs[name] = JobKind(function, long, every)
        current_app.task(name=name)(function)
        return function

    return register


def autodiscover() -> None:
    """Import every app's ``tasks`` module, so that names can be resolved."""
    autodiscover_modules("tasks")


def registered() -> dict[str, JobKind]:
    return dict(_jobs)


def enqueue(name: str, *arguments: Any) -> None:
    """Queue a job for after the commit of the current transaction."""
    kind = _jobs[name]  # an unknown name is a bug, found before the commit
    transaction.on_commit(lambda: _dispatch(name, kind, arguments), robust=True)


def _dispatch(name: str, kind: JobKind, arguments: tuple[Any, ...]) -> None:
    if settings.CELERY_BROKER_URL:
        current_app.send_task(name, args=arguments)
    elif kind.long:
        job_id = apps.get_model("core", "Job").objects.create(name=name, arguments=arguments).pk
        threading.Thread(target=_run_in_thread, args=(job_id, kind, arguments), daemon=True).start()
    else:
        kind.function(*arguments)


def _run_in_thread(job_id: int, kind: JobKind, arguments: tuple[Any, ...]) -> None:
    rows = apps.get_model("core", "Job").objects.filter(pk=job_id)
    close_old_connections()
    try:
        rows.update(status="running", started_at=timezone.now())
        kind.function(*arguments)
    except Exception as error:  # the thread's last frame: the row must say why it ended
        logger.exception("job %s failed", job_id)
        rows.update(status="failed", error=str(error)[:500], finished_at=timezone.now())
    else:
        rows.update(status="done", finished_at=timezone.now())
    finally:
        close_old_connections()


def run_due(now: datetime) -> list[str]:
    """Run every periodic job whose time has come and return their names.

    Each is claimed by a conditional update, so that two runners at once run it once. One that
    fails is logged and keeps no other from running.
    """
    runs = apps.get_model("core", "ScheduledRun").objects
    done = []
    for name, kind in _jobs.items():
        if kind.every is None:
            continue
        row, _created = runs.get_or_create(name=name)
        if row.last_run_at and row.last_run_at + kind.every > now:
            continue
        if runs.filter(name=name, last_run_at=row.last_run_at).update(last_run_at=now) == 1:
            try:
                kind.function()
            except Exception:
                logger.exception("periodic job %s failed", name)
            else:
                done.append(name)
    return done
