"""From a quotation on the sales page to its order in the admin; orders and deliveries on paper."""

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.requests import AuthedRequest
from erp.core.errors import DomainError
from erp.core.pages import change_once, page, pdf_answer, refuse
from erp.core.policy import authorize
from orders.models import Delivery, SalesOrder
from orders.printing import delivery_note_pdf
from orders.printing import sales_order_pdf as order_on_paper
from orders.services import create_order_from_quotation
from quotations.models import Quotation


@page("POST")
def order_from_quotation(request: AuthedRequest, pk: int) -> HttpResponse:
    """Note the customer's acceptance and draft the order of all lines."""
    authorize(request.user, "orders.add_salesorder")
    quotation = Quotation.objects.get_visible(request.user, pk)

    def effect() -> tuple[str, str]:
        order = create_order_from_quotation(quotation.pk, by=request.user)
        said = _("The order was drafted from %(ref)s.") % {"ref": quotation.ref}
        return reverse("admin:orders_salesorder_change", args=[order.pk]), said

    try:
        return change_once(request, "quotation.accept", effect, object_id=quotation.pk)
    except DomainError as refusal:
        refuse(request, refusal)
        return redirect("quotations:quotation", pk=quotation.pk)


@page("GET")
def sales_order_pdf(request: AuthedRequest, pk: int) -> HttpResponseBase:
    authorize(request.user, "orders.view_salesorder")
    order = SalesOrder.objects.get_visible(request.user, pk)
    return pdf_answer(
        request,
        lambda language: order_on_paper(order, language=language, by=request.user),
        otherwise=reverse("admin:orders_salesorder_change", args=[order.pk]),
    )


@page("GET")
def delivery_pdf(request: AuthedRequest, pk: int) -> HttpResponseBase:
    """The delivery note; ``?prices=0`` leaves the prices out."""
    authorize(request.user, "orders.view_delivery")
    delivery = Delivery.objects.get_visible(request.user, pk)
    with_prices = request.GET.get("prices") != "0"
    return pdf_answer(
        request,
        lambda language: delivery_note_pdf(
            delivery, with_prices=with_prices, language=language, by=request.user
        ),
        otherwise=reverse("admin:orders_delivery_change", args=[delivery.pk]),
    )
