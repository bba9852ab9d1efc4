"""Transfers in the admin."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from erp.core.admin import VisibleFilter, figure, plain
from inventory.admin.documents import (
    StockDocumentAdmin,
    StockLineInline,
    actions_of,
    stock_fieldsets,
)
from inventory.models import Transfer, TransferLine
from inventory.papers import TRANSFERS


class TransferLineInline(StockLineInline[TransferLine, Transfer]):
    model = TransferLine
    fields = (
        "line_no",
        "part",
        "show_quantity",
        "from_bin",
        "to_bin",
        "show_received",
        "show_lost",
        "loss_reason",
        "note",
    )
    show_received = figure(TransferLine, "received_quantity", plain)
    show_lost = figure(TransferLine, "lost_quantity", plain)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("from_bin", "to_bin")


@admin.register(Transfer)
class TransferAdmin(StockDocumentAdmin[Transfer]):
    list_display = (
        "ref",
        "dated_on",
        "warehouse",
        "to_warehouse",
        "status_label",
        "shipped_on",
        "received_on",
        "created_by",
    )
    list_filter = (
        "status",
        ("warehouse", VisibleFilter),
        ("to_warehouse", VisibleFilter),
        "dated_on",
    )
    list_select_related = ("warehouse", "to_warehouse", "created_by")
    inlines = (TransferLineInline,)
    fieldsets = stock_fieldsets(("warehouse", "to_warehouse"), ("shipped_on", "received_on"))
    object_actions = actions_of(TRANSFERS)
    page_url_name = "inventory:transfers-page"
    pdf_url_name = "inventory:transfers-pdf"
