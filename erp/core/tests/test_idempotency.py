"""One effect per key, and the same answer for a repeat."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from audit.models import AuditEntry
from erp.core.effects import apply_once
from erp.core.errors import DomainError
from erp.core.idempotency import body_hash, once
from erp.core.models import Currency, IdempotencyKey
from erp.core.tasks import purge_idempotency_keys
from tests import factories
from tests.support import refused

pytestmark = pytest.mark.django_db


def _effect() -> tuple[int, dict[str, Any]]:
    count = Currency.objects.count()
    Currency.objects.create(code=f"T{count}", name="")
    return 201, {"code": f"T{count}"}


def _refusing() -> tuple[int, dict[str, Any]]:
    _effect()
    raise DomainError("No.", code="no")


def test_a_repeat_gets_the_first_answer_and_has_no_second_effect() -> None:
    first = once("app", "/c", "k", {"a": 1}, _effect)
    count = Currency.objects.count()

    again = [once("app", "/c", "k", {"a": 1}, _effect) for _time in range(5)]

    assert first[2] is False
    assert again == [(201, first[1], True)] * 5
    assert Currency.objects.count() == count


def test_the_order_of_names_in_the_body_does_not_matter() -> None:
    assert body_hash({"a": 1, "b": 2}) == body_hash({"b": 2, "a": 1})
    assert body_hash({"a": 1}) != body_hash({"a": "1"})


def test_the_same_key_with_another_body_is_refused() -> None:
    once("app", "/c", "k", {"a": 1}, _effect)
    count = Currency.objects.count()
    with pytest.raises(DomainError) as refusal:
        once("app", "/c", "k", {"a": 2}, _effect)
    assert refusal.value.code == "idempotency_key_reused"
    assert Currency.objects.count() == count


@pytest.mark.parametrize(
    ("client", "route", "key"), [("other", "/c", "k"), ("app", "/d", "k"), ("app", "/c", "K")]
)
def test_another_client_route_or_key_is_independent(client: str, route: str, key: str) -> None:
    first = once("app", "/c", "k", {}, _effect)
    other = once(client, route, key, {}, _effect)
    assert other[2] is False
    assert other[1] != first[1]


@pytest.mark.parametrize("key", ["", "x" * 256, "a\nb", "\x00"])
def test_a_key_that_is_empty_too_long_or_unprintable_is_refused(key: str) -> None:
    with pytest.raises(DomainError) as refusal:
        once("app", "/c", key, {}, _effect)
    assert refusal.value.code == "bad_idempotency_key"
    assert not IdempotencyKey.objects.exists()


def test_a_failed_effect_leaves_no_key_and_may_be_tried_again() -> None:
    with pytest.raises(DomainError):
        once("app", "/c", "k", {}, _refusing)
    assert not IdempotencyKey.objects.exists()
    assert once("app", "/c", "k", {}, _effect)[2] is False


def test_an_edge_s_refused_effect_leaves_its_log_entry_alone() -> None:
    by = factories.UserFactory()
    with refused("no"):
        apply_once("test.make", _refusing, object_id=7, by=by, key="k", body={})
    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.action, entry.object_id) == (by, "test.make.refused", "7")


def test_an_edge_s_effect_is_once_per_user_and_object() -> None:
    by, other = factories.UserFactory(), factories.UserFactory()
    runs = [
        apply_once("test.make", _effect, object_id=pk, by=user, key="k", body={})[2]
        for user, pk in [(by, 7), (by, 7), (by, 8), (other, 7)]
    ]
    assert runs == [False, True, False, False]


def test_keys_are_forgotten_after_a_week() -> None:
    once("app", "/c", "old", {}, _effect)
    IdempotencyKey.objects.update(created_at=timezone.now() - timedelta(days=8))
    once("app", "/c", "new", {}, _effect)

    purge_idempotency_keys()

    assert [row.key for row in IdempotencyKey.objects.all()] == ["new"]
