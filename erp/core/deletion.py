"""Deleting rows with what belongs to them, all of it or nothing.

What goes along the app of its table says (``erp.core.registry.goes_along``); whatever else points
at a row stands against deleting it, and so do ledger rows that name it as their source. Files go
after the commit, the operation log stays.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from graphlib import TopologicalSorter
from typing import Any

from django.apps import apps
from django.core.files.storage import default_storage
from django.db import models, transaction
from django.db.models import QuerySet
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from erp.core.errors import DomainError, StaleVersionError
from erp.core.models import Attachment
from erp.core.record import field_changes, record
from erp.core.registry import (
    blockers_of,
    companions,
    does_go_along,
    goes_along_by_name,
    tell_deleted,
)
from erp.core.service import service
from erp.core.snapshots import snapshot, version_of

# Rows one deletion takes, and what may go along with them.
MOST_ROWS, MOST_ALONG = 200, 5_000
# Of what stands against a deletion so many are looked at; beyond, the page says "and more".
MOST_BLOCKERS = 1_000
Model = type[models.Model]


@dataclass(frozen=True, slots=True)
class Group:
    """Rows of one table; ``count`` stops at ``MOST_BLOCKERS`` for what stands in the way."""

    model: Model
    pks: list[Any]

    @property
    def count(self) -> int:
        return len(self.pks)

    @property
    def title(self) -> str:
        meta = self.model._meta
        return capfirst(str(meta.verbose_name if self.count == 1 else meta.verbose_name_plural))

    def __str__(self) -> str:
        more = "+" if self.count >= MOST_BLOCKERS else ""
        return f"{self.title} ({self.count}{more})"


@dataclass(slots=True)
class Effects:
    """What deleting rows would do, and what stands against it."""

    rows: list[Any]
    along: list[Group] = field(default_factory=list)
    blockers: list[Group] = field(default_factory=list)
    # Per row: why it is none that may be deleted.
    reasons: list[tuple[Any, str]] = field(default_factory=list)

    @property
    def allowed(self) -> bool:
        return not self.blockers and not self.reasons


def effects_of_deleting(model: Model, pks: Iterable[Any]) -> Effects:
    """Return what would go along with these rows and what stands against deleting them."""
    rows = list(model._default_manager.filter(pk__in=list(pks)).order_by("pk"))
    effects, _plan = _weigh(model, rows)
    return effects


def _weigh(model: Model, rows: list[Any]) -> tuple[Effects, dict[Model, dict[Any, None]]]:
    plan = _gather(model, [row.pk for row in rows])
    asked = {row.pk for row in rows}
    along = [
        Group(table, [pk for pk in pks if table is not model or pk not in asked])
        for table, pks in plan.items()
    ]
    reasons = [(row, reason) for row in rows for reason in (*own_reasons(row), *blockers_of(row))]
    return Effects(rows, [one for one in along if one.pks], list(_against(plan)), reasons), plan


def own_reasons(row: Any) -> list[str]:
    """Return why a document is none that may be deleted: only a draft without a number is."""
    if not getattr(row, "number_series", ""):
        return []
    if row.number is not None:
        return [_("It has a number; cancel or reverse it instead.")]
    if row.status != "draft":
        told = _("It is %(status)s; only a draft is deleted.")
        return [told % {"status": row.get_status_display()}]
    return []


# --- looking around --------------------------------------------------------------------------


def _gather(model: Model, pks: list[Any]) -> dict[Model, dict[Any, None]]:
    """Return the rows that go, by table: those asked for and all that belong to them."""
    plan: dict[Model, dict[Any, None]] = defaultdict(dict)
    plan[model].update(dict.fromkeys(pks))
    steps: list[tuple[Model, list[Any]]] = [(model, pks)]
    while steps:
        table, keys = steps.pop()
        for found in (*_belonging(table, keys), *_named(table, keys)):
            keys_found = found.order_by().values_list("pk", flat=True)[: MOST_ALONG + 1]
            fresh = [pk for pk in keys_found if pk not in plan[found.model]]
            plan[found.model].update(dict.fromkeys(fresh))
            if fresh:
                steps.append((found.model, fresh))
    if sum(map(len, plan.values())) > MOST_ALONG:
        raise DomainError(
            _("More than %(most)d rows would go along.") % {"most": MOST_ALONG}, code="too_many"
        )
    return plan


def pointing_at(model: Model) -> Iterator[Any]:
    """Yield every foreign key that points at a table."""
    for relation in model._meta.get_fields(include_hidden=True):
        if relation.auto_created and not relation.concrete and not relation.many_to_many:
            yield relation.field  # type: ignore[union-attr]


def _belonging(model: Model, pks: list[Any]) -> Iterator[QuerySet[Any]]:
    for key in pointing_at(model):
        if does_go_along(key):
            yield key.model._default_manager.filter(**{f"{key.name}__in": pks})


def _named(model: Model, pks: list[Any]) -> Iterator[QuerySet[Any]]:
    for find in companions().values():
        yield find(model, pks)


def _against(plan: Mapping[Model, Mapping[Any, None]]) -> Iterator[Group]:
    """Yield what points at these rows from outside, by table; lines by their document."""
    found: dict[Model, dict[Any, None]] = defaultdict(dict)
    for table, pks in plan.items():
        for rows in (*_pointing_rows(table, list(pks)), *_ledger_rows(table, list(pks))):
            ours = plan.get(rows.model, {})
            for header, key in _headers(rows):
                if not (rows.model is header and key in ours):
                    found[header][key] = None
    for header, keys in found.items():
        left = [key for key in keys if key not in plan.get(header, {})]
        if left:
            yield Group(header, left[:MOST_BLOCKERS])


def _pointing_rows(model: Model, pks: list[Any]) -> Iterator[QuerySet[Any]]:
    for key in pointing_at(model):
        if not does_go_along(key):
            yield key.model._default_manager.filter(**{f"{key.name}__in": pks})


def _ledger_rows(model: Model, pks: list[Any]) -> Iterator[QuerySet[Any]]:
    """Rows that name their source by type and id, and papers that were issued."""
    if not all(isinstance(pk, int) for pk in pks):
        return
    label = model._meta.label_lower
    for table in _ledgers():
        yield table._default_manager.filter(source_type=label, source_id__in=pks)
    issued = Attachment.objects.filter(object_type=label, object_id__in=pks)
    yield issued.exclude(kind=Attachment.Kind.UPLOADED)


def _ledgers() -> list[Any]:
    return [
        model
        for model in apps.get_models()
        if {"source_type", "source_id"} <= {one.name for one in model._meta.concrete_fields}
    ]


def _headers(rows: QuerySet[Any]) -> Iterator[tuple[Model, Any]]:
    """Yield each row, a line by its document."""
    names = {one.name: one for one in rows.model._meta.concrete_fields}
    line_of: Any = names.get("document")
    header = line_of.remote_field.model if isinstance(line_of, models.ForeignKey) else None
    column = "document_id" if header else "pk"
    keys = rows.order_by().values_list(column, flat=True).distinct()[:MOST_BLOCKERS]
    for key in keys:
        yield header or rows.model, key


# --- deleting --------------------------------------------------------------------------------


def delete_rows(
    model: Model,
    pks: Sequence[Any],
    *,
    versions: Mapping[Any, Any] | None = None,
    by: Any,
) -> Effects:
    """Delete rows with what belongs to them, all or nothing; return what went.

    Locks the rows by key. Raises DomainError not_found, too_many, stale_version or in_use, which
    tells what stands against it by table and number.
    """
    label = model._meta.label_lower

    @service(f"{label}.delete")
    def run(_first: Any, *, by: Any) -> Effects:
        return _delete(model, pks, versions or {}, by=by)

    return run(pks[0] if pks else None, by=by)


def _delete(model: Model, pks: Sequence[Any], versions: Mapping[Any, Any], *, by: Any) -> Effects:
    if len(pks) > MOST_ROWS:
        raise DomainError(_("Choose at most %(most)d rows.") % {"most": MOST_ROWS}, code="too_many")
    rows = lock_rows(model, pks, versions)
    effects, plan = _weigh(model, rows)
    if not effects.allowed:
        raise refusal_of(effects)
    going: dict[Model, list[Any]] = {
        table: list(table._default_manager.filter(pk__in=list(keys)).order_by("pk"))
        for table, keys in plan.items()
    }
    for row in rows:
        told = {group.model._meta.label_lower: group.count for group in effects.along}
        changes = {**snapshot(row), **({"along": told} if told else {})}
        record(f"{model._meta.label_lower}.deleted", row, by=by, changes=field_changes(changes, {}))
    _forget_files(going.get(Attachment, []))
    for table in _children_first(plan):
        _remove(table, list(plan[table]))
    for table, gone in going.items():
        tell_deleted(table, gone, by=by)
    return effects


def lock_rows(model: Model, pks: Sequence[Any], versions: Mapping[Any, Any]) -> list[Any]:
    """Lock rows by key. Raises DomainError not_found; stale_version for one changed since."""
    rows = list(model._default_manager.select_for_update().filter(pk__in=list(pks)).order_by("pk"))
    if not rows or len(rows) != len(set(pks)):
        raise DomainError(_("There is nothing here."), code="not_found")
    for row in rows:
        seen = versions.get(row.pk)
        if seen is not None and str(seen) != version_of(row):
            raise StaleVersionError(
                _("%(row)s was changed in the meantime. Look again.") % {"row": row},
                code="stale_version",
            )
    return rows


def refusal_of(effects: Effects) -> DomainError:
    """Tell what stands against a deletion: tables and numbers, no row somebody may not see."""
    told = [str(reason) for _row, reason in effects.reasons]
    told += [str(group) for group in effects.blockers]
    return DomainError(
        _("This is still needed: %(what)s.") % {"what": "; ".join(dict.fromkeys(told))},
        code="in_use",
        details=[
            {"table": group.model._meta.label_lower, "count": group.count}
            for group in effects.blockers
        ],
    )


def _children_first(plan: Mapping[Model, Any]) -> list[Model]:
    """Order tables so that each comes before those its foreign keys point at."""
    graph: TopologicalSorter[Model] = TopologicalSorter()
    for table in plan:
        graph.add(table)
        for key in pointing_at(table):
            if key.model in plan and key.model is not table:
                graph.add(table, key.model)
    return [table for table in graph.static_order() if plan[table]]


def _remove(model: Model, pks: list[Any]) -> None:
    rows = model._default_manager.filter(pk__in=pks)
    for key in pointing_at(model):
        if key.model is model and key.null:  # rows that point at each other go together
            rows.filter(**{f"{key.name}__in": pks}).update(**{key.name: None})
    _total, removed = rows.delete()
    if removed != {model._meta.label: len(pks)}:
        raise RuntimeError(f"other rows went than were announced: {removed}, {len(pks)}")


# --- files -----------------------------------------------------------------------------------


def _uploaded(model: Model, pks: list[Any]) -> QuerySet[Attachment]:
    if not all(isinstance(pk, int) for pk in pks):
        return Attachment.objects.none()
    return Attachment.objects.filter(
        kind=Attachment.Kind.UPLOADED, object_type=model._meta.label_lower, object_id__in=pks
    )


goes_along_by_name("core.Attachment", _uploaded)


def _forget_files(files: list[Attachment]) -> None:
    """Delete the bytes once the rows are gone for good, unless another row has the same."""
    for file in files:
        thumbnail = f"thumbnails/{file.sha256[:2]}/{file.sha256}"
        forget: Callable[[], None] = partial(_forget, str(file.file.name), thumbnail)
        transaction.on_commit(forget)


def _forget(*paths: str) -> None:
    if not Attachment.objects.filter(file=paths[0]).exists():
        for path in paths:
            default_storage.delete(path)
