"""The pages of imports: choose a file, see what would happen, apply, undo."""

from typing import Any

from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRefresh

from erp.core.errors import DomainError
from erp.core.exports import XLSX, file_name
from erp.core.pages import change_once, new_token, page, refuse
from erp.core.policy import allowed, authorize
from erp.core.uploads import clean_name, disposition
from imports import services
from imports.access import import_for, import_to_change, kinds_of
from imports.errors_file import error_workbook
from imports.forms import ImportForm
from imports.kinds import kind_named, kinds, label_of
from imports.mappings import remember
from imports.models import Import, ImportProblem
from imports.preview import chosen_columns, preview_of
from imports.progress import standing_of
from imports.report import ignored_columns, problem_in_words

ROWS_PER_PAGE = 50
PROBLEMS_PER_PAGE = 100
Status = Import.Status


def _number(text: str) -> int:
    """Return a key from a query; 0, which no row has, for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


@page("GET")
def import_list(request: HttpRequest) -> HttpResponse:
    """The newest first, a page at a time by key."""
    authorize(request.user, "imports.view_import")
    rows = Import.objects.visible_to(request.user).select_related("owner")
    before = _number(request.GET.get("before", ""))
    if before:
        rows = rows.filter(pk__lt=before)
    found = list(rows.order_by("-pk")[: ROWS_PER_PAGE + 1])
    labels = {name: kind.label for name, kind in kinds().items()}
    shown = [(of, labels.get(of.kind, of.kind)) for of in found[:ROWS_PER_PAGE]]
    following = f"before={found[ROWS_PER_PAGE - 1].pk}" if len(found) > ROWS_PER_PAGE else None
    may_add = allowed(request.user, "imports.add_import") and bool(kinds_of(request.user))
    context = {"imports": shown, "following": following, "may_add": may_add}
    return render(request, "imports/list.html", context)


@page("GET", "POST")
def new_import(request: HttpRequest) -> HttpResponse:
    authorize(request.user, "imports.add_import")
    allowed_kinds = kinds_of(request.user)
    if request.method == "GET":
        form = ImportForm(kinds=allowed_kinds, initial={"kind": request.GET.get("kind")})
        return _ask(request, form)
    form = ImportForm(request.POST, request.FILES, kinds=allowed_kinds)
    if not form.is_valid():
        return _ask(request, form, status=form.http_status)
    try:
        return change_once(request, "import.create", lambda: _create(request, form))
    except DomainError as refusal:
        form.add_error(None, refusal.message)
        return _ask(request, form, status=409)


def _create(request: HttpRequest, form: ImportForm) -> tuple[str, str]:
    given = form.cleaned_data
    made = services.create_import(
        given["kind"],
        clean_name(given["file"].name),
        source=given["source"],
        file=given["file"],
        by=request.user,
    )
    services.start_check(made.pk, by=request.user)
    return reverse("imports:import", args=[made.pk]), ""


def _ask(request: HttpRequest, form: ImportForm, status: int = 200) -> HttpResponse:
    context = {"form": form, "token": new_token()}
    return render(request, "imports/new.html", context, status=status)


@page("GET")
def show_import(request: HttpRequest, pk: int) -> HttpResponse:
    of = import_for(request.user, pk)
    context = _context(request, of)
    if of.status != Status.CHECKING:  # half a list says nothing
        context |= _problems(request, of)
    return render(request, "imports/import.html", context)


def _context(request: HttpRequest, of: Import) -> dict[str, Any]:
    standing = standing_of(of) if of.is_running else None
    kind = kind_named(of.kind)
    mine = allowed(request.user, "imports.change_import") and of.kind in kinds_of(request.user)
    return {
        "import": of,
        "kind_label": kind.label,
        "standing": standing,
        "is_dead": standing is not None and not standing.is_alive,
        "may_change": mine,
        "may_check": mine and bool(of.file) and of.status in {Status.CHECKED, Status.FAILED},
        "ignored": ignored_columns(of),
        "taken": [
            (column.label, of.layout["headings"][of.layout["columns"][column.name]])
            for column in kind.columns
            if column.name in of.layout.get("columns", {})
        ],
        "list_url": reverse(kind.list_url) if kind.list_url else "",
        "token": new_token(),
    }


def _problems(request: HttpRequest, of: Import) -> dict[str, Any]:
    """One page of problems, of one code where asked for."""
    problems = ImportProblem.objects.filter(of=of)
    codes = list(
        problems.order_by()
        .values_list("code")
        .annotate(count=Count("pk"))
        .order_by("-count", "code")
    )
    code = request.GET.get("code", "")
    if code in dict(codes):
        problems = problems.filter(code=code)
    after = _number(request.GET.get("after", ""))
    found = list(problems.filter(row__gt=after).order_by("row", "id")[: PROBLEMS_PER_PAGE + 1])
    following = None
    if len(found) > PROBLEMS_PER_PAGE:
        found = _whole_rows(found)
        query = request.GET.copy()
        query["after"] = str(found[-1].row)
        following = query.urlencode()
    return {
        "codes": [(name, count, label_of(kind_named(of.kind), name)) for name, count in codes],
        "code": code,
        "problems": [problem_in_words(of, problem) for problem in found],
        "following": following,
    }


def _whole_rows(found: list[ImportProblem]) -> list[ImportProblem]:
    """Leave the row the page would cut to the next one, unless it fills the page alone."""
    whole = [problem for problem in found if problem.row != found[-1].row]
    return whole or found


@page("GET")
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer the bar; when the step is over the page is loaded anew."""
    of = import_for(request.user, pk)
    if not of.is_running:
        return HttpResponseClientRefresh()
    return render(request, "imports/_progress.html", _context(request, of))


