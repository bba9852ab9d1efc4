"""Quotations in the admin."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from customers.models import Customer
from erp.core.admin import (
    DocumentAdmin,
    LinesInline,
    ObjectAction,
    VisibleFilter,
    add_facts,
    add_object_actions,
    copy_action,
    document_fieldsets,
    figure,
    may_see_cost,
    percent,
    price,
    transition_action,
    visible_rows,
)
from quotations import services
from quotations.costs import line_cost, margin_rate, quotation_margin_rate
from quotations.models import (
    ORDERABLE,
    OutcomeReason,
    Quotation,
    QuotationLine,
    QuotationStatus,
)

Status = QuotationStatus


class QuotationLineInline(LinesInline[QuotationLine, Quotation]):
    model = QuotationLine
    fields = (
        *LinesInline.fields,
        "lead_time_days",
        "alternative_to",
        "is_optional",
        "outcome",
        "show_cost",
        "show_margin",
    )
    cost_fields = ("show_cost", "show_margin")
    show_cost = figure(QuotationLine, "unit_cost", price)

    def get_queryset(self, request: HttpRequest) -> QuerySet[QuotationLine]:
        return super().get_queryset(request).select_related("document")

    @admin.display(description=_("margin"))
    def show_margin(self, obj: QuotationLine) -> str | None:
        rate = margin_rate(obj.net_amount, line_cost(obj), obj.document.exchange_rate)
        return None if rate is None else percent(rate)


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


def _outcome_form(request: HttpRequest, kind: str) -> type[forms.Form]:
    reasons: Any = visible_rows(OutcomeReason, request)

    class OutcomeForm(forms.Form):
        reason = forms.ModelChoiceField(
            reasons.active().filter(kind=kind),
            required=False,
            widget=UnfoldAdminSelectWidget,
            label=_("reason"),
        )
        note = forms.CharField(
            required=False,
            max_length=300,
            widget=UnfoldAdminTextInputWidget,
            label=_("remark on the outcome"),
        )
        competitor = forms.CharField(
            required=False,
            max_length=120,
            widget=UnfoldAdminTextInputWidget,
            label=_("competitor"),
        )
        competitor_price = forms.DecimalField(
            required=False,
            min_value=0,
            max_digits=18,
            decimal_places=6,
            widget=UnfoldAdminDecimalFieldWidget,
            label=_("competitor's price"),
        )

    return OutcomeForm


def _explain_form(quotation: Quotation, request: HttpRequest) -> type[forms.Form]:
    lost = quotation.status in {Status.LOST, Status.EXPIRED}
    return _outcome_form(request, OutcomeReason.Kind.LOST if lost else OutcomeReason.Kind.WON)


def _outcome(answers: dict[str, Any]) -> services.Outcome:
    reason = answers["reason"]
    return services.Outcome(
        reason.pk if reason else None,
        answers["note"],
        answers["competitor"],
        answers["competitor_price"],
    )


def _lose(obj: Quotation, request: Any, answers: dict[str, Any]) -> Quotation:
    outcome = _outcome(answers)
    return services.lose_quotation(
        obj.pk, outcome=outcome, reason=outcome.note, version=obj.version, by=request.user
    )


def _explain(obj: Quotation, request: Any, answers: dict[str, Any]) -> Quotation:
    return services.explain_outcome(
        obj.pk, outcome=_outcome(answers), version=obj.version, by=request.user
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
        "show_margin",
        "currency",
        "valid_until",
        "owner",
    )
    list_filter = ("status", ("owner", VisibleFilter), "dated_on")
    list_select_related = ("customer", "owner", "currency")
    page_url_name = "quotations:quotation"
    inlines = (QuotationLineInline,)
    cost_fields = ("show_margin", "show_cost")
    fieldsets = document_fieldsets(
        ("contact", "valid_until", "payment_term"),
        ("enquiry", "revision", "supersedes"),
        ("show_cost", "show_margin"),
        ("decided_on", "outcome_reason", "outcome_note"),
        ("competitor", "competitor_price"),
        "terms",
    )
    show_cost = figure(Quotation, "cost_total", price)
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
            "revise",
            permission="quotations.add_quotation",
            service="quotations.services.revise_quotation",
            description=_("revise"),
            to=Status.REVISED,
            icon="edit_document",
            in_list=False,
        ),
        ObjectAction(
            "lose",
            "quotations.change_quotation",
            _("mark as lost"),
            _lose,
            lambda quotation: quotation.status in ORDERABLE,
            icon="thumb_down",
            in_list=False,
            ask=lambda _quotation, request: _outcome_form(request, OutcomeReason.Kind.LOST),
        ),
        ObjectAction(
            "explain",
            "quotations.change_quotation",
            _("note why"),
            _explain,
            lambda quotation: quotation.status in services.ENDED,
            icon="help",
            in_list=False,
            ask=_explain_form,
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

    @admin.display(description=_("margin"))
    def show_margin(self, obj: Quotation) -> str | None:
        rate = quotation_margin_rate(obj)
        return None if rate is None else percent(rate)

    def _tells_cost(self, obj: Any) -> set[str]:
        """Only cost itself does: the prices in its history are the customer's."""
        return {field.name for field in obj._meta.concrete_fields if "cost" in field.name}


def _why(quotation: Quotation, request: HttpRequest) -> list[tuple[str, str]]:
    """Tell why somebody has to approve it; figures of cost to those who may see them."""
    if quotation.status == Status.SUBMITTED:
        by: Any = quotation.owner
    elif quotation.status == Status.DRAFT:
        by = request.user
    else:
        return []
    reasons = services.approval_reasons(quotation, list(quotation.lines.all()), by=by)
    sees = may_see_cost(request)
    texts = [f"{one.message} {one.figures if sees else ''}".strip() for one in reasons]
    return [(str(_("Needs approval")), " ".join(texts))] if texts else []


add_facts(Quotation, _why)
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
