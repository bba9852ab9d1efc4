"""Who works in which warehouse: on the page of the warehouse and on that of the employee."""
# ruff: noqa: ARG002 (hooks take what Django hands them)

from typing import Any

from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from erp.core.admin import ScopedInline, add_inlines, visible_rows
from inventory.models import Warehouse, WarehouseStaff


class StaffInline(ScopedInline[WarehouseStaff, Any]):
    """Rows are added and taken away, never turned into others. Nobody keeps his own."""

    model = WarehouseStaff

    def get_queryset(self, request: HttpRequest) -> QuerySet[WarehouseStaff]:
        rows = super().get_queryset(request)
        seen: QuerySet[WarehouseStaff] = visible_rows(WarehouseStaff, request)
        return rows.filter(pk__in=seen.order_by().values("pk")).select_related("user", "warehouse")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class StaffOfWarehouse(StaffInline):
    fields = ("user",)
    verbose_name_plural = _("Who works here")

    def get_queryset(self, request: HttpRequest) -> QuerySet[WarehouseStaff]:
        return super().get_queryset(request).exclude(user_id=request.user.pk or 0)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        people: QuerySet[User] = visible_rows(User, request)
        kwargs["queryset"] = people.filter(is_active=True).exclude(pk=request.user.pk or 0)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class WarehousesOfUser(StaffInline):
    fields = ("warehouse",)
    verbose_name_plural = _("Works in these warehouses only")

    def _may(self, request: HttpRequest, verb: str, parent: models.Model | None) -> bool:
        if not super()._may(request, verb, parent):
            return False
        return verb == "view" or parent is None or self._is_anothers(request, parent)

    @staticmethod
    def _is_anothers(request: HttpRequest, parent: Any) -> bool:
        mine: Any = request.user
        return parent.pk != mine.pk and (mine.is_superuser or not parent.is_superuser)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs["queryset"] = visible_rows(Warehouse, request).filter(archived_at=None)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


add_inlines(User, WarehousesOfUser)
