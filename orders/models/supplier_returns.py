"""Returns to a supplier: goods from stock at the cost they came at, and what was rejected."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models import Supplier
from erp.core.documents import Document, DocumentQuerySet, Line, line_constraints, status_check
from erp.core.fields import AmountField
from erp.core.workflow import Workflow
from inventory.models import Bin, Warehouse
from orders.models.receipts import Receipt, ReceiptLine
from products.models import Product


class SupplierReturnStatus(models.TextChoices):
    DRAFT = "draft", _("draft")
    POSTED = "posted", _("posted")
    REVERSED = "reversed", _("reversed")
    CANCELLED = "cancelled", _("cancelled")


class SupplierReturnQuerySet(DocumentQuerySet["SupplierReturn"]):
    def unfinished(self) -> "SupplierReturnQuerySet":
        return self.filter(status=SupplierReturnStatus.DRAFT)

    def live(self) -> "SupplierReturnQuerySet":
        """Drafted or posted: neither cancelled nor reversed."""
        return self.filter(status__in=[SupplierReturnStatus.DRAFT, SupplierReturnStatus.POSTED])


class SupplierReturn(Document):
    Status = SupplierReturnStatus
    WORKFLOW = Workflow(
        {
            SupplierReturnStatus.DRAFT: [
                SupplierReturnStatus.POSTED,
                SupplierReturnStatus.CANCELLED,
            ],
            SupplierReturnStatus.POSTED: [SupplierReturnStatus.REVERSED],
        }
    )
    number_series = "SR"
    scope_warehouse = ("warehouse",)

    status = models.CharField(
        _("status"),
        max_length=10,
        choices=SupplierReturnStatus.choices,
        default=SupplierReturnStatus.DRAFT,
        editable=False,
    )
    supplier = models.ForeignKey(Supplier, on_delete=models.PROTECT, verbose_name=_("supplier"))
    receipt = models.ForeignKey(Receipt, on_delete=models.PROTECT, verbose_name=_("goods receipt"))
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, verbose_name=_("warehouse"))
    reason = models.CharField(_("reason"), max_length=200)

    objects = SupplierReturnQuerySet.as_manager()

    class Meta:
        verbose_name = _("return to supplier")
        verbose_name_plural = _("returns to suppliers")
        ordering: ClassVar = ["-id"]
        permissions: ClassVar = [
            ("view_all_supplierreturn", _("Can see all returns to suppliers")),
            ("post_supplierreturn", _("Can post returns to suppliers")),
            ("reverse_supplierreturn", _("Can reverse returns to suppliers")),
        ]
        constraints: ClassVar = [status_check("supplier_return", SupplierReturnStatus)]


class SupplierReturnLine(Line):
    document = models.ForeignKey(SupplierReturn, on_delete=models.CASCADE, related_name="lines")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, verbose_name=_("product"))
    source_line = models.ForeignKey(ReceiptLine, on_delete=models.PROTECT, related_name="+")
    # From which bin; none for what was rejected and never entered stock.
    bin = models.ForeignKey(
        Bin, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("bin")
    )
    is_rejected = models.BooleanField(_("was rejected"), default=False)
    cost_amount = AmountField(_("cost"), null=True, editable=False)

    class Meta(Line.Meta):
        verbose_name = _("line of a return to a supplier")
        verbose_name_plural = _("lines of returns to suppliers")
        constraints: ClassVar = [
            *line_constraints("supplier_return"),
            models.CheckConstraint(
                condition=Q(is_rejected=True, bin__isnull=True)
                | Q(is_rejected=False, bin__isnull=False),
                name="supplier_return_from_a_bin_or_rejected",
            ),
        ]
