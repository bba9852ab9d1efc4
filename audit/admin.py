"""The operation log, to look at."""

from collections.abc import Collection
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.db import models
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.models import AuditEntry
from erp.core.action_labels import action_label
from erp.core.admin import ReadOnlyAdmin, VisibleFilter
from erp.core.admin.history import HistoryEntry, set_history
from erp.core.policy import allowed
from erp.core.registry import confided


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin[AuditEntry]):
    list_display = ("at", "actor", "action_shown", "type_shown", "object_label", "reason", "ip")
    list_filter = (("actor", VisibleFilter), "at")
    list_select_related = ("actor",)
    search_fields = ("action", "object_type")
    search_help_text = _("order.confirmed, orders.salesorder:7")
    ordering = ("-id",)
    fields = (
        ("at", "actor", "action_shown", "action"),
        ("type_shown", "object_label", "object_type", "object_id"),
        "reason",
        "differences",
        ("ip", "device", "request_id"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[AuditEntry]:
        hidden = [kind for kind, right in confided().items() if not allowed(request.user, right)]
        return super().get_queryset(request).exclude(object_type__in=hidden)

    def search(
        self, request: HttpRequest, rows: QuerySet[AuditEntry], term: str
    ) -> QuerySet[AuditEntry]:
        """By how the action begins, or by table and row: ``orders.salesorder:7``."""
        kind, _colon, key = term.partition(":")
        if key:
            return rows.filter(object_type=kind, object_id=key)
        return rows.filter(Q(action__startswith=term) | Q(object_type=term))

    @admin.display(description=_("action"))
    def action_shown(self, obj: AuditEntry) -> str:
        return action_label(obj.action)

    @admin.display(description=_("object type"))
    def type_shown(self, obj: AuditEntry) -> str:
        model = _model(obj)
        return str(model._meta.verbose_name) if model else obj.object_type

    @admin.display(description=_("changes"))
    def differences(self, obj: AuditEntry) -> SafeString:
        return format_html_join("", "<div><b>{}</b>: {} → {}</div>", _changes(obj))


def _model(entry: AuditEntry) -> type[models.Model] | None:
    try:
        return apps.get_model(entry.object_type)
    except (LookupError, ValueError):  # not every entry is about a row
        return None


def _changes(entry: AuditEntry, without: Collection[str] = ()) -> list[tuple[str, str, str]]:
    """Return field, old and new value of each change, in the reader's language."""
    model = _model(entry)
    fields = {field.name: field for field in model._meta.concrete_fields} if model else {}
    changes = []
    for name, (old, new) in entry.changes.items():
        if name in without:
            continue
        field = fields.get(name)
        label = str(field.verbose_name) if field else gettext(name)
        changes.append((label, _text(old, field), _text(new, field)))
    return changes


def _text(value: Any, field: Any = None) -> str:
    if value in (None, "", []):
        return "–"
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    names = dict(field.flatchoices) if field is not None else {}
    return str(names.get(value, value) if isinstance(value, str) else value)


MOST_ENTRIES = 200


def _history(obj: models.Model, without: Collection[str]) -> list[HistoryEntry]:
    entries = AuditEntry.objects.filter(
        object_type=obj._meta.label_lower, object_id=str(obj.pk)
    ).select_related("actor")
    return [
        HistoryEntry(
            at=entry.at,
            actor=str(entry.actor or _("the system")),
            action=action_label(entry.action),
            reason=entry.reason,
            changes=_changes(entry, without),
        )
        for entry in entries.order_by("-id")[:MOST_ENTRIES]
    ]


set_history(_history)
