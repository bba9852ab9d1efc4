"""Landed costs in the admin: drafted from the page of a receipt."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminSelectMultipleWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from customers.models import Supplier
from erp.core.admin import (
    DocumentAdmin,
    ObjectAction,
    ReadOnlyInline,
    add_object_actions,
    display,
    figure,
    may_see_cost,
    plain,
    price,
    transition_action,
)
from erp.core.money import ZERO
from orders.models import LandedCost, LandedCostLine, LandedCostStatus, Receipt, ReceiptStatus
from orders.services.landed import create_landed_cost, reverse_landed_cost

# So many of the latest receipts are offered to bear the cost together with this one.
_LATEST = 50


def _ask_reason(_cost: LandedCost, _request: HttpRequest) -> type[forms.Form]:
    class ReasonForm(forms.Form):
        reason = forms.CharField(
            label=_("reason"), max_length=200, widget=UnfoldAdminTextInputWidget
        )

    return ReasonForm


def _reverse(cost: LandedCost, request: HttpRequest, answers: dict[str, Any]) -> LandedCost:
    by: Any = request.user
    return reverse_landed_cost(cost.pk, reason=answers["reason"], by=by, version=cost.version)


def _may_be_reversed(cost: LandedCost) -> bool:
    return cost.status == LandedCostStatus.POSTED


class LandedCostLineInline(ReadOnlyInline[LandedCostLine, LandedCost]):
    model = LandedCostLine
    verbose_name_plural = _("lines")
    ordering = ("line_no",)
    fields = ("line_no", "receipt", "part", "quantity", "show_amount")
    show_amount = figure(LandedCostLine, "amount", price)

    @display(description=_("goods receipt"))
    def receipt(self, obj: LandedCostLine) -> str:
        return obj.receipt_line.document.ref

    @display(description=_("part"))
    def part(self, obj: LandedCostLine) -> str:
        return f"{obj.receipt_line.brand_name} {obj.receipt_line.designation}"

    @display(description=_("quantity"))
    def quantity(self, obj: LandedCostLine) -> str:
        return plain(obj.receipt_line.quantity)

    def get_queryset(self, request: HttpRequest) -> QuerySet[LandedCostLine]:
        return super().get_queryset(request).select_related("receipt_line__document")


@admin.register(LandedCost)
class LandedCostAdmin(DocumentAdmin[LandedCost]):
    """All of it is cost."""

    list_display = (
        "ref",
        "dated_on",
        "supplier",
        "reference",
        "spread_by",
        "show_amount",
        "status_label",
        "created_by",
    )
    list_filter = ("status", "dated_on")
    list_select_related = ("supplier", "created_by")
    editable_in_draft = ("notes",)
    show_freight = figure(LandedCost, "freight", price)
    show_duty = figure(LandedCost, "duty", price)
    show_insurance = figure(LandedCost, "insurance", price)
    show_other = figure(LandedCost, "other", price)
    show_amount = figure(LandedCost, "amount", price)
    inlines = (LandedCostLineInline,)
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("ref", "status", "dated_on"),
                    ("supplier", "reference", "spread_by"),
                    ("show_freight", "show_duty", "show_insurance"),
                    ("show_other", "show_amount"),
                    "notes",
                )
            },
        ),
        (
            _("Origin"),
            {"fields": [("created_by", "created_at", "updated_at")], "classes": ["collapse"]},
        ),
    )
    object_actions = (
        transition_action(
            "post",
            permission="orders.post_landedcost",
            service="orders.services.landed.post_landed_cost",
            description=_("post"),
            to=LandedCostStatus.POSTED,
            icon="task_alt",
            variant="primary",
        ),
        ObjectAction(
            "reverse",
            "orders.reverse_landedcost",
            _("reverse"),
            _reverse,
            _may_be_reversed,
            icon="undo",
            in_list=False,
            service="orders.services.landed.reverse_landed_cost",
            ask=_ask_reason,
        ),
        transition_action(
            "cancel",
            permission="orders.add_landedcost",
            service="orders.services.landed.cancel_landed_cost",
            description=_("cancel"),
            to=LandedCostStatus.CANCELLED,
            icon="block",
        ),
    )

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_see_cost(request) and super().has_view_permission(request, obj)

    def get_queryset(self, request: HttpRequest) -> QuerySet[LandedCost]:
        rows = super().get_queryset(request)
        return rows if may_see_cost(request) else rows.none()


# --- from the page of a receipt ---


def _amount(label: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        required=False,
        min_value=0,
        max_digits=15,
        decimal_places=2,
        widget=UnfoldAdminDecimalFieldWidget,
    )


def _ask_charges(receipt: Receipt, request: HttpRequest) -> type[forms.Form]:
    others = Receipt.objects.visible_to(request.user).posted().exclude(pk=receipt.pk)
    latest = list(others.order_by("-pk").values_list("pk", flat=True)[:_LATEST])
    carriers = Supplier.objects.visible_to(request.user).active().order_by("code")

    class ChargesForm(forms.Form):
        freight = _amount(_("freight"))
        duty = _amount(_("duty"))
        insurance = _amount(_("insurance"))
        other = _amount(_("other charges"))
        spread_by = forms.ChoiceField(
            label=_("spread"), choices=LandedCost.Spread.choices, widget=UnfoldAdminSelectWidget
        )
        receipts = forms.ModelMultipleChoiceField(
            label=_("together with"),
            required=False,
            queryset=others.filter(pk__in=latest),
            widget=UnfoldAdminSelectMultipleWidget,
        )
        supplier = forms.ModelChoiceField(
            label=_("charged by"), required=False, queryset=carriers, widget=UnfoldAdminSelectWidget
        )
        reference = forms.CharField(
            label=_("their reference"),
            required=False,
            max_length=60,
            widget=UnfoldAdminTextInputWidget,
        )

    return ChargesForm


def _draft(receipt: Receipt, request: HttpRequest, answers: dict[str, Any]) -> LandedCost:
    by: Any = request.user
    carrier = answers["supplier"]
    return create_landed_cost(
        [receipt.pk, *(other.pk for other in answers["receipts"])],
        {name: answers[name] or ZERO for name in LandedCost.CHARGES},
        spread_by=answers["spread_by"],
        supplier_id=carrier.pk if carrier else None,
        reference=answers["reference"],
        by=by,
    )


def _is_posted(receipt: Receipt) -> bool:
    return receipt.status == ReceiptStatus.POSTED


add_object_actions(
    Receipt,
    ObjectAction(
        "landed_cost",
        "orders.add_landedcost",
        _("add freight and duty"),
        _draft,
        _is_posted,
        icon="local_shipping",
        in_list=False,
        service="orders.services.landed.create_landed_cost",
        ask=_ask_charges,
    ),
)
