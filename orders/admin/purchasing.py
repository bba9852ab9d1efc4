"""Purchase orders in the admin, and how punctual a supplier is."""

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
    copy_action,
    document_fieldsets,
    figure,
    plain,
    transition_action,
)
from erp.core.errors import DomainError
from erp.core.periods import company_today
from inventory.models import Bin
from orders import services
from orders.admin.buying import BUYING_AMOUNTS, BUYING_TOTALS
from orders.models import (
    PurchaseOrder,
    PurchaseOrderLine,
    PurchaseOrderStatus,
    Receipt,
)
from orders.performance import supplier_performance


class PurchaseOrderLineInline(LinesInline[PurchaseOrderLine, PurchaseOrder]):
    model = PurchaseOrderLine
    fields = (*LinesInline.fields, "show_received", "show_closed")
    show_received = figure(PurchaseOrderLine, "received_quantity", plain)
    show_closed = figure(PurchaseOrderLine, "closed_quantity", plain)
    cost_fields = BUYING_AMOUNTS


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
    cost_fields = BUYING_TOTALS
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


add_object_actions(PurchaseOrder, copy_action(PurchaseOrder, "orders.services.copy_purchase_order"))


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
