"""What we trade: brands, categories, products, and what partners call them.

Invariants: brand + search key is unique (two spellings of one designation are one product);
the search keys are always what ``set_keys`` derives.
"""

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from customers.models import Customer, Supplier
from erp.core.fields import CodeField, MillimetreField
from erp.core.models import ArchivableQuerySet, Master, TaxRate, Unit
from products.designation import FORM_KEY_LENGTH, form_key, search_key
from products.names import NAME_KEY_LENGTH, name_key

if TYPE_CHECKING:
    from erp.core.policy import AnyUser


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

    def clean(self) -> None:
        """Refuse a place below itself or in the archive; whoever saves holds the tree's lock."""
        super().clean()
        if self.parent_id is None:
            return
        above = dict(Category.objects.order_by().values_list("pk", "parent_id"))
        step: int | None = self.parent_id
        passed: set[int] = set()
        while step is not None and step not in passed:
            if step == self.pk:
                raise ValidationError(
                    {"parent": _("A category does not stand below itself.")}, code="category_cycle"
                )
            passed.add(step)
            step = above.get(step)
        if self.archived_at is None and self.parent is not None and self.parent.archived_at:
            raise ValidationError({"parent": _("This category is archived.")}, code="archived")


class ProductQuerySet(ArchivableQuerySet["Product"]):
    def following(self, ids: Iterable[int]) -> dict[int, "Product"]:
        """Return products by the id asked for; for one merged away the one it became."""
        found = self.in_bulk(set(ids))
        became = {pk: row.merged_into_id for pk, row in found.items() if row.merged_into_id}
        kept = self.in_bulk(set(became.values())) if became else {}
        return found | {pk: kept[keep] for pk, keep in became.items() if keep in kept}


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
    # The name as it is typed in a hurry: SGQZC for 深沟球轴承.
    name_key = CodeField(
        max_length=NAME_KEY_LENGTH, blank=True, default="", db_default="", editable=False
    )
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

    merged_into = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="merged",
        verbose_name=_("merged into"),
    )

    objects = ProductQuerySet.as_manager()

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        ordering: ClassVar = ["id"]
        permissions: ClassVar = [
            ("view_cost", _("Can see cost and margin")),
            ("merge_product", _("Can merge duplicate products")),
        ]
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
            models.Index(fields=["brand", "search_key"], name="product_brand_key"),
            models.Index(fields=["name_key"], name="product_name_key"),
            models.Index(fields=["brand", "name_key"], name="product_brand_name"),
            models.Index(fields=["category", "brand"], name="product_category_brand"),
            models.Index(
                fields=["bore_mm", "outside_mm", "width_mm", "brand"], name="product_size_brand"
            ),
            models.Index(fields=["outside_mm", "width_mm"], name="product_outside"),
            models.Index(fields=["width_mm", "outside_mm"], name="product_width"),
        ]

    def __str__(self) -> str:
        return f"{self.brand_label} {self.designation}"

    @property
    def brand_label(self) -> str:
        return self.brand.code

    # What the search finds it by; whoever writes some columns only writes these as well.
    KEYS: ClassVar = ("search_key", "form_key", "old_key", "name_key")

    def set_keys(self) -> None:
        """Derive the search keys; whoever changes what they come from calls this before saving."""
        self.search_key = search_key(self.designation)
        self.form_key = form_key(self.designation)
        self.old_key = search_key(self.old_designation)
        self.name_key = name_key(self.name)

    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        self.designation = " ".join(self.designation.split())
        super().clean_fields(exclude=exclude)
        self.set_keys()
        if not self.search_key:
            raise ValidationError(
                {"designation": _("A designation needs at least one letter or digit.")}
            )


class ProductCodeQuerySet(ArchivableQuerySet["ProductCode"]):
    def known_to(self, user: "AnyUser") -> Self:
        """General codes, and those of customers and suppliers in the user's sight."""
        customers, suppliers = (
            model.objects.visible_to(user).order_by().values("pk") for model in (Customer, Supplier)
        )
        general = Q(customer=None, supplier=None)
        return self.filter(general | Q(customer__in=customers) | Q(supplier__in=suppliers))


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

    objects = ProductCodeQuerySet.as_manager()

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
