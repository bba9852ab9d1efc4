"""A stock count on the screen: bins walked past, quantities typed, pasted or read from a sheet."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.requests import AuthedRequest
from erp.core.errors import DomainError
from erp.core.exports import XLSX, file_name
from erp.core.pages import change_once, new_token, page, refuse
from erp.core.policy import allowed, authorize_warehouses
from inventory.count_sheets import count_sheet, read_sheet
from inventory.grid import number_of
from inventory.models import StockCount
from inventory.papers import COUNTS
from inventory.services import CountInput, record_counts
from inventory.views.documents import seen, version_of

LINES_PER_PAGE = 250


@page("GET", "POST", most_fields=settings.DATA_UPLOAD_MAX_NUMBER_FIELDS)
def count(request: AuthedRequest, pk: int) -> HttpResponse:
    if request.method == "POST":
        return _save(request, seen(request, COUNTS, "inventory.change_stockcount", pk))
    return _show(request, seen(request, COUNTS, "inventory.view_stockcount", pk))


def _show(
    request: AuthedRequest,
    shown: StockCount,
    *,
    status: int = 200,
    typed: dict[int, str] | None = None,
    errors: dict[int, str] | None = None,
) -> HttpResponse:
    lines, following = _page_of(request, shown)
    for line in lines:
        line.typed_quantity = (typed or {}).get(line.pk, "")
        line.error = (errors or {}).get(line.pk, "")
    all_lines = shown.lines.all()
    context = {
        "paper": COUNTS,
        "document": shown,
        "lines": lines,
        "following": following,
        "zone": request.GET.get("zone", ""),
        "shows": request.GET.get("shows", ""),
        "total": all_lines.count(),
        "counted": all_lines.exclude(counted_quantity=None).count(),
        "hides_books": shown.is_blind and shown.status in {"draft", "counting"},
        "is_counting": shown.status == "counting"
        and allowed(request.user, "inventory.change_stockcount"),
        "sees_cost": allowed(request.user, "products.view_cost"),
        "steps": COUNTS.open_steps(shown, request.user),
        "version": shown.version,
        "token": new_token(),
        "restored": bool(typed),
    }
    return render(request, "inventory/count.html", context, status=status)


def _page_of(request: AuthedRequest, shown: StockCount) -> tuple[list[Any], str]:
    """Return a page of lines by key, and the query of the next."""
    rows = shown.lines.select_related("product__brand", "product__unit", "bin", "counted_by")
    zone = request.GET.get("zone", "").replace("\x00", "").strip()[:20]
    if zone:
        rows = rows.filter(bin__code__istartswith=zone)
    if request.GET.get("shows") == "open":
        rows = rows.filter(counted_quantity=None)
    after = request.GET.get("after", "")
    if after.isascii() and after.isdigit() and len(after) < 10:
        rows = rows.filter(line_no__gt=int(after))
    found: list[Any] = list(rows.order_by("line_no")[: LINES_PER_PAGE + 1])
    if len(found) <= LINES_PER_PAGE:
        return found, ""
    query = request.GET.copy()
    query["after"] = str(found[LINES_PER_PAGE - 1].line_no)
    return found[:LINES_PER_PAGE], query.urlencode()


def _save(request: AuthedRequest, shown: StockCount) -> HttpResponse:
    """Write down what differs from what the page showed; several may count at once."""
    columns = [request.POST.getlist(name) for name in ("line", "seen", "counted")]
    if len({len(values) for values in columns}) != 1:
        raise BadRequest("columns differ in length")
    entries, errors, typed = _entries(columns)
    if errors:
        messages.error(request, _("Correct the marked cells."))
        return _show(request, shown, status=400, typed=typed, errors=errors)
    here = f"{reverse('inventory:stock-counts-page', args=[shown.pk])}?{request.GET.urlencode()}"

    def effect() -> tuple[str, str]:
        authorize_warehouses(request.user, shown.warehouse_id)
        if entries:
            record_counts(shown.pk, entries, by=request.user)
        return here, _("%(number)d lines were saved.") % {"number": len(entries)}

    try:
        return change_once(request, "stock-counts.count", effect, object_id=shown.pk)
    except DomainError as refusal:
        refuse(request, refusal)
        return _show(request, shown, status=409, typed=typed)


def _entries(
    columns: list[list[str]],
) -> tuple[list[CountInput], dict[int, str], dict[int, str]]:
    """Return the lines that changed, what is wrong, and all that was typed, by line."""
    entries, errors, typed = [], {}, {}
    for key, before, now in zip(*columns, strict=True):
        if not (key.isascii() and key.isdigit() and len(key) < 19):
            raise BadRequest("bad line")
        if now.strip() == before.strip():
            continue
        pk = int(key)
        typed[pk] = now
        try:
            quantity = number_of(now) if now.strip() else None
            was = number_of(before) if before.strip() else None
        except ValueError:
            errors[pk] = _("Enter a number.")
            continue
        entries.append(CountInput(quantity, line_id=pk, seen=was))
    return entries, errors, typed


@page("GET")
def sheet(request: AuthedRequest, pk: int) -> HttpResponse:
    """The list to count by, as a workbook that is read back."""
    shown = seen(request, COUNTS, "inventory.view_stockcount", pk)
    content = count_sheet(shown)
    name = file_name(shown.ref, "xlsx")
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=XLSX, headers=headers)


@page("POST")
def upload(request: AuthedRequest, pk: int) -> HttpResponse:
    """Read a filled-in sheet: what it says is written down, all or nothing."""
    shown = seen(request, COUNTS, "inventory.change_stockcount", pk)
    file = request.FILES.get("file")
    back = reverse("inventory:stock-counts-page", args=[shown.pk])

    def effect() -> tuple[str, str]:
        authorize_warehouses(request.user, shown.warehouse_id)
        entries = read_sheet(shown, file, user=request.user)
        record_counts(shown.pk, entries, by=request.user, version=version_of(request) or None)
        return back, _("%(number)d lines were read from the sheet.") % {"number": len(entries)}

    try:
        return change_once(request, "stock-counts.upload", effect, object_id=shown.pk)
    except DomainError as refusal:
        refuse(request, refusal)
        return redirect("inventory:stock-counts-page", pk=shown.pk)
