"""The kernel's own tables: the company, its lists, its periods and its files."""
# ruff: noqa: ARG002 (hooks take what Django hands them)

from typing import Any

from django.apps import apps
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from erp.core.admin.actions import ObjectAction
from erp.core.admin.audited import AuditedAdmin, change_row
from erp.core.admin.filters import VisibleFilter
from erp.core.admin.scoped import ReadOnlyAdmin, display, visible_rows
from erp.core.documents import Document
from erp.core.models import (
    Attachment,
    Company,
    Currency,
    ExchangeRate,
    PaymentTerm,
    Period,
    TaxRate,
    Unit,
)

# The first page: the side bar's work areas, for a thumb.
admin.site.index_template = "admin/erp/index.html"


@admin.register(Company)
class CompanyAdmin(AuditedAdmin[Company]):
    """One row: the list leads straight to it."""

    list_display = ("name", "currency")
    list_select_related = ("currency",)
    fieldsets = (
        (None, {"fields": (("name", "name_en"), "address", ("phone", "email"), "tax_id")}),
        (_("Bank"), {"fields": (("bank_name", "bank_account"), "currency")}),
        (
            _("Quotations"),
            {"fields": (("quotation_validity_days", "markup_rate"), "quotation_clauses")},
        ),
        (
            _("Sales orders"),
            {
                "fields": (
                    ("over_delivery_rate", "under_delivery_rate", "overdue_hold_days"),
                    "contract_clauses",
                )
            },
        ),
        (
            _("Purchasing"),
            {
                "fields": (
                    ("purchase_price_warning", "receipt_tolerance"),
                    "purchase_approval_limit",
                )
            },
        ),
    )

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        row = self.get_queryset(request).first()
        if row is not None and request.method == "GET":
            return redirect("admin:core_company_change", row.pk)
        answer: HttpResponse = super().changelist_view(request, extra_context)
        return answer

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not Company.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Currency)
class CurrencyAdmin(AuditedAdmin[Currency]):
    list_display = ("code", "name", "minor_units")
    search_fields = ("code", "name")
    sortable_by = ("code",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("code",) if obj else ()


@admin.register(ExchangeRate)
class ExchangeRateAdmin(AuditedAdmin[ExchangeRate]):
    list_display = ("on", "currency", "rate", "source")
    list_filter = (("currency", VisibleFilter), "on")
    list_select_related = ("currency",)


@admin.register(TaxRate)
class TaxRateAdmin(AuditedAdmin[TaxRate]):
    list_display = ("code", "name", "rate", "valid_from", "valid_to")


@admin.register(Unit)
class UnitAdmin(AuditedAdmin[Unit]):
    list_display = ("code", "name_zh", "name_en", "decimals")
    search_fields = ("code", "name_zh", "name_en")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("code",) if obj else ()


@admin.register(PaymentTerm)
class PaymentTermAdmin(AuditedAdmin[PaymentTerm]):
    list_display = ("code", "name", "rule", "days")
    search_fields = ("code", "name")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("code",) if obj else ()


def _close(period: Any, request: HttpRequest) -> Any:
    return change_row(Period, period.pk, "closed", by=request.user, closed_at=timezone.now())


def _reopen(period: Any, request: HttpRequest) -> Any:
    return change_row(Period, period.pk, "reopened", by=request.user, closed_at=None)


@admin.register(Period)
class PeriodAdmin(AuditedAdmin[Period]):
    """Closed and opened by verbs; a closed one keeps its days."""

    list_display = ("area", "starts_on", "ends_on", "state", "closed_at")
    list_filter = ("area",)
    fields = (("area", "starts_on", "ends_on"), "closed_at")
    object_actions = (
        ObjectAction(
            "close",
            "core.change_period",
            _("close the period"),
            _close,
            lambda period: period.closed_at is None,
            icon="lock",
            variant="primary",
        ),
        ObjectAction(
            "reopen",
            "core.change_period",
            _("open the period again"),
            _reopen,
            lambda period: period.closed_at is not None,
            icon="lock_open",
        ),
    )

    @display(description=_("state"), label={"open": "success", "closed": "danger"})
    def state(self, period: Period) -> tuple[str, Any]:
        return ("closed", _("closed")) if period.closed_at else ("open", _("open"))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        closed = obj is not None and obj.closed_at is not None
        return ("closed_at", "area", "starts_on", "ends_on") if closed else ("closed_at",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        open_one = obj is None or obj.closed_at is None
        return open_one and super().has_delete_permission(request, obj)


@admin.register(Attachment)
class AttachmentAdmin(ReadOnlyAdmin[Attachment]):
    """Files of the documents the user may see. Downloads go through pages of their own."""

    list_display = ("name", "kind", "content_type", "size", "created_at", "created_by")
    list_filter = ("kind",)
    list_select_related = ("created_by",)
    ordering = ("-id",)
    fields = (("name", "kind", "content_type"), ("size", "sha256"), ("created_at", "created_by"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Attachment]:
        if not self.has_view_permission(request):
            return Attachment.objects.none()
        mine = Q(pk__in=[])
        for model in apps.get_models():
            if issubclass(model, Document):
                keys = visible_rows(model, request).order_by().values("pk")
                mine |= Q(object_type=model._meta.label_lower, object_id__in=keys)
        return Attachment.objects.filter(mine).order_by("-id")
