"""Pages of the kernel: files of rows, and a person's long exports."""

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render

from erp.core.attachments import is_picture, thumbnail_path, visible_file
from erp.core.exporting import RIGHT
from erp.core.exports import file_name
from erp.core.lists import CONTENT_TYPES
from erp.core.models import Export
from erp.core.pages import page
from erp.core.policy import authorize
from erp.core.serving import file_answer

_SHOWN = 50


def _mine(request: Any) -> Any:
    """A person's own exports: nobody else's, whatever he may see otherwise."""
    authorize(request.user, RIGHT)
    return Export.objects.visible_to(request.user).filter(owner=request.user)


@page("GET")
def exports(request: Any) -> HttpResponse:
    """The list, which asks for itself again while something is being written."""
    rows = list(_mine(request).order_by("-pk")[:_SHOWN])
    context = {"exports": rows, "is_waiting": any(row.is_open for row in rows)}
    template = "erp/_exports.html" if request.htmx else "erp/exports.html"
    return render(request, template, context)


@page("GET")
def export_file(request: Any, pk: int) -> HttpResponseBase:
    """The file of a finished export, for its owner."""
    export = _mine(request).filter(pk=pk, status=Export.Status.DONE).first()
    if export is None or not export.file:
        raise Http404
    name = file_name(export.title, export.format)
    return file_answer(request, export.file.name, name, CONTENT_TYPES[export.format])


# --- files of rows ---------------------------------------------------------------------------


@page("GET")
def stored_file(request: Any, pk: int) -> HttpResponseBase:
    """A file, for whoever sees the row it belongs to; pictures are shown, the rest is saved."""
    found = visible_file(request.user, pk)
    return file_answer(
        request,
        str(found.file),
        found.name,
        found.content_type,
        etag=found.sha256,
        inline=is_picture(found),
    )


@page("GET")
def thumbnail(request: Any, pk: int) -> HttpResponseBase:
    found = visible_file(request.user, pk)
    if not is_picture(found):
        raise Http404
    path, etag = thumbnail_path(found), f"{found.sha256}-small"
    return file_answer(request, path, found.name, found.content_type, etag=etag, inline=True)
