"""Other receipts and issues in the admin."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from erp.core.admin import VisibleFilter, figure, price
from inventory.admin.documents import (
    StockDocumentAdmin,
    StockLineInline,
    actions_of,
    stock_fieldsets,
)
from inventory.models import StockEntry, StockEntryLine
from inventory.papers import ENTRIES


class StockEntryLineInline(StockLineInline[StockEntryLine, StockEntry]):
    model = StockEntryLine
    fields = ("line_no", "part", "bin", "show_quantity", "show_cost", "show_value", "note")
    cost_fields = ("show_cost", "show_value")
    show_cost = figure(StockEntryLine, "unit_cost", price)
    show_value = figure(StockEntryLine, "value", price)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("bin")


@admin.register(StockEntry)
class StockEntryAdmin(StockDocumentAdmin[StockEntry]):
    list_display = (
        "ref",
        "dated_on",
        "kind",
        "warehouse",
        "status_label",
        "reason",
        "created_by",
        "posted_by",
    )
    list_filter = ("status", "kind", ("warehouse", VisibleFilter), "dated_on")
    list_select_related = ("warehouse", "created_by", "posted_by")
    inlines = (StockEntryLineInline,)
    fieldsets = stock_fieldsets(("warehouse", "kind", "customer"), ("reason", "posted_by"))
    object_actions = actions_of(ENTRIES)
    page_url_name = "inventory:stock-entries-page"
    pdf_url_name = "inventory:stock-entries-pdf"
