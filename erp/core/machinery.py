"""The tables of keys of changes, jobs and runs; imported by ``erp.core.models``."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from erp.core.fields import CodeField


class IdempotencyKey(models.Model):
    """The answer to a request that had an effect, kept so that a repeat gets the same answer."""

    client = CodeField(max_length=64)
    route = CodeField(max_length=120)
    key = CodeField(max_length=255)
    body_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    answer = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["client", "route", "key"], name="idempotency_once"),
        ]

    def __str__(self) -> str:
        return f"{self.route} {self.key}"


class Job(models.Model):
    """A long job and how far it is, so that pages can show progress and a restart finds it."""

    class Status(models.TextChoices):
        QUEUED = "queued", _("queued")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    name = models.CharField(_("name"), max_length=80)
    arguments = models.JSONField(default=list)
    status = models.CharField(
        _("status"), max_length=8, choices=Status.choices, default=Status.QUEUED
    )
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(status__in=["queued", "running", "done", "failed"]), name="job_status"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.get_status_display()})"


class ScheduledRun(models.Model):
    """When a periodic job last ran; the row is the lock that lets only one runner have it."""

    name = models.CharField(max_length=80, primary_key=True)
    last_run_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name
