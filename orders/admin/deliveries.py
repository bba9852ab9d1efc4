"""Deliveries in the admin."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from erp.core.admin import (
    DocumentAdmin,
    LinesInline,
    VisibleFilter,
    document_fieldsets,
    figure,
    price,
    transition_action,
)
from orders.models import (
    Delivery,
    DeliveryLine,
    DeliveryStatus,
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
