"""The catalogue: brands, products, codes, interchange, and every price ever seen.

Invariants: brand + search key is unique (two spellings of one designation are one product);
the three keys are always what ``set_keys`` derives; price facts are only ever added.
"""

from collections.abc import Collection
from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q, Window
from django.db.models.functions import RowNumber
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from customers.models import Customer, Supplier
from erp.core.fields import CodeField, MillimetreField, QuantityField, UnitPriceField
from erp.core.models import ArchivableQuerySet, Currency, Master, TaxRate, Unit
from erp.core.policy import Scoped, ScopedQuerySet
from products.designation import FORM_KEY_LENGTH, form_key, search_key


class Brand(Master):
    code = models.CharField(_("code"), max_length=30, unique=True)
    name_en = models.CharField(_("English name"), max_length=60)
    name_zh = models.CharField(_("Chinese name"), max_length=60, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    aliases = models.JSONField(_("other names"), default=list, blank=True)

    objects = ArchivableQuerySet.as_manager()

    class Meta:
        verbose_name = _("brand")
        verbose_name_plural = _("brands")
        ordering: ClassVar = ["code"]

    def __str__(self) -> str:
        return self.code


class Category(Master):
    code = models.CharField(_("code"), max_length=40, unique=True)
    name_en = models.CharField(_("English name"), max_length=60)
    name_zh = models.CharField(_("Chinese name"), max_length=60)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("parent")
    )

    objects = ArchivableQuerySet.as_manager()

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering: ClassVar = ["code"]

    def __str__(self) -> str:
        return self.name_zh if (get_language() or "").startswith("zh") else self.name_en


class Product(Master):
    """One article of one maker. Sizes in mm, ratings in kN, speeds in 1/min, mass in kg."""

    class Status(models.TextChoices):
        ACTIVE = "active", pgettext_lazy("product", "active")
        DISCONTINUED = "discontinued", _("discontinued")

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, verbose_name=_("brand"))
    designation = models.CharField(_("designation"), max_length=80)
    search_key = models.CharField(max_length=80, editable=False)
    # What the designation says (number, prefix, features), however it is spelled.
    form_key = CodeField(max_length=FORM_KEY_LENGTH, blank=True, editable=False, db_index=True)
    name = models.CharField(_("name"), max_length=120, blank=True)
    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("category")
    )
    old_designation = models.CharField(_("old designation"), max_length=80, blank=True)
    old_key = models.CharField(max_length=80, blank=True, editable=False, db_index=True)
    bore_mm = MillimetreField(_("bore d (mm)"), null=True, blank=True)
    outside_mm = MillimetreField(_("outside diameter D (mm)"), null=True, blank=True)
    width_mm = MillimetreField(_("width B (mm)"), null=True, blank=True)
    mass_kg = MillimetreField(_("mass (kg)"), null=True, blank=True)
    dynamic_load_kn = MillimetreField(_("dynamic load C (kN)"), null=True, blank=True)
    static_load_kn = MillimetreField(_("static load C0 (kN)"), null=True, blank=True)
    speed_grease_rpm = models.PositiveIntegerField(
        _("speed, grease (r/min)"), null=True, blank=True
    )
    speed_oil_rpm = models.PositiveIntegerField(_("speed, oil (r/min)"), null=True, blank=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, verbose_name=_("unit"))
    tax_rate = models.ForeignKey(
        TaxRate,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("tax rate"),
        help_text=_("Empty: the general rate."),
    )
    status = models.CharField(
        _("status"), max_length=12, choices=Status.choices, default=Status.ACTIVE
    )

    objects = ArchivableQuerySet.as_manager()

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        ordering: ClassVar = ["id"]
        permissions: ClassVar = [("view_cost", _("Can see cost and margin"))]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["search_key", "brand"],
                name="one_product_per_key",
                violation_error_message=_("This brand already has this designation."),
            ),
            models.CheckConstraint(
                condition=Q(status__in=["active", "discontinued"]), name="product_status"
            ),
            models.CheckConstraint(condition=~Q(search_key=""), name="product_has_key"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["brand", "designation"], name="product_brand_designation"),
            models.Index(fields=["bore_mm", "outside_mm", "width_mm"], name="product_size"),
        ]

    def __str__(self) -> str:
        return f"{self.brand_label} {self.designation}"

    @property
    def brand_label(self) -> str:
        return self.brand.code

    def set_keys(self) -> None:
        """Derive the search keys; whoever changes a designation calls this before saving."""
        self.search_key = search_key(self.designation)
        self.form_key = form_key(self.designation)
        self.old_key = search_key(self.old_designation)

    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        self.designation = " ".join(self.designation.split())
        super().clean_fields(exclude=exclude)
        self.set_keys()
        if not self.search_key:
            raise ValidationError(
                {"designation": _("A designation needs at least one letter or digit.")}
            )