@page("GET", "POST")
def columns(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what the file's columns mean; remembered for the source."""
    of = import_to_change(request.user, pk)
    if not of.file or of.status not in {Status.CHECKED, Status.FAILED}:
        raise Http404
    sheet = request.POST.get("sheet") or request.GET.get("sheet", "")
    preview = preview_of(of, sheet)
    if request.method == "GET":
        context = {"import": of, "preview": preview, "token": new_token()}
        return render(request, "imports/columns.html", context)
    chosen = chosen_columns(preview, request.POST.dict())

    def effect() -> tuple[str, str]:
        remember(of, preview.headings, chosen)
        services.start_check(of.pk, sheet=preview.sheet, by=request.user)
        return reverse("imports:import", args=[of.pk]), ""

    return _changed(request, "import.check", of, effect)


@page("POST")
def check(request: HttpRequest, pk: int) -> HttpResponse:
    of = import_to_change(request.user, pk)

    def effect() -> tuple[str, str]:
        services.start_check(of.pk, sheet=of.layout.get("sheet", ""), by=request.user)
        return reverse("imports:import", args=[of.pk]), ""

    return _changed(request, "import.check", of, effect)


@page("POST")
def apply(request: HttpRequest, pk: int) -> HttpResponse:
    of = import_to_change(request.user, pk)
    skip = request.POST.get("skip_refused") == "yes"

    def effect() -> tuple[str, str]:
        services.start_apply(of.pk, skip_refused=skip, by=request.user)
        return reverse("imports:import", args=[of.pk]), ""

    return _changed(request, "import.apply", of, effect)


@page("POST")
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    of = import_to_change(request.user, pk)

    def effect() -> tuple[str, str]:
        services.start_undo(of.pk, by=request.user)
        return reverse("imports:import", args=[of.pk]), ""

    return _changed(request, "import.undo", of, effect)


def _changed(request: HttpRequest, action: str, of: Import, effect: Any) -> HttpResponse:
    try:
        return change_once(request, action, effect, object_id=of.pk)
    except DomainError as refusal:
        refuse(request, refusal)
        return redirect("imports:import", pk=of.pk)


@page("GET")
def errors(request: HttpRequest, pk: int) -> HttpResponse:
    """The rows with problems as a workbook."""
    of = import_for(request.user, pk)
    title = _("Problems of %(name)s") % {"name": of.file_name.rpartition(".")[0] or of.file_name}
    answer = HttpResponse(error_workbook(of), content_type=XLSX)
    answer.headers["Content-Disposition"] = disposition(file_name(title, "xlsx"))
    return answer
