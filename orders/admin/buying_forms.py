"""Forms of purchasing verbs that have to ask something first."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from erp.core.money import ZERO, plain
from orders.models import PurchaseOrder, PurchaseOrderLine, Receipt
from orders.promises import confirmed_lines
from orders.purchase_prices import price_warnings
from orders.services import Confirmed, ReturnedLine


def _amount(label: str, first: Decimal, most: Decimal | None = None) -> forms.Field:
    return forms.DecimalField(
        label=label,
        min_value=ZERO,
        max_value=most,
        decimal_places=3,
        max_digits=12,
        required=False,
        initial=plain(first),
    )


def prices_form(order: Any, _request: HttpRequest) -> type[forms.Form]:
    """Each price above the known ones, to be accepted."""
    warnings = price_warnings(order, list(order.lines.all()))
    told = "; ".join(f"{w.line_no}. {w.designation}: {w.text}" for w in warnings)
    field = forms.BooleanField(label=_("I accept these prices"), help_text=told)
    return type("PricesForm", (forms.Form,), {"accept": field})


def _open_lines(order: PurchaseOrder) -> list[PurchaseOrderLine]:
    return [line for line in order.lines.all() if line.open_quantity]


def confirmation_form(order: Any, _request: HttpRequest) -> type[forms.Form]:
    """Of each open line the day and the quantity the supplier confirmed."""
    lines = _open_lines(order)
    said = confirmed_lines([line.pk for line in lines])
    fields: dict[str, forms.Field] = {
        "said_on": forms.DateField(
            label=_("said on"), required=False, widget=forms.DateInput(attrs={"type": "date"})
        )
    }
    for line in lines:
        promise = said.get(line.pk)
        fields[f"day_{line.pk}"] = forms.DateField(
            label=f"{line}",
            required=False,
            initial=promise.confirmed_on if promise else order.requested_on,
            widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        )
        fields[f"quantity_{line.pk}"] = _amount(
            str(_("quantity of %(quantity)s") % {"quantity": plain(line.quantity)}),
            promise.quantity if promise else line.quantity,
        )
    return type("ConfirmationForm", (forms.Form,), fields)


def confirmed_of(answers: dict[str, Any]) -> tuple[list[Confirmed], date | None]:
    lines = [
        Confirmed(int(name.removeprefix("day_")), day, answers.get(f"quantity_{name[4:]}") or ZERO)
        for name, day in answers.items()
        if name.startswith("day_") and (day or answers.get(f"quantity_{name[4:]}"))
    ]
    return lines, answers.get("said_on")


def close_form(order: Any, _request: HttpRequest) -> type[forms.Form]:
    """Why no more is expected, and of which lines."""
    lines = _open_lines(order)
    choices = [(line.pk, f"{line} · {plain(line.open_quantity)}") for line in lines]
    fields = {
        "reason": forms.CharField(label=_("Why?"), max_length=200),
        "lines": forms.TypedMultipleChoiceField(
            label=_("lines"),
            coerce=int,
            choices=choices,
            initial=[pk for pk, _name in choices],
            widget=UnfoldAdminCheckboxSelectMultipleWidget,
        ),
    }
    return type("CloseForm", (forms.Form,), fields)


def supplier_return_form(receipt: Any, _request: HttpRequest) -> type[forms.Form]:
    """What goes back of each line of a receipt: from stock, and of what was rejected."""
    fields: dict[str, forms.Field] = {"reason": forms.CharField(label=_("Why?"), max_length=200)}
    for line in _lines(receipt):
        kept = line.quantity - line.returned_quantity
        rejected = line.rejected_quantity - line.returned_rejected
        shown = {"line": line, "left": plain(kept), "bin": line.bin}
        if kept > 0:
            label = str(_("%(line)s, of %(left)s in %(bin)s") % shown)
            fields[f"kept_{line.pk}"] = _amount(label, ZERO, kept)
        if rejected > 0:
            label = str(_("%(line)s, of %(left)s rejected") % (shown | {"left": plain(rejected)}))
            fields[f"rejected_{line.pk}"] = _amount(label, rejected, rejected)
    return type("SupplierReturnForm", (forms.Form,), fields)


def _lines(receipt: Receipt) -> Any:
    return receipt.lines.select_related("bin")


def returned_of(answers: dict[str, Any]) -> list[ReturnedLine]:
    return [
        ReturnedLine(int(name.partition("_")[2]), quantity, is_rejected=name.startswith("rejected"))
        for name, quantity in answers.items()
        if name.startswith(("kept_", "rejected_")) and quantity
    ]
