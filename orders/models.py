"""Sales orders, deliveries, purchase orders and goods receipts.

Invariants: per order line delivered + closed ≤ ordered (within the tolerance) and delivered is the
sum of its shipped delivery lines; the same for purchase lines and posted receipts; what was posted
is never changed, only reversed.
"""

from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Round
from django.utils.translation import gettext_lazy as _

from customers.models import Customer, Supplier
from erp.core.documents import Document, DocumentQuerySet, Line, line_constraints, status_check
from erp.core.fields import AmountField, QuantityField
from erp.core.money import ZERO
from erp.core.workflow import Workflow
from inventory.models import Bin, Warehouse
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
            DeliveryStatus.PICKED: [DeliveryStatus.SHIPPED, DeliveryStatus.RESERVED],
            DeliveryStatus.SHIPPED: [DeliveryStatus.DONE, DeliveryStatus.REVERSED],
            DeliveryStatus.DONE: [DeliveryStatus.REVERSED],
        }
    )
    number_series = "DN"

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
        ]
        constraints: ClassVar = [status_check("delivery", DeliveryStatus)]


class DeliveryLine(Line):
    document = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="lines")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, verbose_name=_("product"))
    source_line = models.ForeignKey(SalesOrderLine, on_delete=models.PROTECT, related_name="+")
    cost_amount = AmountField(_("cost"), null=True, editable=False)

    class Meta(Line.Meta):
        verbose_name = _("delivery line")
        verbose_name_plural = _("delivery lines")
        constraints: ClassVar = line_constraints("delivery")


class PurchaseOrderStatus(models.TextChoices):
    DRAFT = "draft", _("draft")
    SUBMITTED = "submitted", _("submitted")
    APPROVED = "approved", _("approved")
    SENT = "sent", _("sent")
    CONFIRMED = "confirmed", _("confirmed")
    PARTLY_RECEIVED = "partly_received", _("partly received")
    DONE = "done", _("done")
    CANCELLED = "cancelled", _("cancelled")


class PurchaseOrderQuerySet(DocumentQuerySet["PurchaseOrder"]):
    def unfinished(self) -> "PurchaseOrderQuerySet":
        """Neither done nor cancelled."""
        return self.exclude(status__in=[PurchaseOrderStatus.DONE, PurchaseOrderStatus.CANCELLED])

    def expected(self) -> "PurchaseOrderQuerySet":
        """Sent or confirmed and not yet fully received."""
        return self.filter(
            status__in=[
                PurchaseOrderStatus.SENT,
                PurchaseOrderStatus.CONFIRMED,
                PurchaseOrderStatus.PARTLY_RECEIVED,
            ]
        )


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
            PurchaseOrderStatus.PARTLY_RECEIVED: [PurchaseOrderStatus.DONE],
        }
    )
    number_series = "PO"

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

    class Meta(Line.Meta):
        verbose_name = _("purchase order line")
        verbose_name_plural = _("purchase order lines")
        constraints: ClassVar = [
            *line_constraints("purchase_order"),
            models.CheckConstraint(
                condition=Q(received_quantity__gte=0, closed_quantity__gte=0),
                name="purchase_order_progress_not_negative",
            ),
        ]

    @property
    def open_quantity(self) -> Decimal:
        return max(ZERO, self.quantity - self.received_quantity - self.closed_quantity)


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
