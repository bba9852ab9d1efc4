"""From a quotation to its order; orders, deliveries and returns on paper."""

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.requests import AuthedRequest
from erp.core.errors import DomainError
from erp.core.pages import change_once, page, pdf_answer, refuse
from erp.core.policy import authorize
from inventory.models import Warehouse
from orders.models import Delivery, Return, SalesOrder
from orders.printing import delivery_note_pdf
from orders.printing import return_pdf as return_on_paper
from orders.printing import sales_order_pdf as order_on_paper
from orders.services import create_order_from_quotation
from orders.services.from_rfqs import order_awards
from quotations.models import Quotation, Rfq


@page("POST")
def order_from_quotation(request: AuthedRequest, pk: int) -> HttpResponse:
    """Note the customer's acceptance and draft the order of the lines he chose, or of all."""
    authorize(request.user, "orders.add_salesorder")
    quotation = Quotation.objects.get_visible(request.user, pk)

    def effect() -> tuple[str, str]:
        order = create_order_from_quotation(
            quotation.pk, line_ids=_chosen(request), by=request.user
        )
        said = _("The order was drafted from %(ref)s.") % {"ref": quotation.ref}
        return reverse("orders:sales-order", args=[order.pk]), said

    try:
        return change_once(request, "quotation.accept", effect, object_id=quotation.pk)
    except DomainError as refusal:
        refuse(request, refusal)
        return redirect("quotations:quotation", pk=quotation.pk)


@page("POST")
def orders_from_rfq(request: AuthedRequest, pk: int) -> HttpResponse:
    """Draft a purchase order for each supplier to whom something was awarded."""
    authorize(request.user, "orders.add_purchaseorder")
    rfq = Rfq.objects.get_visible(request.user, pk)
    given = request.POST.get("warehouse", "")
    places = Warehouse.objects.visible_to(request.user).active()
    place = places.filter(pk=int(given)).first() if given.isdecimal() and len(given) < 19 else None
    seen = request.POST.get("version", "")

    def effect() -> tuple[str, str]:
        made = order_awards(
            rfq.pk,
            warehouse_id=place.pk if place else 0,
            version=int(seen) if seen.isdecimal() and len(seen) < 10 else 0,
            by=request.user,
        )
        said = _("Drafted: %(names)s") % {"names": ", ".join(order.ref for order in made)}
        if len(made) == 1:
            return reverse("admin:orders_purchaseorder_change", args=[made[0].pk]), said
        return reverse("quotations:rfq", args=[rfq.pk]), said

    try:
        return change_once(request, "rfq.order", effect, object_id=rfq.pk)
    except DomainError as refusal:
        refuse(request, refusal)
        return redirect("quotations:rfq", pk=rfq.pk)


def _chosen(request: AuthedRequest) -> list[int] | None:
    """Return the lines ticked on the page; None where it offers no choice."""
    if "choose" not in request.POST:
        return None
    given = request.POST.getlist("line")
    return [int(key) for key in given if key.isascii() and key.isdigit() and len(key) < 19]


@page("GET")
def sales_order_pdf(request: AuthedRequest, pk: int) -> HttpResponseBase:
    authorize(request.user, "orders.view_salesorder")
    order = SalesOrder.objects.get_visible(request.user, pk)
    return pdf_answer(
        request,
        lambda language: order_on_paper(order, language=language, by=request.user),
        otherwise=reverse("orders:sales-order", args=[order.pk]),
    )


@page("GET")
def delivery_pdf(request: AuthedRequest, pk: int) -> HttpResponseBase:
    """The delivery note; ``?prices=0`` leaves the prices out."""
    authorize(request.user, "orders.view_delivery")
    delivery = Delivery.objects.get_visible(request.user, pk)
    with_prices = request.GET.get("prices") != "0"
    own_page = reverse("admin:orders_delivery_change", args=[delivery.pk])
    return pdf_answer(
        request,
        lambda language: delivery_note_pdf(
            delivery,
            with_prices=with_prices,
            language=language,
            page_url=request.build_absolute_uri(own_page),
            by=request.user,
        ),
        otherwise=own_page,
    )


@page("GET")
def return_pdf(request: AuthedRequest, pk: int) -> HttpResponseBase:
    authorize(request.user, "orders.view_return")
    made = Return.objects.get_visible(request.user, pk)
    return pdf_answer(
        request,
        lambda language: return_on_paper(made, language=language, by=request.user),
        otherwise=reverse("admin:orders_return_change", args=[made.pk]),
    )
