"""The policy behind ``authorize`` and ``visible_to``: roles, ownership and shared rows.

A row of a model with ``scope_owner`` is seen by its owner, by whoever holds ``view_all_<model>``
and by those it was shared with (a django-guardian grant of the view right on that row).
"""

from typing import Any

from django.db.models import Q
from guardian.shortcuts import get_objects_for_user

from accounts.models import User


class RolePolicy:
    """Rights come from the user's groups; they are read from the database once per request."""

    def allows(self, user: Any, permission: str) -> bool:
        return bool(user.is_authenticated and user.is_active and user.has_perm(permission))

    def scope(self, user: Any, queryset: Any) -> Any:
        model = queryset.model
        app, name = model._meta.app_label, model._meta.model_name
        if not self.allows(user, f"{app}.view_{name}"):
            return queryset.none()
        if not model.scope_owner or self.allows(user, f"{app}.view_all_{name}"):
            return queryset
        shared = get_objects_for_user(
            user, f"{app}.view_{name}", klass=model, accept_global_perms=False
        )
        return queryset.filter(Q(**{model.scope_owner: user}) | Q(pk__in=shared.values("pk")))


def working_user(username: str) -> User | None:
    """Return the active user of exactly this name."""
    found: User | None = User.objects.working().filter(username=username).first()
    return found
