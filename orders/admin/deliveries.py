"""Deliveries in the admin."""

from decimal import Decimal

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from erp.core.admin import (
    DocumentAdmin,
    LinesInline,
    VisibleFilter,
    display,
    document_fieldsets,
    figure,
    percent,
    price,
    transition_action,
)
from orders.margins import Margin, line_margin
from orders.models import (
    Delivery,
    DeliveryLine,
    DeliveryStatus,
)

_TENTH_OF_A_PERCENT = Decimal("0.001")


def margin_text(found: Margin | None) -> str | None:
    """152.30 (31.5%): the rate where there is one."""
    if found is None:
        return None
    _cost, earned, rate = found
    short = "" if rate is None else f" ({percent(rate.quantize(_TENTH_OF_A_PERCENT))})"
    return price(earned) + short


class DeliveryLineInline(LinesInline[DeliveryLine, Delivery]):
    model = DeliveryLine
    fields = (*LinesInline.fields, "show_cost", "show_margin")
    cost_fields = ("show_cost", "show_margin")
    show_cost = figure(DeliveryLine, "cost_amount", price)

    @display(description=_("margin"))
    def show_margin(self, obj: DeliveryLine) -> str | None:
        return margin_text(line_margin(obj))

    def get_queryset(self, request: HttpRequest) -> QuerySet[DeliveryLine]:
        return super().get_queryset(request).select_related("document")


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
