"""A quotation on the screen: its head and its lines as one form."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.requests import AuthedRequest
from erp.core.errors import DomainError, StaleVersionError
from erp.core.meanwhile import Meanwhile, merge_fields, merge_rows, sealed, unsealed
from erp.core.pages import change_once, copy_once, new_token, page, refuse
from erp.core.policy import allowed, authorize
from products.models import Product
from quotations import services
from quotations.grid import (
    LABELS_OF_COLUMNS,
    GridLine,
    GridRow,
    blame,
    entered,
    grid_of,
    is_same,
    margin_of,
    read_grid,
    rows_of,
    rows_of_texts,
    source_lines_of,
)
from quotations.heads import LABELS, Head, changed, choices, read_head, stored_head
from quotations.leave import leave_for
from quotations.models import (
    OPEN_TO_LEAVE,
    ORDERABLE,
    OutcomeReason,
    Quotation,
    QuotationLine,
    QuotationStatus,
)
from quotations.services import Reason, approval_reasons
from quotations.steps import STEPS, Step, open_steps

COST = "products.view_cost"


def visible_quotation(request: AuthedRequest, right: str, pk: int) -> Quotation:
    """Return a visible quotation for an action: 403 without the right, 404 out of sight."""
    authorize(request.user, right)
    rows = Quotation.objects.select_related(
        "customer", "owner", "contact", "enquiry", "currency", "payment_term", "outcome_reason"
    )
    return rows.get_visible(request.user, pk)


@page("GET", "POST", most_fields=settings.DATA_UPLOAD_MAX_NUMBER_FIELDS)
def quotation(request: AuthedRequest, pk: int) -> HttpResponse:
    if request.method == "POST":
        return _save(request, visible_quotation(request, "quotations.change_quotation", pk))
    shown = visible_quotation(request, "quotations.view_quotation", pk)
    stored = list(shown.lines.all())
    return _show(request, shown, rows_of(stored), stored)


def _show(
    request: AuthedRequest,
    shown: Quotation,
    rows: list[GridRow],
    stored: Sequence[QuotationLine],
    *,
    head: Head | None = None,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    user = request.user
    may_change = allowed(user, "quotations.change_quotation")
    is_draft = shown.status == QuotationStatus.DRAFT and may_change
    kept = {} if is_draft else {str(line.pk): line for line in stored}
    lines = grid_of(rows, shown, user=user, stored=kept)
    sees_cost = allowed(user, COST)
    head = head or stored_head(shown)
    context = {
        "quotation": shown,
        "customer": shown.customer,
        "version": shown.version,
        "lines": lines,
        "head": head,
        "steps": open_steps(shown, user),
        "may_copy": allowed(user, "quotations.add_quotation"),
        "sees_cost": sees_cost,
        "margin": margin_of(lines) if sees_cost else None,
        "reasons": _reasons(request, shown, stored),
        "token": new_token(),
        **_leave(request, shown, lines),
        **_outcome(request, shown, lines),
        **(_drafting(request, shown, rows_of(stored)) if is_draft else {}),
    }
    context |= {"is_draft": is_draft} | more
    return render(request, "quotations/quotation.html", context, status=status)


def _drafting(
    request: AuthedRequest, shown: Quotation, stored_rows: list[GridRow]
) -> dict[str, Any]:
    """Return what the form of a draft needs: choices, and what the page shows as stored."""
    seen = sealed(stored_head(shown).typed, [row.typed for row in stored_rows])
    return choices(shown, request.user) | {"seen": seen}


def _leave(request: AuthedRequest, shown: Quotation, lines: list[GridLine]) -> dict[str, Any]:
    may_need = shown.status in OPEN_TO_LEAVE
    leave = leave_for(shown, lines, request.user) if may_need else None
    return {"may_need_leave": may_need, "leave": leave}


def _outcome(request: AuthedRequest, shown: Quotation, lines: list[GridLine]) -> dict[str, Any]:
    """Return what may still be ordered, and the reasons by which an end can be explained."""
    may_order = shown.status in ORDERABLE and allowed(request.user, "orders.add_salesorder")
    lost = {QuotationStatus.SENT, QuotationStatus.LOST, QuotationStatus.EXPIRED}
    kind = OutcomeReason.Kind.LOST if shown.status in lost else OutcomeReason.Kind.WON
    reasons: Sequence[OutcomeReason] = ()
    if shown.status in {*ORDERABLE, *services.ENDED}:
        of_lost = OutcomeReason.objects.visible_to(request.user).active()
        reasons = list(of_lost)
    return {
        "may_order": may_order,
        "open_lines": sum(line.is_open for line in lines if line.counts) if may_order else 0,
        "outcome_reasons": reasons,
        "outcome_kind": str(kind),
        "is_partly": shown.status == QuotationStatus.ACCEPTED,
        "has_revision": Quotation.objects.visible_to(request.user).filter(supersedes=shown).first(),
    }


def _reasons(
    request: AuthedRequest, shown: Quotation, stored: Sequence[QuotationLine]
) -> list[Reason] | None:
    """Return why somebody has to approve it, as far as it is saved; None where nobody asks."""
    if shown.status == QuotationStatus.DRAFT and allowed(request.user, STEPS["submit"].right):
        return approval_reasons(shown, stored, by=request.user)
    if shown.status == QuotationStatus.SUBMITTED:
        return approval_reasons(shown, stored, by=shown.owner)
    return None


# --- saving ----------------------------------------------------------------------------------


def _save(request: AuthedRequest, shown: Quotation) -> HttpResponse:
    """Save the form, and hand it in when asked to; what was typed stays on the screen."""
    rows, head, version = read_grid(request.POST), read_head(request.POST), version_of(request)
    step = _step_after(request)
    stored = list(shown.lines.all())
    if any(row.errors for row in rows) or (head and head.errors):
        messages.error(request, _("Correct the marked cells."))
        return _show(request, shown, rows, stored, head=head, status=400, is_draft=True)

    def effect() -> tuple[str, str]:
        now = _change(request, shown, rows, head, stored, version)
        said = _("%(ref)s was saved.") % {"ref": shown.ref}
        if step:
            moved = step.take(shown.pk, by=request.user, version=now)
            said = step.told(moved)
        return reverse("quotations:quotation", args=[shown.pk]), said

    try:
        return change_once(request, "quotation.change", effect, object_id=shown.pk)
    except StaleVersionError as refusal:
        return _show_stale(request, shown.pk, rows, head, refusal)
    except DomainError as refusal:
        blame(rows, refusal)
        if head:
            head.blame(refusal)
        refuse(request, refusal)
        return _show(
            request, shown, rows, stored, head=head, status=409, is_draft=True, version=version
        )


def _change(
    request: AuthedRequest,
    shown: Quotation,
    rows: list[GridRow],
    head: Head | None,
    stored: Sequence[QuotationLine],
    version: int,
) -> int:
    """Store what differs from what is stored; return the version that then is."""
    sources = source_lines_of(shown)
    fields = changed(head, shown)
    same = is_same(rows, stored, sources)
    if shown.version == version and same and not fields:
        return version
    made = services.change_quotation(
        shown.pk,
        lines=None if same and shown.version == version else entered(rows, sources),
        head=fields,
        version=version,
        by=request.user,
    )
    return made.version


def _show_stale(
    request: AuthedRequest,
    pk: int,
    rows: list[GridRow],
    head: Head | None,
    refusal: DomainError,
) -> HttpResponse:
    """Show what was typed put together with what somebody else saved; saving again decides."""
    now = visible_quotation(request, "quotations.change_quotation", pk)
    refuse(request, refusal)
    stored = list(now.lines.all())
    if now.status != QuotationStatus.DRAFT:
        return _show(request, now, rows_of(stored), stored, status=409)
    fields, seen = unsealed(request.POST.get("seen", ""))
    theirs = stored_head(now)
    told: list[Meanwhile] = []
    if head:
        head.typed, told = merge_fields(fields, head.typed, theirs.typed, labels=LABELS)
    merged, of_lines = merge_rows(
        seen,
        [row.typed for row in rows],
        [row.typed for row in rows_of(stored)],
        labels=LABELS_OF_COLUMNS,
        name=_names(request, stored),
    )
    put_together = rows_of_texts(merged)
    return _show(
        request,
        now,
        put_together,
        stored,
        head=head,
        status=409,
        is_draft=True,
        meanwhile=told + of_lines,
        stale=True,
    )


def _names(request: AuthedRequest, stored: Sequence[QuotationLine]) -> Any:
    """Return how a row of the form is called: by its part."""
    visible = Product.objects.visible_to(request.user).select_related("brand")
    parts = {str(line.product_id): f"{line.brand_name} {line.designation}" for line in stored}

    def name(row: Any) -> str:
        known = parts.get(row["product"])
        if known is None:
            product = visible.filter(pk=row["product"] or 0).first()
            known = parts[row["product"]] = str(product or row["product"])
        return known

    return name


def version_of(request: AuthedRequest) -> int:
    given = request.POST.get("version", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else 0


def _step_after(request: AuthedRequest) -> Step | None:
    """Return the step to take after saving: only handing in."""
    if request.POST.get("then") != "submit":
        return None
    step = STEPS["submit"]
    authorize(request.user, step.right)
    return step


@page("GET")
def new_row(request: AuthedRequest, pk: int) -> HttpResponse:
    """A fresh row of the grid for a product."""
    shown = visible_quotation(request, "quotations.change_quotation", pk)
    given = request.GET.get("product", "")
    known = given.isascii() and given.isdigit() and len(given) < 19
    if not known:
        raise Http404
    Product.objects.get_visible(request.user, int(given))
    (line,) = grid_of([GridRow(product=given, quantity="1")], shown, user=request.user)
    if line.facts and line.facts.suggested_shown is not None:
        line.typed.unit_price = str(line.facts.suggested_shown)
    line.typed.check()
    context = {"line": line, "is_draft": True, "sees_cost": allowed(request.user, COST)}
    return render(request, "quotations/_grid_row.html", context)


@page("POST")
def copy_quotation(request: AuthedRequest, pk: int) -> HttpResponse:
    """Draft the same quotation again, for the same customer."""
    shown = visible_quotation(request, "quotations.add_quotation", pk)
    return copy_once(request, shown, services.copy_quotation, to="quotations:quotation")
