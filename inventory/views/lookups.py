"""What the pages ask while somebody types: parts with their bins, rows of a pasted block."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render

from accounts.requests import AuthedRequest
from erp.core.money import ZERO, plain
from erp.core.pages import page
from erp.core.policy import allowed, authorize
from inventory.grid import GridRow, grid_of, lying, pasted
from inventory.papers import PAPERS, Paper
from inventory.services import available_by_product
from inventory.views.documents import columns_of, seen, target_of
from products.models import Product
from products.search import match

MOST_OPTIONS = 10


@page("GET")
def parts(request: AuthedRequest) -> HttpResponse:
    """Parts by designation, code or size, with what is free of them."""
    authorize(request.user, "products.view_product")
    asked = " ".join(request.GET.get("q", "").replace("\x00", "").split())[:100]
    given = request.GET.get("warehouse", "")
    place = int(given) if given.isascii() and given.isdigit() and len(given) < 19 else 0
    (found,) = match([asked], user=request.user, limit=MOST_OPTIONS)
    hits = found.hits if asked else ()
    ids = [hit.product.pk for hit in hits]
    free, lies = available_by_product(ids), lying(ids, place, user=request.user)
    options = [
        {
            "product": hit.product,
            "free": plain(free.get(hit.product.pk, ZERO)),
            "lies": lies.get(hit.product.pk, [])[:3],
        }
        for hit in hits
    ]
    return render(request, "inventory/_parts.html", {"asked": asked, "options": options})


@page("GET", "POST")
def rows(request: AuthedRequest, pk: int, slug: str) -> HttpResponse:
    """Fresh rows of a draft's grid: of one part, or of a block pasted from a spreadsheet."""
    paper = PAPERS[slug]
    shown = seen(request, paper, paper.right("change"), pk)
    if request.method == "POST":
        columns = [name for name in paper.columns if name != "unit_cost"]
        fresh = pasted(request.POST.get("text", "")[:200_000], columns, user=request.user)
    else:
        fresh = [_row(request)]
    return render(request, "inventory/_rows.html", _context(request, paper, shown, fresh))


def _row(request: AuthedRequest) -> GridRow:
    given = request.GET.get("product", "")
    if not (given.isascii() and given.isdigit() and len(given) < 19):
        raise Http404
    Product.objects.get_visible(request.user, int(given))
    row = GridRow(product=given, quantity="1")
    row.check()
    return row


def _context(
    request: AuthedRequest, paper: Paper, shown: Any, fresh: list[GridRow]
) -> dict[str, Any]:
    lines = grid_of(
        fresh, warehouse_id=shown.warehouse_id, to_warehouse_id=target_of(shown), user=request.user
    )
    for line in lines:
        # Where it lies and where it goes is proposed, not asked.
        if not line.typed.bin:
            line.typed.bin = line.lies[0][0] if line.lies else line.usual
        if "to_bin" in paper.columns and not line.typed.to_bin and line.usual != line.typed.bin:
            line.typed.to_bin = line.usual
    sees_cost = allowed(request.user, "products.view_cost")
    return {"lines": lines, "columns": columns_of(paper, shown, sees_cost=sees_cost)}
