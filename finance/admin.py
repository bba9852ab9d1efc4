"""Invoices, payments and the books."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminDecimalFieldWidget

from erp.core.admin import (
    DocumentAdmin,
    LedgerAdmin,
    LinesInline,
    MasterAdmin,
    ObjectAction,
    ReadOnlyInline,
    VisibleFilter,
    add_object_actions,
    document_fieldsets,
    figure,
    may_see_cost,
    plain,
    price,
    transition_action,
)
from finance.models import (
    Account,
    Allocation,
    BankAccount,
    Invoice,
    InvoiceLine,
    InvoiceStatus,
    JournalEntry,
    JournalLine,
    Payment,
    PaymentStatus,
)
from finance.services.purchases import price_purchase_invoice
from orders.models import Delivery, DeliveryStatus, Receipt, ReceiptStatus


@admin.register(Account)
class AccountAdmin(MasterAdmin[Account]):
    list_display = ("code", "name", "role")
    search_fields = ("code", "name")
    sortable_by = ("code",)
    fields = (("code", "name"), "role")


@admin.register(BankAccount)
class BankAccountAdmin(MasterAdmin[BankAccount]):
    list_display = ("code", "name", "bank_name", "number", "currency")
    list_select_related = ("currency",)
    search_fields = ("code", "name")
    sortable_by = ("code",)
    fields = (("code", "name"), ("bank_name", "number"), "currency")


class JournalLineInline(ReadOnlyInline[JournalLine, JournalEntry]):
    model = JournalLine
    fields = ("account", "show_debit", "show_credit", "customer", "supplier")
    show_debit = figure(JournalLine, "debit", price)
    show_credit = figure(JournalLine, "credit", price)
    ordering = ("id",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[JournalLine]:
        rows = super().get_queryset(request)
        return rows.select_related("account", "customer", "supplier")


@admin.register(JournalEntry)
class JournalEntryAdmin(LedgerAdmin[JournalEntry]):
    list_display = ("id", "on", "memo_shown", "document", "posted_at", "posted_by")
    list_filter = ("on",)
    list_select_related = ("posted_by",)
    ordering = ("-id",)
    sortable_by = ("id", "on")
    fields = (("on", "memo_shown", "document"), ("posted_at", "posted_by"))
    inlines = (JournalLineInline,)

    @admin.display(description=_("text"))
    def memo_shown(self, obj: JournalEntry) -> str:
        return obj.memo_text


class InvoiceLineInline(LinesInline[InvoiceLine, Invoice]):
    model = InvoiceLine


class AllocationInline(ReadOnlyInline[Allocation, Any]):
    model = Allocation
    fields = ("payment", "invoice", "show_amount", "created_at", "created_by")
    show_amount = figure(Allocation, "amount", price)
    ordering = ("id",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Allocation]:
        rows = super().get_queryset(request)
        return rows.select_related("payment", "invoice", "created_by")


def _ask_prices(invoice: Invoice, _request: HttpRequest) -> type[forms.Form]:
    """One price per line, as it stands."""
    fields = {
        str(line.pk): forms.DecimalField(
            label=f"{line} × {plain(line.quantity)}",
            initial=line.unit_price.normalize(),
            min_value=0,
            max_digits=18,
            decimal_places=6,
            widget=UnfoldAdminDecimalFieldWidget,
        )
        for line in invoice.lines.order_by("line_no")
    }
    return type("PricesForm", (forms.Form,), fields)


def _set_prices(invoice: Invoice, request: HttpRequest, answers: dict[str, Any]) -> Invoice:
    prices = {int(key): value for key, value in answers.items()}
    by: Any = request.user
    return price_purchase_invoice(invoice.pk, prices, by=by, version=invoice.version)


def _may_be_priced(invoice: Invoice) -> bool:
    return invoice.direction == Invoice.Direction.IN and invoice.status == InvoiceStatus.DRAFT


@admin.register(Invoice)
class InvoiceAdmin(DocumentAdmin[Invoice]):
    pdf_url_name = "finance:invoice-pdf"
    """Purchase invoices tell what goods cost: without that right only sales invoices are seen."""

    list_display = (
        "ref",
        "direction",
        "dated_on",
        "customer",
        "supplier",
        "status_label",
        "show_gross",
        "currency",
        "due_on",
    )
    list_filter = ("status", "direction", ("owner", VisibleFilter), "dated_on", "due_on")
    list_select_related = ("customer", "supplier", "currency")
    inlines = (InvoiceLineInline, AllocationInline)
    fieldsets = document_fieldsets(("supplier", "direction"), ("due_on", "fapiao_number"))
    object_actions = (
        transition_action(
            "post",
            permission="finance.post_invoice",
            service="finance.services.post_invoice",
            description=_("post"),
            to=InvoiceStatus.POSTED,
            icon="task_alt",
            variant="primary",
        ),
        ObjectAction(
            "prices",
            "finance.change_invoice",
            _("enter the supplier's prices"),
            _set_prices,
            _may_be_priced,
            icon="edit",
            in_list=False,
            service="finance.services.purchases.price_purchase_invoice",
            ask=_ask_prices,
        ),
        transition_action(
            "cancel",
            permission="finance.change_invoice",
            service="finance.services.cancel_invoice",
            description=_("cancel"),
            to=InvoiceStatus.CANCELLED,
            icon="block",
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Invoice]:
        rows = super().get_queryset(request)
        return rows if may_see_cost(request) else rows.filter(direction=Invoice.Direction.OUT)


@admin.register(Payment)
class PaymentAdmin(DocumentAdmin[Payment]):
    show_amount = figure(Payment, "amount", price)
    editable_in_draft = ()
    list_display = (
        "ref",
        "direction",
        "dated_on",
        "customer",
        "supplier",
        "status_label",
        "show_amount",
        "currency",
        "bank_account",
    )
    list_filter = ("status", "direction", ("bank_account", VisibleFilter), "dated_on")
    list_select_related = ("customer", "supplier", "currency", "bank_account")
    inlines = (AllocationInline,)
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("ref", "status", "dated_on"),
                    ("direction", "customer", "supplier"),
                    ("show_amount", "currency", "show_exchange_rate"),
                    ("bank_account", "method", "reference"),
                    ("owner", "created_at"),
                )
            },
        ),
    )
    object_actions = (
        transition_action(
            "post",
            permission="finance.post_payment",
            service="finance.services.post_payment",
            description=_("post"),
            to=PaymentStatus.POSTED,
            icon="task_alt",
            variant="primary",
        ),
    )


add_object_actions(
    Delivery,
    transition_action(
        "invoice",
        permission="finance.add_invoice",
        service="finance.services.invoice_delivery",
        description=_("make invoice"),
        when=(DeliveryStatus.SHIPPED, DeliveryStatus.DONE),
        icon="receipt_long",
        variant="primary",
    ),
)
add_object_actions(
    Receipt,
    transition_action(
        "invoice",
        permission="finance.add_invoice",
        service="finance.services.invoice_receipt",
        description=_("enter the supplier's invoice"),
        when=(ReceiptStatus.POSTED,),
        icon="receipt_long",
        variant="primary",
    ),
)
