"""Exporting a list: short ones at once, long ones in the background with a file for their owner.

A list is registered by name with the function that makes it from a request; the same function makes
the list on the screen, the download, the background job and the command, so that all hold the same
rows. Every export is in the operation log with its filter and its number of rows.
"""

import tempfile
import uuid
import zoneinfo
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.files import File
from django.core.files.storage import default_storage
from django.db.models import F, Q
from django.http import FileResponse, HttpRequest, HttpResponseBase, QueryDict
from django.shortcuts import redirect
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from erp.core.errors import DomainError
from erp.core.exports import file_name
from erp.core.jobs import enqueue
from erp.core.lists import CONTENT_TYPES, FORMATS, RowList, fits, write
from erp.core.models import Export
from erp.core.policy import authorize
from erp.core.record import record
from erp.core.service import service
from erp.core.uploads import disposition

RIGHT = "core.add_export"
DIRECT_ROWS = 5_000
MOST_ROWS = 1_000_000
MOST_OPEN = 3
KEPT = timedelta(days=1)
_SILENT = timedelta(minutes=5)
_PROGRESS_ROWS = 5_000
_DIRECTORY = "exports"

MakeList = Callable[[Any], RowList]
_lists: dict[str, MakeList] = {}


def register_list(name: str, make: MakeList) -> None:
    _lists[name] = make


def list_names() -> list[str]:
    return sorted(_lists)


def list_of(name: str, request: Any) -> RowList:
    """Return the list as this request's user and query have it."""
    return _lists[name](request)


def request_for(user: Any, query: str) -> Any:
    """Return a request by which a list is made where there is no browser."""
    request: Any = HttpRequest()
    request.method = "GET"
    request.user = user
    request.GET = QueryDict(query)
    return request


# --- from a page -----------------------------------------------------------------------------


def export_answer(request: Any, name: str) -> HttpResponseBase:
    """Answer a form that asks for ``format``: the file, or the page where it will be.

    Raises DomainError bad_format, too_many_rows, too_many_exports.
    """
    authorize(request.user, RIGHT)
    kind = request.POST.get("format", "")
    if kind not in FORMATS:
        raise DomainError(_("Choose CSV or Excel."), code="bad_format")
    query = request.GET.urlencode()
    listed = list_of(name, request)
    rows = listed.count()
    check_length(kind, rows)
    if rows > DIRECT_ROWS:
        start_export(name, listed.title, query, kind, rows, by=request.user)
        return redirect("exports")
    file = tempfile.TemporaryFile()  # noqa: SIM115 (the answer closes it)
    write(listed, kind, file)
    note_export(listed, query, kind, rows, by=request.user)
    file.seek(0)
    answer = FileResponse(file, content_type=CONTENT_TYPES[kind])
    answer.headers["Content-Disposition"] = disposition(file_name(listed.title, kind))
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def check_length(kind: str, rows: int) -> None:
    """Raise DomainError ``too_many_rows``."""
    if rows > MOST_ROWS or not fits(kind, rows):
        message = _("This list has %(rows)d rows; at most %(most)d can be exported. Filter it.")
        raise DomainError(message % {"rows": rows, "most": MOST_ROWS}, code="too_many_rows")


@service("list.export")
def note_export(listed: RowList, query: str, kind: str, rows: int, *, by: Any) -> None:
    """Write an export into the operation log: which list, by what filter, how many rows."""
    record(
        "list.exported",
        by=by,
        changes={
            "filter": (None, query[:500]),
            "format": (None, kind),
            "rows": (None, rows),
            "columns": (None, ", ".join(listed.headers)[:500]),
        },
        object_ref=(listed.label, "", listed.title),
    )


# --- in the background -----------------------------------------------------------------------


@service("list.export")
def start_export(source: str, title: str, query: str, kind: str, rows: int, *, by: Any) -> Export:
    """Queue a long export. Raises DomainError ``too_many_exports``."""
    waiting = Export.objects.filter(
        owner=by,
        status__in=[Export.Status.QUEUED, Export.Status.RUNNING],
        expires_at__gt=timezone.now(),
    )
    if waiting.count() >= MOST_OPEN:
        message = _("You have %(count)d exports under way; wait for one of them.")
        raise DomainError(message % {"count": MOST_OPEN}, code="too_many_exports")
    export = Export.objects.create(
        owner=by,
        source=source,
        title=title[:120],
        query=query,
        format=kind,
        language=translation.get_language() or settings.LANGUAGE_CODE,
        time_zone=timezone.get_current_timezone_name(),
        total=rows,
        expires_at=timezone.now() + KEPT,
    )
    enqueue("core.write_export", export.pk)
    return export


def write_export(export_id: int) -> None:
    """Write a queued export's file; what a dead writer left is begun again."""
    now = timezone.now()
    free = Q(status=Export.Status.QUEUED) | Q(
        status=Export.Status.RUNNING, heard_at__lt=now - _SILENT
    )
    rows = Export.objects.filter(pk=export_id)
    if rows.filter(free).update(status=Export.Status.RUNNING, heard_at=now, done=0) != 1:
        return
    export = rows.select_related("owner").get()
    try:
        path = _written(export)
    except (DomainError, PermissionDenied) as refusal:
        rows.update(status=Export.Status.FAILED, error=str(refusal)[:200])
    except Exception:
        rows.update(status=Export.Status.FAILED)
        raise
    else:
        rows.update(status=Export.Status.DONE, file=path, done=F("total"))


def _written(export: Export) -> str:
    """Write the file as its owner sees the list now; return where it is stored."""
    with (
        translation.override(export.language),
        timezone.override(zoneinfo.ZoneInfo(export.time_zone)),
        tempfile.TemporaryFile() as file,
    ):
        authorize(export.owner, RIGHT)
        listed = list_of(export.source, request_for(export.owner, export.query))
        rows = listed.count()
        check_length(export.format, rows)
        Export.objects.filter(pk=export.pk).update(total=rows)
        write(listed, export.format, file, lambda done: _heard(export.pk, done))
        file.seek(0)
        path = default_storage.save(f"{_DIRECTORY}/{uuid.uuid4().hex}", File(file))
        note_export(listed, export.query, export.format, rows, by=export.owner)
    return path


def _heard(export_id: int, done: int) -> None:
    if done % _PROGRESS_ROWS == 0:
        Export.objects.filter(pk=export_id).update(done=done, heard_at=timezone.now())


def purge_exports() -> None:
    """Delete exports past their day, the file before the row."""
    for export in Export.objects.filter(expires_at__lt=timezone.now()).iterator():
        if export.file.name:
            default_storage.delete(export.file.name)
        export.delete()
