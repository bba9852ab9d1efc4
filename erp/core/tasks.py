"""Periodic upkeep of the kernel's tables."""

from datetime import timedelta

from django.utils import timezone

from erp.core import exporting
from erp.core.jobs import job
from erp.core.models import IdempotencyKey

KEYS_KEPT = timedelta(days=7)


@job("core.purge_idempotency_keys", every=timedelta(days=1))
def purge_idempotency_keys() -> None:
    """Forget answers no client will ask for again."""
    IdempotencyKey.objects.filter(created_at__lt=timezone.now() - KEYS_KEPT).delete()


@job("core.write_export", long=True)
def write_export(export_id: int) -> None:
    exporting.write_export(export_id)


@job("core.purge_exports", every=timedelta(hours=1))
def purge_exports() -> None:
    exporting.purge_exports()
