"""Purchase orders and their lines."""

from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Round
from django.utils.translation import gettext_lazy as _

from customers.models import Supplier
from erp.core.documents import Document, DocumentQuerySet, Line, line_constraints, status_check
from erp.core.fields import QuantityField
from erp.core.money import ZERO
from erp.core.workflow import Workflow
from inventory.models import Warehouse
from orders.models.sales import SalesOrderLine
from products.models import Product


class PurchaseOrderStatus(models.TextChoices):
    DRAFT = "draft", _("draft")
    SUBMITTED = "submitted", _("submitted")
    APPROVED = "approved", _("approved")
    SENT = "sent", _("sent")
    CONFIRMED = "confirmed", _("confirmed")
    PARTLY_RECEIVED = "partly_received", _("partly received")
    DONE = "done", _("done")
    CANCELLED = "cancelled", _("cancelled")


# Sent or confirmed and not yet fully received: goods may come.
EXPECTED = (
    PurchaseOrderStatus.SENT,
    PurchaseOrderStatus.CONFIRMED,
    PurchaseOrderStatus.PARTLY_RECEIVED,
)


class PurchaseOrderQuerySet(DocumentQuerySet["PurchaseOrder"]):
    def unfinished(self) -> "PurchaseOrderQuerySet":
        """Neither done nor cancelled."""
        return self.exclude(status__in=[PurchaseOrderStatus.DONE, PurchaseOrderStatus.CANCELLED])

    def planned(self) -> "PurchaseOrderQuerySet":
        """Not with the supplier yet."""
        return self.filter(
            status__in=[
                PurchaseOrderStatus.DRAFT,
                PurchaseOrderStatus.SUBMITTED,
                PurchaseOrderStatus.APPROVED,
            ]
        )

    def expected(self) -> "PurchaseOrderQuerySet":
        """Sent or confirmed and not yet fully received."""
        return self.filter(status__in=EXPECTED)


class PurchaseOrder(Document):
    Status = PurchaseOrderStatus
    WORKFLOW = Workflow(
        {
            PurchaseOrderStatus.DRAFT: [
                PurchaseOrderStatus.SUBMITTED,
                PurchaseOrderStatus.CANCELLED,
            ],
            PurchaseOrderStatus.SUBMITTED: [
                PurchaseOrderStatus.APPROVED,
                PurchaseOrderStatus.DRAFT,
                PurchaseOrderStatus.CANCELLED,
            ],
            PurchaseOrderStatus.APPROVED: [PurchaseOrderStatus.SENT, PurchaseOrderStatus.CANCELLED],
            PurchaseOrderStatus.SENT: [
                PurchaseOrderStatus.CONFIRMED,
                PurchaseOrderStatus.PARTLY_RECEIVED,
                PurchaseOrderStatus.DONE,
                PurchaseOrderStatus.CANCELLED,
            ],
            PurchaseOrderStatus.CONFIRMED: [
                PurchaseOrderStatus.PARTLY_RECEIVED,
                PurchaseOrderStatus.DONE,
                PurchaseOrderStatus.CANCELLED,
            ],
            # Back again when a receipt is reversed.
            PurchaseOrderStatus.PARTLY_RECEIVED: [
                PurchaseOrderStatus.DONE,
                PurchaseOrderStatus.CONFIRMED,
                PurchaseOrderStatus.SENT,
            ],
            PurchaseOrderStatus.DONE: [
                PurchaseOrderStatus.PARTLY_RECEIVED,
                PurchaseOrderStatus.CONFIRMED,
                PurchaseOrderStatus.SENT,
            ],
        }
    )
    number_series = "PO"
    scope_warehouse = ("warehouse",)

    status = models.CharField(
        _("status"),
        max_length=16,
        choices=PurchaseOrderStatus.choices,
        default=PurchaseOrderStatus.DRAFT,
        editable=False,
    )
    supplier = models.ForeignKey(Supplier, on_delete=models.PROTECT, verbose_name=_("supplier"))
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, verbose_name=_("deliver to"))
    requested_on = models.DateField(_("wanted on"), null=True, blank=True)

    objects = PurchaseOrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("purchase order")
        verbose_name_plural = _("purchase orders")
        ordering: ClassVar = ["-id"]
        permissions: ClassVar = [
            ("view_all_purchaseorder", _("Can see all purchase orders")),
            ("approve_purchaseorder", _("Can approve purchase orders")),
            ("approve_own_purchaseorder", _("Can approve purchase orders of his own")),
            ("approve_large_purchaseorder", _("Can approve purchase orders above the limit")),
            ("send_purchaseorder", _("Can send purchase orders")),
        ]
        constraints: ClassVar = [status_check("purchase_order", PurchaseOrderStatus)]


class PurchaseOrderLine(Line):
    document = models.ForeignKey(PurchaseOrder, on_delete=models.CASCADE, related_name="lines")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, verbose_name=_("product"))
    # Bound to the order line it was bought for (以销定购), where there is one.
    source_line = models.ForeignKey(
        SalesOrderLine, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    received_quantity = QuantityField(_("received"), default=ZERO, editable=False)
    closed_quantity = QuantityField(_("closed"), default=ZERO, editable=False)
    close_reason = models.CharField(_("why closed"), max_length=200, blank=True, db_default="")
    # What came above the order, within the tolerance or by the right to exceed it.
    over_quantity = QuantityField(
        _("allowed above the order"), default=ZERO, db_default=ZERO, editable=False
    )

    class Meta(Line.Meta):
        verbose_name = _("purchase order line")
        verbose_name_plural = _("purchase order lines")
        constraints: ClassVar = [
            *line_constraints("purchase_order"),
            models.CheckConstraint(
                condition=Q(received_quantity__gte=0, closed_quantity__gte=0),
                name="purchase_order_progress_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(over_quantity__gte=0)
                & Q(
                    received_quantity__lte=Round(
                        F("quantity") + F("over_quantity") - F("closed_quantity"), precision=3
                    )
                ),
                name="purchase_order_not_over_received",
            ),
        ]

    @property
    def open_quantity(self) -> Decimal:
        return max(ZERO, self.quantity - self.received_quantity - self.closed_quantity)
