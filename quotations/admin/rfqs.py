"""Requests for quotation; what suppliers ask is shown to those who may see cost."""
# ruff: noqa: ARG002 (hooks take what Django hands them)

from typing import Any

from django.contrib import admin
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from customers.models import Supplier
from erp.core.admin import (
    DocumentAdmin,
    ReadOnlyInline,
    VisibleFilter,
    figure,
    plain,
    transition_action,
    visible_rows,
)
from erp.core.policy import allowed
from quotations.models import Rfq, RfqLine, RfqStatus, RfqSupplier

_MOST_SUPPLIERS = 200


class RfqLineInline(ReadOnlyInline[RfqLine, Rfq]):
    model = RfqLine
    verbose_name_plural = _("lines")
    show_quantity = figure(RfqLine, "quantity", plain)
    fields = (
        "line_no",
        "brand_name",
        "designation",
        "wording",
        "show_quantity",
        "unit",
        "wanted_on",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[RfqLine]:
        return super().get_queryset(request).select_related("unit")


class RfqSupplierInline(ReadOnlyInline[RfqSupplier, Rfq]):
    model = RfqSupplier
    verbose_name_plural = _("suppliers asked")
    fields = (
        "supplier",
        "contact",
        "language",
        "currency",
        "sent_at",
        "answered_at",
        "declined",
        "valid_until",
        "lead_time_days",
        "terms",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[RfqSupplier]:
        return super().get_queryset(request).select_related("supplier", "contact", "currency")


@admin.register(Rfq)
class RfqAdmin(DocumentAdmin[Rfq]):
    page_url_name = "quotations:rfq"
    editable_in_draft = ("notes",)
    search_help_text = _("Number, supplier's code or name")
    list_display = ("ref", "dated_on", "status_label", "due_on", "owner")
    list_filter = ("status", ("owner", VisibleFilter), "dated_on")
    list_select_related = ("owner",)
    inlines = (RfqLineInline, RfqSupplierInline)
    fieldsets = (
        (None, {"fields": [("ref", "status", "dated_on"), ("due_on", "owner", "reason"), "notes"]}),
        (
            _("Origin"),
            {"fields": [("created_by", "created_at", "updated_at")], "classes": ["collapse"]},
        ),
    )
    object_actions = (
        transition_action(
            "send",
            permission="quotations.send_rfq",
            service="quotations.services.send_rfq",
            description=_("mark as sent"),
            to=RfqStatus.SENT,
            icon="send",
            variant="primary",
        ),
        transition_action(
            "reject",
            permission="quotations.award_rfq",
            service="quotations.services.reject_rfq",
            description=_("take none of the replies"),
            to=RfqStatus.REJECTED,
            icon="thumb_down",
        ),
        transition_action(
            "reopen",
            permission="quotations.award_rfq",
            service="quotations.services.reopen_rfq",
            description=_("look at the replies again"),
            when=(RfqStatus.REJECTED,),
            icon="undo",
        ),
        transition_action(
            "copy",
            permission="quotations.add_rfq",
            service="quotations.services.copy_rfq",
            description=_("copy"),
            when=tuple(RfqStatus.values),
            icon="content_copy",
        ),
        transition_action(
            "cancel",
            permission="quotations.change_rfq",
            service="quotations.services.cancel_rfq",
            description=_("cancel"),
            to=RfqStatus.CANCELLED,
            icon="block",
        ),
    )

    def search(self, request: HttpRequest, rows: QuerySet[Rfq], term: str) -> QuerySet[Rfq]:
        found = super().search(request, rows, term)
        begins = (
            models.Q(code__istartswith=term)
            | models.Q(name__istartswith=term)
            | models.Q(short_name__istartswith=term)
        )
        suppliers = list(
            visible_rows(Supplier, request)
            .filter(begins)
            .values_list("pk", flat=True)[:_MOST_SUPPLIERS]
        )
        if not suppliers:
            return found
        asked = RfqSupplier.objects.visible_to(request.user).filter(supplier__in=suppliers)
        return found | rows.filter(pk__in=asked.values("document"))

    def get_inlines(self, request: HttpRequest, obj: Any = None) -> Any:
        """Whom we ask is for those who may see suppliers."""
        shown = super().get_inlines(request, obj)
        if allowed(request.user, "quotations.view_rfqsupplier"):
            return shown
        return [inline for inline in shown if inline is not RfqSupplierInline]

    def _tells_cost(self, obj: models.Model | type[models.Model]) -> set[str]:
        """Suppliers and awards in its history are for those who may see cost."""
        return {"suppliers", "awards"}
