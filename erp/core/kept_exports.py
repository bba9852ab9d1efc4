"""The table of long exports; imported by ``erp.core.models``."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from erp.core.policy import Scoped, ScopedQuerySet


class Export(Scoped):
    """A list too long to wait for: written in the background, fetched by its owner, then deleted.

    The right to add one is the right to export at all; the rows are those the owner may see when
    it is written.
    """

    class Status(models.TextChoices):
        QUEUED = "queued", _("queued")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    scope_owner = "owner"

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, verbose_name=_("owner")
    )
    source = models.CharField(max_length=80)
    title = models.CharField(_("list"), max_length=120)
    query = models.TextField(blank=True)
    format = models.CharField(_("format"), max_length=4)
    language = models.CharField(max_length=10)
    time_zone = models.CharField(max_length=60)
    status = models.CharField(
        _("status"), max_length=8, choices=Status.choices, default=Status.QUEUED
    )
    done = models.PositiveIntegerField(_("rows written"), default=0)
    total = models.PositiveIntegerField(_("rows"), default=0)
    error = models.CharField(max_length=200, blank=True)
    file = models.FileField(_("file"), max_length=120, blank=True)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    # When the writer was last heard of: a dead one's work may be taken over.
    heard_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(_("kept until"), db_index=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(status__in=["queued", "running", "done", "failed"]),
                name="export_status",
            ),
            models.CheckConstraint(condition=Q(format__in=["csv", "xlsx"]), name="export_format"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def percent(self) -> int:
        return min(100, self.done * 100 // self.total) if self.total else 0

    @property
    def is_open(self) -> bool:
        return self.status in {self.Status.QUEUED, self.Status.RUNNING}
