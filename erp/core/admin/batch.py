"""A verb on many rows: what it would do to each is shown first, then each goes by itself.

To tell what would happen, the verb is tried on every row in a transaction that is taken back: what
refuses it refuses it here in the same words. The page carries the version of every row it showed;
on confirmation each row is a transaction of its own with an outcome of its own.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.contrib.admin.utils import quote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import OperationalError, models, transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from erp.core.admin.figures import price
from erp.core.errors import DomainError
from erp.core.policy import allowed
from erp.core.registry import ledger_facts
from erp.core.service import is_retryable

if TYPE_CHECKING:
    from erp.core.admin.actions import ObjectAction

# Rows one list action takes: each is a transaction of its own, in one request.
MOST_ROWS = 200


@dataclass(slots=True)
class Preview:
    """What a verb would do to one row."""

    row: Any
    link: str
    version: str
    partner: str
    lines: int | None
    amount: str
    status: str
    new_status: str = ""
    makes: str = ""  # the kind of document it would make
    effects: list[tuple[str, str, str]] = field(default_factory=list)  # label, before, after
    against: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    row: Any
    link: str
    kind: str  # done, refused or changed
    text: str
    made: str = ""  # the document made, and its link
    made_link: str = ""


def run_batch(
    model_admin: Any, request: HttpRequest, action: "ObjectAction", rows: QuerySet[Any]
) -> HttpResponse:
    """Show what the verb would do to the chosen rows; once confirmed, do it and tell."""
    if not allowed(request.user, action.permission):
        raise PermissionDenied
    if request.POST.get("post") == "yes":
        outcomes = _run(model_admin, request, action)
        return _page(model_admin, request, action, "outcomes", outcomes=outcomes)
    chosen = list(rows.order_by("pk")[: MOST_ROWS + 1])
    too_many = len(chosen) > MOST_ROWS
    previews = [preview(model_admin, request, action, row) for row in chosen[:MOST_ROWS]]
    return _page(
        model_admin,
        request,
        action,
        "effects",
        previews=previews,
        possible=sum(not one.against for one in previews),
        too_many=too_many,
        most=MOST_ROWS,
    )


def _page(
    model_admin: Any, request: HttpRequest, action: "ObjectAction", name: str, **more: Any
) -> HttpResponse:
    opts = model_admin.opts
    context = {
        **model_admin.admin_site.each_context(request),
        "title": f"{capfirst(str(action.description))}: {capfirst(str(opts.verbose_name_plural))}",
        "action": action,
        "opts": opts,
        "media": model_admin.media,
        "back": reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist"),
        **more,
    }
    return TemplateResponse(request, f"admin/erp/{name}.html", context)


def link_of(row: models.Model) -> str:
    """Return the address of a row's page, empty where it has none."""
    try:
        return reverse(
            f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=(quote(row.pk),)
        )
    except NoReverseMatch:
        return ""


# --- before ----------------------------------------------------------------------------------


def preview(model_admin: Any, request: HttpRequest, action: "ObjectAction", row: Any) -> Preview:
    """Try a verb on a row, take it back, and tell what it did or what refused it."""
    told = Preview(
        row,
        link_of(row),
        model_admin.version_of(row),
        _partner(model_admin, row),
        row.lines.count() if hasattr(row, "lines") else None,
        _amount(model_admin, request, row),
        _status(row),
    )
    if not action.offered(row):
        told.against = _("Not possible: it is %(status)s.") % {"status": told.status}
        if not told.status:
            told.against = _("Not possible as it stands.")
        return told
    before = ledger_facts(row)
    try:
        with transaction.atomic():
            result = action.run(row, request)
            _tell(told, row, result, before)
            transaction.set_rollback(True)
    except (DomainError, PermissionDenied) as refusal:
        told.against = str(refusal) or _("You do not have the right to do this.")
    except OperationalError as error:
        if not is_retryable(error):
            raise
    return told


def _tell(told: Preview, row: Any, result: Any, before: dict[str, str]) -> None:
    manager: Any = type(row)._default_manager
    now = manager.filter(pk=row.pk).first()
    if now is None:
        return
    told.new_status = _status(now)
    if _is_another(result, row):
        told.makes = str(result._meta.verbose_name)
    after = ledger_facts(now)
    none = "–" if not hasattr(row, "number_series") else "0"
    for label in dict.fromkeys([*before, *after]):
        old, new = before.get(label, none), after.get(label, none)
        if old != new:
            told.effects.append((label, old, new))


def _is_another(result: Any, row: Any) -> bool:
    """Return whether the verb made a document instead of moving this one."""
    if not isinstance(result, models.Model):
        return False
    return type(result) is not type(row) or result.pk != row.pk


def _status(row: Any) -> str:
    shown = getattr(row, "get_status_display", None)
    return str(shown()) if shown is not None else ""


def _partner(model_admin: Any, row: Any) -> str:
    names: Iterable[str] = ("customer", "supplier")
    shown = [name for name in names if name in model_admin.list_display]
    return next((str(getattr(row, n)) for n in shown if getattr(row, n) is not None), "")


def _amount(model_admin: Any, request: HttpRequest, row: Any) -> str:
    """The amount as the list shows it: nobody learns a buying price here."""
    if "show_gross" not in model_admin.get_list_display(request):
        return ""
    return f"{price(row.gross_total)} {row.currency_id}"


# --- after -----------------------------------------------------------------------------------


def _run(model_admin: Any, request: HttpRequest, action: "ObjectAction") -> list[Outcome]:
    """Do it to the rows ticked on the page, whatever the list would show of them by now."""
    ticked = request.POST.getlist("go")[:MOST_ROWS]
    there: dict[str, Any] = {}
    for row in model_admin.get_queryset(request).filter(pk__in=_keys(model_admin, ticked)):
        there[str(row.pk)] = row
    return [
        _outcome(model_admin, request, action, there[key])
        if key in there
        else Outcome(f"#{key}", "", "changed", _("It is not there any more."))
        for key in ticked
    ]


def _keys(model_admin: Any, texts: Iterable[str]) -> list[Any]:
    """Return the keys that could be keys of this table."""
    keys = []
    for text in texts:
        try:
            keys.append(model_admin.opts.pk.to_python(text))
        except ValidationError:
            continue
    return keys


def _outcome(model_admin: Any, request: HttpRequest, action: "ObjectAction", row: Any) -> Outcome:
    """Do it to one row that is still as its page showed it."""
    link = link_of(row)
    if request.POST.get(f"seen-{row.pk}", "") != model_admin.version_of(row):
        return Outcome(row, link, "changed", _("It was changed in the meantime; nothing was done."))
    try:
        result = action.run(row, request)
    except (DomainError, PermissionDenied) as refusal:
        text = str(refusal) or _("You do not have the right to do this.")
        return Outcome(row, link, "refused", text)
    if _is_another(result, row):
        return Outcome(row, link, "done", _("done"), str(result), link_of(result))
    shown = result if isinstance(result, type(row)) else row
    return Outcome(shown, link, "done", _status(shown) or _("done"))
