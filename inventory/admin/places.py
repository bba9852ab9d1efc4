"""Warehouses and bins in the admin."""

from django.contrib import admin

from erp.core.admin import (
    MasterAdmin,
    VisibleFilter,
)
from inventory.admin.staff import StaffOfWarehouse
from inventory.models import (
    Bin,
    Warehouse,
)


@admin.register(Warehouse)
class WarehouseAdmin(MasterAdmin[Warehouse]):
    list_display = ("code", "name")
    search_fields = ("code", "name")
    sortable_by = ("code",)
    fields = (("code", "name"),)
    inlines = (StaffOfWarehouse,)


@admin.register(Bin)
class BinAdmin(MasterAdmin[Bin]):
    list_display = ("code", "warehouse")
    list_filter = (("warehouse", VisibleFilter),)
    list_select_related = ("warehouse",)
    search_fields = ("code",)
    fields = (("warehouse", "code"),)
