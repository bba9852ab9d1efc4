"""Enquiries and quotations."""

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from erp.core.admin import (
    DocumentAdmin,
    LinesInline,
    ReadOnlyInline,
    VisibleFilter,
    document_fieldsets,
    figure,
    plain,
    transition_action,
)
from quotations.doubts import LABELS
from quotations.models import Enquiry, EnquiryLine, Quotation, QuotationLine, QuotationStatus
from quotations.templatetags.quantities import match_name

Status = QuotationStatus


class EnquiryLineInline(ReadOnlyInline[EnquiryLine, Enquiry]):
    model = EnquiryLine
    verbose_name_plural = _("lines")
    show_quantity = figure(EnquiryLine, "quantity", plain)
    fields = (
        "line_no",
        "raw",
        "brand_name",
        "designation",
        "show_quantity",
        "unit",
        "product",
        "match_shown",
        "to_check",
        "note",
    )

    @admin.display(description=_("match"))
    def match_shown(self, obj: EnquiryLine) -> str:
        return match_name(obj.match)

    @admin.display(description=_("to check"))
    def to_check(self, obj: EnquiryLine) -> str:
        return " ".join(str(LABELS.get(code, code)) for code in obj.doubts)

    def get_queryset(self, request: Any) -> Any:
        return super().get_queryset(request).select_related("unit", "product__brand")


@admin.register(Enquiry)
class EnquiryAdmin(DocumentAdmin[Enquiry]):
    draft_status = ""
    editable_in_draft = ()
    list_display = ("ref", "created_at", "customer", "status_label", "owner")
    list_filter = ("status", ("owner", VisibleFilter), "created_at")
    list_select_related = ("customer", "owner")
    inlines = (EnquiryLineInline,)
    fieldsets = (
        (None, {"fields": (("ref", "status", "created_at"), ("customer", "owner"))}),
        (_("Text as received"), {"fields": ("text", "ignored")}),
    )


class QuotationLineInline(LinesInline[QuotationLine, Quotation]):
    model = QuotationLine
    fields = (*LinesInline.fields, "lead_time_days")


@admin.register(Quotation)
class QuotationAdmin(DocumentAdmin[Quotation]):
    pdf_url_name = "quotations:pdf"
    list_display = (
        "ref",
        "dated_on",
        "customer",
        "status_label",
        "show_gross",
        "currency",
        "valid_until",
        "owner",
    )
    list_filter = ("status", ("owner", VisibleFilter), "dated_on")
    list_select_related = ("customer", "owner", "currency")
    inlines = (QuotationLineInline,)
    fieldsets = document_fieldsets(
        ("contact", "valid_until"), ("enquiry", "revision", "supersedes")
    )
    object_actions = (
        transition_action(
            "submit",
            permission="quotations.submit_quotation",
            service="quotations.services.submit_quotation",
            description=_("submit for approval"),
            to=Status.SUBMITTED,
            icon="outbox",
            variant="primary",
        ),
        transition_action(
            "approve",
            permission="quotations.approve_quotation",
            service="quotations.services.approve_quotation",
            description=_("approve"),
            to=Status.APPROVED,
            icon="verified",
            variant="primary",
        ),
        transition_action(
            "refuse",
            permission="quotations.approve_quotation",
            service="quotations.services.refuse_quotation",
            description=_("refuse, back to draft"),
            to=Status.DRAFT,
            icon="undo",
        ),
        transition_action(
            "send",
            permission="quotations.send_quotation",
            service="quotations.services.send_quotation",
            description=_("mark as sent"),
            to=Status.SENT,
            icon="send",
            variant="primary",
        ),
        transition_action(
            "lose",
            permission="quotations.change_quotation",
            service="quotations.services.lose_quotation",
            description=_("mark as lost"),
            to=Status.LOST,
            icon="thumb_down",
        ),
        transition_action(
            "cancel",
            permission="quotations.change_quotation",
            service="quotations.services.cancel_quotation",
            description=_("cancel"),
            to=Status.CANCELLED,
            icon="block",
        ),
    )
