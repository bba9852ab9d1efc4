"""Landed cost: freight, duty and the like of goods received, spread over them."""

from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Round
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models import Supplier
from erp.core.documents import DocumentQuerySet, Numbered, status_check
from erp.core.fields import AmountField
from erp.core.money import ZERO
from erp.core.workflow import Workflow
from orders.models.receipts import ReceiptLine


class LandedCostStatus(models.TextChoices):
    DRAFT = "draft", _("draft")
    POSTED = "posted", _("posted")
    REVERSED = "reversed", _("reversed")
    CANCELLED = "cancelled", _("cancelled")


class LandedCostQuerySet(DocumentQuerySet["LandedCost"]):
    def live(self) -> "LandedCostQuerySet":
        """Neither reversed nor cancelled."""
        return self.filter(status__in=[LandedCostStatus.DRAFT, LandedCostStatus.POSTED])


class LandedCost(Numbered):
    """What bringing the goods of one or several receipts here cost, in the company's currency."""

    class Spread(models.TextChoices):
        VALUE = "value", _("by value")
        QUANTITY = "quantity", _("by quantity")
        WEIGHT = "weight", _("by weight")

    CHARGES: ClassVar = ("freight", "duty", "insurance", "other")
    Status = LandedCostStatus
    WORKFLOW = Workflow(
        {
            LandedCostStatus.DRAFT: [LandedCostStatus.POSTED, LandedCostStatus.CANCELLED],
            LandedCostStatus.POSTED: [LandedCostStatus.REVERSED],
        }
    )
    number_series = "LC"

    status = models.CharField(
        _("status"),
        max_length=10,
        choices=LandedCostStatus.choices,
        default=LandedCostStatus.DRAFT,
        editable=False,
    )
    supplier = models.ForeignKey(
        Supplier,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("charged by"),
    )
    reference = models.CharField(_("their reference"), max_length=60, blank=True)
    spread_by = models.CharField(
        pgettext_lazy("landed cost", "spread"),
        max_length=8,
        choices=Spread.choices,
        default=Spread.VALUE,
    )
    freight = AmountField(_("freight"), default=ZERO)
    duty = AmountField(_("duty"), default=ZERO)
    insurance = AmountField(_("insurance"), default=ZERO)
    other = AmountField(_("other charges"), default=ZERO)
    amount = AmountField(_("total"), default=ZERO, editable=False)

    objects = LandedCostQuerySet.as_manager()

    class Meta:
        verbose_name = _("landed cost")
        verbose_name_plural = _("landed costs")
        ordering: ClassVar = ["-id"]
        permissions: ClassVar = [
            ("post_landedcost", _("Can post landed costs")),
            ("reverse_landedcost", _("Can reverse landed costs")),
        ]
        constraints: ClassVar = [
            status_check("landed_cost", LandedCostStatus),
            models.CheckConstraint(
                condition=Q(freight__gte=0, duty__gte=0, insurance__gte=0, other__gte=0),
                name="landed_charges_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(
                    amount=Round(
                        F("freight") + F("duty") + F("insurance") + F("other"), precision=2
                    )
                ),
                name="landed_amount_is_sum",
            ),
        ]

    def total(self) -> Decimal:
        return sum((getattr(self, name) for name in self.CHARGES), ZERO)


class LandedCostLine(models.Model):
    """What one line of a receipt bears of it."""

    document = models.ForeignKey(LandedCost, on_delete=models.CASCADE, related_name="lines")
    line_no = models.PositiveIntegerField(_("line"))
    receipt_line = models.ForeignKey(
        ReceiptLine, on_delete=models.PROTECT, related_name="+", verbose_name=_("goods receipt")
    )
    amount = AmountField(_("amount"))

    class Meta:
        verbose_name = _("landed cost line")
        verbose_name_plural = _("landed cost lines")
        ordering: ClassVar = ["line_no"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["document", "line_no"], name="landed_cost_line_no"),
            models.UniqueConstraint(fields=["document", "receipt_line"], name="landed_cost_once"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="landed_cost_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.line_no}. {self.receipt_line_id}"
