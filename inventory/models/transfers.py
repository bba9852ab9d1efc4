"""Transfers: between bins of one warehouse at once, between warehouses over the road."""

from decimal import Decimal
from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Round
from django.utils.translation import gettext_lazy as _

from erp.core.documents import DocumentQuerySet, status_check
from erp.core.fields import QuantityField
from erp.core.money import ZERO
from erp.core.workflow import Workflow
from inventory.models.documents import MovedLine, StockDocument, line_constraints
from inventory.models.places import Bin, Warehouse


class TransferStatus(models.TextChoices):
    DRAFT = "draft", _("draft")
    RESERVED = "reserved", _("reserved")
    IN_TRANSIT = "in_transit", _("in transit")
    DONE = "done", _("done")
    CANCELLED = "cancelled", _("cancelled")
    REVERSED = "reversed", _("reversed")


class TransferQuerySet(DocumentQuerySet["Transfer"]):
    def under_way(self) -> Self:
        return self.filter(status=TransferStatus.IN_TRANSIT)


class Transfer(StockDocument):
    """Goods that change their place. Within one warehouse they never are on the road."""

    Status = TransferStatus
    WORKFLOW = Workflow(
        {
            TransferStatus.DRAFT: [
                TransferStatus.RESERVED,
                TransferStatus.DONE,
                TransferStatus.CANCELLED,
            ],
            TransferStatus.RESERVED: [
                TransferStatus.IN_TRANSIT,
                TransferStatus.DRAFT,
                TransferStatus.CANCELLED,
            ],
            TransferStatus.IN_TRANSIT: [TransferStatus.DONE, TransferStatus.REVERSED],
            TransferStatus.DONE: [TransferStatus.REVERSED],
        }
    )
    number_series = "TR"
    scope_warehouse: ClassVar[tuple[str, ...]] = ("warehouse", "to_warehouse")

    status = models.CharField(
        _("status"),
        max_length=10,
        choices=TransferStatus.choices,
        default=TransferStatus.DRAFT,
        editable=False,
    )
    to_warehouse = models.ForeignKey(
        Warehouse, on_delete=models.PROTECT, related_name="+", verbose_name=_("to warehouse")
    )
    shipped_on = models.DateField(_("shipped on"), null=True, editable=False)
    received_on = models.DateField(_("received on"), null=True, editable=False)

    objects = TransferQuerySet.as_manager()

    class Meta:
        verbose_name = _("transfer")
        verbose_name_plural = _("transfers")
        ordering: ClassVar = ["-id"]
        permissions: ClassVar = [
            ("ship_transfer", _("Can ship transfers and move goods between bins")),
            ("receive_transfer", _("Can receive transfers")),
            ("reverse_transfer", _("Can reverse transfers")),
        ]
        constraints: ClassVar = [status_check("transfer", TransferStatus)]

    @property
    def is_within(self) -> bool:
        """Whether goods only change their bin."""
        return self.warehouse_id == self.to_warehouse_id


class TransferLine(MovedLine):
    document = models.ForeignKey(Transfer, on_delete=models.CASCADE, related_name="lines")
    from_bin = models.ForeignKey(
        Bin,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("from bin"),
    )
    to_bin = models.ForeignKey(
        Bin,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("to bin"),
    )
    received_quantity = QuantityField(_("received"), default=ZERO)
    lost_quantity = QuantityField(_("lost"), default=ZERO)
    loss_reason = models.CharField(_("reason of the loss"), max_length=200, blank=True)

    class Meta(MovedLine.Meta):
        verbose_name = _("transfer line")
        verbose_name_plural = _("transfer lines")
        constraints: ClassVar = [
            *line_constraints("transfer"),
            models.CheckConstraint(
                condition=Q(received_quantity__gte=0)
                & Q(lost_quantity__gte=0)
                & Q(quantity__gte=Round(F("received_quantity") + F("lost_quantity"), precision=3)),
                name="transfer_received_within_shipped",
            ),
        ]

    @property
    def open_quantity(self) -> Decimal:
        """What was sent and has neither come nor been given up."""
        return self.quantity - self.received_quantity - self.lost_quantity
