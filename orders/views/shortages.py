"""What sales orders lack, and buying it."""

from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render

from accounts.requests import AuthedRequest
from customers.models import Supplier
from erp.core.errors import DomainError
from erp.core.exporting import RIGHT, export_answer
from erp.core.pages import change_once, new_token, page, refuse
from erp.core.policy import allowed, authorize, warehouses_of
from orders import services
from orders.lists import SHORTAGES
from orders.shortages import shortages
from orders.views.proposals import drafted

MOST_SHOWN = 500
_RIGHT = "orders.add_purchaseorder"


@page("GET", "POST")
def shortage_list(request: AuthedRequest) -> HttpResponse:
    authorize(request.user, _RIGHT)
    if request.method == "POST":
        return _order(request)
    # Whoever buys sees what his warehouses lack, whoever's customer it is for.
    only_open = request.GET.get("drafts") != "1"
    narrowed = {name: _ids(request.GET.get(name, "")) for name in ("order", "line")}
    found = shortages(
        None,
        warehouses=warehouses_of(request.user),
        order_ids=narrowed["order"],
        line_ids=narrowed["line"],
        only_open=only_open,
    )
    context: dict[str, Any] = {
        "shortages": found[:MOST_SHOWN],
        "count": len(found),
        "is_narrowed": any(narrowed.values()),
        "drafts": request.GET.get("drafts") == "1",
        "suppliers": Supplier.objects.visible_to(request.user).active().order_by("code")[:500],
        "may_export": allowed(request.user, RIGHT),
        "token": new_token(),
    }
    return render(request, "orders/shortages.html", context)


def _ids(text: str) -> set[int] | None:
    """Return the id a page was narrowed to; None: not at all."""
    return {int(text)} if text.isascii() and text.isdigit() and len(text) < 19 else None


def _order(request: AuthedRequest) -> HttpResponse:
    """Draft purchase orders of the ticked lines, one per supplier and warehouse."""
    ids = {int(text) for text in request.POST.getlist("line") if text.isdigit() and len(text) < 19}
    mine = shortages(None, line_ids=ids, warehouses=warehouses_of(request.user))
    ids = {shortage.line.pk for shortage in mine}
    given = request.POST.get("supplier", "")
    supplier = None
    if given.isdigit() and len(given) < 19:
        supplier = Supplier.objects.get_visible(request.user, int(given))

    def effect() -> tuple[str, str]:
        made = services.order_shortages(
            [services.Wanted(pk) for pk in sorted(ids)],
            supplier_id=supplier.pk if supplier else None,
            by=request.user,
        )
        return drafted(made)

    try:
        return change_once(request, "purchase_order.create_for_lack", effect)
    except DomainError as refusal:
        refuse(request, refusal)
        return redirect("orders:shortages")


@page("POST")
def export_shortages(request: AuthedRequest) -> HttpResponseBase:
    authorize(request.user, _RIGHT)
    try:
        return export_answer(request, SHORTAGES)
    except DomainError as refusal:
        refuse(request, refusal)
        return redirect("orders:shortages")
