"""What a quotation's page says of the protected items on it, and which step it offers."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.models import User
from erp.core.policy import allowed
from products.protected import owners_of
from quotations.grid import GridLine
from quotations.models import Quotation
from quotations.steps import STEPS, Step


@dataclass(frozen=True, slots=True)
class Leave:
    """``missing``: leave is still to be given; ``step``: what this user can do about it."""

    owners: str
    allowed_by: str
    missing: bool
    step: Step | None


def leave_for(quotation: Quotation, lines: Iterable[GridLine], user: User) -> Leave | None:
    """Return what is to be said, None where no line is another customer's protected item."""
    touched = [one for line in lines if line.facts for one in line.facts.protected]
    if not touched:
        return None
    given = {leave.item_id: leave for leave in quotation.leaves.select_related("allowed_by")}
    missing = any(one.item_id not in given for one in touched)
    names = {str(given[one.item_id].allowed_by) for one in touched if one.item_id in given}
    return Leave(
        owners=_(", ").join(owners_of(touched)),
        allowed_by=_(", ").join(sorted(names)),
        missing=missing,
        step=_step(user) if missing else None,
    )


def _step(user: User) -> Step | None:
    for name in ("allow-protected", "ask-protected"):
        if allowed(user, STEPS[name].right):
            return STEPS[name]
    return None
