"""Enquiries and quotations."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldBooleanWidget

from customers.models import Customer
from erp.core.admin import (
    DocumentAdmin,
    LinesInline,
    ObjectAction,
    ReadOnlyInline,
    VisibleFilter,
    add_object_actions,
    copy_action,
    document_fieldsets,
    figure,
    plain,
    transition_action,
    visible_rows,
)
from quotations import services
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


def _copy_form(obj: Quotation, request: HttpRequest) -> type[forms.Form]:
    field = Quotation._meta.get_field("customer")
    rows: Any = visible_rows(Customer, request)

    class CopyForm(forms.Form):
        customer = forms.ModelChoiceField(
            queryset=rows.active(),
            initial=obj.customer_id,
            widget=AutocompleteSelect(field, admin.site),
            label=_("Customer"),
            help_text=_("Another customer gets his own prices, and not this one's wording."),
        )
        reprice = forms.BooleanField(
            required=False, widget=UnfoldBooleanWidget, label=_("Suggest the prices anew")
        )
        leave_out_archived = forms.BooleanField(
            required=False,
            widget=UnfoldBooleanWidget,
            label=_("Leave out lines whose product is archived"),
        )

    return CopyForm


def _copy_for(obj: Quotation, request: HttpRequest, answers: dict[str, Any]) -> Quotation:
    return services.copy_quotation(
        obj.pk,
        customer_id=answers["customer"].pk,
        reprice=answers["reprice"],
        leave_out_archived=answers["leave_out_archived"],
        by=request.user,  # type: ignore[arg-type]
    )


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


add_object_actions(
    Quotation,
    copy_action(Quotation, "quotations.services.copy_quotation"),
    ObjectAction(
        "copy_for",
        "quotations.add_quotation",
        _("copy for another customer"),
        _copy_for,
        lambda _quotation: True,
        icon="file_copy",
        in_list=False,
        ask=_copy_form,
    ),
)
