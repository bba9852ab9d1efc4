"""Customer returns in the admin, and how much more or less may be delivered."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from erp.core.admin import (
    AuditedAdmin,
    DocumentAdmin,
    LinesInline,
    ObjectAction,
    VisibleFilter,
    document_fieldsets,
    figure,
    percent,
    plain,
    price,
    transition_action,
)
from orders import services
from orders.admin.asking import reason_form
from orders.models import DeliveryTolerance, Return, ReturnLine, ReturnStatus


class ReturnLineInline(LinesInline[ReturnLine, Return]):
    model = ReturnLine
    fields = (*LinesInline.fields, "show_scrap", "bin", "show_cost")
    cost_fields = ("show_cost",)
    show_scrap = figure(ReturnLine, "scrap_quantity", plain)
    show_cost = figure(ReturnLine, "cost_amount", price)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("bin")


def _reverse(made: Any, request: HttpRequest, answers: dict[str, Any]) -> Return:
    user: Any = request.user
    return services.reverse_return(made.pk, reason=answers["reason"], version=made.version, by=user)


@admin.register(Return)
class ReturnAdmin(DocumentAdmin[Return]):
    pdf_url_name = "orders:return-pdf"
    list_display = (
        "ref",
        "dated_on",
        "customer",
        "delivery",
        "warehouse",
        "status_label",
        "reason",
        "show_gross",
        "owner",
    )
    list_filter = ("status", ("owner", VisibleFilter), ("warehouse", VisibleFilter), "dated_on")
    list_select_related = ("customer", "delivery", "warehouse", "owner")
    inlines = (ReturnLineInline,)
    fieldsets = document_fieldsets(("delivery", "warehouse", "reason"))
    object_actions = (
        transition_action(
            "post",
            permission="orders.post_return",
            service="orders.services.post_return",
            description=_("take the goods in"),
            to=ReturnStatus.POSTED,
            icon="inventory",
            variant="primary",
        ),
        ObjectAction(
            "reverse",
            "orders.reverse_return",
            _("reverse"),
            _reverse,
            lambda made: made.status == ReturnStatus.POSTED,
            icon="history",
            in_list=False,
            service="orders.services.reverse_return",
            ask=reason_form,
        ),
        transition_action(
            "cancel",
            permission="orders.add_return",
            service="orders.services.cancel_return",
            description=_("cancel"),
            to=ReturnStatus.CANCELLED,
            icon="block",
        ),
    )


@admin.register(DeliveryTolerance)
class DeliveryToleranceAdmin(AuditedAdmin[DeliveryTolerance]):
    list_display = ("show_over", "show_under", "customer", "product")
    list_display_links = ("show_over",)
    list_select_related = ("customer", "product__brand")
    sortable_by = ()
    autocomplete_fields = ("customer", "product")
    fields = (("customer", "product"), ("over_rate", "under_rate"))
    show_over = figure(DeliveryTolerance, "over_rate", percent)
    show_under = figure(DeliveryTolerance, "under_rate", percent)
