"""Sales orders, deliveries, purchase orders and goods receipts."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from customers.models import Supplier
from erp.core.admin import (
    DocumentAdmin,
    LinesInline,
    ObjectAction,
    VisibleFilter,
    add_facts,
    add_object_actions,
    document_fieldsets,
    figure,
    plain,
    price,
    transition_action,
)
from erp.core.errors import DomainError
from erp.core.periods import company_today
from inventory.models import Bin
from orders import services
from orders.models import (
    Delivery,
    DeliveryLine,
    DeliveryStatus,
    PurchaseOrder,
    PurchaseOrderLine,
    PurchaseOrderStatus,
    Receipt,
    ReceiptLine,
    ReceiptStatus,
    SalesOrder,
    SalesOrderLine,
    SalesOrderStatus,
)
from orders.performance import supplier_performance
from quotations.models import Quotation, QuotationStatus

# What a buying document says about prices is what goods cost.
_BUYING_TOTALS = ("show_net", "show_tax", "show_gross", "show_exchange_rate")
_BUYING_AMOUNTS = (
    "show_price",
    "price_includes_tax",
    "show_rate",
    "show_net",
    "show_tax",
    "show_gross",
)


class SalesOrderLineInline(LinesInline[SalesOrderLine, SalesOrder]):
    model = SalesOrderLine
    fields = (*LinesInline.fields, "show_delivered", "show_closed")
    show_delivered = figure(SalesOrderLine, "delivered_quantity", plain)
    show_closed = figure(SalesOrderLine, "closed_quantity", plain)


@admin.register(SalesOrder)
class SalesOrderAdmin(DocumentAdmin[SalesOrder]):
    pdf_url_name = "orders:sales-order-pdf"
    list_display = (
        "ref",
        "dated_on",
        "customer",
        "status_label",
        "show_gross",
        "currency",
        "requested_on",
        "warehouse",
        "owner",
    )
    list_filter = ("status", ("owner", VisibleFilter), ("warehouse", VisibleFilter), "dated_on")
    list_select_related = ("customer", "owner", "currency", "warehouse")
    inlines = (SalesOrderLineInline,)
    fieldsets = document_fieldsets(("quotation", "warehouse", "requested_on"))
    object_actions = (
        transition_action(
            "confirm",
            permission="orders.confirm_salesorder",
            service="orders.services.confirm_order",
            description=_("confirm and reserve stock"),
            when=(SalesOrderStatus.DRAFT,),
            icon="task_alt",
            variant="primary",
        ),
        transition_action(
            "deliver",
            permission="orders.add_delivery",
            service="orders.services.create_delivery",
            description=_("make delivery"),
            when=(SalesOrderStatus.CONFIRMED, SalesOrderStatus.IN_PROGRESS),
            icon="local_shipping",
            variant="primary",
        ),
        transition_action(
            "cancel",
            permission="orders.cancel_salesorder",
            service="orders.services.cancel_order",
            description=_("cancel"),
            to=SalesOrderStatus.CANCELLED,
            icon="block",
        ),
    )


class DeliveryLineInline(LinesInline[DeliveryLine, Delivery]):
    model = DeliveryLine
    fields = (*LinesInline.fields, "show_cost")
    cost_fields = ("show_cost",)
    show_cost = figure(DeliveryLine, "cost_amount", price)


@admin.register(Delivery)
class DeliveryAdmin(DocumentAdmin[Delivery]):
    pdf_url_name = "orders:delivery-pdf"
    list_display = (
        "ref",
        "dated_on",
        "customer",
        "sales_order",
        "warehouse",
        "status_label",
        "show_gross",
        "owner",
    )
    list_filter = ("status", ("owner", VisibleFilter), ("warehouse", VisibleFilter), "dated_on")
    list_select_related = ("customer", "sales_order", "warehouse", "owner")
    inlines = (DeliveryLineInline,)
    fieldsets = document_fieldsets(("sales_order", "warehouse"))
    object_actions = (
        transition_action(
            "pick",
            permission="orders.ship_delivery",
            service="orders.services.pick_delivery",
            description=_("mark as picked"),
            to=DeliveryStatus.PICKED,
            icon="shopping_basket",
        ),
        transition_action(
            "ship",
            permission="orders.ship_delivery",
            service="orders.services.ship_delivery",
            description=_("ship"),
            to=DeliveryStatus.SHIPPED,
            icon="local_shipping",
            variant="primary",
        ),
        transition_action(
            "cancel",
            permission="orders.ship_delivery",
            service="orders.services.cancel_delivery",
            description=_("cancel"),
            to=DeliveryStatus.CANCELLED,
            icon="block",
        ),
    )


class PurchaseOrderLineInline(LinesInline[PurchaseOrderLine, PurchaseOrder]):
    model = PurchaseOrderLine
    fields = (*LinesInline.fields, "show_received", "show_closed")
    show_received = figure(PurchaseOrderLine, "received_quantity", plain)
    show_closed = figure(PurchaseOrderLine, "closed_quantity", plain)
    cost_fields = _BUYING_AMOUNTS


def _receive_all(order: Any, request: HttpRequest) -> Receipt:
    """Draft the receipt of all that is open, into the first bin of the order's warehouse."""
    places = Bin.objects.visible_to(request.user).active().filter(warehouse=order.warehouse_id)
    place = places.order_by("code").first()
    if place is None:
        raise DomainError(_("The warehouse has no bin."), code="unknown_bin")
    user: Any = request.user
    return services.create_receipt(order.pk, bin_id=place.pk, by=user)


