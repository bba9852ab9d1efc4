"""Deliveries in the admin."""

from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from erp.core.admin import (
    DocumentAdmin,
    LinesInline,
    ObjectAction,
    VisibleFilter,
    display,
    document_fieldsets,
    figure,
    percent,
    price,
    transition_action,
)
from erp.core.money import ZERO
from orders import services
from orders.admin.asking import quantities_form, quantities_of, reason_form, return_form
from orders.margins import Margin, line_margin
from orders.models import (
    Delivery,
    DeliveryLine,
    DeliveryStatus,
    Return,
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


def _is_shipped(delivery: Any) -> bool:
    return delivery.status in (DeliveryStatus.SHIPPED, DeliveryStatus.DONE)


def _change(delivery: Any, request: HttpRequest, answers: dict[str, Any]) -> Delivery:
    user: Any = request.user
    return services.change_delivery(
        delivery.pk, quantities_of(answers), version=delivery.version, by=user
    )


def _reverse(delivery: Any, request: HttpRequest, answers: dict[str, Any]) -> Delivery:
    user: Any = request.user
    return services.reverse_delivery(
        delivery.pk, reason=answers["reason"], version=delivery.version, by=user
    )


def _return(delivery: Any, request: HttpRequest, answers: dict[str, Any]) -> Return:
    """Draft a return of the lines that were given a quantity."""
    user: Any = request.user
    lines = [
        services.ReturnLineInput(
            pk, quantity, answers["bin"].pk, scrap_quantity=answers.get(f"scrap_{pk}") or ZERO
        )
        for pk, quantity in quantities_of(answers).items()
        if quantity
    ]
    return services.create_return(delivery.pk, lines, reason=answers["reason"], by=user)


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
            "reserve",
            permission="orders.ship_delivery",
            service="orders.services.reserve_delivery",
            description=_("reserve"),
            when=(DeliveryStatus.DRAFT,),
            icon="bookmark_add",
            variant="primary",
        ),
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
        ObjectAction(
            "change",
            "orders.change_delivery",
            _("change quantities"),
            _change,
            lambda delivery: delivery.status in (DeliveryStatus.DRAFT, DeliveryStatus.RESERVED),
            icon="edit",
            in_list=False,
            service="orders.services.change_delivery",
            ask=quantities_form,
        ),
        transition_action(
            "step_back",
            permission="orders.ship_delivery",
            service="orders.services.step_back_delivery",
            description=_("a step back"),
            when=(DeliveryStatus.RESERVED, DeliveryStatus.PICKED),
            icon="undo",
        ),
        transition_action(
            "finish",
            permission="orders.ship_delivery",
            service="orders.services.finish_delivery",
            description=_("signed for by the customer"),
            to=DeliveryStatus.DONE,
            icon="signature",
        ),
        ObjectAction(
            "return",
            "orders.add_return",
            _("goods come back"),
            _return,
            _is_shipped,
            icon="assignment_return",
            in_list=False,
            service="orders.services.create_return",
            ask=return_form,
        ),
        ObjectAction(
            "reverse",
            "orders.reverse_delivery",
            _("reverse"),
            _reverse,
            _is_shipped,
            icon="history",
            in_list=False,
            service="orders.services.reverse_delivery",
            ask=reason_form,
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
