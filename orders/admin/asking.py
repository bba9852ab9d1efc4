"""Forms of verbs that have to ask something first: a reason, quantities, a bin."""

from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from erp.core.money import ZERO, plain
from erp.core.policy import may_use_warehouse
from inventory.models import Bin
from orders.models import Delivery
from orders.services.customer_returns import returned_by_line


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Why?"), max_length=200)


def reason_form(_obj: Any, _request: HttpRequest) -> type[forms.Form]:
    return ReasonForm


def _quantity(label: Any, *, most: Decimal | None = None, first: Decimal = ZERO) -> forms.Field:
    return forms.DecimalField(
        label=label,
        min_value=ZERO,
        max_value=most,
        decimal_places=3,
        max_digits=12,
        required=False,
        initial=plain(first),
    )


def _named(name: str, fields: dict[str, forms.Field]) -> type[forms.Form]:
    return type(name, (forms.Form,), fields)


def delivery_form(order: Any, request: HttpRequest) -> type[forms.Form]:
    """A quantity for each line with something open that ships from a warehouse of the user's."""
    lines = [
        line
        for line in order.lines.select_related("unit")
        if line.open_quantity
        and may_use_warehouse(request.user, line.warehouse_id or order.warehouse_id)
    ]
    return _named(
        "DeliverForm",
        {
            f"line_{line.pk}": _quantity(
                f"{line} ({plain(line.open_quantity)} {line.unit})", first=line.open_quantity
            )
            for line in lines
        },
    )


def quantities_form(delivery: Any, _request: HttpRequest) -> type[forms.Form]:
    """The quantity of each line of a delivery; 0 takes a line off."""
    return _named(
        "QuantitiesForm",
        {
            f"line_{line.pk}": _quantity(f"{line} ({line.unit})", first=line.quantity)
            for line in delivery.lines.select_related("unit")
        },
    )


def quantities_of(answers: dict[str, Any]) -> dict[int, Decimal]:
    """Return the quantities such a form gave, by line id."""
    return {
        int(name.removeprefix("line_")): value or ZERO
        for name, value in answers.items()
        if name.startswith("line_")
    }


def return_form(delivery: Delivery, request: HttpRequest) -> type[forms.Form]:
    """What comes back of each line, how much of it is scrap, into which bin, and why."""
    bins = Bin.objects.visible_to(request.user).active().select_related("warehouse")
    fields: dict[str, forms.Field] = {
        "reason": forms.CharField(label=_("Why?"), max_length=200),
        "bin": _BinField(
            label=_("into bin"),
            queryset=bins.order_by("warehouse__code", "code"),
            initial=bins.filter(warehouse=delivery.warehouse_id).order_by("code").first(),
        ),
    }
    back = returned_by_line(delivery)
    for line in delivery.lines.all():
        left = line.quantity - back.get(line.pk, ZERO)
        if left > 0:
            shown = {"line": line, "left": plain(left)}
            fields[f"line_{line.pk}"] = _quantity(_("%(line)s, of %(left)s") % shown, most=left)
            fields[f"scrap_{line.pk}"] = _quantity(_("of it scrap"), most=left)
    return _named("ReturnForm", fields)


class _BinField(forms.ModelChoiceField[Bin]):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.warehouse} · {obj.code}"
