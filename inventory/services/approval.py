"""Large corrections of stock are posted by somebody else than who entered them."""

from collections.abc import Collection
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from erp.core.errors import DomainError
from erp.core.policy import allowed
from inventory.models import StockCount, StockEntry


def check_approval(
    document: StockCount | StockEntry, worth: Decimal, makers: Collection[int | None], *, by: User
) -> None:
    """Refuse to post what is worth more than the warehouse's limit without the right to.

    The right to approve, and no hand in it: maker ≠ checker, unless he holds the right to approve
    his own. The refusal does not tell the value. Raises DomainError approval_needed, own_document.
    """
    if worth <= document.warehouse.approval_limit:
        return
    name = document._meta.model_name
    if not allowed(by, f"inventory.approve_{name}"):
        raise DomainError(
            _("This is worth more than may be posted without approval."), code="approval_needed"
        )
    if by.pk in makers and not allowed(by, f"inventory.approve_own_{name}"):
        raise DomainError(_("You cannot approve a document of your own."), code="own_document")
