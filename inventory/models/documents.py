"""What documents that only move goods have in common: no partner, no prices, lines of products."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from erp.core.documents import Numbered
from erp.core.fields import QuantityField
from inventory.models.places import Warehouse
from products.models import Product


class StockDocument(Numbered):
    """Seen by whoever may see its table and use the warehouse in which the goods lie at first."""

    scope_warehouse: ClassVar[tuple[str, ...]] = ("warehouse",)

    warehouse = models.ForeignKey(
        Warehouse, on_delete=models.PROTECT, related_name="+", verbose_name=_("warehouse")
    )

    class Meta:
        abstract = True


class StockLine(models.Model):
    line_no = models.PositiveIntegerField(_("line"))
    product = models.ForeignKey(
        Product, on_delete=models.PROTECT, related_name="+", verbose_name=_("product")
    )
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        abstract = True
        ordering: ClassVar = ["line_no"]

    def __str__(self) -> str:
        return f"{self.line_no}. {self.product_id}"


class MovedLine(StockLine):
    """A line that says how much."""

    quantity = QuantityField(_("quantity"))

    class Meta(StockLine.Meta):
        abstract = True


def line_constraints(name: str) -> list[models.BaseConstraint]:
    return [
        models.UniqueConstraint(fields=["document", "line_no"], name=f"{name}_line_no"),
        models.CheckConstraint(
            condition=models.Q(quantity__gt=0), name=f"{name}_quantity_positive"
        ),
    ]
