"""Who works in which warehouse of the demo company: one storekeeper in both, one in Guangzhou."""

from accounts.models import User
from inventory.models import Warehouse, WarehouseStaff

STAFF = [("storekeeper", "SH"), ("storekeeper", "GZ"), ("storekeeper2", "GZ")]


def load_staff() -> None:
    """Name the storekeepers who are named for no warehouse yet."""
    named = WarehouseStaff.objects.values("user")
    users = User.objects.filter(groups__name="storekeeper").exclude(pk__in=named)
    keepers = {user.username: user for user in users}
    warehouses = {warehouse.code: warehouse for warehouse in Warehouse.objects.all()}
    WarehouseStaff.objects.bulk_create(
        WarehouseStaff(user=keepers[name], warehouse=warehouses[code])
        for name, code in STAFF
        if name in keepers and code in warehouses
    )
