"""Purchase orders on the screen: a new one, the lines of a draft as a grid, handing it in."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from accounts.requests import AuthedRequest
from customers.models import Supplier
from erp.core.errors import DomainError, StaleVersionError
from erp.core.models import rate_on
from erp.core.pages import change_once, new_token, page, refuse
from erp.core.periods import company, company_today
from erp.core.policy import allowed, authorize
from inventory.models import Warehouse
from orders import services
from orders.models import PurchaseOrder, PurchaseOrderStatus
from orders.promises import confirmed_lines, history_of
from orders.purchase_grid import (
    PurchaseRow,
    blame,
    differences,
    grid_of,
    is_same,
    purchase_facts,
    read_rows,
    rows_of,
)
from orders.shortages import preferred_suppliers
from products.models import Product
from products.search import match
from quotations.views.lookups import MOST_OPTIONS

_LONGEST_QUERY = 100
_MOST_SAID = 20


def _int(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def _supplier(request: AuthedRequest) -> Supplier | None:
    rows = Supplier.objects.visible_to(request.user).active()
    return rows.filter(pk=_int(request.GET.get("supplier", ""))).first()


# --- what the page asks ------------------------------------------------------------------------


def _asked(request: AuthedRequest) -> str:
    return " ".join(request.GET.get("q", "").replace("\x00", "").split())[:_LONGEST_QUERY]


@page("GET")
def find_suppliers(request: AuthedRequest) -> HttpResponse:
    """The user's suppliers by code, name or part of the name."""
    authorize(request.user, "customers.view_supplier")
    asked = _asked(request)
    found = Supplier.objects.visible_to(request.user).active()
    if asked:
        found = found.filter(
            Q(code__istartswith=asked) | Q(name__icontains=asked) | Q(short_name__icontains=asked)
        )
    context = {"asked": asked, "customers": found[:MOST_OPTIONS]}
    return render(request, "quotations/_customers.html", context)


@page("GET")
def find_parts(request: AuthedRequest) -> HttpResponse:
    """Parts by designation, code or size, with stock, the last price and the supplier's code."""
    authorize(request.user, "orders.change_purchaseorder")
    asked, supplier = _asked(request), _supplier(request)
    (found,) = match([asked], user=request.user, limit=MOST_OPTIONS)
    hits = found.hits if asked else ()
    facts = purchase_facts(
        [hit.product.pk for hit in hits],
        supplier_id=supplier.pk if supplier else 0,
        currency=supplier.currency_id if supplier else company().currency_id,
        user=request.user,
    )
    options = [(hit, facts[hit.product.pk]) for hit in hits]
    context = {"asked": asked, "options": options, "sees_cost": _sees_cost(request)}
    return render(request, "orders/_purchase_parts.html", context)


@page("GET")
def new_row(request: AuthedRequest, pk: int) -> HttpResponse:
    """A fresh row of the grid for a product, at the price last paid to this supplier."""
    authorize(request.user, "orders.change_purchaseorder")
    supplier = Supplier.objects.get_visible(request.user, pk)
    product_id = _int(request.GET.get("product", ""))
    if not product_id:
        raise Http404
    Product.objects.get_visible(request.user, product_id)
    row = _fresh_row(request, supplier, product_id)
    (line,) = grid_of([row], _unsaved(supplier), user=request.user)
    context = {"line": line, "sees_cost": _sees_cost(request)}
    return render(request, "orders/_purchase_row.html", context)


def _fresh_row(request: AuthedRequest, supplier: Supplier, product_id: int) -> PurchaseRow:
    """Return a row of one piece, with the supplier's code and the price last paid to him."""
    row = PurchaseRow(product=str(product_id), quantity="1")
    facts = purchase_facts(
        [product_id], supplier_id=supplier.pk, currency=supplier.currency_id, user=request.user
    )[product_id]
    row.wording = facts.code
    if facts.from_supplier is not None and _sees_cost(request):
        row.unit_price = str(facts.from_supplier.normalize())
    return row.check()


def _sees_cost(request: AuthedRequest) -> bool:
    return allowed(request.user, "products.view_cost")


def _unsaved(supplier: Supplier) -> PurchaseOrder:
    today = company_today()
    return PurchaseOrder(
        supplier=supplier,
        currency_id=supplier.currency_id,
        exchange_rate=rate_on(supplier.currency_id, company(), today) or 1,
        dated_on=today,
    )


# --- the grid ----------------------------------------------------------------------------------


@page("GET", "POST", most_fields=settings.DATA_UPLOAD_MAX_NUMBER_FIELDS)
def new_order(request: AuthedRequest) -> HttpResponse:
    """Choose the supplier, then type the lines; saving drafts the order.

    ``product`` is a part to begin with.
    """
    authorize(request.user, "orders.add_purchaseorder")
    supplier, product = _supplier(request), _part(request)
    if supplier is None:
        return render(request, "orders/purchase_new.html", _usual(request, product))
    shown = _unsaved(supplier)
    if request.method != "POST":
        rows = [] if product is None else [_fresh_row(request, supplier, product.pk)]
        return _show(request, shown, rows)
    rows, head = read_rows(request.POST), _head(request)
    if any(row.errors for row in rows):
        messages.error(request, _("Correct the marked cells."))
        return _show(request, shown, rows, status=400)

    def effect() -> tuple[str, str]:
        lines = [row.entered() for row in rows]
        made = services.create_purchase_order(supplier.pk, lines, by=request.user, **head)
        return reverse("orders:purchase-order", args=[made.pk]), _("%(ref)s was saved.") % {
            "ref": made.ref
        }

    try:
        return change_once(request, "purchase_order.create", effect)
    except DomainError as refusal:
        blame(rows, refusal)
        refuse(request, refusal)
        return _show(request, shown, rows, status=409)


