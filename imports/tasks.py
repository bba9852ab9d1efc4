"""Imports in the background. Each may be delivered twice: the second finds its work done."""

from datetime import timedelta
from typing import Any

from django.contrib.auth import get_user_model

from erp.core.errors import DomainError
from erp.core.jobs import job
from imports import forgetting, services
from imports.models import Import


@job("imports.check", long=True)
def check(import_id: int, sheet: str) -> None:
    _run(import_id, Import.Status.CHECKING, services.check_import, sheet=sheet, by=None)


@job("imports.apply", long=True)
def apply(import_id: int, by: int | None) -> None:
    of = Import.objects.get(pk=import_id)
    options = {"skip_refused": of.skip_refused, "by": _person(by)}
    _run(import_id, Import.Status.APPLYING, services.apply_import, **options)


@job("imports.undo", long=True)
def undo(import_id: int, by: int | None) -> None:
    _run(import_id, Import.Status.UNDOING, services.undo_import, by=_person(by))


@job("imports.notice_dead", every=timedelta(minutes=1))
def notice_dead() -> None:
    services.notice_dead()


@job("imports.forget_files", every=timedelta(days=1))
def forget_files() -> None:
    forgetting.forget_files()


def _run(import_id: int, status: str, step: Any, **options: Any) -> None:
    """Take a step somebody started; what refuses it stands in the import for people to read."""
    if not Import.objects.filter(pk=import_id, status=status).exists():
        return
    try:
        step(import_id, started=True, **options)
    except DomainError:
        return


def _person(key: int | None) -> Any:
    return get_user_model()._default_manager.filter(pk=key).first() if key else None
