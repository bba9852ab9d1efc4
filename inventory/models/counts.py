"""Stock counts: what lies in the bins, beside what the books said at that moment."""

from decimal import Decimal
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from erp.core.documents import DocumentQuerySet, status_check
from erp.core.fields import AmountField, QuantityField
from erp.core.workflow import Workflow
from inventory.models.documents import StockDocument, StockLine
from inventory.models.places import Bin


class StockCountStatus(models.TextChoices):
    DRAFT = "draft", _("draft")
    COUNTING = "counting", _("being counted")
    REVIEWED = "reviewed", _("reviewed")
    POSTED = "posted", _("posted")
    CANCELLED = "cancelled", _("cancelled")
    REVERSED = "reversed", _("reversed")


class StockCountQuerySet(DocumentQuerySet["StockCount"]):
    def unfinished(self) -> Self:
        return self.filter(
            status__in=[
                StockCountStatus.DRAFT,
                StockCountStatus.COUNTING,
                StockCountStatus.REVIEWED,
            ]
        )


class StockCount(StockDocument):
    Status = StockCountStatus
    WORKFLOW = Workflow(
        {
            StockCountStatus.DRAFT: [StockCountStatus.COUNTING, StockCountStatus.CANCELLED],
            StockCountStatus.COUNTING: [StockCountStatus.REVIEWED, StockCountStatus.CANCELLED],
            StockCountStatus.REVIEWED: [
                StockCountStatus.POSTED,
                StockCountStatus.COUNTING,
                StockCountStatus.CANCELLED,
            ],
            StockCountStatus.POSTED: [StockCountStatus.REVERSED],
        }
    )
    number_series = "SC"

    status = models.CharField(
        _("status"),
        max_length=10,
        choices=StockCountStatus.choices,
        default=StockCountStatus.DRAFT,
        editable=False,
    )
    # Bins whose code begins so; empty is the whole warehouse.
    zone = models.CharField(_("zone"), max_length=20, blank=True)
    by_product = models.BooleanField(_("chosen products only"), default=False, editable=False)
    is_blind = models.BooleanField(
        _("blind"),
        default=False,
        help_text=_("Who counts does not see what the books say."),
    )
    started_at = models.DateTimeField(_("started at"), null=True, editable=False)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("reviewed by"),
    )
    posted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("posted by"),
    )

    objects = StockCountQuerySet.as_manager()

    class Meta:
        verbose_name = _("stock count")
        verbose_name_plural = _("stock counts")
        ordering: ClassVar = ["-id"]
        permissions: ClassVar = [
            ("post_stockcount", _("Can post stock counts")),
            ("approve_stockcount", _("Can post stock counts with large differences")),
            ("approve_own_stockcount", _("Can approve stock counts of his own")),
            ("reverse_stockcount", _("Can reverse stock counts")),
        ]
        constraints: ClassVar = [status_check("stock_count", StockCountStatus)]


class StockCountLine(StockLine):
    """One product in one bin.

    ``expected_quantity`` is what the books said when it was counted: later moves do not matter.
    """

    document = models.ForeignKey(StockCount, on_delete=models.CASCADE, related_name="lines")
    bin = models.ForeignKey(Bin, on_delete=models.PROTECT, related_name="+", verbose_name=_("bin"))
    snapshot_quantity = QuantityField(_("on hand at the start"), null=True)
    counted_quantity = QuantityField(_("counted"), null=True)
    expected_quantity = QuantityField(_("in the books when counted"), null=True)
    counted_at = models.DateTimeField(_("counted at"), null=True)
    counted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("counted by"),
    )
    # What the difference was worth when posted: positive where more was found.
    variance_value = AmountField(_("value of the difference"), null=True)

    class Meta(StockLine.Meta):
        verbose_name = _("stock count line")
        verbose_name_plural = _("stock count lines")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["document", "line_no"], name="stock_count_line_no"),
            models.CheckConstraint(
                condition=Q(counted_quantity__isnull=True, expected_quantity__isnull=True)
                | Q(counted_quantity__gte=0, expected_quantity__isnull=False),
                name="stock_count_counted_with_expected",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["document", "bin"], name="stock_count_line_bin"),
        ]

    @property
    def variance(self) -> Decimal | None:
        """What was found beyond the books, negative where goods are missing; None if uncounted."""
        if self.counted_quantity is None or self.expected_quantity is None:
            return None
        return self.counted_quantity - self.expected_quantity
