"""Employees: their work in new hands, and whether they may sign in."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from erp.core.errors import DomainError
from erp.core.periods import company_today
from erp.core.record import field_changes, record
from erp.core.registry import hand_over_all
from erp.core.service import service


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
