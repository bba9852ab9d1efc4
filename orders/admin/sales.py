"""Sales orders in the admin, and the button that makes one of a quotation."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from erp.core.admin import (
    DocumentAdmin,
    LinesInline,
    ObjectAction,
    VisibleFilter,
    add_object_actions,
    copy_action,
    document_fieldsets,
    figure,
    plain,
    transition_action,
)
from erp.core.policy import authorize_warehouses
from orders import services
from orders.models import (
    Delivery,
    SalesOrder,
    SalesOrderLine,
    SalesOrderStatus,
)
from quotations.models import Quotation, QuotationStatus


class SalesOrderLineInline(LinesInline[SalesOrderLine, SalesOrder]):
    model = SalesOrderLine
    fields = (*LinesInline.fields, "show_delivered", "show_closed")
    show_delivered = figure(SalesOrderLine, "delivered_quantity", plain)
    show_closed = figure(SalesOrderLine, "closed_quantity", plain)


def _deliver(order: Any, request: HttpRequest) -> Delivery:
    """Plan what is open; a storekeeper does it for his warehouses."""
    authorize_warehouses(request.user, order.warehouse_id)
    user: Any = request.user
    return services.create_delivery(order.pk, by=user)


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
        ObjectAction(
            "deliver",
            "orders.add_delivery",
            _("make delivery"),
            _deliver,
            lambda order: (
                order.status in (SalesOrderStatus.CONFIRMED, SalesOrderStatus.IN_PROGRESS)
            ),
            icon="local_shipping",
            variant="primary",
            service="orders.services.create_delivery",
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


add_object_actions(
    Quotation,
    transition_action(
        "order",
        permission="orders.add_salesorder",
        service="orders.services.create_order_from_quotation",
        description=_("make sales order"),
        when=(QuotationStatus.SENT, QuotationStatus.ACCEPTED),
        icon="shopping_cart",
        variant="primary",
    ),
)
add_object_actions(SalesOrder, copy_action(SalesOrder, "orders.services.copy_sales_order"))
