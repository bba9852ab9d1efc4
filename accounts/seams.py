"""What is told of an employee before something is done to his account."""

from collections.abc import Iterator

from django.db.models import Model
from django.utils.translation import gettext as _

from accounts.models import User
from erp.core.registry import tells_effects


@tells_effects
def _may_sign_in(obj: Model) -> Iterator[tuple[str, str]]:
    if isinstance(obj, User):
        yield _("may sign in"), _("yes") if obj.is_active else _("no")
