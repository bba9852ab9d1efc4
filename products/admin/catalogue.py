"""Brands, categories, and the product with its codes."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget

from erp.core.admin import FilesAdmin, MasterAdmin, ScopedInline, VisibleFilter, figure, plain
from products.admin.categories import BranchFilter
from products.admin.interchange import InterchangeInline
from products.admin.words import WordsAdmin
from products.models import Brand, Product, ProductCode
from products.search import best_first


class NamesField(forms.CharField):
    """Names, one a line; kept as a list without blanks and twins."""

    widget = UnfoldAdminTextareaWidget

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(map(str, value)) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        names = (line.strip() for line in (super().to_python(value) or "").splitlines())
        return list(dict.fromkeys(name for name in names if name))

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(self.to_python(data) != (initial or []))


@admin.register(Brand)
class BrandAdmin(WordsAdmin[Brand], MasterAdmin[Brand]):
    word_fields = ("code", "name_en", "name_zh", "aliases")
    list_display = ("code", "name_en", "name_zh", "country")
    search_fields = ("code", "name_en", "name_zh")
    sortable_by = ("code",)
    fields = (("code", "country"), ("name_en", "name_zh"), "aliases")

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "aliases":
            label = capfirst(str(db_field.verbose_name))
            return NamesField(required=False, label=label, help_text=_("One name a line."))
        return super().formfield_for_dbfield(db_field, request, **kwargs)


class ProductCodeInline(ScopedInline[ProductCode, Product]):
    model = ProductCode
    fields = ("code", "customer", "supplier")
    autocomplete_fields = ("customer", "supplier")
    tab = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[ProductCode]:
        """General codes and those of partners in the user's sight."""
        known = ProductCode.objects.visible_to(request.user).known_to(request.user)
        return known.select_related("customer", "supplier")


@admin.register(Product)
class ProductAdmin(WordsAdmin[Product], FilesAdmin[Product], MasterAdmin[Product]):
    word_fields = ("designation", "name")
    page_url_name = "parts:part"
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
    list_filter = (("brand", VisibleFilter), ("category", BranchFilter), "status")
    list_select_related = ("brand", "unit")
    search_fields = ("search_key",)
    search_help_text = _("Brand and designation in any spelling, code, name or size")
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
        """By any spelling, code, old number, size or name; the best first, at most 200."""
        return best_first(rows, term, user=request.user)
