"""Deleting with its effects shown first: what goes along, what stands against it, or the archive.

The page carries the version of every row it showed; confirming deletes all of them or none.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from erp.core.admin.actions import ActionsAdmin, ObjectAction
from erp.core.admin.batch import MOST_ROWS, link_of
from erp.core.admin.scoped import M, right, visible_rows
from erp.core.deletion import Effects, Group, delete_rows, effects_of_deleting, lock_rows
from erp.core.errors import DomainError
from erp.core.policy import allowed
from erp.core.snapshots import version_of

# Rows of a table a page names; of the others it tells how many there are.
MOST_NAMED = 10


@dataclass(frozen=True, slots=True)
class Told:
    """Rows of one table: those in sight by name, the others as a number."""

    title: str
    rows: list[tuple[str, str]]  # text, link
    more: int


def told(request: HttpRequest, group: Group) -> Told:
    seen = visible_rows(group.model, request).filter(pk__in=group.pks).order_by("pk")
    named = list(seen[:MOST_NAMED])
    rows = [(str(row), link_of(row)) for row in named]
    return Told(str(group), rows, group.count - len(named))


def seen_versions(request: HttpRequest, rows: Iterable[Any]) -> dict[Any, str]:
    """Return the version of each row the page showed."""
    return {row.pk: request.POST.get(f"seen-{row.pk}", "") for row in rows}


class DeletingAdmin(ActionsAdmin[M]):
    """Rows are deleted through ``erp.core.deletion`` and from no other page."""

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        row: Any = self.get_object(request, unquote(object_id))
        if not self._may(request, "delete", row):
            raise PermissionDenied
        if row is None:
            django: Any = self
            answer: HttpResponse = django._get_obj_does_not_exist_redirect(  # noqa: SLF001
                request, self.opts, object_id
            )
            return answer
        return self._weigh(request, [row], extra_context) or redirect(self._list_url())

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions: dict[str, Any] = dict(super().get_actions(request))
        if actions.pop("delete_selected", None) or self.has_delete_permission(request):
            text = gettext_lazy("Delete selected %(verbose_name_plural)s")
            actions["delete_selected"] = (_delete_selected, "delete_selected", text)
        if not self.has_delete_permission(request):
            actions.pop("delete_selected", None)
        return actions

    def delete_rows_view(self, request: HttpRequest, rows: QuerySet[M]) -> HttpResponse | None:
        """Show what deleting the chosen rows does; None goes back to the list."""
        if not self.has_delete_permission(request):
            raise PermissionDenied
        chosen = list(rows.order_by("pk")[: MOST_ROWS + 1])
        if len(chosen) > MOST_ROWS:
            messages.error(request, _("Choose at most %(most)d rows.") % {"most": MOST_ROWS})
            return None
        return self._weigh(request, chosen)

    def _weigh(
        self, request: HttpRequest, rows: list[Any], more: dict[str, Any] | None = None
    ) -> HttpResponse | None:
        """Delete or archive what was confirmed; otherwise show the page that asks."""
        confirmed: dict[str, Callable[[HttpRequest, list[Any]], None]] = {
            "yes": self._delete,
            "archive": self._archive,
        }
        act = confirmed.get(request.POST.get("post", "")) if request.method == "POST" else None
        if act is not None:
            try:
                act(request, rows)
            except DomainError as refusal:
                messages.error(request, str(refusal))
            else:
                return None
        effects = effects_of_deleting(self.model, [row.pk for row in rows])
        return self._deletion_page(request, rows, effects, more or {})

    def _delete(self, request: HttpRequest, rows: list[Any]) -> None:
        keys = [row.pk for row in rows]
        delete_rows(self.model, keys, versions=seen_versions(request, rows), by=request.user)
        count = len(keys)
        text = ngettext("%(n)d row was deleted.", "%(n)d rows were deleted.", count)
        messages.success(request, text % {"n": count})

    def _archive(self, request: HttpRequest, rows: list[Any]) -> None:
        """Put rows away instead, all of them or none; those in the archive stay there."""
        action = self._archive_action(request)
        if action is None:
            raise PermissionDenied
        with transaction.atomic():
            locked = lock_rows(self.model, [row.pk for row in rows], seen_versions(request, rows))
            fresh = [row for row in locked if row.archived_at is None]
            for row in fresh:
                action.run(row, request)
        text = ngettext("%(n)d row was archived.", "%(n)d rows were archived.", len(fresh))
        messages.success(request, text % {"n": len(fresh)})

    def _archive_action(self, request: HttpRequest) -> ObjectAction | None:
        found = next((one for one in self.object_actions if one.name == "archive"), None)
        return found if found and allowed(request.user, right("change", self.model)) else None

    def _list_url(self) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")

    def _deletion_page(
        self, request: HttpRequest, rows: list[Any], effects: Effects, more: dict[str, Any]
    ) -> HttpResponse:
        one = rows[0] if len(rows) == 1 else None
        in_use = [row for row in rows if getattr(row, "archived_at", None) is None]
        context = {
            **self.admin_site.each_context(request),
            "title": _("Delete: %(what)s")
            % {"what": one if one is not None else Group(self.model, [r.pk for r in rows])},
            "opts": self.opts,
            "media": self.media,
            "rows": [(row, link_of(row), version_of(row)) for row in rows],
            "along": [told(request, group) for group in effects.along],
            "blockers": [told(request, group) for group in effects.blockers],
            "reasons": [(str(row), reason) for row, reason in effects.reasons],
            "allowed": effects.allowed,
            "may_archive": bool(in_use) and self._archive_action(request) is not None,
            "in_list": request.POST.get("action") == "delete_selected",
            "back": link_of(one) if one is not None else self._list_url(),
            **more,
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "admin/erp/deletion.html", context)


def _delete_selected(
    model_admin: Any, request: HttpRequest, rows: QuerySet[Any]
) -> HttpResponse | None:
    answer: HttpResponse | None = model_admin.delete_rows_view(request, rows)
    return answer
