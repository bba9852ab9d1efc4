"""The stock of any day and what is to be bought again."""

from typing import Any

from django.db.models import Q
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.requests import AuthedRequest
from erp.core.admin.figures import plain, price
from erp.core.aggregates import ExactSum
from erp.core.errors import DomainError
from erp.core.exporting import RIGHT, export_answer
from erp.core.money import ZERO, round_price
from erp.core.pages import page, refuse
from erp.core.periods import company_today
from erp.core.policy import allowed, authorize
from inventory.lists import (
    COST_RIGHT,
    REORDER,
    STOCK,
    asked_of,
    listed_proposals,
    listed_stock,
)
from inventory.models import Warehouse
from inventory.services.standing import reserved_at

ROWS_PER_PAGE = 50
MOST_PROPOSALS = 500


def _tabs(request: AuthedRequest, here: str) -> dict[str, Any]:
    """What both pages offer: filters, and the other page to those who may see it."""
    user, asked = request.user, asked_of(request)
    return {
        "here": here,
        "asked": asked,
        "today": company_today(),
        "warehouses": Warehouse.objects.visible_to(user).active().order_by("code"),
        "may_see_stock": allowed(user, "inventory.view_stockbalance"),
        "may_see_ages": allowed(user, "inventory.view_stockage"),
        "may_see_moves": allowed(user, "inventory.view_stockmove"),
        "may_reorder": allowed(user, "inventory.view_reorderrule"),
        "may_export": allowed(user, RIGHT),
        "is_filtered": bool(asked.term or asked.warehouse or asked.on),
        "query": request.GET.urlencode(),
    }


@page("GET")
def stock(request: AuthedRequest) -> HttpResponse:
    """By product and warehouse, a page at a time by key, so that deep pages cost no more."""
    authorize(request.user, "inventory.view_stockbalance")
    rows = listed_stock(request)
    after = request.GET.get("after", "").split(".")
    if len(after) == 2 and all(a.isascii() and a.isdigit() and len(a) < 19 for a in after):
        product, place = map(int, after)
        rows = rows.filter(Q(product__gt=product) | Q(product=product, warehouse__gt=place))
    found: list[Any] = list(rows[: ROWS_PER_PAGE + 1])
    following = None
    if len(found) > ROWS_PER_PAGE:
        last = found[ROWS_PER_PAGE - 1]
        query = request.GET.copy()
        query["after"] = f"{last.product_id}.{last.warehouse_id}"
        following = query.urlencode()
    context = {
        **_tabs(request, "stock"),
        "rows": _stock_lines(request, found[:ROWS_PER_PAGE]),
        "following": following,
        "sees_cost": allowed(request.user, COST_RIGHT),
    }
    return render(request, "inventory/stock.html", context)


def _stock_lines(request: AuthedRequest, rows: list[Any]) -> list[dict[str, Any]]:
    held = None
    if asked_of(request).on is None:
        held = reserved_at((row.product_id, row.warehouse_id) for row in rows)
    lines = []
    for row in rows:
        reserved = None if held is None else held.get((row.product_id, row.warehouse_id), ZERO)
        lines.append(
            {
                "row": row,
                "on_hand": plain(row.at_quantity),
                "reserved": plain(reserved) if reserved else "",
                "available": "" if reserved is None else plain(row.at_quantity - reserved),
                "cost": price(round_price(row.at_value / row.at_quantity)),
                "value": price(row.at_value),
            }
        )
    return lines


@page("GET")
def stock_total(request: AuthedRequest) -> HttpResponse:
    """What the whole list is worth: asked for when the page is there."""
    authorize(request.user, "inventory.view_stockbalance")
    authorize(request.user, COST_RIGHT)
    rows = listed_stock(request).select_related(None).order_by()
    total = rows.aggregate(total=ExactSum("at_value"))["total"]
    return render(request, "inventory/_total.html", {"total": price(total)})


@page("POST")
def export_stock(request: AuthedRequest) -> HttpResponseBase:
    return _exported(request, STOCK, "inventory:stock")


@page("GET")
def reorder(request: AuthedRequest) -> HttpResponse:
    """What should be bought again, the most urgent first."""
    found = listed_proposals(request)
    lines = [
        {
            "one": one,
            "is_urgent": one.position < 0 or (one.days_left is not None and one.days_left < 7),
            **{
                name: plain(getattr(one, name))
                for name in ("on_hand", "reserved", "on_order", "owed", "sold", "point", "quantity")
            },
        }
        for one in found[:MOST_PROPOSALS]
    ]
    context = {
        **_tabs(request, "reorder"),
        "rows": lines,
        "left_out": max(0, len(found) - MOST_PROPOSALS),
        "sees_suppliers": allowed(request.user, "customers.view_supplier"),
        "may_order": allowed(request.user, "orders.add_purchaseorder"),
    }
    return render(request, "inventory/reorder.html", context)


@page("POST")
def export_reorder(request: AuthedRequest) -> HttpResponseBase:
    return _exported(request, REORDER, "inventory:reorder")


def _exported(request: AuthedRequest, name: str, otherwise: str) -> HttpResponseBase:
    """Answer the list as a file, by the filter of its page."""
    try:
        return export_answer(request, name)
    except DomainError as refusal:
        refuse(request, refusal)
        return redirect(f"{reverse(otherwise)}?{request.GET.urlencode()}")
