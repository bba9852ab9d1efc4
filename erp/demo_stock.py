"""What makes the demo stock worth looking at: who keeps it, its age, what to buy again."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal

from accounts.models import User
from customers.models import Supplier
from erp.core.periods import company_today
from inventory.models import ReorderRule, StockValue, Warehouse, WarehouseStaff
from inventory.services import Movement, refresh_stock_ages

# One storekeeper in both warehouses, one in Guangzhou.
STAFF = [("storekeeper", "SH"), ("storekeeper", "GZ"), ("storekeeper2", "GZ")]
# How long ago the opening stock came: a part each.
OPENED_DAYS_AGO = (20, 60, 130, 250, 500)
EVERY, MOST_RULES = 20, 60


def opening_days(movements: Sequence[Movement]) -> Iterator[tuple[date, list[Movement]]]:
    """Yield the days on which the opening stock came, with what came."""
    today, parts = company_today(), len(OPENED_DAYS_AGO)
    for number, days in enumerate(OPENED_DAYS_AGO):
        yield today - timedelta(days=days), list(movements[number::parts])


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


def load_rules() -> None:
    """Reorder rules for some of what is in stock, every third of them with too little there."""
    if not ReorderRule.objects.exists():
        suppliers = list(Supplier.objects.order_by("pk")[:7])
        stocked = StockValue.objects.filter(quantity__gt=0).order_by("pk")[::EVERY]
        ReorderRule.objects.bulk_create(
            ReorderRule(
                product_id=row.product_id,
                warehouse_id=row.warehouse_id,
                minimum=row.quantity + 6 if number % 3 == 0 else row.quantity // 2,
                target=row.quantity * 2 + 10,
                multiple=Decimal(5) if number % 2 else None,
                supplier=suppliers[number % len(suppliers)] if suppliers else None,
            )
            for number, row in enumerate(stocked[:MOST_RULES])
        )
    refresh_stock_ages()
