"""The chart of accounts."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from erp.core.models import Master
from erp.core.policy import ScopedQuerySet


class Account(Master):
    """An account of the chart. ``role`` is how the software finds the ones it posts to."""

    class Role(models.TextChoices):
        BANK = "bank", _("bank and cash")
        RECEIVABLE = "receivable", _("accounts receivable")
        INVENTORY = "inventory", _("inventory")
        PAYABLE = "payable", _("accounts payable")
        RECEIVED_NOT_INVOICED = "received_not_invoiced", _("received, not invoiced")
        TAX_OUTPUT = "tax_output", _("output tax")
        TAX_INPUT = "tax_input", _("input tax")
        OPENING = "opening", _("opening balances")
        REVENUE = "revenue", _("revenue")
        COST_OF_GOODS = "cost_of_goods", _("cost of goods sold")
        PRICE_DIFFERENCE = "price_difference", _("purchase price difference")
        STOCK_ADJUSTMENT = "stock_adjustment", _("stock adjustments")
        STOCK_LOSS = "stock_loss", _("scrap and losses of stock")
        SAMPLES = "samples", _("samples given away")
        LANDED_COST = "landed_cost", _("freight and duty to be invoiced")

    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=60)
    role = models.CharField(
        _("role"), max_length=24, choices=Role.choices, unique=True, null=True, blank=True
    )

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        ordering: ClassVar = ["code"]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"
