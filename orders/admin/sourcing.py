"""Verbs of orders on the page of a request, and the other way round."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.core.admin import ObjectAction, add_facts, add_object_actions, link_to
from erp.core.policy import authorize
from inventory.models import Warehouse
from orders.models import AwardOrder, PurchaseOrder, SalesOrder, SalesOrderStatus
from orders.services.from_rfqs import order_awards, request_for_order
from quotations.models import Rfq, RfqStatus


def _ask_warehouse(_rfq: Any, request: HttpRequest) -> type[forms.Form]:
    places: Any = Warehouse.objects.visible_to(request.user).active().order_by("code")

    class WarehouseForm(forms.Form):
        warehouse = forms.ModelChoiceField(
            queryset=places, label=gettext_lazy("deliver to"), initial=places.first()
        )

    return WarehouseForm


def _order(rfq: Any, request: HttpRequest, answers: dict[str, Any]) -> Any:
    user: Any = request.user
    made = order_awards(rfq.pk, warehouse_id=answers["warehouse"].pk, version=rfq.version, by=user)
    names = ", ".join(order.ref for order in made)
    messages.success(request, _("Drafted: %(names)s") % {"names": names})
    return made[0] if len(made) == 1 else None


def _request(order: Any, request: HttpRequest) -> Rfq:
    user: Any = request.user
    authorize(user, "quotations.add_rfq")
    return request_for_order(order.pk, by=user)


add_object_actions(
    Rfq,
    ObjectAction(
        "order",
        "orders.add_purchaseorder",
        gettext_lazy("make purchase orders"),
        _order,
        lambda rfq: rfq.status == RfqStatus.AWARDED,
        icon="add_shopping_cart",
        variant="primary",
        in_list=False,
        service="orders.services.from_rfqs.order_awards",
        ask=_ask_warehouse,
    ),
)
add_object_actions(
    SalesOrder,
    ObjectAction(
        "request",
        "orders.change_salesorder",
        gettext_lazy("ask suppliers for what is short"),
        _request,
        lambda order: (
            order.status
            in (SalesOrderStatus.DRAFT, SalesOrderStatus.CONFIRMED, SalesOrderStatus.IN_PROGRESS)
        ),
        icon="contact_support",
        service="orders.services.from_rfqs.request_for_order",
    ),
)


def _orders_of(rfq: Any, request: HttpRequest) -> list[tuple[str, str]]:
    """The purchase orders made of a request, as far as the user sees them."""
    made = AwardOrder.objects.filter(award__line__document=rfq).values("order")
    rows = PurchaseOrder.objects.visible_to(request.user).filter(pk__in=made).order_by("pk")
    return [(_("purchase order"), link_to(row)) for row in rows]


def _request_of(order: Any, request: HttpRequest) -> list[tuple[str, str]]:
    """The request a purchase order was made of."""
    asked = AwardOrder.objects.filter(order=order).values("award__line__document")
    rows = Rfq.objects.visible_to(request.user).filter(pk__in=asked)
    return [(_("request for quotation"), link_to(row)) for row in rows]


add_facts(Rfq, _orders_of)
add_facts(PurchaseOrder, _request_of)
