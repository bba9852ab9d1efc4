"""Telling those concerned."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.db.models.expressions import RawSQL

from erp.core import bulk
from erp.core.periods import is_history
from messaging.models import Notification


def notify(kind: str, obj: models.Model, recipients: Iterable[Any]) -> None:
    """Store one notification each, users or their ids; of history nobody is told.

    Users of a queryset are told in one statement. Takes part in the caller's transaction.
    """
    if is_history():
        return
    news = {
        "kind": kind,
        "object_type": obj._meta.label_lower,
        "object_id": obj.pk,
        "object_label": str(obj)[:120],
    }
    if isinstance(recipients, models.QuerySet):
        bulk.insert_for_each(recipients, "recipient_id", Notification(**news))
        return
    told = dict.fromkeys(getattr(user, "pk", user) for user in recipients)
    bulk.insert([Notification(recipient_id=pk, **news) for pk in told])


def _holding() -> str:
    """The ids of those who hold a right by a role or by themselves; app and codename twice.

    In SQL, for it is asked in nearly every service and the ORM would spend most of its time on it.
    """
    user: Any = get_user_model()
    of_roles, of_users = user.groups.through._meta, user.user_permissions.through._meta
    permission, kind = Permission._meta.db_table, ContentType._meta.db_table
    named = (
        f"JOIN {permission} permission ON permission.id = held.permission_id"
        f" JOIN {kind} kind ON kind.id = permission.content_type_id"
        " WHERE kind.app_label = %s AND permission.codename = %s"
    )
    through: Any = Group.permissions.through
    return (
        f"SELECT member.user_id FROM {of_roles.db_table} member"  # noqa: S608 -- own names
        f" JOIN {through._meta.db_table} held ON held.group_id = member.group_id {named}"
        f" UNION SELECT held.user_id FROM {of_users.db_table} held {named}"
    )


def holders_of(permission: str, *, also: int | None = None) -> Any:
    """Return active users whose groups hold ``app_label.codename`` (superusers are left out).

    And the user with the id ``also``, whatever he holds.
    """
    held = RawSQL(_holding(), permission.split(".") * 2)  # noqa: S611 -- own text
    return get_user_model().objects.filter(Q(is_active=True, pk__in=held) | Q(pk=also))
