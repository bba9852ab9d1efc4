"""Goods on their way to us, and what suppliers have said about when they come."""

from datetime import date
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from erp.core.fields import CodeField, QuantityField
from erp.core.policy import Scoped, ScopedQuerySet
from inventory.models.places import Warehouse
from products.models import Product


class InboundQuerySet(ScopedQuerySet["Inbound"]):
    def delayed(self) -> Self:
        """Confirmed for later than requested."""
        return self.filter(confirmed_on__gt=F("requested_on"))

    def overdue(self, on: date) -> Self:
        """Should have come before this day."""
        return self.filter(
            Q(confirmed_on__lt=on) | Q(confirmed_on__isnull=True, requested_on__lt=on)
        )


class Inbound(Scoped):
    """Goods ordered and not yet arrived: per line of a purchase order, or of a maker's report.

    A purchase order line has one row per part its supplier promised by itself; together they are
    what the line has open, whatever a report says.
    """

    scope_warehouse = ("warehouse",)

    product = models.ForeignKey(Product, on_delete=models.PROTECT, verbose_name=_("product"))
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, verbose_name=_("warehouse"))
    quantity = QuantityField(_("quantity"))
    requested_on = models.DateField(pgettext_lazy("date", "requested"), null=True, blank=True)
    confirmed_on = models.DateField(pgettext_lazy("date", "confirmed"), null=True, blank=True)
    # The maker's order, line and part of it, by which his next report names it again.
    reference = CodeField(_("maker's order line"), max_length=80, blank=True, db_default="")
    # The first report that names it no more, though earlier ones did.
    missing_since = models.DateField(_("not in the report since"), null=True, blank=True)
    source_type = models.CharField(max_length=60)
    source_id = models.PositiveBigIntegerField()
    source_line_id = models.PositiveBigIntegerField()

    objects = InboundQuerySet.as_manager()

    class Meta:
        verbose_name = _("inbound goods")
        verbose_name_plural = _("inbound goods")
        ordering: ClassVar = ["confirmed_on", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["source_type", "source_line_id", "reference", "confirmed_on"],
                name="inbound_once",
            ),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="inbound_quantity_positive"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["reference"], name="inbound_reference"),
            models.Index(fields=["source_type", "source_id"], name="inbound_source"),
        ]

    def __str__(self) -> str:
        return f"{self.source_type} {self.source_id}: {self.quantity}"

    @property
    def delay_days(self) -> int | None:
        """Days the confirmed date lies after the one requested; None while one is missing."""
        if self.confirmed_on is None or self.requested_on is None:
            return None
        return (self.confirmed_on - self.requested_on).days


class InboundPromise(Scoped):
    """What a supplier said of goods on their way: how many and when. Append-only.

    One row per saying, so that the rows of a line tell how its date moved and who noted it;
    the newest of a line and reference holds. ``is_gone``: a later report no longer names it.
    """

    scope_warehouse = ("warehouse",)

    product = models.ForeignKey(Product, on_delete=models.PROTECT, verbose_name=_("product"))
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, verbose_name=_("warehouse"))
    quantity = QuantityField(_("quantity"))
    confirmed_on = models.DateField(pgettext_lazy("date", "confirmed"), null=True, blank=True)
    previous_on = models.DateField(pgettext_lazy("date", "before"), null=True, blank=True)
    previous_quantity = QuantityField(_("quantity before"), null=True, blank=True)
    is_gone = models.BooleanField(_("no longer named"), default=False)
    reference = CodeField(_("maker's order line"), max_length=80, blank=True)
    source_type = models.CharField(max_length=60)
    source_id = models.PositiveBigIntegerField()
    source_line_id = models.PositiveBigIntegerField()
    import_id = models.PositiveBigIntegerField(_("import"), null=True, blank=True)
    noted_on = models.DateField(_("said on"))
    noted_at = models.DateTimeField(_("noted at"), auto_now_add=True)
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("noted by"),
    )

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("promised date")
        verbose_name_plural = _("promised dates")
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(quantity__gte=0), name="promise_not_negative"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["source_type", "source_line_id"], name="promise_of_line"),
            models.Index(fields=["reference"], name="promise_reference"),
            models.Index(fields=["import_id"], name="promise_import"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} {self.confirmed_on or '?'}"

    @property
    def moved_days(self) -> int | None:
        """Days later (or, negative, earlier) than said before; None where nothing was said."""
        if self.confirmed_on is None or self.previous_on is None:
            return None
        return (self.confirmed_on - self.previous_on).days
