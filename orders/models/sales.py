"""Sales orders and their lines."""

from decimal import ROUND_DOWN, Decimal
from typing import ClassVar

from django.db import models
from django.db.models import F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce, Round
from django.db.models.lookups import LessThanOrEqual
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models import Contact, Customer
from erp.core.documents import Document, DocumentQuerySet, Line, line_constraints, status_check
from erp.core.fields import QuantityField, RateField
from erp.core.models import PaymentTerm
from erp.core.money import MILLI, ZERO
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


class Issue(models.TextChoices):
    """Why goods of an order line leave; only what is sold needs a price."""

    SALE = "sale", _("sale")
    SAMPLE = "sample", _("sample")
    GIFT = "gift", _("gift")
    REPLACEMENT = "replacement", _("replacement")


class SalesOrderQuerySet(DocumentQuerySet["SalesOrder"]):
    def unfinished(self) -> "SalesOrderQuerySet":
        """Neither done nor cancelled."""
        return self.exclude(status__in=[SalesOrderStatus.DONE, SalesOrderStatus.CANCELLED])

    def open(self) -> "SalesOrderQuerySet":
        """Confirmed and not yet fully delivered."""
        return self.filter(status__in=[SalesOrderStatus.CONFIRMED, SalesOrderStatus.IN_PROGRESS])

    def with_progress(self) -> "SalesOrderQuerySet":
        """Annotate ``delivered_amount``: the part of the lines' amounts that was shipped."""
        lines = SalesOrderLine.objects.filter(document=OuterRef("pk")).order_by()
        shipped = F("gross_amount") * F("delivered_quantity") / F("quantity")
        total = lines.values("document").annotate(total=Sum(shipped)).values("total")
        amount = models.DecimalField(max_digits=18, decimal_places=2)
        return self.annotate(delivered_amount=Coalesce(Subquery(total), ZERO, output_field=amount))


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
            # Back again when a delivery is reversed.
            SalesOrderStatus.IN_PROGRESS: [SalesOrderStatus.CONFIRMED, SalesOrderStatus.DONE],
            SalesOrderStatus.DONE: [SalesOrderStatus.CONFIRMED, SalesOrderStatus.IN_PROGRESS],
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
    contact = models.ForeignKey(
        Contact, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("contact")
    )
    delivery_address = models.CharField(
        _("deliver to"), max_length=300, blank=True, db_default="", default=""
    )
    payment_term = models.ForeignKey(
        PaymentTerm,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("payment term"),
    )
    # Why it may go over the customer's credit limit; empty: it may not.
    credit_override = models.CharField(
        _("over the credit limit because"),
        max_length=200,
        blank=True,
        db_default="",
        default="",
        editable=False,
    )

    objects = SalesOrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("sales order")
        verbose_name_plural = _("sales orders")
        ordering: ClassVar = ["-id"]
        permissions: ClassVar = [
            ("view_all_salesorder", _("Can see all sales orders")),
            ("confirm_salesorder", _("Can confirm sales orders")),
            ("cancel_salesorder", _("Can cancel sales orders")),
            ("close_salesorder", _("Can close the remainder of sales orders")),
            ("override_credit", _("Can let sales orders go over the credit limit")),
        ]
        constraints: ClassVar = [status_check("sales_order", SalesOrderStatus)]

    @property
    def delivered_percent(self) -> int:
        """How much of it was shipped, by amount; of rows read ``with_progress``."""
        shipped = getattr(self, "delivered_amount", ZERO)
        if not self.gross_total:
            return 100 if self.status == SalesOrderStatus.DONE else 0
        return int(100 * Decimal(shipped) / self.gross_total)


class SalesOrderLine(Line):
    document = models.ForeignKey(SalesOrder, on_delete=models.CASCADE, related_name="lines")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, verbose_name=_("product"))
    source_line = models.ForeignKey(
        QuotationLine, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    # Where it ships from; empty: the order's own.
    warehouse = models.ForeignKey(
        Warehouse,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("ship from"),
    )
    issue = models.CharField(
        pgettext_lazy("order line", "kind"),
        max_length=12,
        choices=Issue.choices,
        default=Issue.SALE,
        db_default=Issue.SALE,
    )
    lead_time_days = models.PositiveSmallIntegerField(_("lead time in days"), null=True, blank=True)
    # How much more or less than ordered may be delivered, as agreed when the order was confirmed.
    over_rate = RateField(_("over-delivery allowed"), default=ZERO, db_default=ZERO, editable=False)
    under_rate = RateField(
        _("under-delivery allowed"), default=ZERO, db_default=ZERO, editable=False
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
                condition=LessThanOrEqual(
                    Round(F("delivered_quantity") + F("closed_quantity"), precision=3),
                    Round(F("quantity") * (1 + F("over_rate")), precision=3),
                ),
                name="sales_order_within_tolerance",
            ),
            models.CheckConstraint(
                condition=Q(over_rate__gte=0, under_rate__gte=0, under_rate__lte=1),
                name="sales_order_tolerances",
            ),
            models.CheckConstraint(
                condition=Q(issue__in=Issue.values), name="sales_order_line_issue"
            ),
        ]

    @property
    def ships_from_id(self) -> int:
        return self.warehouse_id or self.document.warehouse_id

    @property
    def open_quantity(self) -> Decimal:
        return max(ZERO, self.quantity - self.delivered_quantity - self.closed_quantity)

    @property
    def most_quantity(self) -> Decimal:
        """The most that may be delivered in all."""
        most = self.quantity * (1 + self.over_rate) - self.closed_quantity
        return most.quantize(MILLI, rounding=ROUND_DOWN)
