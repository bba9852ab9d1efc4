"""Files people attach to a row: judged, stored under their hash, seen by whoever sees the row.

Nothing is overwritten or deleted: what is replaced or removed is withdrawn, keeps its row and its
bytes, and is served no more. Issued documents have pages and rights of their own and are not served
here.
"""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import models
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from erp.core.errors import DomainError
from erp.core.models import Attachment
from erp.core.policy import Scoped, allowed
from erp.core.record import record
from erp.core.refused_files import refused
from erp.core.service import service
from erp.core.uploads import UnreadableFile, checked_file, thumbnail_of

MOST_FILES = 50
_PICTURES = ("image/jpeg", "image/png")


@service("file.attach")
def attach(model: type[models.Model], pk: int, name: str, content: bytes, *, by: Any) -> Attachment:
    """Attach a file to a row; pictures are written anew, at most 1600 pixels long.

    Locks the row. Raises DomainError with the guard's code (see ``erp.core.refused_files``),
    not_found, too_many_files or already_attached.
    """
    try:
        kept = checked_file(name, content)
    except UnreadableFile as error:
        raise refused(error) from error
    row = _locked(model, pk)
    there = files_of(row)
    digest = hashlib.sha256(kept.content).hexdigest()
    if there.filter(sha256=digest).exists():
        raise DomainError(_("This file is there already."), code="already_attached", field="file")
    if there.count() >= MOST_FILES:
        message = _("At most %(most)d files; remove one first.") % {"most": MOST_FILES}
        raise DomainError(message, code="too_many_files", field="file")
    attachment = Attachment(
        kind=Attachment.Kind.UPLOADED,
        name=kept.name,
        content_type=kept.content_type,
        size=len(kept.content),
        sha256=digest,
        object_type=row._meta.label_lower,
        object_id=row.pk,
        created_by=by,
    )
    # The file before the row: a row without a file is a lie, a file without a row only litter.
    path = attachment.file.field.generate_filename(attachment, kept.name)
    attachment.file.name = _stored(path, kept.content)
    if is_picture(attachment):
        _stored(thumbnail_path(attachment), thumbnail_of(kept.content).content)
    attachment.save(force_insert=True)
    _record("file_added", row, attachment, by=by)
    return attachment


@service("file.withdraw")
def withdraw(attachment_id: int, *, by: Any) -> Attachment:
    """Take a file away from its row; row and bytes stay. Raises DomainError not_found."""
    attachment = (
        Attachment.objects.select_for_update()
        .filter(pk=attachment_id, kind=Attachment.Kind.UPLOADED, withdrawn_at=None)
        .first()
    )
    if attachment is None:
        raise DomainError(_("There is no such file."), code="not_found")
    attachment.withdrawn_at = timezone.now()
    attachment.save(update_fields=["withdrawn_at"])
    row = apps.get_model(attachment.object_type)._default_manager.get(pk=attachment.object_id)
    _record("file_removed", row, attachment, by=by)
    return attachment


def _locked(model: type[models.Model], pk: int) -> Any:
    row = model._default_manager.select_for_update().filter(pk=pk).first()
    if row is None:
        raise DomainError(_("There is nothing here."), code="not_found")
    return row


def _stored(path: str, content: bytes) -> str:
    """Store content under the path of its hash; what is there already is the same."""
    if default_storage.exists(path):
        return path
    return default_storage.save(path, ContentFile(content))


def _record(verb: str, row: Any, attachment: Attachment, *, by: Any) -> None:
    told = {"file": attachment.name, "sha256": attachment.sha256}
    gone = verb == "file_removed"
    changes = {key: (value, None) if gone else (None, value) for key, value in told.items()}
    record(f"{row._meta.label_lower}.{verb}", row, by=by, changes=changes)


# --- reading ---------------------------------------------------------------------------------


def is_picture(attachment: Attachment) -> bool:
    return attachment.content_type in _PICTURES


def thumbnail_path(attachment: Attachment) -> str:
    return f"thumbnails/{attachment.sha256[:2]}/{attachment.sha256}"


def files_of(row: models.Model) -> QuerySet[Attachment]:
    """Return a row's attached files, the newest first; the caller has asked the policy."""
    return Attachment.objects.filter(
        kind=Attachment.Kind.UPLOADED,
        object_type=row._meta.label_lower,
        object_id=row.pk,
        withdrawn_at=None,
    ).order_by("-pk")


def files_by_row(rows: Sequence[models.Model]) -> dict[Any, list[Attachment]]:
    """Return the attached files of rows of one table by their id, the newest first (one query)."""
    found: dict[Any, list[Attachment]] = {row.pk: [] for row in rows}
    if rows:
        files = Attachment.objects.filter(
            kind=Attachment.Kind.UPLOADED,
            object_type=rows[0]._meta.label_lower,
            object_id__in=list(found),
            withdrawn_at=None,
        )
        for file in files.order_by("-pk"):
            found[file.object_id].append(file)
    return found


def pictures_of(rows: Sequence[models.Model]) -> dict[Any, Attachment]:
    """Return the newest picture of each row, by its id, in one query."""
    if not rows:
        return {}
    found: Iterable[Attachment] = Attachment.objects.filter(
        kind=Attachment.Kind.UPLOADED,
        object_type=rows[0]._meta.label_lower,
        object_id__in=[row.pk for row in rows],
        content_type__in=_PICTURES,
        withdrawn_at=None,
    ).order_by("pk")
    return {attachment.object_id: attachment for attachment in found}


def visible_file(user: Any, pk: int) -> Attachment:
    """Return a file of a row in the user's sight; Http404 alike for whatever is missing."""
    attachment = Attachment.objects.filter(
        pk=pk, kind=Attachment.Kind.UPLOADED, withdrawn_at=None
    ).first()
    if attachment is None or not sees_row(user, attachment):
        raise Http404
    return attachment


def sees_row(user: Any, attachment: Attachment) -> bool:
    """Return whether the user sees the row a file belongs to."""
    try:
        model = apps.get_model(attachment.object_type)
    except (LookupError, ValueError):
        return False
    if not issubclass(model, Scoped):
        return False
    right = f"{model._meta.app_label}.view_{model._meta.model_name}"
    rows: Any = model._default_manager
    return allowed(user, right) and rows.visible_to(user).filter(pk=attachment.object_id).exists()
