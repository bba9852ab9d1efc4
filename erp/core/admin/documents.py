"""Documents: looked at here, moved by verbs, never added or given a status by a form."""
# ruff: noqa: ARG002 (hooks take what Django hands them)

import re
from typing import Any, ClassVar

from django.contrib.admin.utils import flatten_fieldsets
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from erp.core.admin.audited import AuditedAdmin
from erp.core.admin.figures import figure, percent, plain, price
from erp.core.admin.inlines import P, ReadOnlyInline
from erp.core.admin.printing import PrintingAdmin
from erp.core.admin.scoped import M, display, visible_rows
from erp.core.deletion import own_reasons
from erp.core.documents import Document, Line

_NUMBER = re.compile(r"[A-Z]{2,5}-\d")
_DRAFT_REF = re.compile(r"[A-Z]+-D(\d{1,18})")
# A partner is looked for first, by index; more than these are not worth a list of documents.
_MOST_PARTNERS = 200
# How far along a document is, by the colour of its label.
STATUS_COLOURS = {
    # Every status stands here: of one that does not unfold shows the code, not the name.
    **dict.fromkeys(("draft", "new", "quoted", "revised"), "default"),
    **dict.fromkeys(("submitted", "picked", "counted", "matching", "partly_received"), "warning"),
    **dict.fromkeys(("approved", "sent", "confirmed", "in_progress", "reserved"), "info"),
    **dict.fromkeys(("accepted", "ordered", "done", "shipped", "posted", "won"), "success"),
    **dict.fromkeys(("cancelled", "reversed", "lost", "expired"), "danger"),
}


class DocumentAdmin(PrintingAdmin[M], AuditedAdmin[M]):
    """Read-only but for the notes of a draft; ``object_actions`` are its transitions."""

    draft_status: ClassVar[str] = "draft"
    editable_in_draft: ClassVar[tuple[str, ...]] = ("partner_reference", "notes")
    partner: ClassVar[str] = "customer"
    list_display_links = ("ref",)
    list_filter: ClassVar[Any] = ("status", "dated_on")
    ordering: ClassVar[Any] = ("-id",)
    search_fields: ClassVar[Any] = ("number",)
    search_help_text = _("Number, partner's code or name")
    sortable_by: ClassVar[Any] = ("ref", "number")

    show_net = figure(Document, "net_total", price)
    show_tax = figure(Document, "tax_total", price)
    show_gross = figure(Document, "gross_total", price)
    show_exchange_rate = figure(Document, "exchange_rate", plain)

    @display(description=_("number"), ordering="id")
    def ref(self, obj: Any) -> str:
        return str(obj.ref)

    @display(description=_("status"), label=STATUS_COLOURS)
    def status_label(self, obj: Any) -> tuple[str, str]:
        return obj.status, obj.get_status_display()

    def search(self, request: HttpRequest, rows: QuerySet[M], term: str) -> QuerySet[M]:
        """By number, by a draft's provisional name, or by partner; each an indexed look-up."""
        upper = term.upper()
        draft = _DRAFT_REF.fullmatch(upper)
        if draft:
            return rows.filter(pk=int(draft[1]), number=None)
        if _NUMBER.match(upper):
            return rows.filter(number__startswith=upper)
        found = Q(number=upper)
        for name in self._partner_fields():
            found |= Q(**{f"{name}__in": self._partners(request, name, term)})
        return rows.filter(found)

    def _partner_fields(self) -> list[str]:
        names = {field.name for field in self.opts.concrete_fields}
        return [name for name in ("customer", "supplier") if name in names]

    def _partners(self, request: HttpRequest, name: str, term: str) -> list[int]:
        field: Any = self.opts.get_field(name)
        rows = visible_rows(field.remote_field.model, request)
        begins = (
            Q(code__istartswith=term) | Q(name__istartswith=term) | Q(short_name__istartswith=term)
        )
        return list(rows.filter(begins).values_list("pk", flat=True)[:_MOST_PARTNERS])

    # --- a draft's notes, nothing else ---

    def is_draft(self, obj: Any) -> bool:
        return bool(self.editable_in_draft) and obj.status == self.draft_status

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A draft without a number; the page that asks tells why another is not deleted."""
        kept = obj is not None and bool(own_reasons(obj))
        return not kept and super().has_delete_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if obj is not None and not self.is_draft(obj):
            return False
        return super().has_change_permission(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        names = flatten_fieldsets(self.get_fieldsets(request, obj))
        return tuple(name for name in names if name not in self.editable_in_draft)


class LinesInline(ReadOnlyInline[M, P]):
    """The lines of a document as they were issued."""

    verbose_name_plural = _("lines")
    ordering = ("line_no",)
    fields: ClassVar[Any] = (
        "line_no",
        "brand_name",
        "designation",
        "partner_wording",
        "show_quantity",
        "unit",
        "show_price",
        "price_includes_tax",
        "show_rate",
        "show_net",
        "show_tax",
        "show_gross",
    )
    show_quantity = figure(Line, "quantity", plain)
    show_price = figure(Line, "unit_price", price)
    show_rate = figure(Line, "tax_rate", percent)
    show_net = figure(Line, "net_amount", price)
    show_tax = figure(Line, "tax_amount", price)
    show_gross = figure(Line, "gross_amount", price)

    def get_queryset(self, request: HttpRequest) -> QuerySet[M]:
        return super().get_queryset(request).select_related("unit")


def document_fieldsets(*head: Any, partner: str = "customer") -> Any:
    """Return the page of a document: what it is, its amounts and notes, where it came from."""
    return [
        (
            None,
            {
                "fields": [
                    ("ref", "status", "dated_on"),
                    (partner, "partner_reference", "owner"),
                    *head,
                    ("show_net", "show_tax", "show_gross", "currency", "show_exchange_rate"),
                    "notes",
                ]
            },
        ),
        (
            _("Origin"),
            {"fields": [("created_by", "created_at", "updated_at")], "classes": ["collapse"]},
        ),
    ]
