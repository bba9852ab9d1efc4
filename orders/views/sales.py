"""Sales orders on the screen: the list, a new one, its lines as a grid, its steps."""

import re
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.requests import AuthedRequest
from customers.models import Customer
from erp.core.errors import DomainError, StaleVersionError
from erp.core.exporting import RIGHT, export_answer
from erp.core.pages import change_once, copy_once, new_token, page, refuse
from erp.core.policy import allowed, authorize
from erp.core.registry import invoiced_of
from inventory.models import Warehouse
from orders import services
from orders.forms import NewOrderForm, OrderHeadForm
from orders.grid import (
    OrderRow,
    differences,
    grid_of,
    is_same,
    read_rows,
    rows_of,
)
from orders.lists import SALES_LIST, listed_orders
from orders.models import Delivery, Issue, SalesOrder, SalesOrderStatus
from orders.places import authorize_places
from orders.services.sales import reserved_by_line
from orders.steps import STEPS, Step, open_steps
from products.models import Product
from quotations.lists import customer_term

ROWS_PER_PAGE = 50
_LINE_FIELD = re.compile(r"lines\[(\d+)\]\.(\w+)")


def _int(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


@page("GET")
def order_list(request: AuthedRequest) -> HttpResponse:
    """The newest first, a page at a time by key, with how much was delivered and invoiced."""
    authorize(request.user, "orders.view_salesorder")
    status, customer = request.GET.get("status", ""), customer_term(request)
    rows = listed_orders(request).select_related("customer", "owner")
    before = _int(request.GET.get("before", ""))
    if before:
        rows = rows.filter(pk__lt=before)
    found = list(rows[: ROWS_PER_PAGE + 1])
    following = None
    if len(found) > ROWS_PER_PAGE:
        query = request.GET.copy()
        query["before"] = str(found[ROWS_PER_PAGE - 1].pk)
        following = query.urlencode()
    shown = found[:ROWS_PER_PAGE]
    context = {
        "orders": [(order, percent) for order, percent in _with_invoiced(shown)],
        "statuses": SalesOrderStatus.choices,
        "status": status,
        "customer": customer,
        "following": following,
        "may_add": allowed(request.user, "orders.add_salesorder"),
        "may_export": allowed(request.user, RIGHT),
    }
    return render(request, "orders/list.html", context)


@page("POST")
def export_list(request: AuthedRequest) -> HttpResponseBase:
    """The list as a file, by the filter of the page."""
    authorize(request.user, "orders.view_salesorder")
    try:
        return export_answer(request, SALES_LIST)
    except DomainError as refusal:
        refuse(request, refusal)
        return redirect(f"{reverse('orders:sales-orders')}?{request.GET.urlencode()}")


def _with_invoiced(orders: list[SalesOrder]) -> list[tuple[SalesOrder, int]]:
    """Lay beside each order how much of it was invoiced, in percent of its amount."""
    invoiced = invoiced_of([order.pk for order in orders])
    return [
        (
            order,
            int(100 * invoiced.get(order.pk, 0) / order.gross_total) if order.gross_total else 0,
        )
        for order in orders
    ]


@page("GET", "POST")
def new_order(request: AuthedRequest) -> HttpResponse:
    authorize(request.user, "orders.add_salesorder")
    asked = _int(request.GET.get("customer", "")) or 0
    chosen = Customer.objects.visible_to(request.user).active().filter(pk=asked).first()
    form = NewOrderForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        entered = form.cleaned_data
        chosen = entered["customer"]
        header = {name: entered[name] for name in ("partner_reference", "requested_on")}

        def effect() -> tuple[str, str]:
            made = services.create_order(entered["customer"].pk, header=header, by=request.user)
            return reverse("orders:sales-order", args=[made.pk]), ""

        try:
            return change_once(request, "order.create", effect)
        except DomainError as refusal:
            refuse(request, refusal)
    context = {"form": form, "customer": chosen, "token": new_token()}
    status = 400 if form.errors else 200
    return render(request, "orders/new.html", context, status=status)


# --- the grid --------------------------------------------------------------------------------


def _order(request: AuthedRequest, right: str, pk: int) -> SalesOrder:
    """Return a visible order for an action: 403 without the right, 404 out of sight."""
    authorize(request.user, right)
    rows: QuerySet[SalesOrder] = SalesOrder.objects.with_progress().select_related(
        "customer", "owner", "contact", "quotation", "currency", "warehouse", "payment_term"
    )
    found: SalesOrder = rows.get_visible(request.user, pk)  # type: ignore[attr-defined]
    return found


@page("GET", "POST", most_fields=settings.DATA_UPLOAD_MAX_NUMBER_FIELDS)
def sales_order(request: AuthedRequest, pk: int) -> HttpResponse:
    if request.method == "POST":
        return _save(request, _order(request, "orders.change_salesorder", pk))
    shown = _order(request, "orders.view_salesorder", pk)
    return _show(request, shown, rows_of(shown.lines.all()))


def _show(
    request: AuthedRequest,
    shown: SalesOrder,
    rows: list[OrderRow],
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    user = request.user
    may_change = allowed(user, "orders.change_salesorder")
    lines = {str(line.pk): line for line in shown.lines.select_related("unit", "warehouse")}
    held = reserved_by_line(shown) if shown.number else {}
    is_open = shown.status not in {SalesOrderStatus.DONE, SalesOrderStatus.CANCELLED}
    ((_shown, invoiced),) = _with_invoiced([shown])
    context = {
        "order": shown,
        "customer": shown.customer,
        "version": shown.version,
        "lines": grid_of(rows, shown, user=user, stored=lines, reserved=held),
        "is_draft": shown.status == SalesOrderStatus.DRAFT and may_change,
        "may_copy": allowed(user, "orders.add_salesorder"),
        "may_change_head": is_open and may_change,
        "head": OrderHeadForm(order=shown, user=user),
        "steps": open_steps(shown, user),
        "may_buy": is_open and allowed(user, "orders.add_purchaseorder"),
        "issues": Issue.choices,
        "warehouses": Warehouse.objects.visible_to(user).active(),
        "deliveries": Delivery.objects.visible_to(user).filter(sales_order=shown).order_by("pk"),
        "invoiced_percent": invoiced,
        "sees_cost": allowed(user, "products.view_cost"),
        "token": new_token(),
    }
    return render(request, "orders/order.html", context | more, status=status)


def _save(request: AuthedRequest, shown: SalesOrder) -> HttpResponse:
    """Save head and grid, and confirm when asked to; what was typed stays on the screen."""
    version, step = _version(request), _step_after(request)
    head = OrderHeadForm(request.POST, order=shown, user=request.user)
    is_draft = shown.status == SalesOrderStatus.DRAFT
    rows = read_rows(request.POST) if is_draft else rows_of(shown.lines.all())
    if not head.is_valid() or any(row.errors for row in rows):
        messages.error(request, _("Correct the marked cells."))
        return _show(request, shown, rows, status=400, head=head)

    def effect() -> tuple[str, str]:
        now = services.change_order(shown.pk, head.header(), version=version, by=request.user)
        if is_draft and not is_same(rows, list(now.lines.all())):
            lines = [row.entered() for row in rows]
            authorize_places(request.user, [line.warehouse_id for line in lines], now)
            now = services.replace_lines(shown.pk, lines, version=now.version, by=request.user)
        said = _("%(ref)s was saved.") % {"ref": shown.ref}
        if step:
            step.take(shown.pk, by=request.user, version=now.version, reason="")
            said = step.done % {"ref": shown.ref}
        return reverse("orders:sales-order", args=[shown.pk]), said

    try:
        return change_once(request, "order.change", effect, object_id=shown.pk)
    except StaleVersionError as refusal:
        return _show_stale(request, shown.pk, rows, head, refusal)
    except DomainError as refusal:
        _blame(rows, refusal)
        refuse(request, refusal)
        return _show(request, shown, rows, status=409, version=version, head=head)


def _blame(rows: list[OrderRow], refusal: DomainError) -> None:
    """Put a service's refusal on the cell it names."""
    found = _LINE_FIELD.fullmatch(refusal.field)
    if found and 0 < int(found[1]) <= len(rows):
        rows[int(found[1]) - 1].errors[found[2]] = refusal.message


def _show_stale(
    request: AuthedRequest,
    pk: int,
    rows: list[OrderRow],
    head: OrderHeadForm,
    refusal: DomainError,
) -> HttpResponse:
    """Show what somebody else saved beside what was typed; saving again puts this on top."""
    now = _order(request, "orders.change_salesorder", pk)
    refuse(request, refusal)
    stored = list(now.lines.all())
    known = {str(line.pk) for line in stored}
    for row in rows:  # a line that is gone meanwhile would be added anew
        row.line = row.line if row.line in known else ""
    changed = differences(grid_of(rows, now, user=request.user), stored)
    more = {"head": head, "differences": changed, "stale": True}
    return _show(request, now, rows, status=409, **more)


def _version(request: AuthedRequest) -> int:
    given = request.POST.get("version", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else 0


def _step_after(request: AuthedRequest) -> Step | None:
    """Return the step to take after saving: only confirming."""
    step = STEPS.get(request.POST.get("then", ""))
    if step is None or step.service is not services.confirm_order:
        return None
    authorize(request.user, step.right)
    return step


@page("GET")
def new_row(request: AuthedRequest, pk: int) -> HttpResponse:
    """A fresh row of the grid for a product."""
    shown = _order(request, "orders.change_salesorder", pk)
    product = _int(request.GET.get("product", ""))
    if product is None:
        raise Http404
    Product.objects.get_visible(request.user, product)
    (line,) = grid_of([OrderRow(product=str(product), quantity="1")], shown, user=request.user)
    if line.facts and line.facts.suggested_shown is not None:
        line.typed.unit_price = str(line.facts.suggested_shown)
    line.typed.check()
    context = {
        "line": line,
        "issues": Issue.choices,
        "warehouses": Warehouse.objects.visible_to(request.user).active(),
        "sees_cost": allowed(request.user, "products.view_cost"),
    }
    return render(request, "orders/_grid_row.html", context)


@page("POST")
def copy_order(request: AuthedRequest, pk: int) -> HttpResponse:
    """Draft the same order again."""
    shown = _order(request, "orders.add_salesorder", pk)
    return copy_once(request, shown, services.copy_sales_order, to="orders:sales-order")


# --- its way ---------------------------------------------------------------------------------


@page("POST")
def take_step(request: AuthedRequest, pk: int, step: str) -> HttpResponse:
    """Confirm, reserve, deliver, close, reopen or cancel."""
    taken = STEPS.get(step)
    if taken is None:
        raise Http404
    shown = _order(request, taken.right, pk)
    reason = request.POST.get("reason", "").strip()[:200]

    def effect() -> tuple[str, str]:
        taken.take(shown.pk, by=request.user, version=_version(request), reason=reason)
        now = SalesOrder.objects.get(pk=shown.pk)
        return reverse("orders:sales-order", args=[shown.pk]), taken.done % {"ref": now.ref}

    try:
        return change_once(request, f"order.{step}", effect, object_id=shown.pk)
    except DomainError as refusal:
        refuse(request, refusal)
        return redirect("orders:sales-order", pk=shown.pk)
