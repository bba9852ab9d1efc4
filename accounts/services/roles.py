"""Roles as data, from every app's ``permissions.py``."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.db.models import QuerySet

from erp.core.record import record
from erp.core.service import service

ROLES = ("administrator", "manager", "sales", "purchaser", "storekeeper", "accountant")


def role_table() -> dict[str, set[str]]:
    """Return role → permissions as ``app_label.codename``, gathered from every app."""
    table: dict[str, set[str]] = {role: set() for role in ROLES}
    for app in settings.FIRST_PARTY_APPS:
        if find_spec(f"{app}.permissions") is None:
            continue
        for role, permissions in import_module(f"{app}.permissions").ROLES.items():
            table[role].update(permissions)
    return table


@service("accounts.sync_roles")
def sync_roles() -> dict[str, int]:
    """Make the six groups hold exactly what the code says; return how many rights each has.

    Safe to run again. Raises LookupError for a permission no model declares.
    """
    known = {
        f"{p.content_type.app_label}.{p.codename}": p
        for p in Permission.objects.select_related("content_type")
    }
    counts = {}
    for role, wanted in role_table().items():
        unknown = sorted(wanted - known.keys())
        if unknown:
            raise LookupError(f"{role}: no such permission: {', '.join(unknown)}")
        group, _created = Group.objects.get_or_create(name=role)
        held = {
            f"{p.content_type.app_label}.{p.codename}"
            for p in group.permissions.select_related("content_type")
        }
        if held != wanted:
            group.permissions.set([known[name] for name in wanted])
            record(
                "role.synced",
                group,
                by=None,
                changes={"permissions": (sorted(held), sorted(wanted))},
            )
        counts[role] = len(wanted)
    return counts


def holds_all_rights_of(user: Any, other: Any) -> bool:
    """Return whether a user may do all that another may: only then he may act in his name."""
    if user.is_superuser or user.pk == other.pk:
        return True
    return not other.is_superuser and user.get_all_permissions() >= other.get_all_permissions()


def grantable_groups(user: Any) -> QuerySet[Group]:
    """Return the roles whose every right the user holds himself."""
    if user.is_superuser:
        return Group.objects.all()
    held = user.get_all_permissions()
    fitting = [
        group.pk
        for group in Group.objects.prefetch_related("permissions__content_type")
        if held.issuperset(
            f"{p.content_type.app_label}.{p.codename}" for p in group.permissions.all()
        )
    ]
    return Group.objects.filter(pk__in=fitting)
