"""The seam to the operation log: core and every app call it, ``audit`` implements it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from django.db.models import Model

Changes = Mapping[str, tuple[Any, Any]]


class Recorder(Protocol):
    def __call__(
        self,
        action: str,
        obj: "Model | None",
        *,
        by: Any,
        changes: Changes | None,
        reason: str,
        object_ref: tuple[str, str, str] | None,
    ) -> None: ...


_recorder: Recorder | None = None


def set_recorder(recorder: Recorder) -> None:
    global _recorder  # noqa: PLW0603
    _recorder = recorder


def record(
    action: str,
    obj: "Model | None" = None,
    *,
    by: Any,
    changes: Changes | None = None,
    reason: str = "",
    object_ref: tuple[str, str, str] | None = None,
) -> None:
    """Write one operation-log entry in the caller's transaction.

    ``action`` is a stable code such as ``order.confirmed``; ``changes`` maps a field to its old and
    new value; ``by`` is a user or None for the system. Where no instance is at hand ``object_ref``
    names the object as (type, id, label).
    """
    if _recorder is None:
        raise RuntimeError("No recorder: the audit app is not installed.")
    _recorder(action, obj, by=by, changes=changes, reason=reason, object_ref=object_ref)


def field_changes(
    before: Mapping[str, Any], after: Mapping[str, Any]
) -> dict[str, tuple[Any, Any]]:
    """Return the fields whose value differs, each with its old and new value."""
    keys = [*before, *(key for key in after if key not in before)]
    return {k: (before.get(k), after.get(k)) for k in keys if before.get(k) != after.get(k)}
