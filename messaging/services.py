"""Telling those concerned."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.db import models
from django.db.models import Q

from erp.core.periods import is_history
from messaging.models import Notification


def notify(kind: str, obj: models.Model, recipients: Iterable[Any]) -> None:
    """Store one notification each, users or their ids; of history nobody is told.

    Takes part in the caller's transaction.
    """
    if is_history():
        return
    Notification.objects.bulk_create(
        Notification(
            recipient_id=pk,
            kind=kind,
            object_type=obj._meta.label_lower,
            object_id=obj.pk,
            object_label=str(obj)[:120],
        )
        for pk in dict.fromkeys(getattr(user, "pk", user) for user in recipients)
    )


def holders_of(permission: str) -> Any:
    """Return active users whose groups hold ``app_label.codename`` (superusers are left out)."""
    app, codename = permission.split(".")
    held = Permission.objects.filter(content_type__app_label=app, codename=codename)
    return (
        get_user_model()
        .objects.filter(is_active=True)
        .filter(Q(groups__permissions__in=held) | Q(user_permissions__in=held))
        .distinct()
    )
