"""What every stock document has in the admin: its steps as buttons, its page and its paper."""

from typing import Any, TypeVar

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from erp.core.admin import DocumentAdmin, ObjectAction, ReadOnlyInline, display, figure, plain
from erp.core.admin.scoped import M
from inventory.models.documents import MovedLine, StockDocument
from inventory.papers import Paper, Step

P = TypeVar("P", bound=StockDocument)


def step_action(step: Step) -> ObjectAction:
    """Return a step as a button; why it is taken is asked on the document's own page."""

    def run(document: Any, request: HttpRequest) -> Any:
        user: Any = request.user
        return step.take(document, by=user, version=document.version)

    return ObjectAction(
        step.name,
        step.right,
        step.label,
        run,
        step.is_offered,
        icon=step.icon,
        variant="primary" if step.is_primary else "default",
        in_list=not step.copies,
        service=f"{step.service.__module__}.{step.service.__name__}",
    )


def actions_of(paper: Paper) -> tuple[ObjectAction, ...]:
    return tuple(step_action(step) for step in paper.steps.values())


class StockDocumentAdmin(DocumentAdmin[M]):
    """Looked at here; entered and counted on pages of its own."""

    editable_in_draft = ("notes",)
    search_help_text = _("Number")


class StockLineInline(ReadOnlyInline[M, P]):
    """The lines of a stock document."""

    verbose_name_plural = _("lines")
    ordering = ("line_no",)
    show_quantity = figure(MovedLine, "quantity", plain)

    @display(description=_("part"))
    def part(self, obj: Any) -> str:
        return str(obj.product)

    def get_queryset(self, request: HttpRequest) -> QuerySet[M]:
        return super().get_queryset(request).select_related("product__brand")


def stock_fieldsets(*rows: Any) -> Any:
    return [
        (None, {"fields": [("ref", "status", "dated_on"), *rows, "notes"]}),
        (
            _("Origin"),
            {"fields": [("created_by", "created_at", "updated_at")], "classes": ["collapse"]},
        ),
    ]
