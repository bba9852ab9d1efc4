"""Stock counts in the admin."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from erp.core.admin import VisibleFilter, display, figure, plain, price
from erp.core.money import plain as plain_number
from inventory.admin.documents import (
    StockDocumentAdmin,
    StockLineInline,
    actions_of,
    stock_fieldsets,
)
from inventory.models import StockCount, StockCountLine
from inventory.papers import COUNTS


class StockCountLineInline(StockLineInline[StockCountLine, StockCount]):
    """A blind count tells nothing of the books until it is reviewed."""

    model = StockCountLine
    fields = (
        "line_no",
        "bin",
        "part",
        "show_counted",
        "counted_by",
        "show_snapshot",
        "show_expected",
        "difference",
        "show_value",
        "note",
    )
    cost_fields = ("show_value",)
    show_snapshot = figure(StockCountLine, "snapshot_quantity", plain)
    show_counted = figure(StockCountLine, "counted_quantity", plain)
    show_expected = figure(StockCountLine, "expected_quantity", plain)
    show_value = figure(StockCountLine, "variance_value", price)

    @display(description=_("difference"))
    def difference(self, obj: StockCountLine) -> str:
        return "–" if obj.variance is None else plain_number(obj.variance)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        names = super().get_fields(request, obj)
        if obj is not None and hides_books(obj):
            told = {"show_snapshot", "show_expected", "difference"}
            return [name for name in names if name not in told]
        return names

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("bin", "counted_by")


def hides_books(count: StockCount) -> bool:
    return count.is_blind and count.status in {StockCount.Status.DRAFT, StockCount.Status.COUNTING}


@admin.register(StockCount)
class StockCountAdmin(StockDocumentAdmin[StockCount]):
    list_display = (
        "ref",
        "dated_on",
        "warehouse",
        "zone",
        "status_label",
        "is_blind",
        "created_by",
        "posted_by",
    )
    list_filter = ("status", ("warehouse", VisibleFilter), "dated_on")
    list_select_related = ("warehouse", "created_by", "posted_by")
    inlines = (StockCountLineInline,)
    fieldsets = stock_fieldsets(
        ("warehouse", "zone", "is_blind"), ("started_at", "reviewed_by", "posted_by")
    )
    object_actions = actions_of(COUNTS)
    page_url_name = "inventory:stock-counts-page"
    pdf_url_name = "inventory:stock-counts-pdf"
