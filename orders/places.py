"""From which warehouses a user may let the lines of a sales order ship (docs/adr/0016)."""

from collections.abc import Iterable

from accounts.models import User
from erp.core.policy import foreign_warehouse, may_use_warehouse
from orders.models import SalesOrder


def may_ship_from(user: User, warehouse_id: int | None, order: SalesOrder | None) -> bool:
    """Return whether he may place a line there: in a warehouse of his, or where the order is."""
    if warehouse_id is None or may_use_warehouse(user, warehouse_id):
        return True
    if order is None:
        return False
    return order.warehouse_id == warehouse_id or order.lines.filter(warehouse=warehouse_id).exists()


def authorize_places(
    user: User, warehouse_ids: Iterable[int | None], order: SalesOrder | None
) -> None:
    """Refuse to place lines where the user may not. Raises DomainError foreign_warehouse."""
    if not all(may_ship_from(user, one, order) for one in set(warehouse_ids)):
        raise foreign_warehouse()
