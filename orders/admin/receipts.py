"""Goods receipts in the admin."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from erp.core.admin import (
    DocumentAdmin,
    LinesInline,
    ObjectAction,
    VisibleFilter,
    document_fieldsets,
    figure,
    plain,
    price,
    transition_action,
)
from orders import services
from orders.admin.asking import reason_form
from orders.admin.buying import BUYING_AMOUNTS, BUYING_TOTALS
from orders.admin.buying_forms import returned_of, supplier_return_form
from orders.models import (
    Receipt,
    ReceiptLine,
    ReceiptStatus,
    SupplierReturn,
    SupplierReturnLine,
    SupplierReturnStatus,
)


class ReceiptLineInline(LinesInline[ReceiptLine, Receipt]):
    model = ReceiptLine
    fields = (*LinesInline.fields, "bin", "show_rejected", "reject_reason", "show_returned")
    show_rejected = figure(ReceiptLine, "rejected_quantity", plain)
    show_returned = figure(ReceiptLine, "returned_quantity", plain)
    cost_fields = BUYING_AMOUNTS

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("bin")


def _with_reason(verb: Any) -> Any:
    def run(document: Any, request: HttpRequest, answers: dict[str, Any]) -> Any:
        reason = answers["reason"]
        return verb(document.pk, reason=reason, version=document.version, by=request.user)

    return run


def _return(receipt: Any, request: HttpRequest, answers: dict[str, Any]) -> SupplierReturn:
    user: Any = request.user
    lines = returned_of(answers)
    return services.create_supplier_return(receipt.pk, lines, reason=answers["reason"], by=user)


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
    pdf_url_name = "orders:receipt-pdf"
    page_url_name = "orders:receipt"
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
        transition_action(
            "reopen",
            permission="orders.change_receipt",
            service="orders.services.reopen_receipt",
            description=_("count again"),
            when=(ReceiptStatus.COUNTED,),
            icon="undo",
        ),
        ObjectAction(
            "cancel",
            "orders.change_receipt",
            _("cancel"),
            _with_reason(services.cancel_receipt),
            lambda receipt: receipt.status in (ReceiptStatus.DRAFT, ReceiptStatus.COUNTED),
            icon="block",
            in_list=False,
            ask=reason_form,
            service="orders.services.cancel_receipt",
        ),
        ObjectAction(
            "return",
            "orders.add_supplierreturn",
            _("return to the supplier"),
            _return,
            lambda receipt: receipt.status == ReceiptStatus.POSTED,
            icon="assignment_return",
            in_list=False,
            ask=supplier_return_form,
            service="orders.services.create_supplier_return",
        ),
        ObjectAction(
            "reverse",
            "orders.reverse_receipt",
            _("reverse"),
            _with_reason(services.reverse_receipt),
            lambda receipt: receipt.status == ReceiptStatus.POSTED,
            icon="history",
            in_list=False,
            ask=reason_form,
            service="orders.services.reverse_receipt",
        ),
    )


class SupplierReturnLineInline(LinesInline[SupplierReturnLine, SupplierReturn]):
    model = SupplierReturnLine
    fields = (*LinesInline.fields, "bin", "is_rejected", "show_cost")
    show_cost = figure(SupplierReturnLine, "cost_amount", price)
    cost_fields = (*BUYING_AMOUNTS, "show_cost")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("bin")


@admin.register(SupplierReturn)
class SupplierReturnAdmin(DocumentAdmin[SupplierReturn]):
    list_display = (
        "ref",
        "dated_on",
        "supplier",
        "receipt",
        "warehouse",
        "status_label",
        "show_gross",
        "owner",
    )
    list_filter = ("status", ("owner", VisibleFilter), ("warehouse", VisibleFilter), "dated_on")
    list_select_related = ("supplier", "receipt", "warehouse", "owner")
    inlines = (SupplierReturnLineInline,)
    cost_fields = BUYING_TOTALS
    fieldsets = document_fieldsets(("receipt", "warehouse", "reason"), partner="supplier")
    pdf_url_name = "orders:supplier-return-pdf"
    object_actions = (
        transition_action(
            "post",
            permission="orders.post_supplierreturn",
            service="orders.services.post_supplier_return",
            description=_("post"),
            to=SupplierReturnStatus.POSTED,
            icon="assignment_return",
            variant="primary",
        ),
        transition_action(
            "cancel",
            permission="orders.change_supplierreturn",
            service="orders.services.cancel_supplier_return",
            description=_("cancel"),
            to=SupplierReturnStatus.CANCELLED,
            icon="block",
        ),
        ObjectAction(
            "reverse",
            "orders.reverse_supplierreturn",
            _("reverse"),
            _with_reason(services.reverse_supplier_return),
            lambda document: document.status == SupplierReturnStatus.POSTED,
            icon="history",
            in_list=False,
            ask=reason_form,
            service="orders.services.reverse_supplier_return",
        ),
    )
