"""A quotation on the screen: its lines as a grid, its steps, its paper."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.requests import AuthedRequest
from erp.core.errors import DomainError, StaleVersionError
from erp.core.exporting import RIGHT, export_answer
from erp.core.pages import change_once, new_token, page, pdf_answer, refuse
from erp.core.policy import allowed, authorize
from products.models import Product
from quotations import services
from quotations.grid import (
    GridRow,
    blame,
    differences,
    grid_of,
    is_same,
    read_grid,
    rows_of,
    source_lines_of,
)
from quotations.leave import leave_for
from quotations.lists import NAME, customer_term, listed_quotations
from quotations.models import OPEN_TO_LEAVE, Quotation, QuotationStatus
from quotations.printing import quotation_pdf
from quotations.steps import STEPS, Step, open_steps

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
    context = {
        "quotations": found[:ROWS_PER_PAGE],
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


def _quotation(request: AuthedRequest, right: str, pk: int) -> Quotation:
    """Return a visible quotation for an action: 403 without the right, 404 out of sight."""
    authorize(request.user, right)
    rows = Quotation.objects.select_related("customer", "owner", "contact", "enquiry", "currency")
    return rows.get_visible(request.user, pk)


# --- the grid --------------------------------------------------------------------------------


@page("GET", "POST", most_fields=settings.DATA_UPLOAD_MAX_NUMBER_FIELDS)
def quotation(request: AuthedRequest, pk: int) -> HttpResponse:
    if request.method == "POST":
        return _save(request, _quotation(request, "quotations.change_quotation", pk))
    shown = _quotation(request, "quotations.view_quotation", pk)
    return _show(request, shown, rows_of(shown.lines.all()))


def _show(
    request: AuthedRequest, shown: Quotation, rows: list[GridRow], *, status: int = 200, **more: Any
) -> HttpResponse:
    may_change = allowed(request.user, "quotations.change_quotation")
    may_need_leave = shown.status in OPEN_TO_LEAVE
    lines = grid_of(rows, shown, user=request.user)
    context = {
        "quotation": shown,
        "customer": shown.customer,
        "version": shown.version,
        "lines": lines,
        "may_need_leave": may_need_leave,
        "leave": leave_for(shown, lines, request.user) if may_need_leave else None,
        "is_draft": shown.status == QuotationStatus.DRAFT and may_change,
        "steps": open_steps(shown, request.user),
        "may_order": shown.status == QuotationStatus.SENT
        and allowed(request.user, "orders.add_salesorder"),
        "sees_cost": allowed(request.user, "products.view_cost"),
        "token": new_token(),
    }
    return render(request, "quotations/quotation.html", context | more, status=status)


def _save(request: AuthedRequest, shown: Quotation) -> HttpResponse:
    """Save the grid, and hand it in when asked to; what was typed stays on the screen."""
    rows, version = read_grid(request.POST), _version(request)
    step = _step_after(request)
    if any(row.errors for row in rows):
        messages.error(request, _("Correct the marked cells."))
        return _show(request, shown, rows, status=400, is_draft=True)

    def effect() -> tuple[str, str]:
        now = _replace_lines(request, shown, rows, version)
        said = _("%(ref)s was saved.") % {"ref": shown.ref}
        if step:
            step.take(shown.pk, by=request.user, version=now, reason="")
            said = step.done % {"ref": shown.ref}
        return reverse("quotations:quotation", args=[shown.pk]), said

    try:
        return change_once(request, "quotation.change", effect, object_id=shown.pk)
    except StaleVersionError as refusal:
        return _show_stale(request, shown.pk, rows, refusal)
    except DomainError as refusal:
        blame(rows, refusal)
        refuse(request, refusal)
        return _show(request, shown, rows, status=409, is_draft=True, version=version)


def _replace_lines(
    request: AuthedRequest, shown: Quotation, rows: list[GridRow], version: int
) -> int:
    """Store the rows where they differ from what is stored; return the version that then is."""
    sources = source_lines_of(shown)
    if shown.version == version and is_same(rows, list(shown.lines.all()), sources):
        return version
    lines = [row.entered(sources) for row in rows]
    return services.replace_lines(shown.pk, lines, version=version, by=request.user).version


def _show_stale(
    request: AuthedRequest, pk: int, rows: list[GridRow], refusal: DomainError
) -> HttpResponse:
    """Show what somebody else saved beside what was typed; saving again puts this on top."""
    now = _quotation(request, "quotations.change_quotation", pk)
    refuse(request, refusal)
    changed = differences(grid_of(rows, now, user=request.user), list(now.lines.all()))
    return _show(request, now, rows, status=409, is_draft=True, differences=changed, stale=True)


def _version(request: AuthedRequest) -> int:
    given = request.POST.get("version", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else 0


def _step_after(request: AuthedRequest) -> Step | None:
    """Return the step to take after saving: only handing in."""
    if request.POST.get("then") != "submit":
        return None
    step = STEPS["submit"]
    authorize(request.user, step.right)
    return step


@page("GET")
def new_row(request: AuthedRequest, pk: int) -> HttpResponse:
    """A fresh row of the grid for a product."""
    shown = _quotation(request, "quotations.change_quotation", pk)
    given = request.GET.get("product", "")
    known = given.isascii() and given.isdigit() and len(given) < 19
    if not known:
        raise Http404
    Product.objects.get_visible(request.user, int(given))
    (line,) = grid_of([GridRow(product=given, quantity="1")], shown, user=request.user)
    if line.facts and line.facts.suggested_shown is not None:
        line.typed.unit_price = str(line.facts.suggested_shown)
    line.typed.check()
    context = {
        "line": line,
        "is_draft": True,
        "sees_cost": allowed(request.user, "products.view_cost"),
    }
    return render(request, "quotations/_grid_row.html", context)


# --- its way and its paper -------------------------------------------------------------------


@page("POST")
def take_step(request: AuthedRequest, pk: int, step: str) -> HttpResponse:
    """Submit, approve, send, refuse, lose or cancel."""
    taken = STEPS.get(step)
    if taken is None:
        raise Http404
    shown = _quotation(request, taken.right, pk)
    reason = request.POST.get("reason", "").strip()[:500]

    def effect() -> tuple[str, str]:
        moved = taken.take(shown.pk, by=request.user, version=_version(request), reason=reason)
        return reverse("quotations:quotation", args=[shown.pk]), taken.done % {"ref": moved.ref}

    try:
        return change_once(request, f"quotation.{step}", effect, object_id=shown.pk)
    except DomainError as refusal:
        refuse(request, refusal)
        return redirect("quotations:quotation", pk=shown.pk)


@page("GET")
def pdf(request: AuthedRequest, pk: int) -> HttpResponseBase:
    """The quotation on paper, in the language asked for or the user's."""
    shown = _quotation(request, "quotations.view_quotation", pk)
    return pdf_answer(
        request,
        lambda language: quotation_pdf(shown, language=language, by=request.user),
        otherwise=reverse("quotations:quotation", args=[shown.pk]),
    )
