"""Recipes and assembly orders in the admin."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from erp.core.admin import MasterAdmin, ScopedInline, VisibleFilter, display, figure, plain, price
from inventory.admin.documents import (
    StockDocumentAdmin,
    StockLineInline,
    actions_of,
    stock_fieldsets,
)
from inventory.models import Assembly, AssemblyLine, Recipe, RecipeLine
from inventory.papers import ASSEMBLIES
from products.search import products_named


class RecipeLineInline(ScopedInline[RecipeLine, Recipe]):
    """Whoever may change the recipe changes its components."""

    model = RecipeLine
    fields = ("product", "quantity")
    autocomplete_fields = ("product",)
    extra = 1

    def _may(self, request: HttpRequest, verb: str, parent: Any) -> bool:
        owner: Any = self.admin_site.get_model_admin(self.parent_model)
        if verb == "view":
            return bool(owner.has_view_permission(request, parent))
        if parent is None:
            return bool(owner.has_add_permission(request))
        return bool(owner.has_change_permission(request, parent))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("product__brand")


@admin.register(Recipe)
class RecipeAdmin(MasterAdmin[Recipe]):
    list_display = ("product", "notes")
    list_select_related = ("product__brand",)
    autocomplete_fields = ("product",)
    search_fields = ("product__search_key",)
    search_help_text = _("Designation in any spelling")
    inlines = (RecipeLineInline,)
    fields = (("product", "notes"),)

    def search(self, request: HttpRequest, rows: QuerySet[Any], term: str) -> QuerySet[Any]:
        return rows.filter(product__in=products_named(term, user=request.user))


class AssemblyLineInline(StockLineInline[AssemblyLine, Assembly]):
    model = AssemblyLine
    verbose_name_plural = _("components")
    fields = ("line_no", "part", "bin", "show_quantity", "show_value", "note")
    cost_fields = ("show_value",)
    show_value = figure(AssemblyLine, "value", price)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("bin")


@admin.register(Assembly)
class AssemblyAdmin(StockDocumentAdmin[Assembly]):
    list_display = (
        "ref",
        "dated_on",
        "kind",
        "made",
        "show_quantity",
        "warehouse",
        "status_label",
        "created_by",
    )
    list_filter = ("status", "kind", ("warehouse", VisibleFilter), "dated_on")
    list_select_related = ("product__brand", "warehouse", "created_by")
    inlines = (AssemblyLineInline,)
    cost_fields = ("show_labour", "show_value")
    fieldsets = stock_fieldsets(
        ("kind", "made", "show_quantity"),
        ("warehouse", "bin"),
        ("show_labour", "show_value"),
    )
    object_actions = actions_of(ASSEMBLIES)
    page_url_name = "inventory:assemblies-page"
    pdf_url_name = "inventory:assemblies-pdf"
    show_quantity = figure(Assembly, "quantity", plain)
    show_labour = figure(Assembly, "labour_amount", price)
    show_value = figure(Assembly, "value", price)

    @display(description=_("set"))
    def made(self, obj: Assembly) -> str:
        return str(obj.product)
