"""What a product costs, on its page and for those who may see cost; and what it should cost."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminDecimalFieldWidget

from erp.core.admin import ObjectAction, add_facts, add_object_actions, may_see_cost, price
from inventory.services import average_costs
from inventory.services.reference_costs import costs_of, set_reference_cost
from products.models import Product


def _facts(product: Product, request: HttpRequest) -> list[tuple[str, str]]:
    if not may_see_cost(request):
        return []
    costs = costs_of(product.pk)
    told = (
        (_("average cost"), average_costs([product.pk]).get(product.pk)),
        (_("latest cost"), costs.latest),
        (_("reference cost"), costs.reference),
    )
    return [(str(label), price(cost)) for label, cost in told if cost is not None]


def _ask(product: Product, _request: HttpRequest) -> type[forms.Form]:
    known = costs_of(product.pk).reference

    class CostForm(forms.Form):
        unit_cost = forms.DecimalField(
            label=_("reference cost"),
            help_text=_("Net, per unit. Empty: none."),
            required=False,
            min_value=0,
            max_digits=15,
            decimal_places=6,
            initial=known.normalize() if known is not None else None,
            widget=UnfoldAdminDecimalFieldWidget,
        )

    return CostForm


def _set(product: Product, request: HttpRequest, answers: dict[str, Any]) -> Product:
    by: Any = request.user
    return set_reference_cost(product.pk, answers["unit_cost"], by=by)


def _always(_product: Product) -> bool:
    return True


add_facts(Product, _facts)
add_object_actions(
    Product,
    ObjectAction(
        "reference_cost",
        "inventory.set_referencecost",
        _("set the reference cost"),
        _set,
        _always,
        icon="paid",
        in_list=False,
        service="inventory.services.reference_costs.set_reference_cost",
        ask=_ask,
    ),
)
