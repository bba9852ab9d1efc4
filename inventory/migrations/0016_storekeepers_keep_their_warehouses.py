"""Storekeepers go on working in every warehouse there is, now by name."""

from typing import Any

from django.db import migrations


def name_storekeepers(apps: Any, _schema_editor: Any) -> None:
    users = apps.get_model("accounts", "User").objects.filter(groups__name="storekeeper")
    warehouses = list(apps.get_model("inventory", "Warehouse").objects.values_list("pk", flat=True))
    staff = apps.get_model("inventory", "WarehouseStaff")
    staff.objects.bulk_create(
        [
            staff(user_id=user, warehouse_id=warehouse)
            for user in users.order_by("pk").values_list("pk", flat=True)
            for warehouse in warehouses
        ],
        batch_size=500,
        ignore_conflicts=True,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("inventory", "0015_warehouse_staff"),
    ]

    operations = [migrations.RunPython(name_storekeepers, migrations.RunPython.noop)]
