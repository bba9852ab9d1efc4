"""The list of quotations, and how often they are won."""

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.requests import AuthedRequest
from erp.core.errors import DomainError
from erp.core.exporting import RIGHT, export_answer
from erp.core.pages import page, refuse
from erp.core.policy import allowed, authorize
from quotations.costs import quotation_margin_rate
from quotations.hit_rates import GROUPINGS, MOST_SHOWN, hit_rates, whole
from quotations.lists import (
    HIT_RATES,
    NAME,
    asked_hit_rates,
    customer_term,
    listed_quotations,
)
from quotations.models import QuotationStatus

ROWS_PER_PAGE = 50


@page("GET")
def quotation_list(request: AuthedRequest) -> HttpResponse:
    """The newest first, a page at a time by key, so that deep pages cost no more."""
    authorize(request.user, "quotations.view_quotation")
    status = request.GET.get("status", "")
    rows = listed_quotations(request).select_related("customer", "owner")
    before = request.GET.get("before", "")
    if before.isascii() and before.isdigit() and len(before) < 19:
        rows = rows.filter(pk__lt=int(before))
    found = list(rows[: ROWS_PER_PAGE + 1])
    following = None
    if len(found) > ROWS_PER_PAGE:
        query = request.GET.copy()
        query["before"] = str(found[ROWS_PER_PAGE - 1].pk)
        following = query.urlencode()
    sees_cost = allowed(request.user, "products.view_cost")
    shown = found[:ROWS_PER_PAGE]
    context = {
        "quotations": [(row, quotation_margin_rate(row) if sees_cost else None) for row in shown],
        "sees_cost": sees_cost,
        "statuses": QuotationStatus.choices,
        "status": status,
        "customer": customer_term(request),
        "following": following,
        "may_export": allowed(request.user, RIGHT),
    }
    return render(request, "quotations/list.html", context)


@page("POST")
def export_list(request: AuthedRequest) -> HttpResponseBase:
    """The list as a file, by the filter of the page."""
    authorize(request.user, "quotations.view_quotation")
    try:
        return export_answer(request, NAME)
    except DomainError as refusal:
        refuse(request, refusal)
        return redirect(f"{reverse('quotations:list')}?{request.GET.urlencode()}")


@page("GET")
def hit_rate(request: AuthedRequest) -> HttpResponse:
    """How often quotations are won, over those the user sees."""
    authorize(request.user, "quotations.view_quotation")
    asked = asked_hit_rates(request)
    rows = hit_rates(request.user, asked.by, asked.start, asked.end)
    context = {
        "asked": asked,
        "groupings": [(name, label) for name, (label, _column) in GROUPINGS.items()],
        "label": GROUPINGS[asked.by][0],
        "rows": rows if asked.by == "month" else rows[:MOST_SHOWN],
        "left_out": max(0, len(rows) - MOST_SHOWN) if asked.by != "month" else 0,
        "whole": whole(rows, _("All")),
        "may_export": allowed(request.user, RIGHT),
    }
    return render(request, "quotations/hit_rate.html", context)


@page("POST")
def export_hit_rate(request: AuthedRequest) -> HttpResponseBase:
    authorize(request.user, "quotations.view_quotation")
    try:
        return export_answer(request, HIT_RATES)
    except DomainError as refusal:
        refuse(request, refusal)
        return redirect(f"{reverse('quotations:hit-rate')}?{request.GET.urlencode()}")
