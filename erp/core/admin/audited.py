"""Master data: saves in the operation log, stale forms refused, archived instead of deleted."""
# ruff: noqa: ARG002 (hooks take what Django hands them)

import random
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import IntegrityError, OperationalError, connection, models, transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.core.admin.actions import ObjectAction
from erp.core.admin.deleting import DeletingAdmin
from erp.core.admin.scoped import M, right
from erp.core.admin.versions import VersionedAdmin
from erp.core.record import field_changes, record
from erp.core.service import MAX_ATTEMPTS, is_retryable
from erp.core.snapshots import snapshot


def action_name(obj: models.Model, verb: str) -> str:
    """Return e.g. ``customers.customer.changed``."""
    return f"{obj._meta.label_lower}.{verb}"


def again_when_beaten(
    request: HttpRequest, view: Callable[..., Any], *args: Any, **kwargs: Any
) -> Any:
    """Answer a page that saves; once more where the database chose it as a victim.

    Where somebody else was quicker with the same key, the form sees it the second time and says so.
    Inside somebody else's transaction only the owner of that can start again.
    """
    for attempt in range(1, MAX_ATTEMPTS + 1):
        try:
            return view(*args, **kwargs)
        except (IntegrityError, OperationalError) as error:
            same_key = isinstance(error, IntegrityError)
            may = same_key or (is_retryable(error) and not connection.in_atomic_block)
            if request.method != "POST" or not may or attempt == MAX_ATTEMPTS:
                raise
            if same_key and attempt > 1:
                text = _("Somebody else entered or changed the same in this moment; look again.")
                messages.error(request, text)
                return redirect(request.get_full_path())
            if not same_key:
                time.sleep(random.uniform(0.01, 0.05) * 2**attempt)  # noqa: S311 (jitter)
    raise AssertionError("unreachable")


class AuditedAdmin(VersionedAdmin[M], DeletingAdmin[M]):
    """Writes one operation-log entry per saved row, in the same transaction."""

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> M | None:
        if request.method == "POST" and connection.in_atomic_block:
            # Two saves of one row take turns, so that the second sees the first one's version.
            manager: Any = self.model._default_manager
            field: Any = self.opts.get_field(from_field) if from_field else self.opts.pk
            try:
                manager.select_for_update().filter(pk=field.to_python(object_id)).first()
            except (forms.ValidationError, ValueError):
                return None
        return super().get_object(request, object_id, from_field)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return again_when_beaten(request, super().changeform_view, request, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: M, form: Any, change: bool) -> None:  # noqa: FBT001
        stored = self.model._default_manager.filter(pk=obj.pk).first() if change else None
        form.stored = snapshot(stored) if stored is not None else {}
        if not change and getattr(obj, "owner_id", 0) is None:
            obj.owner = request.user  # type: ignore[attr-defined]
        if not change or form.has_changed():
            super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: FBT001
        before = self.related_values(form.instance) if change else {}
        super().save_related(request, form, formsets, change)
        after = self.related_values(form.instance)
        changes = field_changes({**form.stored, **before}, {**snapshot(form.instance), **after})
        if changes or not change:
            verb = "changed" if change else "added"
            record(
                action_name(form.instance, verb), form.instance, by=request.user, changes=changes
            )

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:  # noqa: FBT001
        stored = {
            row.pk: snapshot(row)
            for row in formset.model._default_manager.filter(
                pk__in=[f.instance.pk for f in formset.initial_forms]
            )
        }
        super().save_formset(request, form, formset, change)
        for row in formset.new_objects:
            _record(row, "added", request, {}, snapshot(row))
        for row, _fields in formset.changed_objects:
            _record(row, "changed", request, stored.get(row.pk, {}), snapshot(row))
        for row in formset.deleted_objects:
            record(action_name(row, "deleted"), row, by=request.user)


def _record(
    row: models.Model,
    verb: str,
    request: HttpRequest,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
) -> None:
    record(action_name(row, verb), row, by=request.user, changes=field_changes(before, after))


def change_row(
    model: type[models.Model], pk: Any, verb: str, *, by: Any, **values: Any
) -> models.Model:
    """Set columns of one row under its lock, raise its version and record it."""
    manager: Any = model._default_manager
    with transaction.atomic():
        row: Any = manager.select_for_update().get(pk=pk)
        before = snapshot(row)
        for name, value in values.items():
            setattr(row, name, value)
        if hasattr(row, "version"):
            row.version += 1
        row.save()
        record(action_name(row, verb), row, by=by, changes=field_changes(before, snapshot(row)))
    saved: models.Model = row
    return saved


def _archive(obj: Any, request: HttpRequest) -> Any:
    return change_row(type(obj), obj.pk, "archived", by=request.user, archived_at=timezone.now())


def _unarchive(obj: Any, request: HttpRequest) -> Any:
    return change_row(type(obj), obj.pk, "unarchived", by=request.user, archived_at=None)


class ArchivedFilter(admin.SimpleListFilter):
    """In use unless asked otherwise: what is archived is out of the way."""

    title = gettext_lazy("archived")
    parameter_name = "archived"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        return [("yes", gettext_lazy("archived")), ("all", gettext_lazy("all"))]

    def choices(self, changelist: Any) -> Any:
        in_use = {
            "selected": self.value() is None,
            "query_string": changelist.get_query_string(remove=[self.parameter_name]),
            "display": _("in use"),
        }
        return [in_use, *list(super().choices(changelist))[1:]]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        wanted: dict[str | None, Callable[[], QuerySet[Any]]] = {
            None: lambda: queryset.filter(archived_at=None),
            "yes": lambda: queryset.exclude(archived_at=None),
        }
        return wanted.get(self.value(), lambda: queryset)()


class ArchivableAdmin(AuditedAdmin[M]):
    """A model with ``archived_at``."""

    def __init__(self, model: type[M], admin_site: admin.AdminSite) -> None:
        super().__init__(model, admin_site)
        permission = right("change", model)
        self.object_actions = (
            *self.object_actions,
            ObjectAction(
                "archive",
                permission,
                gettext_lazy("archive"),
                _archive,
                lambda obj: obj.archived_at is None,
                icon="archive",
            ),
            ObjectAction(
                "unarchive",
                permission,
                gettext_lazy("take out of the archive"),
                _unarchive,
                lambda obj: obj.archived_at is not None,
                icon="unarchive",
            ),
        )

    def get_list_filter(self, request: HttpRequest) -> Any:
        return [*super().get_list_filter(request), ArchivedFilter]


class MasterAdmin(ArchivableAdmin[M]):
    """Subclasses of ``erp.core.models.Master``."""
