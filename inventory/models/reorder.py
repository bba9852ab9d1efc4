"""When a product is bought again for a warehouse."""

from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from customers.models import Supplier
from erp.core.fields import QuantityField
from erp.core.models import ArchivableQuerySet, Master
from erp.core.money import ZERO
from inventory.models.places import Warehouse
from products.models import Product


class ReorderRule(Master):
    """Buy when what is free and on order falls below ``minimum``, up to ``target``.

    Where what sells while the supplier delivers is more than the minimum, that counts instead.
    """

    scope_warehouse = ("warehouse",)

    product = models.ForeignKey(Product, on_delete=models.PROTECT, verbose_name=_("product"))
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, verbose_name=_("warehouse"))
    minimum = QuantityField(_("minimum"), default=ZERO)
    target = QuantityField(
        _("fill up to"), null=True, blank=True, help_text=_("Empty: up to the reorder point.")
    )
    multiple = QuantityField(
        _("in multiples of"), null=True, blank=True, help_text=_("The supplier's packing unit.")
    )
    supplier = models.ForeignKey(
        Supplier,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("preferred supplier"),
    )

    objects = ArchivableQuerySet.as_manager()

    class Meta:
        verbose_name = _("reorder rule")
        verbose_name_plural = _("reorder rules")
        ordering: ClassVar = ["product", "warehouse"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["product", "warehouse"], name="reorder_rule_once"),
            models.CheckConstraint(
                condition=Q(minimum__gte=0),
                name="reorder_minimum_not_negative",
                violation_error_message=_("The minimum is 0 or more."),
            ),
            models.CheckConstraint(
                condition=Q(target__isnull=True) | Q(target__gte=F("minimum")),
                name="reorder_target_at_least_minimum",
                violation_error_message=_("The target is at least the minimum."),
            ),
            models.CheckConstraint(
                condition=Q(multiple__isnull=True) | Q(multiple__gt=0),
                name="reorder_multiple_positive",
                violation_error_message=_("The multiple is above 0."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product} · {self.warehouse}"

    def up_to(self, point: Decimal) -> Decimal:
        """Return the level to fill up to when this is the reorder point."""
        return max(self.target or ZERO, point)
