"""Warehouses and their bins."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from erp.core.models import ArchivableQuerySet, Master


class Warehouse(Master):
    scope_warehouse = ("pk",)

    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=60)

    objects = ArchivableQuerySet.as_manager()

    class Meta:
        verbose_name = _("warehouse")
        verbose_name_plural = _("warehouses")
        ordering: ClassVar = ["code"]
        permissions: ClassVar = [("view_all_warehouse", _("Can use all warehouses"))]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Bin(Master):
    """A place in a warehouse, named zone-row-column-level, e.g. A-010201."""

    scope_warehouse = ("warehouse",)

    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, verbose_name=_("warehouse"))
    code = models.CharField(_("code"), max_length=20)

    objects = ArchivableQuerySet.as_manager()

    class Meta:
        verbose_name = _("bin")
        verbose_name_plural = _("bins")
        ordering: ClassVar = ["warehouse", "code"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["warehouse", "code"], name="bin_once"),
        ]

    def __str__(self) -> str:
        return self.code
