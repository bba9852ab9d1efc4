"""Enquiries in the admin."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from erp.core.admin import (
    DocumentAdmin,
    ReadOnlyInline,
    VisibleFilter,
    display,
    figure,
    plain,
    transition_action,
)
from erp.core.admin.documents import STATUS_COLOURS
from quotations.doubts import LABELS
from quotations.models import Enquiry, EnquiryLine, EnquiryStatus
from quotations.quoted import with_lines_quoted
from quotations.templatetags.quantities import match_name


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
    list_display = ("ref", "created_at", "customer", "status_label", "show_quoted", "owner")
    list_filter = ("status", ("owner", VisibleFilter), "created_at")
    list_select_related = ("customer", "owner")
    inlines = (EnquiryLineInline,)
    fieldsets = (
        (None, {"fields": (("ref", "status", "created_at"), ("customer", "owner"))}),
        (_("Text as received"), {"fields": ("text", "ignored")}),
    )
    object_actions = (
        transition_action(
            "reopen",
            permission="quotations.change_enquiry",
            service="quotations.services.reopen_enquiry",
            description=_("take up again"),
            to=EnquiryStatus.NEW,
            icon="restart_alt",
        ),
        transition_action(
            "cancel",
            permission="quotations.change_enquiry",
            service="quotations.services.cancel_enquiry",
            description=_("cancel"),
            to=EnquiryStatus.CANCELLED,
            icon="block",
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Enquiry]:
        return with_lines_quoted(super().get_queryset(request))

    @display(description=_("status"), label=STATUS_COLOURS)
    def status_label(self, obj: Any) -> tuple[str, str]:
        return obj.status, obj.status_shown

    @display(description=_("lines quoted"))
    def show_quoted(self, obj: Any) -> str:
        return f"{obj.quoted_count} / {obj.line_count}"
