"""Quotations in the admin."""

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
    VisibleFilter,
    add_object_actions,
    copy_action,
    document_fieldsets,
    transition_action,
    visible_rows,
)
from quotations import services
from quotations.models import Quotation, QuotationLine, QuotationStatus

Status = QuotationStatus


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
