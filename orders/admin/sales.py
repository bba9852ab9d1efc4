"""Sales orders in the admin, and the button that makes one of a quotation."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from erp.core.admin import (
    DocumentAdmin,
    FilesAdmin,
    LinesInline,
    ObjectAction,
    VisibleFilter,
    add_object_actions,
    copy_action,
    display,
    document_fieldsets,
    figure,
    plain,
    transition_action,
)
from erp.core.policy import warehouses_of
from orders import services
from orders.admin.asking import delivery_form, quantities_of, reason_form
from orders.models import (
    Delivery,
    SalesOrder,
    SalesOrderLine,
    SalesOrderStatus,
)
from quotations.models import Quotation, QuotationStatus


class SalesOrderLineInline(LinesInline[SalesOrderLine, SalesOrder]):
    model = SalesOrderLine
    fields = (*LinesInline.fields, "issue", "warehouse", "show_delivered", "show_closed")
    show_delivered = figure(SalesOrderLine, "delivered_quantity", plain)
    show_closed = figure(SalesOrderLine, "closed_quantity", plain)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("warehouse")


_OPEN = (SalesOrderStatus.CONFIRMED, SalesOrderStatus.IN_PROGRESS)


def _is_open(order: Any) -> bool:
    return order.status in _OPEN


def _confirm_part(order: Any, request: HttpRequest) -> SalesOrder:
    user: Any = request.user
    return services.confirm_order(order.pk, version=order.version, partial=True, by=user)


def _allow_credit(order: Any, request: HttpRequest, answers: dict[str, Any]) -> SalesOrder:
    user: Any = request.user
    return services.allow_credit(order.pk, reason=answers["reason"], version=order.version, by=user)


def _close(order: Any, request: HttpRequest, answers: dict[str, Any]) -> SalesOrder:
    user: Any = request.user
    return services.close_order(order.pk, reason=answers["reason"], version=order.version, by=user)


def _deliver(order: Any, request: HttpRequest) -> Delivery:
    """Plan what is ready, one delivery per warehouse; a storekeeper does it for his own."""
    user: Any = request.user
    return services.create_deliveries(
        order.pk, within=warehouses_of(user), version=order.version, by=user
    )[0]


def _deliver_some(order: Any, request: HttpRequest, answers: dict[str, Any]) -> Delivery:
    quantities = {pk: quantity for pk, quantity in quantities_of(answers).items() if quantity}
    user: Any = request.user
    return services.create_deliveries(
        order.pk, quantities, within=warehouses_of(user), version=order.version, by=user
    )[0]


@admin.register(SalesOrder)
class SalesOrderAdmin(FilesAdmin[SalesOrder], DocumentAdmin[SalesOrder]):
    pdf_url_name = "orders:sales-order-pdf"
    page_url_name = "orders:sales-order"
    list_display = (
        "ref",
        "dated_on",
        "customer",
        "partner_reference",
        "status_label",
        "show_delivered",
        "show_gross",
        "currency",
        "requested_on",
        "warehouse",
        "owner",
    )
    list_filter = ("status", ("owner", VisibleFilter), ("warehouse", VisibleFilter), "dated_on")
    list_select_related = ("customer", "owner", "currency", "warehouse")
    inlines = (SalesOrderLineInline,)
    fieldsets = document_fieldsets(
        ("quotation", "warehouse", "requested_on"),
        ("contact", "delivery_address", "payment_term"),
        "credit_override",
    )
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
            "confirm_part",
            "orders.confirm_salesorder",
            _("confirm, reserve what there is"),
            _confirm_part,
            lambda order: order.status == SalesOrderStatus.DRAFT,
            icon="hourglass_top",
            service="orders.services.confirm_order",
        ),
        ObjectAction(
            "allow_credit",
            "orders.override_credit",
            _("allow over the credit limit"),
            _allow_credit,
            lambda order: (
                order.status in (SalesOrderStatus.DRAFT, *_OPEN) and not order.credit_override
            ),
            icon="lock_open",
            in_list=False,
            service="orders.services.allow_credit",
            ask=reason_form,
        ),
        transition_action(
            "reserve",
            permission="orders.confirm_salesorder",
            service="orders.services.reserve_waiting",
            description=_("reserve what waits"),
            when=_OPEN,
            icon="bookmark_add",
        ),
        ObjectAction(
            "deliver",
            "orders.add_delivery",
            _("make delivery"),
            _deliver,
            _is_open,
            icon="local_shipping",
            variant="primary",
            service="orders.services.create_deliveries",
        ),
        ObjectAction(
            "deliver_some",
            "orders.add_delivery",
            _("deliver some lines"),
            _deliver_some,
            _is_open,
            icon="checklist",
            in_list=False,
            service="orders.services.create_deliveries",
            ask=delivery_form,
        ),
        ObjectAction(
            "close",
            "orders.close_salesorder",
            _("close the remainder"),
            _close,
            _is_open,
            icon="do_not_disturb_on",
            in_list=False,
            service="orders.services.close_order",
            ask=reason_form,
        ),
        transition_action(
            "unreserve",
            permission="orders.confirm_salesorder",
            service="orders.services.unreserve_order",
            description=_("give up reserved stock"),
            when=_OPEN,
            icon="bookmark_remove",
        ),
        transition_action(
            "reopen",
            permission="orders.confirm_salesorder",
            service="orders.services.reopen_order",
            description=_("make a draft again"),
            when=(SalesOrderStatus.CONFIRMED,),
            icon="undo",
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

    def get_queryset(self, request: HttpRequest) -> QuerySet[SalesOrder]:
        rows: Any = super().get_queryset(request)
        progress: QuerySet[SalesOrder] = rows.with_progress()
        return progress

    @display(description=_("delivered"))
    def show_delivered(self, order: Any) -> str:
        return f"{order.delivered_percent} %"


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
