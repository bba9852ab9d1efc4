"""Every change of employees, roles and API clients."""

from accounts.services.clients import (
    create_api_client,
    revoke_api_client,
    rotate_api_client,
)
from accounts.services.employees import deactivate_user, hand_over, reactivate_user
from accounts.services.roles import ROLES, grantable_groups, role_table, sync_roles

__all__ = [
    "ROLES",
    "create_api_client",
    "deactivate_user",
    "grantable_groups",
    "hand_over",
    "reactivate_user",
    "revoke_api_client",
    "role_table",
    "rotate_api_client",
    "sync_roles",
]
