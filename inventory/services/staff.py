"""Which warehouses a user may use (独立仓库), and who is told of what happens in one."""

from typing import Any

from django.db.models import Exists, OuterRef, Q

from erp.core.policy import allowed
from inventory.models import WarehouseStaff
from messaging.services import holders_of

EVERYWHERE = "inventory.view_all_warehouse"


def warehouses_of_user(user: Any) -> frozenset[int] | None:
    """Return the ids of the warehouses a user may use; None for all of them.

    Whoever is named for warehouses is kept to these, whatever else he holds; whoever is named for
    none may use all with the right ``view_all_warehouse`` and none without it. Read once per
    request, as rights are, and never for a superuser.
    """
    if not (user.is_authenticated and user.is_active):
        return frozenset()
    if user.is_superuser:
        return None
    if not hasattr(user, "_warehouses"):
        rows = WarehouseStaff.objects.filter(user=user).order_by()
        named = frozenset(rows.values_list("warehouse_id", flat=True))
        user._warehouses = named or (None if allowed(user, EVERYWHERE) else frozenset())  # noqa: SLF001
    mine: frozenset[int] | None = user._warehouses  # noqa: SLF001
    return mine


def keepers_of(permission: str, *warehouse_ids: int) -> Any:
    """Return the active users who hold a right and may use one of these warehouses."""
    named = WarehouseStaff.objects.filter(user=OuterRef("pk")).order_by()
    there = named.filter(warehouse__in=warehouse_ids)
    everywhere = holders_of(EVERYWHERE).order_by().values("pk")
    return holders_of(permission).filter(
        Q(Exists(there)) | (~Q(Exists(named)) & Q(pk__in=everywhere))
    )
