"""Which purchase order was made of an award, so that none is ordered twice."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from orders.models.purchasing import PurchaseOrder
from quotations.models import RfqAward


class AwardOrder(models.Model):
    """One award and the purchase order that was drafted of it."""

    award = models.OneToOneField(RfqAward, on_delete=models.PROTECT, related_name="+")
    order = models.ForeignKey(PurchaseOrder, on_delete=models.CASCADE, related_name="awards")

    class Meta:
        verbose_name = _("order of an award")
        verbose_name_plural = _("orders of awards")
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"{self.award_id} → {self.order_id}"
