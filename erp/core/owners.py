"""Rows that change hands: one row each in the operation log, in the caller's transaction."""

from typing import Any

from django.db.models import F, QuerySet

from erp.core.record import record
from erp.core.registry import hands_over


def change_owner(rows: QuerySet[Any], owner: Any, *, by: Any, action: str) -> int:
    """Give these rows to another, raise their version and record each; return how many.

    Locks them by primary key. Rows that are his already stay as they are.
    """
    mine = rows.exclude(owner=owner).select_for_update().order_by("pk")
    changed = list(mine.select_related(None))
    model = rows.model
    values: dict[str, Any] = {"owner": owner}
    if any(field.name == "version" for field in model._meta.concrete_fields):
        values["version"] = F("version") + 1
    for start in range(0, len(changed), 500):
        keys = [row.pk for row in changed[start : start + 500]]
        model._default_manager.filter(pk__in=keys).update(**values)
    former = {row.owner_id: str(row.owner) for row in _one_of_each_owner(changed)}
    for row in changed:
        record(action, row, by=by, changes={"owner": (former[row.owner_id], str(owner))})
    return len(changed)


def _one_of_each_owner(rows: list[Any]) -> list[Any]:
    return list({row.owner_id: row for row in rows}.values())


def owner_hands_over(queryset: Any) -> None:
    """Let the rows of a queryset with ``owner`` change hands when their owner leaves.

    ``queryset`` is a function that returns them: it is asked anew each time.
    """
    model = queryset().model

    def hand_over(leaver: Any, colleague: Any, by: Any) -> int:
        action = f"{model._meta.label_lower}.handed_over"
        return change_owner(queryset().filter(owner=leaver), colleague, by=by, action=action)

    hands_over(model._meta.label, hand_over)
