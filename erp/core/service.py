"""``@service``: what every change of business data goes through.

One transaction around the whole function; the whole function again when the database chose it as
the victim of a deadlock or a lock wait; and for a refusal, which rolls everything back, one audit
row written afterwards, so that a refused write leaves no other trace.
"""

import functools
import logging
import random
import time
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, ParamSpec, TypeVar

from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, OperationalError, connection, transaction

from erp.core.errors import DomainError
from erp.core.record import record

P = ParamSpec("P")
R = TypeVar("R")
logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 5
# MariaDB: record changed since last read, lock wait timeout, deadlock; and what somebody else did
# since it was checked (the same key entered, the row pointed at deleted): now the check sees it.
_RETRYABLE_CODES = {1020, 1205, 1213, 1062, 1452}
_running: ContextVar[bool] = ContextVar("service_running", default=False)
_known: ContextVar[dict[Any, Any] | None] = ContextVar("service_known", default=None)


def is_retryable(error: DatabaseError) -> bool:
    """Return whether running the same transaction again can succeed."""
    code = error.args[0] if error.args else None
    return code in _RETRYABLE_CODES or "database is locked" in str(error)


def service(action: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make a function a service; ``action`` is its name in the operation log when it refuses.

    Called inside another service it simply runs as part of that one's transaction.
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(function)
        def run(*args: P.args, **kwargs: P.kwargs) -> R:
            # A job run by the commit of a service is not inside it: that transaction is over.
            if _running.get() and connection.in_atomic_block:
                return function(*args, **kwargs)
            token = _running.set(True)
            known = _known.set({})
            try:
                return in_one_transaction(lambda: function(*args, **kwargs))
            except (DomainError, PermissionDenied) as refusal:
                _record_refusal(action, refusal, args, kwargs)
                raise
            finally:
                _known.reset(known)
                _running.reset(token)

        return run

    return decorate


def looked_up_once(key: Any, look_up: Callable[[], R]) -> R:
    """Return what is looked up, within one service the first time only.

    For settings of the company that many rules of one document ask for, never for what a service
    decides on under a lock.
    """
    known = _known.get()
    if known is None:
        return look_up()
    if key not in known:
        known[key] = look_up()
    found: R = known[key]
    return found


def in_one_transaction(function: Callable[[], R]) -> R:
    """Run a function in a transaction of its own, again from the start when that may help.

    Inside somebody else's transaction it runs once: only the owner of that can start again.
    """
    attempts = 1 if connection.in_atomic_block else MAX_ATTEMPTS
    for attempt in range(1, attempts + 1):
        try:
            with transaction.atomic():
                return function()
        except (OperationalError, IntegrityError) as error:
            if attempt == attempts or not is_retryable(error):
                raise
            logger.info("attempt %d failed: %s", attempt, error)
            time.sleep(random.uniform(0.01, 0.05) * 2**attempt)  # noqa: S311 (jitter)
    raise AssertionError("unreachable")


def _record_refusal(
    action: str, refusal: Exception, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> None:
    code = refusal.code if isinstance(refusal, DomainError) else "permission_denied"
    target = str(args[0]) if args and isinstance(args[0], int) else ""
    record(
        f"{action}.refused",
        by=kwargs.get("by"),
        reason=f"{code}: {refusal}"[:500],
        object_ref=(action.partition(".")[0], target[:64], ""),
    )
