"""Roles as data, from every app's ``permissions.py``; and the work of a leaver in new hands."""

from datetime import date
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from erp.core.errors import DomainError
from erp.core.periods import company_today
from erp.core.record import field_changes, record
from erp.core.registry import hand_over_all
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


@service("accounts.hand_over")
def hand_over(leaver_id: int, colleague_id: int, *, by: User) -> dict[str, int]:
    """Give all customers, suppliers and unfinished work of one employee to another.

    One transaction; each row is recorded, and from the commit on the colleague sees it and the
    other does not. Returns the rows by table. Raises DomainError not_found, same_person,
    not_working.
    """
    people = User.objects.in_bulk([leaver_id, colleague_id])
    leaver, colleague = people.get(leaver_id), people.get(colleague_id)
    if leaver is None or colleague is None:
        raise DomainError(_("There is no such employee."), code="not_found")
    if leaver == colleague:
        raise DomainError(_("Choose a colleague."), code="same_person", field="colleague")
    if not colleague.is_active:
        raise DomainError(
            _("%(colleague)s does not work here any more.") % {"colleague": colleague},
            code="not_working",
            field="colleague",
        )
    counts = hand_over_all(leaver, colleague, by=by)
    told = ", ".join(f"{name}: {count}" for name, count in counts.items())
    record(
        "accounts.user.handed_over", leaver, by=by, reason=f"→ {colleague.username} ({told})"[:500]
    )
    return counts


@service("accounts.deactivate")
def deactivate_user(user_id: int, *, by: User) -> User:
    """Let an employee sign in no more; what he did keeps his name.

    Raises DomainError not_found, own_account, not_yours.
    """
    user = _kept_by(user_id, by=by)
    _set_active(user, company_today(), by=by)
    return user


@service("accounts.reactivate")
def reactivate_user(user_id: int, *, by: User) -> User:
    """Let a former employee sign in again, with the roles he had. Raises as ``deactivate_user``."""
    user = _kept_by(user_id, by=by)
    _set_active(user, None, by=by)
    return user


def _kept_by(user_id: int, *, by: User) -> User:
    """Lock an employee whose account this user may keep: not his own, no superuser's unless one."""
    user: User | None = User.objects.select_for_update().filter(pk=user_id).first()
    if user is None:
        raise DomainError(_("There is no such employee."), code="not_found")
    if user.pk == by.pk:
        raise DomainError(_("Nobody does this to his own account."), code="own_account")
    if user.is_superuser and not by.is_superuser:
        raise DomainError(_("Only a superuser does this to a superuser."), code="not_yours")
    return user


def _set_active(user: User, left_on: date | None, *, by: User) -> None:
    before = {"is_active": user.is_active, "left_on": user.left_on}
    user.is_active, user.left_on = left_on is None, left_on
    user.save(update_fields=["is_active", "left_on"])
    after = {"is_active": user.is_active, "left_on": user.left_on}
    verb = "reactivated" if user.is_active else "deactivated"
    record(f"accounts.user.{verb}", user, by=by, changes=field_changes(before, after))
