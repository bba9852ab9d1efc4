"""Every list of the admin can be exported as it stands: its filter, search, order and columns."""

from collections.abc import Sequence
from typing import Any, TypeVar

from django.contrib import admin, messages
from django.contrib.admin.options import BaseModelAdmin, IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import QuerySet
from django.http import (
    HttpRequest,
    HttpResponseBadRequest,
    HttpResponseBase,
    HttpResponseNotAllowed,
)
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.text import capfirst

from erp.core.admin.columns import Column, Labels, columns_of
from erp.core.errors import DomainError
from erp.core.exporting import RIGHT, export_answer, register_list
from erp.core.lists import RowList
from erp.core.policy import allowed

M = TypeVar("M", bound=models.Model)


def _no_more_than(columns: Sequence[Column], rows: QuerySet[Any]) -> QuerySet[Any]:
    """Read only what is written, unless a column asks something of the whole row."""
    if not all(column.is_stored for column in columns):
        return rows
    return rows.select_related(None).only(*(column.name for column in columns))


class ExportableAdmin(BaseModelAdmin[M]):
    """Gives a list its export; ``prepare`` looks up at once what a column asks of many rows."""

    change_list_template: Any = "admin/erp/change_list.html"

    def __init__(self, model: type[M], admin_site: admin.AdminSite) -> None:
        own: Any = super()
        own.__init__(model, admin_site)
        register_list(model._meta.label_lower, self.row_list)

    def get_urls(self) -> list[URLPattern]:
        own: Any = super()
        page: Any = self
        view = page.admin_site.admin_view(self.export_view)
        name = f"{page.opts.app_label}_{page.opts.model_name}_export"
        return [path("export/", view, name=name), *own.get_urls()]

    def prepare(self, rows: Sequence[Any]) -> None:
        """Hook: nothing to look up."""

    def row_list(self, request: HttpRequest) -> RowList:
        """Return the whole list that this request's page shows a part of."""
        page: Any = self
        labels = Labels()
        columns = columns_of(self, request, labels)
        found = page.get_changelist_instance(request).get_queryset(request)

        def prepare(rows: Sequence[Any]) -> None:
            labels.look_up(rows)
            self.prepare(rows)

        return RowList(
            title=str(capfirst(page.opts.verbose_name_plural)),
            label=page.opts.label_lower,
            headers=[column.header for column in columns],
            values=[column.value for column in columns],
            rows=_no_more_than(columns, found),
            prepare=prepare,
        )

    def export_view(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the list as a file; posted from the list's page with the page's own query."""
        page: Any = self
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not page.has_view_permission(request):
            raise PermissionDenied
        try:
            return export_answer(request, page.opts.label_lower)
        except IncorrectLookupParameters:
            return HttpResponseBadRequest()
        except DomainError as refusal:
            messages.error(request, str(refusal))
            back = reverse(f"admin:{page.opts.app_label}_{page.opts.model_name}_changelist")
            query = request.GET.urlencode()
            return redirect(f"{back}?{query}" if query else back)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        own: Any = super()
        offered = {"may_export": allowed(request.user, RIGHT)}
        return own.changelist_view(request, {**offered, **(extra_context or {})})
