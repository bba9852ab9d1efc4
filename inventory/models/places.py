"""Warehouses and their bins."""

import re
from decimal import Decimal
from typing import ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from erp.core.fields import AmountField
from erp.core.models import ArchivableQuerySet, Master
from erp.core.policy import Scoped, ScopedQuerySet
from products.models import Product

# Zone, then row, column and level in two digits each: A-010201.
_CONVENTION = re.compile(r"[A-Z]{1,3}[0-9]?-[0-9]{6}")


class WarehouseKind(models.TextChoices):
    STOCK = "stock", _("stock")
    TRANSIT = "transit", _("goods in transit")


class WarehouseQuerySet(ArchivableQuerySet["Warehouse"]):
    def active(self) -> Self:
        """Where goods may be put: not archived, and not the road between two warehouses."""
        return super().active().filter(kind=WarehouseKind.STOCK)


class Warehouse(Master):
    scope_warehouse = ("pk",)
    Kind = WarehouseKind

    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=60)
    kind = models.CharField(
        _("kind"),
        max_length=8,
        choices=WarehouseKind.choices,
        default=WarehouseKind.STOCK,
        db_default=WarehouseKind.STOCK,
        editable=False,
    )
    approval_limit = AmountField(
        _("approval above"),
        default=Decimal(500),
        db_default=Decimal(500),
        help_text=_(
            "Count differences and other receipts and issues of more value than this are posted"
            " by somebody else than who entered them."
        ),
    )

    objects = WarehouseQuerySet.as_manager()

    class Meta:
        verbose_name = _("warehouse")
        verbose_name_plural = _("warehouses")
        ordering: ClassVar = ["code"]
        permissions: ClassVar = [("view_all_warehouse", _("Can use all warehouses"))]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind__in=WarehouseKind.values), name="warehouse_kind"
            ),
            models.CheckConstraint(
                condition=Q(approval_limit__gte=0), name="warehouse_limit_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class BinQuerySet(ArchivableQuerySet["Bin"]):
    def active(self) -> Self:
        return super().active().filter(warehouse__kind=WarehouseKind.STOCK)


class Bin(Master):
    """A place in a warehouse, named zone-row-column-level, e.g. A-010201."""

    scope_warehouse = ("warehouse",)

    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, verbose_name=_("warehouse"))
    code = models.CharField(_("code"), max_length=20)

    objects = BinQuerySet.as_manager()

    class Meta:
        verbose_name = _("bin")
        verbose_name_plural = _("bins")
        ordering: ClassVar = ["warehouse", "code"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["warehouse", "code"], name="bin_once"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def is_conventional(self) -> bool:
        """Whether the code says zone-row-column-level; others are allowed and only told of."""
        return _CONVENTION.fullmatch(self.code) is not None


class UsualBin(Scoped):
    """Where a product usually lies in a warehouse; proposed when goods arrive."""

    scope_warehouse = ("warehouse",)

    product = models.ForeignKey(Product, on_delete=models.PROTECT, verbose_name=_("product"))
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, verbose_name=_("warehouse"))
    bin = models.ForeignKey(Bin, on_delete=models.PROTECT, verbose_name=_("bin"))

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("usual bin")
        verbose_name_plural = _("usual bins")
        ordering: ClassVar = ["product", "warehouse"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["product", "warehouse"], name="usual_bin_once"),
        ]

    def __str__(self) -> str:
        return f"{self.product_id} at {self.warehouse_id}: {self.bin_id}"

    def clean(self) -> None:
        """The bin is one of the warehouse."""
        if self.bin_id and self.warehouse_id and self.bin.warehouse_id != self.warehouse_id:
            raise ValidationError({"bin": _("The warehouse has no such bin.")}, code="unknown_bin")
