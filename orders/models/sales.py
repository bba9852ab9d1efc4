"""Sales orders and their lines."""

from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Round
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from erp.core.documents import Document, DocumentQuerySet, Line, line_constraints, status_check
from erp.core.fields import QuantityField
from erp.core.money import ZERO
from erp.core.workflow import Workflow
from inventory.models import Warehouse
from products.models import Product
from quotations.models import Quotation, QuotationLine


class SalesOrderStatus(models.TextChoices):
    DRAFT = "draft", _("draft")
    CONFIRMED = "confirmed", _("confirmed")
    IN_PROGRESS = "in_progress", _("in progress")
    DONE = "done", _("done")
    CANCELLED = "cancelled", _("cancelled")


class SalesOrderQuerySet(DocumentQuerySet["SalesOrder"]):
    def unfinished(self) -> "SalesOrderQuerySet":
        """Neither done nor cancelled."""
        return self.exclude(status__in=[SalesOrderStatus.DONE, SalesOrderStatus.CANCELLED])

    def open(self) -> "SalesOrderQuerySet":
        """Confirmed and not yet fully delivered."""
        return self.filter(status__in=[SalesOrderStatus.CONFIRMED, SalesOrderStatus.IN_PROGRESS])


class SalesOrder(Document):
    Status = SalesOrderStatus
    WORKFLOW = Workflow(
        {
            SalesOrderStatus.DRAFT: [SalesOrderStatus.CONFIRMED, SalesOrderStatus.CANCELLED],
            SalesOrderStatus.CONFIRMED: [
                SalesOrderStatus.DRAFT,
                SalesOrderStatus.IN_PROGRESS,
                SalesOrderStatus.DONE,
                SalesOrderStatus.CANCELLED,
            ],
            SalesOrderStatus.IN_PROGRESS: [SalesOrderStatus.DONE],
        }
    )
    number_series = "SO"

    status = models.CharField(
        _("status"),
        max_length=12,
        choices=SalesOrderStatus.choices,
        default=SalesOrderStatus.DRAFT,
        editable=False,
    )
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, verbose_name=_("customer"))
    quotation = models.ForeignKey(
        Quotation, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("quotation")
    )
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, verbose_name=_("ship from"))
    requested_on = models.DateField(_("wanted on"), null=True, blank=True)

    objects = SalesOrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("sales order")
        verbose_name_plural = _("sales orders")
        ordering: ClassVar = ["-id"]
        permissions: ClassVar = [
            ("view_all_salesorder", _("Can see all sales orders")),
            ("confirm_salesorder", _("Can confirm sales orders")),
            ("cancel_salesorder", _("Can cancel sales orders")),
        ]
        constraints: ClassVar = [status_check("sales_order", SalesOrderStatus)]


class SalesOrderLine(Line):
    document = models.ForeignKey(SalesOrder, on_delete=models.CASCADE, related_name="lines")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, verbose_name=_("product"))
    source_line = models.ForeignKey(
        QuotationLine, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    delivered_quantity = QuantityField(_("delivered"), default=ZERO, editable=False)
    closed_quantity = QuantityField(_("closed"), default=ZERO, editable=False)

    class Meta(Line.Meta):
        verbose_name = _("sales order line")
        verbose_name_plural = _("sales order lines")
        constraints: ClassVar = [
            *line_constraints("sales_order"),
            models.CheckConstraint(
                condition=Q(delivered_quantity__gte=0, closed_quantity__gte=0),
                name="sales_order_progress_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(
                    quantity__gte=Round(F("delivered_quantity") + F("closed_quantity"), precision=3)
                ),
                name="sales_order_not_overdelivered",
            ),
        ]

    @property
    def open_quantity(self) -> Decimal:
        return self.quantity - self.delivered_quantity - self.closed_quantity
