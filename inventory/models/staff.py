"""Who works in which warehouse."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from erp.core.policy import Scoped, ScopedQuerySet
from inventory.models.places import Warehouse


class WarehouseStaff(Scoped):
    """A user is kept to the warehouses he is named for here (docs/adr/0016)."""

    scope_warehouse = ("warehouse",)

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=_("employee"),
    )
    warehouse = models.ForeignKey(Warehouse, on_delete=models.CASCADE, verbose_name=_("warehouse"))

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("warehouse of an employee")
        verbose_name_plural = _("warehouses of employees")
        ordering: ClassVar = ["warehouse", "user"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "warehouse"], name="warehouse_staff_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.warehouse}"
