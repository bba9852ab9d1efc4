"""What a product should cost, beside what it costs on average and cost last."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from erp.core.fields import UnitPriceField
from erp.core.policy import Scoped, ScopedQuerySet
from products.models import Product


class ReferenceCost(Scoped):
    """Net, in the company's currency, for one unit."""

    product = models.OneToOneField(
        Product, on_delete=models.CASCADE, related_name="+", verbose_name=_("product")
    )
    unit_cost = UnitPriceField(_("reference cost"))
    set_at = models.DateTimeField(_("set at"), auto_now=True)
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("set by"),
    )

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("reference cost")
        verbose_name_plural = _("reference costs")
        permissions: ClassVar = [("set_referencecost", _("Can set reference costs"))]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(unit_cost__gte=0), name="reference_cost_not_negative"
            )
        ]

    def __str__(self) -> str:
        return f"{self.product_id}: {self.unit_cost}"
