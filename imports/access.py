"""Who may do what with imports: the right over imports, those of the kind, and the row."""

from typing import Any

from erp.core.policy import allowed, authorize
from imports.kinds import Kind, kind_named, kinds
from imports.models import Import


def kinds_of(user: Any) -> dict[str, type[Kind]]:
    """Return the kinds this person may import."""
    return {
        name: kind
        for name, kind in kinds().items()
        if all(allowed(user, right) for right in kind.rights)
    }


def authorize_kind(user: Any, name: str) -> None:
    """Raise PermissionDenied unless the person has every right of the kind."""
    for right in kind_named(name).rights:
        authorize(user, right)


def import_for(user: Any, pk: int, *, right: str = "imports.view_import") -> Import:
    """Return a visible import; 403 without the right, 404 for another's and a missing one."""
    authorize(user, right)
    return Import.objects.select_related("owner").get_visible(user, pk)


def import_to_change(user: Any, pk: int) -> Import:
    """Return a visible import this person may check, apply and undo."""
    of = import_for(user, pk, right="imports.change_import")
    authorize_kind(user, of.kind)
    return of
