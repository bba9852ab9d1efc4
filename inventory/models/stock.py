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


class MoveKind(models.TextChoices):
    OPENING = "opening", _("opening stock")
    RECEIPT = "receipt", _("goods receipt")
    DELIVERY = "delivery", _("delivery")
    CUSTOMER_RETURN = "customer_return", _("customer return")
    SUPPLIER_RETURN = "supplier_return", _("supplier return")
    TRANSFER = "transfer", _("transfer")
    LOSS = "loss", _("loss in transit")
    ADJUSTMENT = "adjustment", _("adjustment")
    COUNT = "count", _("stock count")
    SAMPLE = "sample", _("sample")
    SCRAP = "scrap", _("scrap")
    SURPLUS = "surplus", _("surplus")
    ASSEMBLY = "assembly", _("assembly")
    REVALUATION = "revaluation", _("revaluation")
    LANDED_COST = "landed_cost", _("landed cost")
    PRICE_DIFFERENCE = "price_difference", _("price difference")
    # The part of a change of value that belongs to goods which have left already.
    COST_OF_GOODS = "cost_of_goods", _("cost of goods sold")
    # What is left between the value goods leave at and the value the stock carries.
    RESIDUAL = "residual", _("residual cost")


# Kinds of move that may carry value without quantity.
VALUE_ONLY = [
    MoveKind.REVALUATION,
    MoveKind.LANDED_COST,
    MoveKind.PRICE_DIFFERENCE,
    MoveKind.COST_OF_GOODS,
    MoveKind.RESIDUAL,
]


class StockMove(Scoped):
    """One movement of one product: into a bin, out of a bin, or between two. Append-only.

    ``value`` is what moved, at ``unit_cost`` on average. A move without quantity changes only the
    value of the bin's warehouse: it gains what comes in and loses what goes out, and ``unit_cost``
    says by how much each unit lying there became dearer or cheaper.
    """

    scope_warehouse = ("from_bin__warehouse", "to_bin__warehouse")
    Kind = MoveKind

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
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    on = models.DateField(_("date"))
    posted_at = models.DateTimeField(_("posted at"), auto_now_add=True)
    source_type = models.CharField(max_length=60)
    source_id = models.PositiveBigIntegerField()
    source_line_id = models.PositiveBigIntegerField()
    # The move this one takes back, whole or in part.
    reverses = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        related_name="reversals",
        verbose_name=_("reverses"),
    )

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("stock move")
        verbose_name_plural = _("stock moves")
        ordering: ClassVar = ["-id"]
        permissions: ClassVar = [("import_stock", _("Can import counted stock"))]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(quantity__gt=0) | Q(quantity=0, kind__in=VALUE_ONLY),
                name="move_quantity_positive",
            ),
            models.CheckConstraint(condition=Q(value__gte=0), name="move_value_not_negative"),
            models.CheckConstraint(
                condition=Q(from_bin__isnull=False) | Q(to_bin__isnull=False),
                name="move_has_a_bin",
            ),
            models.CheckConstraint(condition=~Q(from_bin=F("to_bin")), name="move_goes_somewhere"),
            models.CheckConstraint(condition=Q(kind__in=MoveKind.values), name="move_kind"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["product", "on"], name="move_product_on"),
            models.Index(fields=["source_type", "source_id"], name="move_source"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.product_id}: {self.quantity}"


class StockBalance(Scoped):
    """What lies in a bin now, and how much of it is promised."""

    scope_warehouse = ("bin__warehouse",)

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

    scope_warehouse = ("warehouse",)

    product = models.ForeignKey(Product, on_delete=models.PROTECT, verbose_name=_("product"))
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, verbose_name=_("warehouse"))
    quantity = QuantityField(_("quantity"), default=ZERO)
    value = AmountField(_("value"), default=ZERO)
    # The latest day on which it moved: its last ``StockDay``.
    moved_on = models.DateField(_("last moved"), null=True, editable=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("stock value")
        verbose_name_plural = _("stock values")
        ordering: ClassVar = ["product", "warehouse"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["product", "warehouse"], name="value_once"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, value__gte=0) | Q(quantity=0, value=0),
                name="no_value_without_quantity",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product_id} at {self.warehouse_id}: {self.value}"

    @property
    def average_cost(self) -> Decimal:
        """Moving average per unit, 6 decimals; 0 without stock."""
        return round_price(self.value / self.quantity) if self.quantity else ZERO


class StockDay(models.Model):
    """What a stock value was at the end of a day on which it moved; the last one is as it is now.

    The stock of any day is that of the latest row up to it, however many moves there were.
    """

    account = models.ForeignKey(StockValue, on_delete=models.CASCADE, related_name="days")
    on = models.DateField(_("date"))
    quantity = QuantityField(_("quantity"))
    value = AmountField(_("value"))

    class Meta:
        verbose_name = _("stock of a day")
        verbose_name_plural = _("stock of days")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "on"], name="stock_day_once"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, value__gte=0) | Q(quantity=0, value=0),
                name="no_day_value_without_quantity",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} on {self.on}: {self.quantity}"


class Reservation(Scoped):
    """Stock promised to a line of a document; gone when it ships or is cancelled."""

    scope_warehouse = ("bin__warehouse",)

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
