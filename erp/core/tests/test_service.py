"""``@service``: one transaction, run again after a deadlock; a refusal leaves its log entry."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import OperationalError, connection, transaction

from audit.models import AuditEntry
from erp.core.errors import DomainError
from erp.core.jobs import enqueue, job, registered
from erp.core.models import Currency
from erp.core.record import record
from erp.core.service import MAX_ATTEMPTS, is_retryable, service
from tests import factories
from tests.support import refused

DEADLOCK = OperationalError(1213, "Deadlock found when trying to get lock")


def _add(code: str) -> None:
    Currency.objects.create(code=code, name=code)


@service("test.add")
def add(code: str, *, by: Any = None, then: Exception | None = None) -> str:
    """Add a currency and record it; then fail as told."""
    _add(code)
    record("test.added", by=by, object_ref=("test", code, ""))
    if then is not None:
        raise then
    return code


@service("test.add_two")
def add_two(code: str, other: str, *, by: Any = None, then: Exception | None = None) -> None:
    add(code, by=by)
    add(other, by=by, then=then)


class Failing:
    """A service body that fails the first few times it is run."""

    def __init__(self, times: int, error: Exception = DEADLOCK) -> None:
        self.runs, self.times, self.error = 0, times, error

    def __call__(self) -> int:
        self.runs += 1
        _add(f"T{self.runs}")
        if self.runs <= self.times:
            raise self.error
        return self.runs


@pytest.mark.django_db
def test_a_service_returns_what_its_function_returns() -> None:
    assert add("T1") == "T1"
    assert Currency.objects.filter(code="T1").exists()


@pytest.mark.django_db
def test_a_refusal_leaves_nothing_but_its_log_entry() -> None:
    by = factories.UserFactory()
    with refused("no"):
        add("T1", by=by, then=DomainError("No.", code="no"))
    entry = AuditEntry.objects.get(action="test.add.refused")
    assert (entry.actor, entry.object_type, entry.reason) == (by, "test", "no: No.")


@pytest.mark.django_db
def test_a_missing_right_is_recorded_like_a_refusal() -> None:
    with pytest.raises(PermissionDenied):
        add("T1", then=PermissionDenied("Not you."))
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.reason) == ("test.add.refused", "permission_denied: Not you.")
    assert not Currency.objects.filter(code="T1").exists()


@pytest.mark.django_db
def test_a_bug_leaves_nothing_at_all() -> None:
    with pytest.raises(ZeroDivisionError):
        add("T1", then=ZeroDivisionError())
    assert not AuditEntry.objects.exists()
    assert not Currency.objects.filter(code="T1").exists()


@pytest.mark.django_db
def test_a_service_inside_another_is_part_of_its_transaction() -> None:
    with refused("no"):
        add_two("T1", "T2", then=DomainError("No.", code="no"))
    assert [e.action for e in AuditEntry.objects.all()] == ["test.add_two.refused"]


@pytest.mark.django_db
def test_the_next_call_after_a_refusal_is_a_service_of_its_own_again() -> None:
    for _time in range(2):
        with refused("no"):
            add("T1", then=DomainError("No.", code="no"))


@pytest.mark.django_db(transaction=True)
def test_after_a_deadlock_the_whole_service_runs_again() -> None:
    body = Failing(times=2)
    assert service("test.fail")(body.__call__)() == 3
    # Of the first two runs nothing is left.
    assert set(Currency.objects.filter(code__startswith="T").values_list("code", flat=True)) == {
        "T3"
    }


@pytest.mark.django_db(transaction=True)
def test_a_deadlock_that_does_not_end_reaches_the_caller() -> None:
    body = Failing(times=99)
    with pytest.raises(OperationalError):
        service("test.fail")(body.__call__)()
    assert body.runs == MAX_ATTEMPTS
    assert not Currency.objects.filter(code__startswith="T").exists()


@pytest.mark.django_db(transaction=True)
def test_another_database_error_is_not_tried_again() -> None:
    body = Failing(times=99, error=OperationalError(2006, "Server has gone away"))
    with pytest.raises(OperationalError):
        service("test.fail")(body.__call__)()
    assert body.runs == 1


@pytest.mark.django_db(transaction=True)
def test_inside_a_foreign_transaction_nothing_is_tried_again() -> None:
    body = Failing(times=1)
    with pytest.raises(OperationalError), transaction.atomic():
        service("test.fail")(body.__call__)()
    assert body.runs == 1


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (OperationalError(1213, "Deadlock found"), True),
        (OperationalError(1205, "Lock wait timeout exceeded"), True),
        (OperationalError(1020, "Record has changed since last read"), True),
        (OperationalError("database is locked"), True),
        (OperationalError(2006, "Server has gone away"), False),
        (OperationalError(), False),
    ],
)
def test_which_errors_are_worth_another_try(error: OperationalError, expected: bool) -> None:
    assert is_retryable(error) is expected


@pytest.mark.django_db(transaction=True)
def test_a_service_run_by_a_job_after_the_commit_has_a_transaction_of_its_own(
    settings: Any,
) -> None:
    """The commit, and with it the job, happens while the first service is still on the stack."""
    settings.CELERY_BROKER_URL = ""
    inside: list[bool] = []

    @service("test.inner")
    def inner() -> None:
        inside.append(connection.in_atomic_block)
        add("T2", then=DomainError("No.", code="no"))

    @service("test.outer")
    def outer() -> None:
        _add("T1")
        enqueue("test.after_commit")

    job("test.after_commit")(inner)
    assert "test.after_commit" in registered()

    outer()

    assert inside == [True]
    assert Currency.objects.filter(code="T1").exists()
    assert not Currency.objects.filter(code="T2").exists()
    assert AuditEntry.objects.get().action == "test.inner.refused"
