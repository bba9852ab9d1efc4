"""Quotations in the admin."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from erp.core.admin import (
    DocumentAdmin,
    LinesInline,
    VisibleFilter,
    document_fieldsets,
    transition_action,
)
from quotations.models import Quotation, QuotationLine, QuotationStatus

Status = QuotationStatus


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
