"""A quotation's steps, what a revision changed, and its paper."""

from decimal import Decimal
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.requests import AuthedRequest
from erp.core.errors import DomainError
from erp.core.pages import change_once, page, pdf_answer, refuse
from quotations.grid import read_number
from quotations.models import Quotation
from quotations.printing import quotation_pdf
from quotations.revisions import differences, head_differences
from quotations.services import Outcome
from quotations.steps import STEPS
from quotations.views.quotations import version_of, visible_quotation


@page("POST")
def take_step(request: AuthedRequest, pk: int, step: str) -> HttpResponse:
    """Submit, approve, send, refuse, revise, lose, explain or cancel."""
    taken = STEPS.get(step)
    if taken is None:
        raise Http404
    shown = visible_quotation(request, taken.right, pk)

    def effect() -> tuple[str, str]:
        more: dict[str, Any] = {"reason": _text(request, "reason", 500)}
        if taken.takes_outcome:
            more["outcome"] = _outcome(request)
        moved = taken.take(shown.pk, by=request.user, version=version_of(request), **more)
        return reverse("quotations:quotation", args=[moved.pk]), taken.told(moved)

    try:
        return change_once(request, f"quotation.{step}", effect, object_id=shown.pk)
    except DomainError as refusal:
        refuse(request, refusal)
        return redirect("quotations:quotation", pk=shown.pk)


def _text(request: AuthedRequest, name: str, most: int) -> str:
    return request.POST.get(name, "").replace("\x00", "").strip()[:most]


def _outcome(request: AuthedRequest) -> Outcome:
    """Read why it ended so. Raises DomainError bad_price."""
    reason = request.POST.get("reason_id", "")
    known = reason.isascii() and reason.isdigit() and len(reason) < 19
    return Outcome(
        reason_id=int(reason) if known else None,
        note=_text(request, "reason", 300),
        competitor=_text(request, "competitor", 120),
        competitor_price=_price(_text(request, "competitor_price", 30)),
    )


def _price(text: str) -> Decimal | None:
    try:
        return read_number(text) if text else None
    except ValueError as error:
        raise DomainError(
            _("Enter a number."), code="bad_price", field="competitor_price"
        ) from error


@page("GET")
def changes(request: AuthedRequest, pk: int) -> HttpResponse:
    """What a revision changed of the quotation before it."""
    shown = visible_quotation(request, "quotations.view_quotation", pk)
    before = Quotation.objects.visible_to(request.user).filter(pk=shown.supersedes_id or 0).first()
    if before is None:
        raise Http404
    context = {
        "quotation": shown,
        "before": before,
        "fields": head_differences(before, shown),
        "lines": differences(before, shown),
    }
    return render(request, "quotations/changes.html", context)


@page("GET")
def pdf(request: AuthedRequest, pk: int) -> HttpResponseBase:
    """The quotation on paper, in the language asked for or the user's."""
    shown = visible_quotation(request, "quotations.view_quotation", pk)
    return pdf_answer(
        request,
        lambda language: quotation_pdf(shown, language=language, by=request.user),
        otherwise=reverse("quotations:quotation", args=[shown.pk]),
    )
