"""The operation log, to look at."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from audit.models import AuditEntry
from erp.core.admin import ReadOnlyAdmin, VisibleFilter
from erp.core.admin.history import HistoryEntry, set_history


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin[AuditEntry]):
    list_display = ("at", "actor", "action", "object_type", "object_label", "reason", "ip")
    list_filter = (("actor", VisibleFilter), "at")
    list_select_related = ("actor",)
    search_fields = ("action", "object_type")
    search_help_text = _("order.confirmed, orders.salesorder:7")
    ordering = ("-id",)
    fields = (
        ("at", "actor", "action"),
        ("object_type", "object_id", "object_label"),
        "reason",
        "differences",
        ("ip", "device", "request_id"),
    )

    def search(
        self, request: HttpRequest, rows: QuerySet[AuditEntry], term: str
    ) -> QuerySet[AuditEntry]:
        """By how the action begins, or by table and row: ``orders.salesorder:7``."""
        kind, _colon, key = term.partition(":")
        if key:
            return rows.filter(object_type=kind, object_id=key)
        return rows.filter(Q(action__startswith=term) | Q(object_type=term))

    @admin.display(description=_("changes"))
    def differences(self, obj: AuditEntry) -> SafeString:
        lines = ((name, _text(old), _text(new)) for name, (old, new) in obj.changes.items())
        return format_html_join("", "<div><b>{}</b>: {} → {}</div>", lines)


def _text(value: Any) -> str:
    return "–" if value in (None, "", []) else str(value)


MOST_ENTRIES = 200


def _history(obj: models.Model) -> list[HistoryEntry]:
    entries = AuditEntry.objects.filter(
        object_type=obj._meta.label_lower, object_id=str(obj.pk)
    ).select_related("actor")
    return [
        HistoryEntry(
            at=entry.at,
            actor=str(entry.actor or _("the system")),
            action=entry.action,
            reason=entry.reason,
            changes=[(name, _text(old), _text(new)) for name, (old, new) in entry.changes.items()],
        )
        for entry in entries.order_by("-id")[:MOST_ENTRIES]
    ]


set_history(_history)
