"""Goods on their way to us."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from erp.core.fields import CodeField, QuantityField
from erp.core.policy import Scoped, ScopedQuerySet
from inventory.models.places import Warehouse
from products.models import Product


class Inbound(Scoped):
    """Goods ordered and not yet arrived: per line of a purchase order, or of a maker's report."""

    scope_warehouse = ("warehouse",)

    product = models.ForeignKey(Product, on_delete=models.PROTECT, verbose_name=_("product"))
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, verbose_name=_("warehouse"))
    quantity = QuantityField(_("quantity"))
    requested_on = models.DateField(pgettext_lazy("date", "requested"), null=True, blank=True)
    confirmed_on = models.DateField(pgettext_lazy("date", "confirmed"), null=True, blank=True)
    # The maker's order, line and part of it, by which his next report names it again.
    reference = CodeField(_("maker's order line"), max_length=80, blank=True, db_default="")
    source_type = models.CharField(max_length=60)
    source_id = models.PositiveBigIntegerField()
    source_line_id = models.PositiveBigIntegerField()

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("inbound goods")
        verbose_name_plural = _("inbound goods")
        ordering: ClassVar = ["confirmed_on", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source_type", "source_line_id"], name="inbound_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="inbound_quantity_positive"),
        ]
        indexes: ClassVar = [models.Index(fields=["reference"], name="inbound_reference")]

    def __str__(self) -> str:
        return f"{self.source_type} {self.source_id}: {self.quantity}"
