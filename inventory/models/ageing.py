"""How old the stock is, worked out from the moves every night."""

from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from erp.core.fields import AmountField, QuantityField
from erp.core.money import ZERO, round_money
from erp.core.policy import Scoped, ScopedQuerySet
from inventory.models.places import Warehouse
from products.models import Product

AGES = (90, 180, 365)  # days; what is older is beyond the last


class StockAge(Scoped):
    """Of a product in a warehouse: how much has been in the house how long, and what sells.

    First in, first out; goods that move between warehouses keep their age. A copy of what the
    moves tell, written by ``refresh_stock_ages`` as of ``counted_on``.
    """

    scope_warehouse = ("warehouse",)

    product = models.ForeignKey(Product, on_delete=models.CASCADE, verbose_name=_("product"))
    warehouse = models.ForeignKey(Warehouse, on_delete=models.CASCADE, verbose_name=_("warehouse"))
    quantity = QuantityField(_("quantity"))
    value = AmountField(_("value"))
    young = QuantityField(_("0–90 days"), default=ZERO)
    middling = QuantityField(_("91–180 days"), default=ZERO)
    old = QuantityField(_("181–365 days"), default=ZERO)
    oldest = QuantityField(_("over 365 days"), default=ZERO)
    oldest_on = models.DateField(_("oldest of it since"))
    issued_on = models.DateField(_("last issue"), null=True)
    # The last issue, or where there never was one the day the oldest of it came.
    idle_since = models.DateField(_("no issue since"))
    sold_quantity = QuantityField(_("issued in a year"), default=ZERO)
    turnover = models.DecimalField(_("turnover a year"), max_digits=9, decimal_places=2, null=True)
    counted_on = models.DateField(_("as of"))

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("stock ageing")
        verbose_name_plural = _("stock ageing")
        ordering: ClassVar = ["oldest_on", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["product", "warehouse"], name="stock_age_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["oldest_on"], name="stock_age_oldest"),
            models.Index(fields=["idle_since"], name="stock_age_idle"),
            models.Index(fields=["-value"], name="stock_age_value"),
        ]

    def __str__(self) -> str:
        return f"{self.product_id} at {self.warehouse_id}: {self.oldest_on}"

    @property
    def old_value(self) -> Decimal:
        """What lies longer than a year, at the average cost of all of it."""
        return round_money(self.value * self.oldest / self.quantity)
