"""The stock ledger and what is derived from it."""

from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from erp.core.fields import AmountField, QuantityField, UnitPriceField
from erp.core.money import ZERO, round_price
from erp.core.policy import Scoped, ScopedQuerySet
from inventory.models.places import Bin, Warehouse
from products.models import Product


class StockMove(Scoped):
    """One movement of one product: into a bin, out of a bin, or between two. Append-only.

    ``quantity`` is positive; ``value`` is what moved, at ``unit_cost`` on average.
    """

    class Kind(models.TextChoices):
        OPENING = "opening", _("opening stock")
        RECEIPT = "receipt", _("goods receipt")
        DELIVERY = "delivery", _("delivery")
        TRANSFER = "transfer", _("transfer")
        ADJUSTMENT = "adjustment", _("adjustment")
        REVALUATION = "revaluation", _("revaluation")

    product = models.ForeignKey(Product, on_delete=models.PROTECT, verbose_name=_("product"))
    from_bin = models.ForeignKey(
        Bin, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("from bin")
    )
    to_bin = models.ForeignKey(
        Bin, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("to bin")
    )
    quantity = QuantityField(_("quantity"))
    unit_cost = UnitPriceField(_("unit cost"))
    value = AmountField(_("value"))
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    on = models.DateField(_("date"))
    posted_at = models.DateTimeField(_("posted at"), auto_now_add=True)
    source_type = models.CharField(max_length=60)
    source_id = models.PositiveBigIntegerField()
    source_line_id = models.PositiveBigIntegerField()
    reverses = models.OneToOneField(
        "self",
        on_delete=models.PROTECT,
        null=True,
        related_name="reversed_by",
        verbose_name=_("reverses"),
    )

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("stock move")
        verbose_name_plural = _("stock moves")
        ordering: ClassVar = ["-id"]
        permissions: ClassVar = [("import_stock", _("Can import counted stock"))]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="move_quantity_positive"),
            models.CheckConstraint(
                condition=Q(from_bin__isnull=False) | Q(to_bin__isnull=False),
                name="move_has_a_bin",
            ),
            models.CheckConstraint(
                condition=Q(
                    kind__in=[
                        "opening",
                        "receipt",
                        "delivery",
                        "transfer",
                        "adjustment",
                        "revaluation",
                    ]
                ),
                name="move_kind",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["product", "on"], name="move_product_on"),
            models.Index(fields=["source_type", "source_id"], name="move_source"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.product_id}: {self.quantity}"


class StockBalance(Scoped):
    """What lies in a bin now, and how much of it is promised."""

    product = models.ForeignKey(Product, on_delete=models.PROTECT, verbose_name=_("product"))
    bin = models.ForeignKey(Bin, on_delete=models.PROTECT, verbose_name=_("bin"))
    on_hand = QuantityField(_("on hand"), default=ZERO)
    reserved = QuantityField(_("reserved"), default=ZERO)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("stock")
        verbose_name_plural = _("stock")
        ordering: ClassVar = ["product", "bin"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["product", "bin"], name="balance_once"),
            models.CheckConstraint(
                condition=Q(reserved__gte=0) & Q(reserved__lte=F("on_hand")),
                name="reserved_within_on_hand",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product_id} in {self.bin_id}: {self.on_hand}"

    @property
    def available(self) -> Decimal:
        return self.on_hand - self.reserved


class StockValue(Scoped):
    """Quantity and value of a product in a warehouse; their quotient is the moving average."""

    product = models.ForeignKey(Product, on_delete=models.PROTECT, verbose_name=_("product"))
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, verbose_name=_("warehouse"))
    quantity = QuantityField(_("quantity"), default=ZERO)
    value = AmountField(_("value"), default=ZERO)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("stock value")
        verbose_name_plural = _("stock values")
        ordering: ClassVar = ["product", "warehouse"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["product", "warehouse"], name="value_once"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0) | Q(quantity=0, value=0),
                name="no_value_without_quantity",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product_id} at {self.warehouse_id}: {self.value}"

    @property
    def average_cost(self) -> Decimal:
        """Moving average per unit, 6 decimals; 0 without stock."""
        return round_price(self.value / self.quantity) if self.quantity else ZERO


class Reservation(Scoped):
    """Stock promised to a line of a document; gone when it ships or is cancelled."""

    product = models.ForeignKey(Product, on_delete=models.PROTECT, verbose_name=_("product"))
    bin = models.ForeignKey(Bin, on_delete=models.PROTECT, verbose_name=_("bin"))
    quantity = QuantityField(_("quantity"))
    source_type = models.CharField(max_length=60)
    source_id = models.PositiveBigIntegerField()
    source_line_id = models.PositiveBigIntegerField()
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("reservation")
        verbose_name_plural = _("reservations")
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["source_type", "source_line_id", "bin"], name="reservation_once"
            ),
            models.CheckConstraint(
                condition=Q(quantity__gt=0), name="reservation_quantity_positive"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["source_type", "source_id"], name="reservation_source"),
            models.Index(fields=["product", "bin"], name="reservation_balance"),
        ]

    def __str__(self) -> str:
        return f"{self.source_type} {self.source_id}: {self.quantity}"
