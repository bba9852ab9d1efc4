"""Goods receipts: what came from a supplier."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q
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
            ("exceed_receipt", _("Can post more than ordered and tolerated")),
            ("reverse_receipt", _("Can reverse goods receipts")),
        ]
        constraints: ClassVar = [status_check("receipt", ReceiptStatus)]


class ReceiptLine(Line):
    document = models.ForeignKey(Receipt, on_delete=models.CASCADE, related_name="lines")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, verbose_name=_("product"))
    source_line = models.ForeignKey(PurchaseOrderLine, on_delete=models.PROTECT, related_name="+")
    bin = models.ForeignKey(Bin, on_delete=models.PROTECT, verbose_name=_("bin"))
    # Rejected goods never enter stock: they wait for the supplier, apart from ``quantity``.
    rejected_quantity = QuantityField(_("rejected"), default=ZERO)
    reject_reason = models.CharField(_("why rejected"), max_length=200, blank=True, db_default="")
    # What went back to the supplier, from stock and of what was rejected.
    returned_quantity = QuantityField(_("returned"), default=ZERO, db_default=ZERO, editable=False)
    returned_rejected = QuantityField(
        _("rejected and returned"), default=ZERO, db_default=ZERO, editable=False
    )

    class Meta(Line.Meta):
        verbose_name = _("goods receipt line")
        verbose_name_plural = _("goods receipt lines")
        constraints: ClassVar = [
            *(
                constraint
                for constraint in line_constraints("receipt")
                if constraint.name != "receipt_quantity_positive"
            ),
            # All of a line may be rejected.
            models.CheckConstraint(
                condition=Q(quantity__gt=0) | Q(quantity=0, rejected_quantity__gt=0),
                name="receipt_something_came",
            ),
            models.CheckConstraint(
                condition=Q(rejected_quantity__gte=0), name="receipt_rejected_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(returned_quantity__gte=0, returned_quantity__lte=F("quantity"))
                & Q(returned_rejected__gte=0, returned_rejected__lte=F("rejected_quantity")),
                name="receipt_returned_within_received",
            ),
        ]

    def compute_amounts(self) -> Self:
        """As every line; where everything was rejected nothing is owed."""
        if not self.quantity and self.rejected_quantity > 0:
            self.net_amount = self.tax_amount = self.gross_amount = ZERO
            return self
        return super().compute_amounts()
