"""Goods receipts in the admin."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from erp.core.admin import (
    DocumentAdmin,
    LinesInline,
    VisibleFilter,
    document_fieldsets,
    figure,
    plain,
    transition_action,
)
from orders.admin.buying import BUYING_AMOUNTS, BUYING_TOTALS
from orders.models import (
    Receipt,
    ReceiptLine,
    ReceiptStatus,
)


class ReceiptLineInline(LinesInline[ReceiptLine, Receipt]):
    model = ReceiptLine
    fields = (*LinesInline.fields, "bin", "show_rejected")
    show_rejected = figure(ReceiptLine, "rejected_quantity", plain)
    cost_fields = BUYING_AMOUNTS

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("bin")


@admin.register(Receipt)
class ReceiptAdmin(DocumentAdmin[Receipt]):
    list_display = (
        "ref",
        "dated_on",
        "supplier",
        "purchase_order",
        "warehouse",
        "status_label",
        "show_gross",
        "owner",
    )
    list_filter = ("status", ("owner", VisibleFilter), ("warehouse", VisibleFilter), "dated_on")
    list_select_related = ("supplier", "purchase_order", "warehouse", "owner")
    inlines = (ReceiptLineInline,)
    cost_fields = BUYING_TOTALS
    fieldsets = document_fieldsets(("purchase_order", "warehouse"), partner="supplier")
    object_actions = (
        transition_action(
            "count",
            permission="orders.change_receipt",
            service="orders.services.count_receipt",
            description=_("mark as counted"),
            to=ReceiptStatus.COUNTED,
            icon="checklist",
            variant="primary",
        ),
        transition_action(
            "post",
            permission="orders.post_receipt",
            service="orders.services.post_receipt",
            description=_("post"),
            to=ReceiptStatus.POSTED,
            icon="inventory",
            variant="primary",
        ),
    )
