"""Other receipts and issues: samples, scrap, surplus, adjustments. No fake sales."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from erp.core.documents import DocumentQuerySet, status_check
from erp.core.fields import AmountField, UnitPriceField
from erp.core.workflow import Workflow
from inventory.models.documents import MovedLine, StockDocument, line_constraints
from inventory.models.places import Bin


class StockEntryStatus(models.TextChoices):
    DRAFT = "draft", _("draft")
    SUBMITTED = "submitted", _("submitted")
    POSTED = "posted", _("posted")
    CANCELLED = "cancelled", _("cancelled")
    REVERSED = "reversed", _("reversed")


class StockEntryKind(models.TextChoices):
    SAMPLE = "sample", _("sample")
    SCRAP = "scrap", _("scrap or shrinkage")
    ADJUSTMENT_OUT = "adjustment_out", _("adjustment, less")
    SURPLUS = "surplus", _("surplus")
    ADJUSTMENT_IN = "adjustment_in", _("adjustment, more")


COMING_IN = frozenset({StockEntryKind.SURPLUS, StockEntryKind.ADJUSTMENT_IN})


class StockEntryQuerySet(DocumentQuerySet["StockEntry"]):
    def unfinished(self) -> Self:
        return self.filter(status__in=[StockEntryStatus.DRAFT, StockEntryStatus.SUBMITTED])


class StockEntry(StockDocument):
    Status = StockEntryStatus
    Kind = StockEntryKind
    WORKFLOW = Workflow(
        {
            StockEntryStatus.DRAFT: [
                StockEntryStatus.SUBMITTED,
                StockEntryStatus.POSTED,
                StockEntryStatus.CANCELLED,
            ],
            StockEntryStatus.SUBMITTED: [
                StockEntryStatus.POSTED,
                StockEntryStatus.DRAFT,
                StockEntryStatus.CANCELLED,
            ],
            StockEntryStatus.POSTED: [StockEntryStatus.REVERSED],
        }
    )
    number_series = "SE"

    status = models.CharField(
        _("status"),
        max_length=10,
        choices=StockEntryStatus.choices,
        default=StockEntryStatus.DRAFT,
        editable=False,
    )
    kind = models.CharField(_("kind"), max_length=14, choices=StockEntryKind.choices)
    reason = models.CharField(_("reason"), max_length=200)
    # Who got the sample.
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("customer")
    )
    posted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("posted by"),
    )

    objects = StockEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("other receipt or issue")
        verbose_name_plural = _("other receipts and issues")
        ordering: ClassVar = ["-id"]
        permissions: ClassVar = [
            ("post_stockentry", _("Can post other receipts and issues")),
            ("approve_stockentry", _("Can post other receipts and issues of large value")),
            ("approve_own_stockentry", _("Can approve other receipts and issues of his own")),
            ("reverse_stockentry", _("Can reverse other receipts and issues")),
        ]
        constraints: ClassVar = [
            status_check("stock_entry", StockEntryStatus),
            models.CheckConstraint(
                condition=Q(kind__in=StockEntryKind.values), name="stock_entry_kind"
            ),
        ]

    @property
    def comes_in(self) -> bool:
        return self.kind in COMING_IN


class StockEntryLine(MovedLine):
    document = models.ForeignKey(StockEntry, on_delete=models.CASCADE, related_name="lines")
    bin = models.ForeignKey(Bin, on_delete=models.PROTECT, related_name="+", verbose_name=_("bin"))
    # Of what comes in: what it is worth; None is the current cost.
    unit_cost = UnitPriceField(_("unit cost"), null=True, blank=True)
    value = AmountField(_("value"), null=True, editable=False)

    class Meta(MovedLine.Meta):
        verbose_name = _("line of a receipt or issue")
        verbose_name_plural = _("lines of receipts and issues")
        constraints: ClassVar = [
            *line_constraints("stock_entry"),
            models.CheckConstraint(
                condition=Q(unit_cost__isnull=True) | Q(unit_cost__gte=0),
                name="stock_entry_cost_not_negative",
            ),
        ]
