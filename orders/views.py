"""From a quotation on the sales page to its order in the admin."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.requests import AuthedRequest
from erp.core.errors import DomainError
from erp.core.pages import change_once, page, refuse
from erp.core.policy import authorize
from orders.services.sales import create_order_from_quotation
from quotations.models import Quotation


@page("POST")
def order_from_quotation(request: AuthedRequest, pk: int) -> HttpResponse:
    """Note the customer's acceptance and draft the order of all lines."""
    authorize(request.user, "orders.add_salesorder")
    quotation = Quotation.objects.get_visible(request.user, pk)

    def effect() -> str:
        order = create_order_from_quotation(quotation.pk, by=request.user)
        return reverse("admin:orders_salesorder_change", args=[order.pk])

    try:
        location = change_once(request, "quotation.accept", effect, object_id=quotation.pk)
    except DomainError as refusal:
        refuse(request, refusal)
        return redirect("quotations:quotation", pk=quotation.pk)
    messages.success(request, _("The order was drafted from %(ref)s.") % {"ref": quotation.ref})
    return HttpResponseRedirect(location)
