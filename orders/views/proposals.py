"""Ordering what is proposed to be bought again: the effects first, then the drafts."""

from decimal import Decimal, InvalidOperation

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.requests import AuthedRequest
from customers.models import Supplier
from erp.core.documents import check_quantity
from erp.core.errors import DomainError
from erp.core.pages import change_once, new_token, page, refuse
from erp.core.policy import allowed, authorize
from inventory.models import ReorderRule
from orders import services
from orders.models import PurchaseOrder
from orders.proposing import chosen_rows, try_proposals
from orders.services import Chosen
from quotations.grid import read_number

MOST_AT_ONCE = 200
_RIGHTS = ("inventory.view_reorderrule", "orders.add_purchaseorder", "customers.view_supplier")


@page("POST", most_fields=settings.DATA_UPLOAD_MAX_NUMBER_FIELDS)
def order_proposals(request: AuthedRequest) -> HttpResponse:
    """Show what the ticked rules would order; with ``then=order`` draft it."""
    for right in _RIGHTS:
        authorize(request.user, right)
    suppliers = Supplier.objects.visible_to(request.user).active().order_by("code")
    chosen, errors = _chosen(request, set(suppliers.values_list("pk", flat=True)))
    if not chosen:
        refuse(request, DomainError(_("Tick what is to be ordered."), code="nothing_chosen"))
        return redirect("inventory:reorder")
    rows = chosen_rows(chosen, user=request.user)
    status = 400 if errors else 200
    if request.POST.get("then") == "order" and not errors:
        try:
            filled = {row.chosen.rule_id: row.chosen for row in rows}
            return _draft(request, [filled.get(one.rule_id, one) for one in chosen])
        except DomainError as refusal:
            refuse(request, refusal)
            errors, status = {refusal.field: refusal.message}, 409
            rows = chosen_rows(chosen, user=request.user)
    if not rows:
        refuse(request, DomainError(_("Nothing of this is lacking any more."), code="none"))
        return redirect("inventory:reorder")
    context = {
        "rows": [(row, errors.get(str(row.chosen.rule_id), "")) for row in rows],
        "tried": try_proposals(rows, by=request.user),
        "gone": len(chosen) - len(rows),
        "suppliers": suppliers,
        "sees_cost": allowed(request.user, "products.view_cost"),
        "token": new_token(),
    }
    return render(request, "orders/proposals.html", context, status=status)


def _chosen(request: AuthedRequest, suppliers: set[int]) -> tuple[list[Chosen], dict[str, str]]:
    """Return what was ticked of the user's rules, and what is wrong with it by rule id."""
    ticked = {_int(text) for text in request.POST.getlist("rule")}
    seen = ReorderRule.objects.visible_to(request.user).filter(pk__in=ticked)
    chosen, errors = [], {}
    for pk in seen.order_by("pk").values_list("pk", flat=True)[:MOST_AT_ONCE]:
        quantity, typed = None, request.POST.get(f"quantity-{pk}")
        if typed is not None:
            try:
                quantity = _quantity(typed)
            except (ValueError, DomainError) as refusal:
                errors[str(pk)] = getattr(refusal, "message", "") or _("A number, please.")
        supplier = _int(request.POST.get(f"supplier-{pk}", ""))
        chosen.append(
            Chosen(pk, quantity, supplier if supplier in suppliers else None, _seen(request, pk))
        )
    return chosen, errors


def _int(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def _quantity(typed: str) -> Decimal:
    quantity = read_number(typed)
    check_quantity(quantity, field="quantity")
    return quantity


def _seen(request: AuthedRequest, rule: int) -> Decimal | None:
    try:
        return Decimal(request.POST[f"seen-{rule}"])
    except (KeyError, InvalidOperation):
        return None


def _draft(request: AuthedRequest, asked: list[Chosen]) -> HttpResponse:
    def effect() -> tuple[str, str]:
        return drafted(services.order_proposals(asked, by=request.user))

    return change_once(request, "purchase_order.create_for_proposals", effect)


def drafted(made: list[PurchaseOrder]) -> tuple[str, str]:
    """Return where to go after drafting these orders, and what to say there."""
    said = ngettext(
        "%(count)d purchase order was drafted: %(refs)s",
        "%(count)d purchase orders were drafted: %(refs)s",
        len(made),
    ) % {"count": len(made), "refs": ", ".join(order.ref for order in made)}
    if len(made) == 1:
        return reverse("orders:purchase-order", args=[made[0].pk]), said
    return reverse("admin:orders_purchaseorder_changelist"), said
