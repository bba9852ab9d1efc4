"""What suppliers answered: typed, pasted, or read from our sheet; awarded; put into a quotation."""

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.requests import AuthedRequest
from erp.core.errors import DomainError
from erp.core.models import Currency
from erp.core.money import plain
from erp.core.pages import change_once, new_token, page, refuse
from erp.core.policy import allowed, authorize
from quotations import services
from quotations.comparing import COST
from quotations.models import (
    OPEN_TO_REPLIES,
    Quotation,
    QuotationStatus,
    Rfq,
    RfqAward,
    RfqReply,
    RfqSupplier,
)
from quotations.rfq_cells import read_price
from quotations.rfq_files import import_sheet
from quotations.rfq_forms import (
    ReplyRow,
    blame_row,
    id_of,
    read_awards,
    read_replies,
    read_terms,
    reply_rows,
    terms_shown,
)
from quotations.rfq_paste import read_paste
from quotations.services import TakeInput
from quotations.views.rfqs import invitation_of, once_or_back, rfq_of, told, version_of

MOST_QUOTATIONS = 20


def _asked(request: AuthedRequest, pk: int, invitation_pk: int) -> tuple[Rfq, RfqSupplier]:
    authorize(request.user, COST)
    rfq = rfq_of(request, "quotations.reply_rfq", pk)
    return rfq, invitation_of(rfq, invitation_pk)


def _stored(invitation: RfqSupplier) -> dict[int, RfqReply]:
    rows = invitation.replies.select_related("offered__brand")
    return {reply.line_id: reply for reply in rows}


@page("GET", "POST", most_fields=settings.DATA_UPLOAD_MAX_NUMBER_FIELDS)
def reply(request: AuthedRequest, pk: int, invitation_pk: int) -> HttpResponse:
    """The grid of one supplier's replies."""
    rfq, invitation = _asked(request, pk, invitation_pk)
    stored = _stored(invitation)
    lines = list(rfq.lines.select_related("unit"))
    if request.method == "GET":
        return _show(request, invitation, reply_rows(lines, stored))
    rows = reply_rows(lines, stored, request.POST)
    replies = read_replies(rows, stored, by=request.user)
    if any(row.errors for row in rows):
        messages.error(request, _("Correct the marked cells."))
        return _show(request, invitation, rows, status=400, terms=request.POST)

    def effect() -> tuple[str, str]:
        outcome = services.record_replies(
            invitation.pk,
            replies,
            terms=read_terms(request.POST),
            withdraw_blank=True,
            version=version_of(request),
            by=request.user,
        )
        return reverse("quotations:rfq", args=[rfq.pk]), told(request, outcome)

    try:
        return change_once(request, "rfq.reply", effect, object_id=invitation.pk)
    except DomainError as refusal:
        blame_row(rows, refusal)
        refuse(request, refusal)
        now = invitation_of(Rfq.objects.get_visible(request.user, rfq.pk), invitation.pk)
        return _show(request, now, rows, status=409, terms=request.POST)


def _show(
    request: AuthedRequest,
    invitation: RfqSupplier,
    rows: list[ReplyRow],
    *,
    status: int = 200,
    terms: Any = None,
    **more: Any,
) -> HttpResponse:
    rfq = invitation.document
    context = {
        "rfq": rfq,
        "invitation": invitation,
        "rows": rows,
        "terms": terms_shown(invitation, terms),
        "currencies": Currency.objects.visible_to(request.user).order_by("code"),
        "is_open": rfq.status in OPEN_TO_REPLIES,
        "version": rfq.version,
        "token": new_token(),
        **more,
    }
    return render(request, "quotations/rfq_reply.html", context, status=status)


@page("POST")
def reply_file(request: AuthedRequest, pk: int, invitation_pk: int) -> HttpResponse:
    """Our sheet come back: its rows are noted at once, what is not ours is told."""
    rfq, invitation = _asked(request, pk, invitation_pk)
    file = request.FILES.get("file")
    if file is None:
        messages.error(request, _("Choose a file."))
        return redirect("quotations:rfq-reply", pk=rfq.pk, invitation_pk=invitation.pk)
    content = file.read()

    def effect() -> tuple[str, str]:
        outcome = import_sheet(invitation.pk, file.name or "", content, by=request.user)
        return reverse("quotations:rfq", args=[rfq.pk]), told(request, outcome)

    try:
        return change_once(request, "rfq.import", effect, object_id=invitation.pk)
    except DomainError as refusal:
        refuse(request, refusal)
        return redirect("quotations:rfq-reply", pk=rfq.pk, invitation_pk=invitation.pk)


