"""Programs that call the API: made, given a new secret, shut out."""

import re
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiClient, User
from accounts.sealing import seal
from accounts.services.roles import holds_all_rights_of
from erp.core.errors import DomainError
from erp.core.record import record
from erp.core.service import service

# How long a secret that was replaced is still accepted: time to bring out the new one.
OVERLAP = timedelta(hours=24)
_SCOPE = re.compile(r"\*|[a-z][a-z-]{0,40}:(read|write)")


@service("accounts.create_api_client")
def create_api_client(
    name: str,
    user_id: int,
    *,
    scopes: Sequence[str] = ("*",),
    expires_at: datetime | None = None,
    by: User | None,
) -> tuple[ApiClient, str]:
    """Let a program act in an employee's name; return it and its secret, which is shown once.

    A scope is ``section:read`` or ``section:write`` with the first part of a path of the API
    (``quotations:write``), or ``*``; within them the program may what the employee may. Nobody
    makes one that may more than himself. Raises DomainError not_found, not_working, not_yours,
    bad_scope, no_name.
    """
    user: User | None = User.objects.filter(pk=user_id).first()
    if user is None:
        raise DomainError(_("There is no such employee."), code="not_found", field="user")
    if not name.strip():
        raise DomainError(_("Give it a name."), code="no_name", field="name")
    _check_scopes(scopes)
    return _create(name.strip(), user, scopes=scopes, expires_at=expires_at, by=by)


@service("accounts.rotate_api_client")
def rotate_api_client(client_id: int, *, by: User | None) -> tuple[ApiClient, str]:
    """Give a program a new key and secret; the old ones end within 24 hours.

    Raises DomainError not_found, revoked, not_working, not_yours.
    """
    old = _locked(client_id)
    if old.revoked_at is not None:
        raise DomainError(_("This API client is revoked."), code="revoked")
    new, secret = _create(old.name, old.user, scopes=old.scopes, expires_at=old.expires_at, by=by)
    end = timezone.now() + OVERLAP
    if old.expires_at is None or old.expires_at > end:
        before, old.expires_at = old.expires_at, end
        old.save(update_fields=["expires_at"])
        record("accounts.api_client.rotated", old, by=by, changes={"expires_at": (before, end)})
    return new, secret


@service("accounts.revoke_api_client")
def revoke_api_client(client_id: int, *, by: User | None) -> ApiClient:
    """Shut a program out at once. Raises DomainError not_found, revoked."""
    client = _locked(client_id)
    if client.revoked_at is not None:
        raise DomainError(_("This API client is revoked."), code="revoked")
    client.revoked_at = timezone.now()
    client.save(update_fields=["revoked_at"])
    record("accounts.api_client.revoked", client, by=by, changes={"revoked_at": (None, "now")})
    return client


def _create(
    name: str, user: User, *, scopes: Sequence[str], expires_at: datetime | None, by: User | None
) -> tuple[ApiClient, str]:
    if not user.is_active:
        raise DomainError(
            _("%(colleague)s does not work here any more.") % {"colleague": user},
            code="not_working",
            field="user",
        )
    if by is not None and not holds_all_rights_of(by, user):
        raise DomainError(
            _("%(user)s may do more than you: only who holds these rights grants them.")
            % {"user": user},
            code="not_yours",
            field="user",
        )
    secret = secrets.token_urlsafe(32)
    client = ApiClient.objects.create(
        name=name,
        key_id=f"key-{secrets.token_hex(8)}",
        sealed_secret=seal(secret),
        user=user,
        scopes=list(scopes),
        expires_at=expires_at,
    )
    told: dict[str, tuple[Any, Any]] = {
        "key_id": ("", client.key_id),
        "user": (None, user.username),
        "scopes": ([], client.scopes),
    }
    record("accounts.api_client.created", client, by=by, changes=told)
    return client, secret


def _check_scopes(scopes: Sequence[str]) -> None:
    wrong = [scope for scope in scopes if not _SCOPE.fullmatch(scope)]
    if wrong or not scopes:
        raise DomainError(
            _("A scope is * or like quotations:read, sales-orders:write, not “%(scope)s”.")
            % {"scope": ", ".join(wrong)},
            code="bad_scope",
            field="scopes",
        )


def _locked(client_id: int) -> ApiClient:
    client: ApiClient | None = (
        ApiClient.objects.select_for_update().select_related("user").filter(pk=client_id).first()
    )
    if client is None:
        raise DomainError(_("There is no such API client."), code="not_found")
    return client