class ProductCode(Master):
    """A customer's or supplier's own name for a product."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, verbose_name=_("product"))
    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, null=True, blank=True, verbose_name=_("customer")
    )
    supplier = models.ForeignKey(
        Supplier, on_delete=models.CASCADE, null=True, blank=True, verbose_name=_("supplier")
    )
    code = models.CharField(_("code"), max_length=80)
    search_key = models.CharField(max_length=80, editable=False, db_index=True)

    objects = ArchivableQuerySet.as_manager()

    class Meta:
        verbose_name = _("product code")
        verbose_name_plural = _("product codes")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(customer__isnull=True) | Q(supplier__isnull=True),
                name="code_of_one_partner",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        super().clean_fields(exclude=exclude)
        self.search_key = search_key(self.code)


class Interchange(Master):
    """What may replace what; both ways unless ``one_way``."""

    class Grade(models.TextChoices):
        IDENTICAL = "identical", _("identical")
        DIMENSIONAL = "dimensional", _("same dimensions")
        UPGRADE = "upgrade", _("upgrade")
        DOWNGRADE = "downgrade", _("downgrade")
        SUPERSEDED = "superseded", _("superseded")

    from_product = models.ForeignKey(
        Product,
        on_delete=models.CASCADE,
        related_name="replaced_by",
        verbose_name=pgettext_lazy("interchange", "from"),
    )
    to_product = models.ForeignKey(
        Product,
        on_delete=models.CASCADE,
        related_name="replaces",
        verbose_name=pgettext_lazy("interchange", "to"),
    )
    grade = models.CharField(_("grade"), max_length=12, choices=Grade.choices)
    one_way = models.BooleanField(_("one way"), default=False)
    source = models.CharField(_("source"), max_length=120, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("approved by"),
    )

    objects = ArchivableQuerySet.as_manager()

    class Meta:
        verbose_name = _("interchange")
        verbose_name_plural = _("interchanges")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["from_product", "to_product"], name="interchange_once"),
            models.CheckConstraint(
                condition=~Q(from_product=F("to_product")), name="interchange_of_two"
            ),
            models.CheckConstraint(
                condition=Q(
                    grade__in=["identical", "dimensional", "upgrade", "downgrade", "superseded"]
                ),
                name="interchange_grade",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_product} → {self.to_product}"


class PriceFactQuerySet(ScopedQuerySet["PriceFact"]):
    def latest_by_product(self) -> dict[int, "PriceFact"]:
        """Return the newest of these facts for each product id (one query)."""
        rank = Window(
            RowNumber(), partition_by=F("product_id"), order_by=[F("on").desc(), F("id").desc()]
        )
        newest = self.order_by().annotate(rank=rank).filter(rank=1)
        return {fact.product_id: fact for fact in newest}


class PriceFact(Scoped):
    """A net unit price that was offered, agreed or paid. Append-only."""

    class Kind(models.TextChoices):
        QUOTE = "quote", _("quotation")
        SALE = "sale", _("sale")
        RFQ = "rfq", _("supplier's quotation")
        PURCHASE = "purchase", _("purchase")
        LIST = "list", _("list price")

    product = models.ForeignKey(Product, on_delete=models.PROTECT, verbose_name=_("product"))
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("customer")
    )
    supplier = models.ForeignKey(
        Supplier, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("supplier")
    )
    on = models.DateField(_("date"))
    quantity = QuantityField(_("quantity"))
    net_unit_price = UnitPriceField(_("net unit price"))
    currency = models.ForeignKey(Currency, on_delete=models.PROTECT, verbose_name=_("currency"))
    source_type = models.CharField(max_length=60)
    source_id = models.PositiveBigIntegerField()
    source_line_id = models.PositiveBigIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)

    objects = PriceFactQuerySet.as_manager()

    class Meta:
        verbose_name = _("price")
        verbose_name_plural = _("prices")
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(net_unit_price__gte=0), name="price_not_negative"),
            models.CheckConstraint(
                condition=Q(kind__in=["quote", "sale", "rfq", "purchase", "list"]),
                name="price_kind",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["product", "kind", "customer", "on"], name="price_by_customer"),
            models.Index(fields=["source_type", "source_id"], name="price_source"),
        ]

    def __str__(self) -> str:
        return (
            f"{self.product_id} {self.get_kind_display()} {self.net_unit_price} {self.currency_id}"
        )


def source_of(document: Any, line: Any) -> dict[str, Any]:
    """Return the three columns by which a ledger row names its source."""
    return {
        "source_type": document.source_type,
        "source_id": document.pk,
        "source_line_id": line.pk,
    }
