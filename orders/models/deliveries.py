"""Deliveries: what leaves for a customer."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from erp.core.documents import Document, DocumentQuerySet, Line, line_constraints, status_check
from erp.core.fields import AmountField, QuantityField
from erp.core.money import ZERO
from erp.core.workflow import Workflow
from inventory.models import Warehouse
from orders.models.sales import SalesOrder, SalesOrderLine
from products.models import Product


class DeliveryStatus(models.TextChoices):
    DRAFT = "draft", _("draft")
    RESERVED = "reserved", _("reserved")
    PICKED = "picked", _("picked")
    SHIPPED = "shipped", _("shipped")
    DONE = "done", _("done")
    REVERSED = "reversed", _("reversed")
    CANCELLED = "cancelled", _("cancelled")


class DeliveryQuerySet(DocumentQuerySet["Delivery"]):
    def to_ship(self) -> "DeliveryQuerySet":
        return self.filter(
            status__in=[DeliveryStatus.DRAFT, DeliveryStatus.RESERVED, DeliveryStatus.PICKED]
        )


class Delivery(Document):
    Status = DeliveryStatus
    WORKFLOW = Workflow(
        {
            DeliveryStatus.DRAFT: [DeliveryStatus.RESERVED, DeliveryStatus.CANCELLED],
            DeliveryStatus.RESERVED: [
                DeliveryStatus.PICKED,
                DeliveryStatus.SHIPPED,
                DeliveryStatus.DRAFT,
                DeliveryStatus.CANCELLED,
            ],
            DeliveryStatus.PICKED: [
                DeliveryStatus.SHIPPED,
                DeliveryStatus.RESERVED,
                DeliveryStatus.CANCELLED,
            ],
            DeliveryStatus.SHIPPED: [DeliveryStatus.DONE, DeliveryStatus.REVERSED],
            DeliveryStatus.DONE: [DeliveryStatus.REVERSED],
        }
    )
    number_series = "DN"
    scope_warehouse = ("warehouse",)

    status = models.CharField(
        _("status"),
        max_length=10,
        choices=DeliveryStatus.choices,
        default=DeliveryStatus.DRAFT,
        editable=False,
    )
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, verbose_name=_("customer"))
    sales_order = models.ForeignKey(
        SalesOrder, on_delete=models.PROTECT, verbose_name=_("sales order")
    )
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, verbose_name=_("warehouse"))

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering: ClassVar = ["-id"]
        permissions: ClassVar = [
            ("view_all_delivery", _("Can see all deliveries")),
            ("ship_delivery", _("Can ship deliveries")),
            ("reverse_delivery", _("Can reverse deliveries")),
            ("exceed_delivery", _("Can deliver more than the tolerance allows")),
        ]
        constraints: ClassVar = [status_check("delivery", DeliveryStatus)]


class DeliveryLine(Line):
    document = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="lines")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, verbose_name=_("product"))
    source_line = models.ForeignKey(SalesOrderLine, on_delete=models.PROTECT, related_name="+")
    cost_amount = AmountField(_("cost"), null=True, editable=False)
    # What shipping closed of the order line, being so little that nobody waits for it.
    closed_quantity = QuantityField(_("closed"), default=ZERO, db_default=ZERO, editable=False)

    class Meta(Line.Meta):
        verbose_name = _("delivery line")
        verbose_name_plural = _("delivery lines")
        constraints: ClassVar = line_constraints("delivery")