@admin.register(PurchaseOrder)
class PurchaseOrderAdmin(DocumentAdmin[PurchaseOrder]):
    list_display = (
        "ref",
        "dated_on",
        "supplier",
        "status_label",
        "show_gross",
        "currency",
        "requested_on",
        "warehouse",
        "owner",
    )
    list_filter = ("status", ("owner", VisibleFilter), ("warehouse", VisibleFilter), "dated_on")
    list_select_related = ("supplier", "owner", "currency", "warehouse")
    inlines = (PurchaseOrderLineInline,)
    cost_fields = _BUYING_TOTALS
    fieldsets = document_fieldsets(("warehouse", "requested_on"), partner="supplier")
    object_actions = (
        transition_action(
            "submit",
            permission="orders.change_purchaseorder",
            service="orders.services.submit_purchase_order",
            description=_("submit for approval"),
            to=PurchaseOrderStatus.SUBMITTED,
            icon="outbox",
            variant="primary",
        ),
        transition_action(
            "approve",
            permission="orders.approve_purchaseorder",
            service="orders.services.approve_purchase_order",
            description=_("approve"),
            to=PurchaseOrderStatus.APPROVED,
            icon="verified",
            variant="primary",
        ),
        transition_action(
            "refuse",
            permission="orders.approve_purchaseorder",
            service="orders.services.refuse_purchase_order",
            description=_("refuse, back to draft"),
            to=PurchaseOrderStatus.DRAFT,
            icon="undo",
        ),
        transition_action(
            "send",
            permission="orders.send_purchaseorder",
            service="orders.services.send_purchase_order",
            description=_("mark as sent"),
            when=(PurchaseOrderStatus.APPROVED,),
            icon="send",
            variant="primary",
        ),
        transition_action(
            "confirm",
            permission="orders.send_purchaseorder",
            service="orders.services.confirm_purchase_order",
            description=_("confirmed by the supplier"),
            when=(PurchaseOrderStatus.SENT,),
            icon="handshake",
        ),
        ObjectAction(
            "receive",
            "orders.add_receipt",
            _("make goods receipt"),
            _receive_all,
            lambda order: (
                order.status
                in (
                    PurchaseOrderStatus.SENT,
                    PurchaseOrderStatus.CONFIRMED,
                    PurchaseOrderStatus.PARTLY_RECEIVED,
                )
            ),
            icon="inventory",
            variant="primary",
        ),
        transition_action(
            "cancel",
            permission="orders.change_purchaseorder",
            service="orders.services.cancel_purchase_order",
            description=_("cancel"),
            to=PurchaseOrderStatus.CANCELLED,
            icon="block",
        ),
    )


class ReceiptLineInline(LinesInline[ReceiptLine, Receipt]):
    model = ReceiptLine
    fields = (*LinesInline.fields, "bin", "show_rejected")
    show_rejected = figure(ReceiptLine, "rejected_quantity", plain)
    cost_fields = _BUYING_AMOUNTS

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
    cost_fields = _BUYING_TOTALS
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


add_object_actions(
    Quotation,
    transition_action(
        "order",
        permission="orders.add_salesorder",
        service="orders.services.create_order_from_quotation",
        description=_("make sales order"),
        when=(QuotationStatus.SENT,),
        icon="shopping_cart",
        variant="primary",
    ),
)


def _supplier_facts(supplier: Supplier, _request: HttpRequest) -> list[tuple[str, str]]:
    """Real lead time and punctuality of the last year, beside what the supplier promises."""
    told = supplier_performance(supplier, on=company_today())
    days, percent = told.average_days, told.on_time_percent
    return [
        (gettext("Receipts in a year"), str(told.receipts)),
        (
            gettext("Real lead time"),
            "–" if days is None else ngettext("%(n)d day", "%(n)d days", days) % {"n": days},
        ),
        (
            gettext("On time"),
            "–" if percent is None else f"{percent} % ({told.on_time}/{told.promised})",
        ),
    ]


add_facts(Supplier, _supplier_facts)
