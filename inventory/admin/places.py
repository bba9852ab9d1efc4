"""Warehouses and bins in the admin."""

import dataclasses
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from erp.core.admin import (
    AuditedAdmin,
    MasterAdmin,
    ObjectAction,
    VisibleFilter,
)
from inventory import services
from inventory.admin.staff import StaffOfWarehouse
from inventory.models import (
    Bin,
    UsualBin,
    Warehouse,
)
from products.search import products_named


def _archives(actions: tuple[ObjectAction, ...], archive: Any) -> tuple[ObjectAction, ...]:
    """Let a place be put out of use by its service, which sees to it that it is empty."""

    def run(place: Any, request: HttpRequest) -> Any:
        return archive(place.pk, by=request.user, version=place.version)

    return tuple(
        dataclasses.replace(action, run=run) if action.name == "archive" else action
        for action in actions
    )


@admin.register(Warehouse)
class WarehouseAdmin(MasterAdmin[Warehouse]):
    list_display = ("code", "name")
    search_fields = ("code", "name")
    sortable_by = ("code",)
    fields = (("code", "name", "approval_limit"),)
    inlines = (StaffOfWarehouse,)

    def __init__(self, model: type[Warehouse], admin_site: admin.AdminSite) -> None:
        super().__init__(model, admin_site)
        self.object_actions = _archives(self.object_actions, services.archive_warehouse)


@admin.register(Bin)
class BinAdmin(MasterAdmin[Bin]):
    list_display = ("code", "warehouse")
    list_filter = (("warehouse", VisibleFilter),)
    list_select_related = ("warehouse",)
    search_fields = ("code",)
    fields = (("warehouse", "code"),)

    def __init__(self, model: type[Bin], admin_site: admin.AdminSite) -> None:
        super().__init__(model, admin_site)
        self.object_actions = _archives(self.object_actions, services.archive_bin)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001
        super().save_model(request, obj, form, change)
        if not obj.is_conventional:
            messages.warning(
                request,
                _("Bins are usually named zone-row-column-level, such as A-010201."),
            )


@admin.register(UsualBin)
class UsualBinAdmin(AuditedAdmin[UsualBin]):
    """Where a product usually lies; proposed when goods arrive."""

    list_display = ("product", "warehouse", "bin")
    list_filter = (("warehouse", VisibleFilter),)
    list_select_related = ("product__brand", "warehouse", "bin")
    search_fields = ("product__search_key",)
    autocomplete_fields = ("product", "bin")
    fields = (("product", "warehouse", "bin"),)
    ordering = ("product", "warehouse")

    def search(self, request: HttpRequest, rows: QuerySet[Any], term: str) -> QuerySet[Any]:
        return rows.filter(product__in=products_named(term, user=request.user))