@page("POST")
def reply_paste(request: AuthedRequest, pk: int, invitation_pk: int) -> HttpResponse:
    """Lay a pasted answer into the grid; nothing is stored before a person saves it."""
    rfq, invitation = _asked(request, pk, invitation_pk)
    lines = list(rfq.lines.select_related("unit"))
    rows = reply_rows(lines, _stored(invitation))
    pasted, rest = read_paste(request.POST.get("text", ""), lines)
    by_line = {row.line.pk: row for row in rows}
    for one in pasted:
        row = by_line[one.line_id]
        row.unit_price = plain(one.unit_price)
        if one.lead_time_days is not None:
            row.lead_time = str(one.lead_time_days)
    return _show(request, invitation, rows, pasted=len(pasted), rest=rest[:20])


# --- awards ----------------------------------------------------------------------------------


@page("POST", most_fields=settings.DATA_UPLOAD_MAX_NUMBER_FIELDS)
def rfq_award(request: AuthedRequest, pk: int) -> HttpResponse:
    """Say who gets how much of each line."""
    authorize(request.user, COST)
    rfq = rfq_of(request, "quotations.award_rfq", pk)
    reason = request.POST.get("override_reason", "").strip()[:200]

    def effect() -> tuple[str, str]:
        replies = RfqReply.objects.filter(line__document=rfq).order_by("pk")
        awarded = RfqAward.objects.filter(line__document=rfq).values_list("reply_id", "quantity")
        awards = read_awards(request.POST, replies, dict(awarded))
        if not awards:
            return reverse("quotations:rfq", args=[rfq.pk]), _("Nothing was changed.")
        services.award_lines(
            rfq.pk, awards, override_reason=reason, version=version_of(request), by=request.user
        )
        said = _("The awards of %(ref)s were saved.") % {"ref": rfq.ref}
        return reverse("quotations:rfq", args=[rfq.pk]), said

    return once_or_back(request, rfq, "rfq.award", effect)


# --- into a quotation ------------------------------------------------------------------------


@page("GET", "POST", most_fields=settings.DATA_UPLOAD_MAX_NUMBER_FIELDS)
def rfq_prices(request: AuthedRequest, pk: int) -> HttpResponse:
    """What the best replies mean for a draft quotation; the salesperson takes what he wants."""
    authorize(request.user, "quotations.change_quotation")
    rfq = rfq_of(request, "quotations.view_rfq", pk)
    drafts = _drafts(request, rfq)
    chosen = id_of(request.POST.get("quotation", "") or request.GET.get("quotation", ""))
    quotation = next((row for row in drafts if row.pk == chosen), drafts[0] if drafts else None)
    if request.method == "GET" or quotation is None:
        return _show_prices(request, rfq, drafts, quotation)

    def effect() -> tuple[str, str]:
        services.take_prices(
            rfq.pk, quotation.pk, _takes(request), version=version_of(request), by=request.user
        )
        said = _("The prices were put into %(ref)s.") % {"ref": quotation.ref}
        return reverse("quotations:quotation", args=[quotation.pk]), said

    try:
        return change_once(request, "rfq.take_prices", effect, object_id=quotation.pk)
    except DomainError as refusal:
        refuse(request, refusal)
        now = Quotation.objects.select_related("customer").get_visible(request.user, quotation.pk)
        return _show_prices(request, rfq, drafts, now, status=409)


def _drafts(request: AuthedRequest, rfq: Rfq) -> list[Quotation]:
    """Return the drafts in sight with a part that was asked for; what it was asked for first."""
    parts = rfq.lines.values("product")
    rows = Quotation.objects.visible_to(request.user).filter(
        status=QuotationStatus.DRAFT, lines__product__in=parts
    )
    found = list(rows.select_related("customer").distinct().order_by("-pk")[:MOST_QUOTATIONS])
    of_quotation = rfq.origin_type == Quotation._meta.label_lower
    return sorted(
        found,
        key=lambda row: (row.pk if of_quotation else row.enquiry_id) != rfq.origin_id,
    )


def _show_prices(
    request: AuthedRequest,
    rfq: Rfq,
    drafts: list[Quotation],
    quotation: Quotation | None,
    *,
    status: int = 200,
) -> HttpResponse:
    context = {
        "rfq": rfq,
        "drafts": drafts,
        "quotation": quotation,
        "proposals": services.propose_prices(rfq, quotation) if quotation else [],
        "sees_cost": allowed(request.user, COST),
        "token": new_token(),
    }
    return render(request, "quotations/rfq_prices.html", context, status=status)


def _takes(request: AuthedRequest) -> list[TakeInput]:
    """Return the ticked lines with the prices typed. Raises DomainError bad_number."""
    takes = []
    for ticked in request.POST.getlist("take"):
        line_id, _dash, reply_id = ticked.partition("-")
        typed = request.POST.get(f"price-{line_id}", "")[:40]
        try:
            price = read_price(typed)
        except ValueError:
            price = None
        if price is None:
            raise DomainError(
                _("%(value)s is no number.") % {"value": typed or "–"}, code="bad_number"
            )
        takes.append(TakeInput(id_of(line_id), id_of(reply_id), Decimal(price)))
    return takes
