"""The data quotations follow: reasons of outcomes, limits without approval."""

from django.contrib import admin

from erp.core.admin import ArchivedFilter, MasterAdmin, figure, percent, price
from quotations.models import ApprovalLimit, OutcomeReason


@admin.register(OutcomeReason)
class OutcomeReasonAdmin(MasterAdmin[OutcomeReason]):
    list_display = ("name_zh", "name_en", "kind")
    list_filter = ("kind", ArchivedFilter)
    fields = ("kind", ("name_zh", "name_en"))


@admin.register(ApprovalLimit)
class ApprovalLimitAdmin(MasterAdmin[ApprovalLimit]):
    list_display = ("__str__", "show_margin", "show_discount", "show_amount")
    list_filter = (ArchivedFilter,)
    list_select_related = ("role",)
    fields = ("role", ("least_margin", "most_discount"), "most_amount")
    show_margin = figure(ApprovalLimit, "least_margin", percent)
    show_discount = figure(ApprovalLimit, "most_discount", percent)
    show_amount = figure(ApprovalLimit, "most_amount", price)
