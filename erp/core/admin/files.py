"""Files on the page of a row: pictures, drawings, papers, added and removed there."""

from typing import Any, TypeVar

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from erp.core.admin.scoped import ScopedAdmin
from erp.core.attachments import attach, files_of, is_picture, withdraw
from erp.core.errors import DomainError
from erp.core.uploads import ACCEPTED

M = TypeVar("M", bound=models.Model)


class FilesAdmin(ScopedAdmin[M]):
    """A row with files: seen with the row, kept by whoever may change it."""

    change_form_outer_after_template = "admin/erp/files.html"

    def get_urls(self) -> list[URLPattern]:
        add = self.admin_site.admin_view(self.add_file_view)
        remove = self.admin_site.admin_view(self.remove_file_view)
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        return [
            path("<path:object_id>/files/", add, name=f"{name}_add_file"),
            path(
                "<path:object_id>/files/<int:file_id>/remove/", remove, name=f"{name}_remove_file"
            ),
            *super().get_urls(),
        ]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        context = dict(extra_context or {})
        row = self.get_object(request, unquote(object_id))
        if row is not None and self.has_view_permission(request, row):
            name = f"admin:{self.opts.app_label}_{self.opts.model_name}"
            context["file_rows"] = [
                {
                    "file": one,
                    "is_picture": is_picture(one),
                    "remove_url": reverse(f"{name}_remove_file", args=(row.pk, one.pk)),
                }
                for one in files_of(row)
            ]
            context["add_file_url"] = reverse(f"{name}_add_file", args=(row.pk,))
            context["may_keep_files"] = self.has_change_permission(request, row)
            context["accepted_files"] = ",".join(ACCEPTED)
        answer: HttpResponse = super().change_view(request, object_id, form_url, context)
        return answer

    def _row(self, request: HttpRequest, object_id: str) -> M:
        """Return a row this user may change: 403 without the right, 404 out of sight."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        row = self.get_object(request, unquote(object_id))
        if row is None:
            raise Http404
        if not self.has_change_permission(request, row):
            raise PermissionDenied
        return row

    def add_file_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Keep the files of a form, each by itself."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        row = self._row(request, object_id)
        for file in request.FILES.getlist("file"):
            try:
                kept = attach(type(row), row.pk, file.name or "", file.read(), by=request.user)
            except DomainError as refusal:
                messages.error(request, f"{file.name}: {refusal}")
            else:
                messages.success(request, _("%(file)s was added.") % {"file": kept.name})
        return self._back(row)

    def remove_file_view(self, request: HttpRequest, object_id: str, file_id: int) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        row = self._row(request, object_id)
        if not files_of(row).filter(pk=file_id).exists():
            raise Http404
        gone = withdraw(file_id, by=request.user)
        messages.success(request, _("%(file)s was removed.") % {"file": gone.name})
        return self._back(row)

    def _back(self, row: M) -> HttpResponse:
        return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", row.pk)
