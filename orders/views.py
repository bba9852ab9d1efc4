"""From a quotation on the sales page to its order in the admin."""

from django.http import HttpResponse
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

    def effect() -> tuple[str, str]:
        order = create_order_from_quotation(quotation.pk, by=request.user)
        said = _("The order was drafted from %(ref)s.") % {"ref": quotation.ref}
        return reverse("admin:orders_salesorder_change", args=[order.pk]), said

    try:
        return change_once(request, "quotation.accept", effect, object_id=quotation.pk)
    except DomainError as refusal:
        refuse(request, refusal)
        return redirect("quotations:quotation", pk=quotation.pk)
