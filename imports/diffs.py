"""What an import wrote, kept so that it can be read later and taken back."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import F
from django.utils.translation import gettext as _

from erp.core.bulk import delete, span, update
from erp.core.registry import blockers_of

MOST_BLOCKERS = 100


@dataclass(slots=True)
class Diff:
    """The rows of one chunk, in the order in which they were written.

    ``creations``: [model, ids]; ``changes``: [model, id, {field: [before, after]}].
    """

    creations: list[list[Any]] = field(default_factory=list)
    changes: list[list[Any]] = field(default_factory=list)

    def created(self, objects: Iterable[models.Model]) -> None:
        """Note rows that did not exist before; call it after they were saved."""
        by_model: dict[str, list[Any]] = {}
        for obj in objects:
            by_model.setdefault(obj._meta.label_lower, []).append(obj.pk)
        self.creations += [[label, ids] for label, ids in by_model.items()]

    def changed(self, obj: models.Model, fields: Mapping[str, tuple[Any, Any]]) -> None:
        """Note a row's fields (by column name: ``unit_id``) with the values before and after."""
        self.changes.append(
            [obj._meta.label_lower, obj.pk, {k: _pair(v) for k, v in fields.items()}]
        )

    def is_empty(self) -> bool:
        return not (self.creations or self.changes)

    def as_data(self) -> dict[str, Any]:
        return {"created": self.creations, "changed": self.changes}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Diff":
        return cls(list(data["created"]), list(data["changed"]))


def _pair(values: tuple[Any, Any]) -> dict[str, Any]:
    """As a mapping, for a value that is a list must not be taken for a tagged one."""
    return {"old": values[0], "new": values[1]}


@dataclass(slots=True)
class Blockers:
    """What stands against undoing: the first hundred in words, and how many in all."""

    reasons: list[str] = field(default_factory=list)
    count: int = 0

    def add(self, reason: str) -> None:
        self.count += 1
        if len(self.reasons) < MOST_BLOCKERS:
            self.reasons.append(reason)


def undo_rows(diff: Diff, blockers: Blockers) -> None:
    """Give changed rows their former values and delete created ones, last first.

    A row that was touched since, or that something refers to, is named instead; the caller rolls
    back when there are any.
    """
    by_model: dict[str, list[tuple[Any, dict[str, Any]]]] = {}
    for label, pk, fields in reversed(diff.changes):
        by_model.setdefault(label, []).append((pk, fields))
    for label, entries in by_model.items():
        _restore(apps.get_model(label), entries, blockers)
    for label, ids in reversed(diff.creations):
        _delete(apps.get_model(label), ids, blockers)


def _restore(
    model: type[models.Model], entries: list[tuple[Any, dict[str, Any]]], blockers: Blockers
) -> None:
    found = {
        row.pk: row
        for row in model._default_manager.select_for_update().filter(
            pk__in=[pk for pk, _f in entries]
        )
    }
    names: set[str] = set()
    rows = []
    for pk, fields in entries:
        row = found.get(pk)
        if row is None or any(getattr(row, name) != pair["new"] for name, pair in fields.items()):
            blockers.add(
                _("%(row)s was changed since.") % {"row": row or f"{model._meta.verbose_name} {pk}"}
            )
            continue
        for name, pair in fields.items():
            setattr(row, name, pair["old"])
            names.add(name)
        rows.append(row)
    if rows:
        update(rows, names)
        _raise_version(model, [row.pk for row in rows])


def _raise_version(model: type[models.Model], ids: list[Any]) -> None:
    if any(column.name == "version" for column in model._meta.concrete_fields):
        model._default_manager.filter(pk__in=ids).update(version=F("version") + 1)


def _delete(model: type[models.Model], ids: list[Any], blockers: Blockers) -> None:
    stuck = _edited(model, ids) | _referred_to(model, ids)
    if stuck:
        for row in model._default_manager.filter(pk__in=sorted(stuck)[:MOST_BLOCKERS]):
            for reason in blockers_of(row) or [
                _("%(row)s is used or was changed since.") % {"row": row}
            ]:
                blockers.add(reason)
        blockers.count += max(0, len(stuck) - MOST_BLOCKERS)
        return
    delete(model, ids)


def _edited(model: type[models.Model], ids: list[Any]) -> set[Any]:
    """Rows somebody saved since: every change raises the version."""
    if not any(column.name == "version" for column in model._meta.concrete_fields):
        return set()
    return set(
        model._default_manager.filter(**span("pk", ids), version__gt=1).values_list("pk", flat=True)
    )


def _referred_to(model: type[models.Model], ids: list[Any]) -> set[Any]:
    """Rows that any foreign key of any table points at."""
    used: set[Any] = set()
    for relation in model._meta.get_fields(include_hidden=True):
        if not isinstance(relation, models.ManyToOneRel):
            continue
        column = relation.field
        holder = column.model._default_manager.filter(**span(column.attname, ids)).order_by()
        used.update(holder.values_list(column.attname, flat=True).distinct())
    return used
