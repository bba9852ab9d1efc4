"""Imports: a file checked row by row, its rows staged, applied as one and undone as one.

Invariants: rows = new + changed + unchanged + duplicates + refused + not data; an applied import
keeps what it wrote (``ImportChunk.diff``) until it is undone; the staged rows of a check are those
of one reading of one file.
"""

import uuid
from datetime import timedelta
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from erp.core.policy import Scoped, ScopedQuerySet
from erp.core.workflow import Workflow

# A running import that says nothing for so long has died.
SILENCE = timedelta(seconds=30)
LONGEST_QUEUE = timedelta(minutes=10)  # before a worker takes it up

IDLE = timedelta(days=30)  # then nobody will apply it any more


def _storage_path(_import: "Import", _name: str) -> str:
    """Return a path that owes nothing to the name the client gave."""
    return f"imports/{timezone.now():%Y%m}/{uuid.uuid4().hex}"


class ImportQuerySet(ScopedQuerySet["Import"]):
    def open(self) -> Self:
        """Those something can still be done with."""
        return self.exclude(status__in=["undone", "failed"])

    def done_with_their_file(self) -> Self:
        """Those that hold a file nothing will read again: applied, or left lying for a month."""
        over = Q(status__in=["applied", "undone"])
        idle = Q(status__in=["uploaded", "checked", "failed"], created_at__lt=timezone.now() - IDLE)
        return self.exclude(file="").filter(over | idle)


class Import(Scoped):
    """One file of one kind on its way into the books."""

    class Status(models.TextChoices):
        UPLOADED = "uploaded", _("uploaded")
        CHECKING = "checking", _("being checked")
        CHECKED = "checked", _("checked")
        APPLYING = "applying", _("being applied")
        APPLIED = "applied", _("applied")
        UNDOING = "undoing", _("being undone")
        UNDONE = "undone", _("undone")
        FAILED = "failed", _("failed")

    RUNNING: ClassVar = (Status.CHECKING, Status.APPLYING, Status.UNDOING)
    # A worker that died leaves a running status behind: the same step may be started again.
    WORKFLOW: ClassVar = Workflow(
        {
            Status.UPLOADED: {Status.CHECKING},
            Status.CHECKING: {Status.CHECKING, Status.CHECKED, Status.FAILED},
            Status.CHECKED: {Status.CHECKING, Status.APPLYING},
            Status.APPLYING: {Status.APPLYING, Status.APPLIED, Status.CHECKED},
            Status.APPLIED: {Status.UNDOING},
            Status.UNDOING: {Status.UNDOING, Status.UNDONE, Status.APPLIED},
            Status.FAILED: {Status.CHECKING},
        }
    )

    kind = models.CharField(_("kind"), max_length=30)
    file_name = models.CharField(_("file"), max_length=120)
    file = models.FileField(upload_to=_storage_path, max_length=120, blank=True)
    source = models.CharField(_("source"), max_length=60, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("owner"),
    )
    status = models.CharField(
        _("status"), max_length=10, choices=Status.choices, default=Status.UPLOADED
    )
    skip_refused = models.BooleanField(_("refused rows left out"), default=False)
    # The sheet and what its columns were taken for: see imports.reading.
    layout = models.JSONField(default=dict, blank=True)
    counts = models.JSONField(default=dict, blank=True)
    error = models.CharField(_("error"), max_length=500, blank=True)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    checked_at = models.DateTimeField(_("checked at"), null=True)
    applied_at = models.DateTimeField(_("applied at"), null=True)
    undone_at = models.DateTimeField(_("undone at"), null=True)

    scope_owner = "owner"
    objects = ImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering: ClassVar = ["-id"]
        permissions: ClassVar = [("view_all_import", _("Can see everybody's imports"))]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(
                    status__in=[
                        "uploaded",
                        "checking",
                        "checked",
                        "applying",
                        "applied",
                        "undoing",
                        "undone",
                        "failed",
                    ]
                ),
                name="import_status",
            )
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_running(self) -> bool:
        return self.status in self.RUNNING

    @property
    def stopping_rows(self) -> int:
        """How many rows keep the whole from being applied: refused ones and contradictions."""
        return int(self.counts.get("refused", 0) + self.counts.get("conflicts", 0))


class ImportBeat(models.Model):
    """When a running import last said how far it is; apart, for the import's row is locked then."""

    of = models.OneToOneField(Import, on_delete=models.CASCADE, primary_key=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.of_id}: {self.done}/{self.total}"


class ImportChunk(models.Model):
    """Some thousand rows of an import, compressed (imports.packing).

    ``staged``: what the check made of the accepted ones; ``originals``: the cells of those with
    problems; ``diff``: what applying them wrote.
    """

    of = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="chunks")
    number = models.PositiveIntegerField()
    size = models.PositiveIntegerField()
    staged = models.BinaryField()
    originals = models.BinaryField(default=bytes)
    diff = models.BinaryField(default=bytes)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["of", "number"], name="import_chunk_once"),
        ]

    def __str__(self) -> str:
        return f"{self.of_id} #{self.number}"


class ImportProblem(models.Model):
    """What is wrong with a cell; ``stops``: the row keeps the whole from being applied."""

    of = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="problems")
    row = models.PositiveIntegerField(_("row"))
    column = models.CharField(_("column"), max_length=40)
    code = models.CharField(_("code"), max_length=40)
    value = models.CharField(_("value"), max_length=120, blank=True)
    other_row = models.PositiveIntegerField(null=True)
    stops = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar = ["row", "id"]
        indexes: ClassVar = [
            models.Index(fields=["of", "row", "id"], name="import_problem_row"),
            models.Index(fields=["of", "code", "row"], name="import_problem_code"),
        ]

    def __str__(self) -> str:
        return f"{self.row} {self.column}: {self.code}"


class ImportMapping(models.Model):
    """What the columns of a source's files were taken for, to be proposed the next time.

    ``source`` is a name somebody gave, or the fingerprint of the headings.
    """

    kind = models.CharField(max_length=30)
    source = models.CharField(max_length=80)
    columns = models.JSONField(default=dict)  # plain heading → column; "" for none
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "source"], name="import_mapping_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.source}"


class ImportGate(models.Model):
    """One row a kind: whoever applies or undoes an import of the kind holds its lock."""

    kind = models.CharField(max_length=30, primary_key=True)

    def __str__(self) -> str:
        return self.kind
