"""Stock documents on the screen: drafted, their lines as a grid, their steps, their paper."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.requests import AuthedRequest
from erp.core.errors import DomainError
from erp.core.pages import change_once, new_token, page, pdf_answer, refuse
from erp.core.policy import allowed, authorize, authorize_warehouses
from inventory import forms, services
from inventory.grid import GridRow, blame, entered, grid_of, read_grid, rows_of
from inventory.models import Recipe, Transfer
from inventory.papers import ASSEMBLIES, COUNTS, ENTRIES, PAPERS, TRANSFERS, Paper
from inventory.printing import stock_document_pdf

HOME_ROWS = 20
_UNFINISHED = ("draft", "reserved", "in_transit", "counting", "reviewed", "submitted")


@page("GET")
def home(request: AuthedRequest) -> HttpResponse:
    """What waits in the warehouse, and what can be begun."""
    authorize(request.user, "inventory.view_transfer")
    groups = []
    for paper in PAPERS.values():
        rows: Any = paper.model._default_manager
        waiting = rows.visible_to(request.user).filter(status__in=_UNFINISHED)
        found = list(waiting.select_related("warehouse", "created_by").order_by("-pk")[:HOME_ROWS])
        if allowed(request.user, paper.right("view")):
            groups.append((paper, found, allowed(request.user, paper.right("add"))))
    return render(request, "inventory/home.html", {"groups": groups})


# --- drafting --------------------------------------------------------------------------------


def _new_transfer(request: AuthedRequest, answers: dict[str, Any]) -> Any:
    return services.create_transfer(
        answers["warehouse"].pk,
        answers["to_warehouse"].pk,
        [],
        notes=answers["notes"],
        allow_empty=True,
        by=request.user,
    )


def _new_count(request: AuthedRequest, answers: dict[str, Any]) -> Any:
    return services.create_count(
        answers["warehouse"].pk,
        zone=answers["zone"],
        product_ids=answers["products"],
        is_blind=answers["is_blind"],
        notes=answers["notes"],
        by=request.user,
    )


def _new_entry(request: AuthedRequest, answers: dict[str, Any]) -> Any:
    return services.create_entry(
        answers["kind"],
        answers["warehouse"].pk,
        [],
        reason=answers["reason"],
        customer_id=answers.get("customer"),
        allow_empty=True,
        by=request.user,
    )


def _new_assembly(request: AuthedRequest, answers: dict[str, Any]) -> Any:
    by_recipe = Recipe.objects.visible_to(request.user).active().filter(product=answers["product"])
    return services.create_assembly(
        answers["product"].pk,
        answers["quantity"],
        bin_id=answers["bin"].pk,
        kind=answers["kind"],
        lines=None if by_recipe.exists() else (),
        labour_amount=answers["labour"],
        by=request.user,
    )


_NEW: dict[str, tuple[type[forms.NewDocument], Callable[[AuthedRequest, dict[str, Any]], Any]]] = {
    TRANSFERS.slug: (forms.NewTransfer, _new_transfer),
    COUNTS.slug: (forms.NewCount, _new_count),
    ENTRIES.slug: (forms.NewEntry, _new_entry),
    ASSEMBLIES.slug: (forms.NewAssembly, _new_assembly),
}


@page("GET", "POST")
def new_document(request: AuthedRequest, slug: str) -> HttpResponse:
    """Ask what has to be known first, and draft the document."""
    paper = PAPERS[slug]
    authorize(request.user, paper.right("add"))
    asks, make = _NEW[slug]
    form = asks(request.POST or None, user=request.user)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                return change_once(
                    request,
                    f"{slug}.create",
                    lambda: _made(paper, make(request, form.cleaned_data)),
                )
            except DomainError as refusal:
                status = 409
                name = refusal.field.removesuffix("_id")
                form.add_error(name if name in form.fields else None, refusal.message)
    context = {"paper": paper, "form": form, "token": new_token()}
    return render(request, "inventory/new.html", context, status=status)


def _made(paper: Paper, document: Any) -> tuple[str, str]:
    said = _("%(ref)s was drafted.") % {"ref": document.ref}
    return reverse(f"inventory:{paper.slug}-page", args=[document.pk]), said


# --- one document ----------------------------------------------------------------------------


def seen(request: AuthedRequest, paper: Paper, right: str, pk: int) -> Any:
    """Return a visible document for an action: 403 without the right, 404 out of sight."""
    authorize(request.user, right)
    manager: Any = paper.model._default_manager
    return manager.select_related("warehouse", "created_by").get_visible(request.user, pk)


@page("GET", "POST", most_fields=settings.DATA_UPLOAD_MAX_NUMBER_FIELDS)
def document(request: AuthedRequest, pk: int, slug: str) -> HttpResponse:
    paper = PAPERS[slug]
    if request.method == "POST":
        return _save(request, paper, seen(request, paper, paper.right("change"), pk))
    shown = seen(request, paper, paper.right("view"), pk)
    return show(request, paper, shown, rows_of(lines_of(shown)))


def lines_of(shown: Any) -> Any:
    rows = shown.lines.select_related("product__brand", "product__unit")
    places = ("from_bin", "to_bin") if isinstance(shown, Transfer) else ("bin",)
    return rows.select_related(*places)


def target_of(shown: Any) -> int | None:
    return shown.to_warehouse_id if isinstance(shown, Transfer) else None


def show(
    request: AuthedRequest,
    paper: Paper,
    shown: Any,
    rows: list[GridRow],
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    is_draft = shown.status == "draft" and allowed(request.user, paper.right("change"))
    sees_cost = allowed(request.user, "products.view_cost")
    context = {
        "paper": paper,
        "document": shown,
        "is_draft": is_draft,
        "columns": columns_of(paper, shown, sees_cost=sees_cost),
        "sees_cost": sees_cost,
        "lines": grid_of(
            rows,
            warehouse_id=shown.warehouse_id,
            to_warehouse_id=target_of(shown),
            user=request.user,
        )
        if is_draft
        else (),
        "stored": () if is_draft else list(lines_of(shown)),
        "receives": shown.status == "in_transit"
        and allowed(request.user, "inventory.receive_transfer"),
        "bins": services.bin_codes(target_of(shown) or shown.warehouse_id),
        "steps": paper.open_steps(shown, request.user),
        "version": shown.version,
        "token": new_token(),
    }
    return render(request, "inventory/document.html", context | more, status=status)


def columns_of(paper: Paper, shown: Any, *, sees_cost: bool) -> tuple[str, ...]:
    """Return what a line says; what comes in may be given a cost by those who see it."""
    hides = not (sees_cost and getattr(shown, "comes_in", False))
    return tuple(name for name in paper.columns if not (hides and name == "unit_cost"))


def version_of(request: AuthedRequest) -> int:
    given = request.POST.get("version", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else 0


def _save(request: AuthedRequest, paper: Paper, shown: Any) -> HttpResponse:
    """Save the grid, and take a step when asked to; what was typed stays on the screen."""
    rows, version = read_grid(request.POST), version_of(request)
    step = paper.steps.get(request.POST.get("then", ""))
    if step:
        authorize(request.user, step.right)
    lines = entered(rows, warehouse_id=shown.warehouse_id, to_warehouse_id=target_of(shown))
    if any(row.errors for row in rows):
        messages.error(request, _("Correct the marked cells."))
        return show(request, paper, shown, rows, status=400)
    replace = paper.replace
    if replace is None:
        raise Http404

    def effect() -> tuple[str, str]:
        authorize_warehouses(request.user, shown.warehouse_id)
        notes = request.POST.get("notes", "").replace("\x00", "")[:2000]
        saved = replace(shown.pk, lines, by=request.user, version=version, notes=notes)
        said = _("%(ref)s was saved.") % {"ref": saved.ref}
        if step:
            saved = step.take(saved, by=request.user, version=saved.version)
            said = step.done % {"ref": saved.ref}
        return reverse(f"inventory:{paper.slug}-page", args=[shown.pk]), said

    try:
        return change_once(request, f"{paper.slug}.change", effect, object_id=shown.pk)
    except DomainError as refusal:
        blame(rows, refusal)
        refuse(request, refusal)
        stale = refusal.code == "stale_version"
        now = seen(request, paper, paper.right("change"), shown.pk)
        return show(
            request,
            paper,
            now,
            rows,
            status=409,
            version=now.version if stale else version,
            theirs=list(lines_of(now)) if stale else (),
        )


@page("POST")
def take_step(request: AuthedRequest, pk: int, slug: str, step: str) -> HttpResponse:
    """Take one of the document's steps."""
    paper = PAPERS[slug]
    taken = paper.steps.get(step)
    if taken is None:
        raise Http404
    shown = seen(request, paper, taken.right, pk)
    reason = request.POST.get("reason", "").replace("\x00", "").strip()[:200]

    def effect() -> tuple[str, str]:
        moved = taken.take(shown, by=request.user, version=version_of(request), reason=reason)
        said = taken.done % {"ref": moved.ref}
        return reverse(f"inventory:{slug}-page", args=[moved.pk]), said

    try:
        return change_once(request, f"{slug}.{step}", effect, object_id=shown.pk)
    except DomainError as refusal:
        refuse(request, refusal)
        return redirect(f"inventory:{slug}-page", pk=shown.pk)


@page("GET")
def pdf(request: AuthedRequest, pk: int, slug: str) -> HttpResponseBase:
    """The document on paper, in the language asked for or the user's."""
    paper = PAPERS[slug]
    shown = seen(request, paper, paper.right("view"), pk)
    return pdf_answer(
        request,
        lambda language: stock_document_pdf(shown, language=language, by=request.user),
        otherwise=reverse(f"inventory:{slug}-page", args=[shown.pk]),
    )
