"""The catalogue."""

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from erp.core.admin import (
    MasterAdmin,
    ReadOnlyAdmin,
    ScopedInline,
    VisibleFilter,
    figure,
    may_see_cost,
    plain,
    price,
)
from products.designation import search_key
from products.models import Brand, Category, Interchange, PriceFact, Product, ProductCode


@admin.register(Brand)
class BrandAdmin(MasterAdmin[Brand]):
    list_display = ("code", "name_en", "name_zh", "country")
    search_fields = ("code", "name_en", "name_zh")
    sortable_by = ("code",)
    fields = (("code", "country"), ("name_en", "name_zh"), "aliases")


@admin.register(Category)
class CategoryAdmin(MasterAdmin[Category]):
    list_display = ("code", "name_zh", "name_en", "parent")
    list_select_related = ("parent",)
    search_fields = ("code", "name_zh", "name_en")
    sortable_by = ("code",)
    autocomplete_fields = ("parent",)
    fields = (("code", "parent"), ("name_zh", "name_en"))


class ProductCodeInline(ScopedInline[ProductCode, Product]):
    model = ProductCode
    fields = ("code", "customer", "supplier")
    autocomplete_fields = ("customer", "supplier")
    tab = True


class InterchangeInline(ScopedInline[Interchange, Product]):
    model = Interchange
    fk_name = "from_product"
    fields = ("to_product", "grade", "one_way", "source")
    autocomplete_fields = ("to_product",)
    verbose_name_plural = _("may be replaced by")
    tab = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Interchange]:
        return super().get_queryset(request).select_related("to_product__brand")


@admin.register(Product)
class ProductAdmin(MasterAdmin[Product]):
    list_display = (
        "designation",
        "brand",
        "name",
        "show_bore",
        "show_outside",
        "show_width",
        "unit",
        "status",
    )
    show_bore = figure(Product, "bore_mm", plain)
    show_outside = figure(Product, "outside_mm", plain)
    show_width = figure(Product, "width_mm", plain)
    list_filter = (("brand", VisibleFilter), ("category", VisibleFilter), "status")
    list_select_related = ("brand", "unit")
    search_fields = ("search_key",)
    search_help_text = _("Brand and designation, any spelling")
    autocomplete_fields = ("brand", "category")
    inlines = (ProductCodeInline, InterchangeInline)
    fieldsets = (
        (None, {"fields": (("brand", "designation"), ("name", "category"), ("unit", "status"))}),
        (None, {"fields": (("old_designation", "tax_rate"),)}),
        (
            _("Dimensions and ratings"),
            {
                "fields": (
                    ("bore_mm", "outside_mm", "width_mm", "mass_kg"),
                    (
                        "dynamic_load_kn",
                        "static_load_kn",
                        "speed_grease_rpm",
                        "speed_oil_rpm",
                    ),
                )
            },
        ),
    )

    def search(self, request: HttpRequest, rows: QuerySet[Product], term: str) -> QuerySet[Product]:
        """By how the key begins, today's or the old one; a first word may name the brand."""
        return rows.filter(designated(term))


def designated(term: str, prefix: str = "") -> Q:
    """Return the condition on (the products at) ``prefix`` that a term names."""
    key = search_key(term)
    if not key:
        return Q(pk__in=[])
    found = Q(**{f"{prefix}search_key__startswith": key})
    found |= Q(**{f"{prefix}old_key__startswith": key})
    brand, _space, rest = term.partition(" ")
    rest_key = search_key(rest)
    if rest_key:
        found |= Q(
            **{f"{prefix}brand__code__iexact": brand, f"{prefix}search_key__startswith": rest_key}
        )
    return found


@admin.register(Interchange)
class InterchangeAdmin(MasterAdmin[Interchange]):
    list_display = ("from_product", "grade", "to_product", "one_way", "source")
    list_filter = ("grade", "one_way")
    list_select_related = ("from_product__brand", "to_product__brand")
    search_fields = ("from_product__search_key", "to_product__search_key")
    autocomplete_fields = ("from_product", "to_product")
    ordering = ("-id",)
    fields = (("from_product", "to_product"), ("grade", "one_way"), ("source", "approved_by"))

    def search(
        self, request: HttpRequest, rows: QuerySet[Interchange], term: str
    ) -> QuerySet[Interchange]:
        keys = Product.objects.visible_to(request.user).filter(designated(term)).order_by()
        named = list(keys.values_list("pk", flat=True)[:200])
        return rows.filter(Q(from_product__in=named) | Q(to_product__in=named))


@admin.register(PriceFact)
class PriceFactAdmin(ReadOnlyAdmin[PriceFact]):
    """What was offered, agreed and paid. Buying prices are cost."""

    list_display = (
        "on",
        "kind",
        "product",
        "customer",
        "supplier",
        "show_quantity",
        "show_price",
        "currency",
    )
    fields = (
        ("kind", "on", "product"),
        ("customer", "supplier"),
        ("show_quantity", "show_price", "currency"),
    )
    show_quantity = figure(PriceFact, "quantity", plain)
    show_price = figure(PriceFact, "net_unit_price", price)
    list_filter = ("kind", "on")
    list_select_related = ("product__brand", "customer", "supplier", "currency")
    search_fields = ("product__search_key",)
    search_help_text = _("Designation in any spelling")
    ordering = ("-id",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[PriceFact]:
        rows = super().get_queryset(request)
        if may_see_cost(request):
            return rows
        return rows.exclude(kind__in=[PriceFact.Kind.PURCHASE, PriceFact.Kind.RFQ])

    def search(
        self, request: HttpRequest, rows: QuerySet[PriceFact], term: str
    ) -> QuerySet[PriceFact]:
        keys = Product.objects.visible_to(request.user).filter(designated(term)).order_by()
        return rows.filter(product__in=list(keys.values_list("pk", flat=True)[:200]))
