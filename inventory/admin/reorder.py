"""Reorder rules in the admin."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from erp.core.admin import MasterAdmin, VisibleFilter, figure, plain
from inventory.models import ReorderRule
from products.search import products_named


@admin.register(ReorderRule)
class ReorderRuleAdmin(MasterAdmin[ReorderRule]):
    list_display = (
        "product",
        "warehouse",
        "show_minimum",
        "show_target",
        "show_multiple",
        "supplier",
    )
    show_minimum = figure(ReorderRule, "minimum", plain)
    show_target = figure(ReorderRule, "target", plain)
    show_multiple = figure(ReorderRule, "multiple", plain)
    list_filter = (("warehouse", VisibleFilter),)
    list_select_related = ("product__brand", "warehouse", "supplier")
    ordering = ("product", "warehouse")
    autocomplete_fields = ("product", "supplier")
    search_fields = ("product__search_key",)
    search_help_text = _("Designation in any spelling")
    fields = (("product", "warehouse"), ("minimum", "target", "multiple"), ("supplier",))

    def search(
        self, request: HttpRequest, rows: QuerySet[ReorderRule], term: str
    ) -> QuerySet[ReorderRule]:
        return rows.filter(product__in=products_named(term, user=request.user))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fixed = tuple(super().get_readonly_fields(request, obj))
        return fixed if obj is None else (*fixed, "product", "warehouse")