def _part(request: AuthedRequest) -> Product | None:
    rows = Product.objects.visible_to(request.user).active()
    return rows.filter(pk=_int(request.GET.get("product", ""))).first()


def _usual(request: AuthedRequest, product: Product | None) -> dict[str, Any]:
    """Return the part to begin with, and from whom it was last bought."""
    if product is None:
        return {}
    (found, _name) = preferred_suppliers([product.pk]).get(product.pk, (0, ""))
    seen = Supplier.objects.visible_to(request.user).active()
    return {"product": product, "usual": seen.filter(pk=found).first()}


def _head(request: AuthedRequest) -> dict[str, Any]:
    """Return the head as typed; a warehouse out of sight is none."""
    warehouses = Warehouse.objects.visible_to(request.user).active()
    chosen = _int(request.POST.get("warehouse", ""))
    try:
        wanted = parse_date(request.POST.get("requested_on", ""))
    except ValueError:
        wanted = None
    return {
        "warehouse_id": chosen if warehouses.filter(pk=chosen).exists() else 0,
        "requested_on": wanted,
        "partner_reference": request.POST.get("partner_reference", "").strip()[:60],
        "notes": request.POST.get("notes", "").strip()[:10_000],
    }


@page("GET", "POST", most_fields=settings.DATA_UPLOAD_MAX_NUMBER_FIELDS)
def purchase_order(request: AuthedRequest, pk: int) -> HttpResponse:
    if request.method == "POST":
        return _save(request, _order(request, "orders.change_purchaseorder", pk))
    shown = _order(request, "orders.view_purchaseorder", pk)
    return _show(request, shown, rows_of(shown.lines.all()))


def _order(request: AuthedRequest, right: str, pk: int) -> PurchaseOrder:
    authorize(request.user, right)
    rows = PurchaseOrder.objects.select_related("supplier", "owner", "warehouse", "currency")
    return rows.get_visible(request.user, pk)


def _show(
    request: AuthedRequest,
    shown: PurchaseOrder,
    rows: list[PurchaseRow],
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    user = request.user
    is_draft = shown.status == PurchaseOrderStatus.DRAFT
    stored = [] if shown.pk is None else list(shown.lines.select_related("unit"))
    said = confirmed_lines([line.pk for line in stored]) if shown.number else {}
    lines = grid_of(rows, shown, user=user) if is_draft else []
    context = {
        "order": shown,
        "supplier": shown.supplier,
        "version": shown.version,
        "lines": lines,
        "stored": [(line, said.get(line.pk)) for line in stored],
        "has_warnings": any(line.warnings for line in lines),
        "is_draft": is_draft and allowed(user, "orders.change_purchaseorder"),
        "warehouses": Warehouse.objects.visible_to(user).active(),
        "history": history_of(shown)[:_MOST_SAID] if shown.number else [],
        "sees_cost": _sees_cost(request),
        "token": new_token(),
    }
    return render(request, "orders/purchase.html", context | more, status=status)


def _save(request: AuthedRequest, shown: PurchaseOrder) -> HttpResponse:
    """Save head and grid, and hand it in when asked to; what was typed stays on the screen."""
    rows, head = read_rows(request.POST), _head(request)
    version = _int(request.POST.get("version", "")[:9])
    then = request.POST.get("then", "")
    if any(row.errors for row in rows):
        messages.error(request, _("Correct the marked cells."))
        return _show(request, shown, rows, status=400)

    def effect() -> tuple[str, str]:
        now = version
        if not (is_same(rows, list(shown.lines.all())) and _same_head(shown, head)):
            lines = [row.entered() for row in rows]
            changed = services.change_purchase_order(
                shown.pk, lines, version=version, by=request.user, **head
            )
            now = changed.version
        said = _("%(ref)s was saved.")
        if then in {"submit", "submit-despite"}:
            despite = then == "submit-despite"
            services.submit_purchase_order(
                shown.pk, version=now, accept_prices=despite, by=request.user
            )
            said = _("%(ref)s was submitted.")
        return reverse("orders:purchase-order", args=[shown.pk]), said % {"ref": shown.ref}

    try:
        return change_once(request, "purchase_order.change", effect, object_id=shown.pk)
    except StaleVersionError as refusal:
        refuse(request, refusal)
        now = _order(request, "orders.change_purchaseorder", shown.pk)
        changed = differences(grid_of(rows, now, user=request.user), list(now.lines.all()))
        return _show(request, now, rows, status=409, differences=changed, stale=True)
    except DomainError as refusal:
        blame(rows, refusal)
        refuse(request, refusal)
        asks = refusal.code == "price_warning"
        return _show(request, shown, rows, status=409, version=version, asks_despite=asks)


def _same_head(shown: PurchaseOrder, head: dict[str, Any]) -> bool:
    return all(getattr(shown, name) == value for name, value in head.items())
