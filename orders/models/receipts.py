"""Goods receipts: what came from a supplier."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models import Supplier
from erp.core.documents import Document, DocumentQuerySet, Line, line_constraints, status_check
from erp.core.fields import QuantityField
from erp.core.money import ZERO
from erp.core.workflow import Workflow
from inventory.models import Bin, Warehouse
from orders.models.purchasing import PurchaseOrder, PurchaseOrderLine
from products.models import Product


class ReceiptStatus(models.TextChoices):
    DRAFT = "draft", _("draft")
    COUNTED = "counted", _("counted")
    POSTED = "posted", _("posted")
    REVERSED = "reversed", _("reversed")
    CANCELLED = "cancelled", _("cancelled")


class ReceiptQuerySet(DocumentQuerySet["Receipt"]):
    def unfinished(self) -> "ReceiptQuerySet":
        """Being counted: not posted yet."""
        return self.filter(status__in=[ReceiptStatus.DRAFT, ReceiptStatus.COUNTED])

    def posted(self) -> "ReceiptQuerySet":
        return self.filter(status=ReceiptStatus.POSTED)


class Receipt(Document):
    Status = ReceiptStatus
    WORKFLOW = Workflow(
        {
            ReceiptStatus.DRAFT: [ReceiptStatus.COUNTED, ReceiptStatus.CANCELLED],
            ReceiptStatus.COUNTED: [
                ReceiptStatus.POSTED,
                ReceiptStatus.DRAFT,
                ReceiptStatus.CANCELLED,
            ],
            ReceiptStatus.POSTED: [ReceiptStatus.REVERSED],
        }
    )
    number_series = "GR"
    scope_warehouse = ("warehouse",)

    status = models.CharField(
        _("status"),
        max_length=10,
        choices=ReceiptStatus.choices,
        default=ReceiptStatus.DRAFT,
        editable=False,
    )
    supplier = models.ForeignKey(Supplier, on_delete=models.PROTECT, verbose_name=_("supplier"))
    purchase_order = models.ForeignKey(
        PurchaseOrder, on_delete=models.PROTECT, verbose_name=_("purchase order")
    )
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, verbose_name=_("warehouse"))

    objects = ReceiptQuerySet.as_manager()

    class Meta:
        verbose_name = _("goods receipt")
        verbose_name_plural = _("goods receipts")
        ordering: ClassVar = ["-id"]
        permissions: ClassVar = [
            ("view_all_receipt", _("Can see all goods receipts")),
            ("post_receipt", _("Can post goods receipts")),
        ]
        constraints: ClassVar = [status_check("receipt", ReceiptStatus)]


class ReceiptLine(Line):
    document = models.ForeignKey(Receipt, on_delete=models.CASCADE, related_name="lines")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, verbose_name=_("product"))
    source_line = models.ForeignKey(PurchaseOrderLine, on_delete=models.PROTECT, related_name="+")
    bin = models.ForeignKey(Bin, on_delete=models.PROTECT, verbose_name=_("bin"))
    rejected_quantity = QuantityField(_("rejected"), default=ZERO)

    class Meta(Line.Meta):
        verbose_name = _("goods receipt line")
        verbose_name_plural = _("goods receipt lines")
        constraints: ClassVar = [
            *line_constraints("receipt"),
            models.CheckConstraint(
                condition=Q(rejected_quantity__gte=0), name="receipt_rejected_not_negative"
            ),
        ]
