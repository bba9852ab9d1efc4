"""Working through the proposals of interchanges, many at a time."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.requests import AuthedRequest
from erp.core.errors import DomainError
from erp.core.pages import change_once, new_token, page, refuse
from erp.core.policy import authorize
from products.models import Brand, Derivation, Interchange
from products.proposals import Sought, proposals, shown
from products.services import (
    Outcome,
    Seen,
    approve_interchanges,
    preview,
    regrade_interchanges,
    reject_interchanges,
    start_derivation,
)

ROWS_PER_PAGE = 50
RIGHT = "products.approve_interchange"
_DECISIONS = ("approve", "reject", "regrade")


def _id(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


@page("GET")
def proposal_list(request: AuthedRequest) -> HttpResponse:
    """The oldest first, a page at a time by key."""
    authorize(request.user, RIGHT)
    asked = request.GET
    sought = Sought(
        brand=_id(asked.get("brand", "")),
        grade=asked.get("grade", ""),
        source=asked.get("source", ""),
        q=asked.get("q", "").replace("\x00", "").strip()[:80],
    )
    rows = proposals(sought, user=request.user)
    after = _id(asked.get("after", ""))
    found = list(rows.filter(pk__gt=after)[: ROWS_PER_PAGE + 1])
    following = None
    if len(found) > ROWS_PER_PAGE:
        following = _with(asked, after=str(found[ROWS_PER_PAGE - 1].pk))
    context = {
        "rows": [shown(row) for row in found[:ROWS_PER_PAGE]],
        "sought": sought,
        "is_filtered": sought.is_any,
        "is_later": bool(after),
        "brands": Brand.objects.visible_to(request.user).active(),
        "grades": Interchange.Grade.choices,
        "following": following,
        "run": Derivation.objects.visible_to(request.user).first(),
        "query": asked.urlencode(),
        "token": new_token(),
    }
    return render(request, "products/proposals.html", context)


def _with(asked: QueryDict, **values: str) -> str:
    query = asked.copy()
    for name, value in values.items():
        query[name] = value
    return query.urlencode()


# --- deciding --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Decision:
    """What was chosen on the page."""

    verb: str
    seen: tuple[Seen, ...]
    grade: str
    reason: str
    valid_until: date | None

    @classmethod
    def of(cls, post: QueryDict) -> "_Decision":
        verb = post.get("decision", "")
        if verb not in _DECISIONS:
            raise DomainError(_("There is no such decision."), code="unknown_decision")
        until = post.get("valid_until", "")
        try:
            valid_until = date.fromisoformat(until) if until else None
        except ValueError:
            raise DomainError(
                _("“%(text)s” is no date.") % {"text": until[:20]},
                code="bad_date",
                field="valid_until",
            ) from None
        seen = tuple(dict.fromkeys(_seen(text) for text in post.getlist("row")))
        grade = post.get("new_grade", "") if verb == "regrade" else ""
        return cls(verb, seen, grade, post.get("reason", "").strip(), valid_until)

    def preview(self) -> list[Outcome]:
        return preview(self.seen, grade=self.grade, approving=self.verb == "approve")

    def take(self, *, by: Any) -> list[Outcome]:
        if self.verb == "approve":
            return approve_interchanges(self.seen, valid_until=self.valid_until, by=by)
        if self.verb == "reject":
            return reject_interchanges(self.seen, reason=self.reason, by=by)
        return regrade_interchanges(self.seen, self.grade, by=by)

    def done(self, count: int) -> str:
        texts = {
            "approve": ngettext("%(n)d approved.", "%(n)d approved.", count),
            "reject": ngettext("%(n)d rejected.", "%(n)d rejected.", count),
            "regrade": ngettext("%(n)d graded anew.", "%(n)d graded anew.", count),
        }
        return texts[self.verb] % {"n": count}


def _seen(text: str) -> Seen:
    pk, _colon, rest = text.partition(":")
    version, _colon, grade = rest.partition(":")
    return Seen(_id(pk), _id(version), grade[:12])


@page("POST")
def decide(request: AuthedRequest) -> HttpResponse:
    """First tell what would happen; the same again with ``confirm`` does it."""
    authorize(request.user, RIGHT)
    back = f"{reverse('products:proposals')}?{request.POST.get('query', '')[:500]}"
    try:
        decision = _Decision.of(request.POST)
        if not request.POST.get("confirm"):
            return _summary(request, decision)
        return change_once(request, "interchange.decide", lambda: _take(request, decision, back))
    except DomainError as refusal:
        refuse(request, refusal)
        return redirect(back)


def _take(request: AuthedRequest, decision: _Decision, back: str) -> tuple[str, str]:
    outcomes = decision.take(by=request.user)
    for outcome in outcomes:
        if outcome.refusal is not None:
            messages.warning(request, f"{outcome.row}: {outcome.refusal}")
    return back, decision.done(sum(outcome.refusal is None for outcome in outcomes))


def _summary(request: HttpRequest, decision: _Decision) -> HttpResponse:
    outcomes = decision.preview()
    going = [outcome.row for outcome in outcomes if outcome.refusal is None]
    grades: dict[str, int] = {}
    for row in going:
        label = str(row.get_grade_display())
        grades[label] = grades.get(label, 0) + 1
    context = {
        "decision": decision,
        "going": going,
        "grades": list(grades.items()),
        "products": len({pk for r in going for pk in (r.from_product_id, r.to_product_id)}),
        "refused": [outcome for outcome in outcomes if outcome.refusal is not None],
        "query": request.POST.get("query", "")[:500],
        "token": new_token(),
    }
    return render(request, "products/decision.html", context)


# --- deriving --------------------------------------------------------------------------------


@page("POST")
def derive(request: AuthedRequest) -> HttpResponse:
    """Begin a run; its progress shows on the page of the proposals."""
    authorize(request.user, RIGHT)
    back = reverse("products:proposals")

    def effect() -> tuple[str, str]:
        start_derivation(
            brand_id=_id(request.POST.get("brand", "")) or None,
            full=bool(request.POST.get("full")),
            by=request.user,
        )
        return back, ""

    try:
        return change_once(request, "interchange.derive", effect)
    except DomainError as refusal:
        refuse(request, refusal)
        return redirect(back)


@page("GET")
def derivation(request: AuthedRequest) -> HttpResponse:
    """How far the last run is: the part of the page that renews itself."""
    authorize(request.user, RIGHT)
    run = Derivation.objects.visible_to(request.user).first()
    return render(request, "products/_derivation.html", {"run": run})
