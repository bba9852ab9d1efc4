"""Where a sales order's goods can come from, and what waits for stock."""

import re
from decimal import Decimal

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.requests import AuthedRequest
from erp.core.errors import DomainError
from erp.core.pages import change_once, new_token, page, refuse
from erp.core.policy import allowed, authorize, authorize_warehouses
from orders import services
from orders.filling import fill_plan
from orders.models import SalesOrder, SalesOrderStatus
from orders.services import TakenPart
from orders.waiting import waiting_orders

_PART = re.compile(r"(\d{1,18}):(\d{1,18}):(\d{1,18}):(\d{1,9}(?:\.\d{1,3})?)")


def _order(request: AuthedRequest, right: str, pk: int) -> SalesOrder:
    authorize(request.user, right)
    rows = SalesOrder.objects.select_related("customer", "warehouse")
    return rows.get_visible(request.user, pk)


def _version(request: AuthedRequest) -> int:
    given = request.POST.get("version", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else 0


@page("GET", "POST")
def fill(request: AuthedRequest, pk: int) -> HttpResponse:
    """Where each line that waits can come from; parts that are ticked are applied to a draft."""
    if request.method == "POST":
        return _apply(request, _order(request, "orders.change_salesorder", pk))
    shown = _order(request, "orders.view_salesorder", pk)
    context = {
        "order": shown,
        "plan": fill_plan(shown, user=request.user),
        "may_apply": shown.status == SalesOrderStatus.DRAFT
        and allowed(request.user, "orders.change_salesorder"),
        "token": new_token(),
    }
    return render(request, "orders/fill.html", context)


def _apply(request: AuthedRequest, shown: SalesOrder) -> HttpResponse:
    parts = [_PART.fullmatch(given) for given in request.POST.getlist("part")]
    taken = [
        TakenPart(int(part[1]), int(part[2]), int(part[3]), Decimal(part[4]))
        for part in parts
        if part is not None
    ]

    def effect() -> tuple[str, str]:
        authorize_warehouses(request.user, *{part.warehouse_id for part in taken})
        services.apply_fill_plan(shown.pk, taken, version=_version(request), by=request.user)
        said = _("%(ref)s was saved.") % {"ref": shown.ref}
        return reverse("orders:sales-order", args=[shown.pk]), said

    try:
        return change_once(request, "order.fill", effect, object_id=shown.pk)
    except DomainError as refusal:
        refuse(request, refusal)
        return redirect("orders:fill", pk=shown.pk)


@page("GET")
def waiting(request: AuthedRequest) -> HttpResponse:
    """Open orders that wait for stock, the oldest first, with what could be reserved now."""
    authorize(request.user, "orders.view_salesorder")
    context = {
        "orders": waiting_orders(user=request.user),
        "may_reserve": allowed(request.user, "orders.confirm_salesorder"),
        "token": new_token(),
    }
    return render(request, "orders/waiting.html", context)
