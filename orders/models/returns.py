"""Customer returns: goods that come back of a delivery."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from erp.core.documents import Document, DocumentQuerySet, Line, line_constraints, status_check
from erp.core.fields import AmountField, QuantityField
from erp.core.money import ZERO
from erp.core.workflow import Workflow
from inventory.models import Bin, Warehouse
from orders.models.deliveries import Delivery, DeliveryLine
from products.models import Product


class ReturnStatus(models.TextChoices):
    DRAFT = "draft", _("draft")
    POSTED = "posted", _("posted")
    REVERSED = "reversed", _("reversed")
    CANCELLED = "cancelled", _("cancelled")


class ReturnQuerySet(DocumentQuerySet["Return"]):
    def unfinished(self) -> "ReturnQuerySet":
        return self.filter(status=ReturnStatus.DRAFT)

    def live(self) -> "ReturnQuerySet":
        """Neither cancelled nor reversed: their quantities count as returned."""
        return self.filter(status__in=[ReturnStatus.DRAFT, ReturnStatus.POSTED])


class Return(Document):
    """Goods back from a customer. The order they were sold by is not opened again by it."""

    Status = ReturnStatus
    WORKFLOW = Workflow(
        {
            ReturnStatus.DRAFT: [ReturnStatus.POSTED, ReturnStatus.CANCELLED],
            ReturnStatus.POSTED: [ReturnStatus.REVERSED],
        }
    )
    number_series = "RT"
    scope_warehouse = ("warehouse",)

    status = models.CharField(
        _("status"),
        max_length=10,
        choices=ReturnStatus.choices,
        default=ReturnStatus.DRAFT,
        editable=False,
    )
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, verbose_name=_("customer"))
    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, verbose_name=_("delivery"))
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, verbose_name=_("warehouse"))
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    objects = ReturnQuerySet.as_manager()

    class Meta:
        verbose_name = _("customer return")
        verbose_name_plural = _("customer returns")
        ordering: ClassVar = ["-id"]
        permissions: ClassVar = [
            ("view_all_return", _("Can see all customer returns")),
            ("post_return", _("Can post customer returns")),
            ("reverse_return", _("Can reverse customer returns")),
        ]
        constraints: ClassVar = [status_check("return", ReturnStatus)]


class ReturnLine(Line):
    document = models.ForeignKey(Return, on_delete=models.CASCADE, related_name="lines")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, verbose_name=_("product"))
    source_line = models.ForeignKey(DeliveryLine, on_delete=models.PROTECT, related_name="returns")
    bin = models.ForeignKey(Bin, on_delete=models.PROTECT, verbose_name=_("bin"))
    # Found to be good for nothing: it comes in and is scrapped at once.
    scrap_quantity = QuantityField(_("scrap"), default=ZERO)
    cost_amount = AmountField(_("cost"), null=True, editable=False)

    class Meta(Line.Meta):
        verbose_name = _("customer return line")
        verbose_name_plural = _("customer return lines")
        constraints: ClassVar = [
            *line_constraints("return"),
            models.CheckConstraint(
                condition=Q(scrap_quantity__gte=0) & Q(scrap_quantity__lte=F("quantity")),
                name="return_scrap_within_quantity",
            ),
        ]
