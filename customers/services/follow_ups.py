"""What somebody wants to come back to."""

from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import Customer, FollowUp, Partner
from erp.core.errors import DomainError
from erp.core.record import record
from erp.core.service import service


@service("follow_up.create")
def add_follow_up(
    partner: Partner, due_on: date, note: str, *, owner: Any = None, by: Any
) -> FollowUp:
    """Note what to do with a partner, and by when. Raises DomainError no_text."""
    note = note.strip()
    if not note:
        raise DomainError(_("Say what is to be done."), code="no_text", field="note")
    mine = {"customer" if isinstance(partner, Customer) else "supplier": partner}
    follow_up = FollowUp.objects.create(due_on=due_on, note=note[:200], owner=owner or by, **mine)
    record("customers.followup.added", follow_up, by=by)
    return follow_up


@service("follow_up.complete")
def complete_follow_up(follow_up_id: int, *, by: Any) -> FollowUp:
    """Note that it is done; a second time changes nothing. Raises DomainError not_found."""
    follow_up = FollowUp.objects.select_for_update().filter(pk=follow_up_id).first()
    if follow_up is None:
        raise DomainError(_("There is no such follow-up."), code="not_found")
    if not follow_up.is_done:
        follow_up.done_at = timezone.now()
        follow_up.save(update_fields=["done_at"])
        record("customers.followup.done", follow_up, by=by)
    return follow_up
