"""Requests for quotation: the list, a new one, its page, its steps and its paper."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.requests import AuthedRequest
from customers.models import Supplier
from erp.core.attachments import files_by_row
from erp.core.errors import DomainError
from erp.core.exports import XLSX
from erp.core.pages import change_once, copy_once, new_token, page, pdf_answer, refuse
from erp.core.policy import allowed, authorize
from erp.core.uploads import disposition
from inventory.models import Warehouse
from products.models import Product
from quotations import services
from quotations.comparing import compare
from quotations.models import (
    OPEN_TO_AWARDS,
    OPEN_TO_REPLIES,
    Enquiry,
    Quotation,
    Rfq,
    RfqStatus,
    RfqSupplier,
)
from quotations.rfq_forms import due_of, id_of, read_lines
from quotations.rfq_printing import rfq_pdf
from quotations.rfq_sheet import rfq_sheet
from quotations.rfq_steps import RFQ_STEPS, open_rfq_steps
from quotations.sourcing import propose_suppliers, wanted_of

ROWS_PER_PAGE = 50
_ORIGINS: dict[str, Any] = {"enquiry": Enquiry, "quotation": Quotation}


@page("GET")
def rfq_list(request: AuthedRequest) -> HttpResponse:
    """The newest first, a page at a time by key."""
    authorize(request.user, "quotations.view_rfq")
    status = request.GET.get("status", "")
    rows = Rfq.objects.visible_to(request.user).select_related("owner").order_by("-pk")
    if status in RfqStatus.values:
        rows = rows.filter(status=status)
    before = id_of(request.GET.get("before", ""))
    if before:
        rows = rows.filter(pk__lt=before)
    found = list(rows.prefetch_related("lines", "suppliers")[: ROWS_PER_PAGE + 1])
    following = None
    if len(found) > ROWS_PER_PAGE:
        query = request.GET.copy()
        query["before"] = str(found[ROWS_PER_PAGE - 1].pk)
        following = query.urlencode()
    context = {
        "rfqs": [_summary(rfq) for rfq in found[:ROWS_PER_PAGE]],
        "statuses": RfqStatus.choices,
        "status": status,
        "following": following,
        "may_add": allowed(request.user, "quotations.add_rfq"),
    }
    return render(request, "quotations/rfq_list.html", context)


def _summary(rfq: Rfq) -> dict[str, Any]:
    lines, asked = list(rfq.lines.all()), list(rfq.suppliers.all())
    return {
        "rfq": rfq,
        "first": lines[0] if lines else None,
        "more": max(0, len(lines) - 1),
        "asked": len(asked),
        "answered": sum(row.answered_at is not None for row in asked),
    }


def rfq_of(request: AuthedRequest, right: str, pk: int) -> Rfq:
    """Return a visible request for an action: 403 without the right, 404 out of sight."""
    authorize(request.user, right)
    return Rfq.objects.select_related("owner").get_visible(request.user, pk)


def invitation_of(rfq: Rfq, pk: int) -> RfqSupplier:
    row = rfq.suppliers.select_related("supplier", "contact").filter(pk=pk).first()
    if row is None:
        raise Http404
    row.document = rfq
    return row


def version_of(request: AuthedRequest) -> int:
    given = request.POST.get("version", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else 0


# --- a new one -------------------------------------------------------------------------------


@page("GET", "POST", most_fields=settings.DATA_UPLOAD_MAX_NUMBER_FIELDS)
def new_rfq(request: AuthedRequest) -> HttpResponse:
    """From an enquiry's or quotation's lines, those not in stock ticked; or empty."""
    authorize(request.user, "quotations.add_rfq")
    origin = _origin(request)
    if request.method == "GET":
        return _ask_new(request, origin)

    def effect() -> tuple[str, str]:
        made = services.create_rfq(
            read_lines(request.POST, ticked=True),
            supplier_ids=_ticked_suppliers(request),
            origin=origin,
            due_on=due_of(request.POST),
            notes=request.POST.get("notes", "")[:2000],
            by=request.user,
        )
        said = _("%(ref)s was drafted.") % {"ref": made.ref}
        return reverse("quotations:rfq", args=[made.pk]), said

    try:
        return change_once(request, "rfq.create", effect)
    except DomainError as refusal:
        refuse(request, refusal)
        return _ask_new(request, origin, status=409)


def _origin(request: AuthedRequest) -> Any:
    """Return the enquiry or quotation asked for, in the user's sight; None without one."""
    for name, model in _ORIGINS.items():
        given = request.GET.get(name, "")
        if given:
            return model.objects.get_visible(request.user, id_of(given))
    return None


def _ask_new(request: AuthedRequest, origin: Any, status: int = 200) -> HttpResponse:
    wanted = wanted_of(origin) if origin is not None else []
    ids = {one.product.pk for one in wanted}
    may_ask = allowed(request.user, "customers.view_supplier")
    ticked = set(request.POST.getlist("take"))
    is_first = request.method == "GET"
    context = {
        "origin": origin,
        "wanted": [
            (one, one.is_short if is_first else str(one.line.origin_line_id) in ticked)
            for one in wanted
        ],
        "may_ask": may_ask,
        "proposed": propose_suppliers(ids, user=request.user) if may_ask and ids else [],
        "ticked_suppliers": {id_of(pk) for pk in request.POST.getlist("supplier")},
        "token": new_token(),
        "posted": request.POST,
    }
    return render(request, "quotations/rfq_new.html", context, status=status)


def _ticked_suppliers(request: AuthedRequest) -> list[int]:
    """Return the suppliers chosen, as far as the user sees them."""
    given = [id_of(pk) for pk in request.POST.getlist("supplier")]
    visible = Supplier.objects.visible_to(request.user).filter(pk__in=given)
    return list(visible.values_list("pk", flat=True))


# --- its page --------------------------------------------------------------------------------


@page("GET", "POST", most_fields=settings.DATA_UPLOAD_MAX_NUMBER_FIELDS)
def rfq(request: AuthedRequest, pk: int) -> HttpResponse:
    if request.method == "POST":
        return _save(request, rfq_of(request, "quotations.change_rfq", pk))
    return show(request, rfq_of(request, "quotations.view_rfq", pk))


def show(request: AuthedRequest, shown: Rfq, *, status: int = 200, **more: Any) -> HttpResponse:
    user = request.user
    compared = compare(shown, user=user)
    may_invite = allowed(user, "customers.view_supplier") and allowed(user, "quotations.change_rfq")
    context = {
        "rfq": shown,
        "version": shown.version,
        "compared": compared,
        "origin": _visible_origin(request, shown),
        "files": files_by_row(compared.suppliers),
        "is_draft": shown.is_draft and allowed(user, "quotations.change_rfq"),
        "steps": open_rfq_steps(shown, user),
        "may_copy": allowed(user, "quotations.add_rfq"),
        "may_invite": may_invite and (shown.is_draft or shown.status in OPEN_TO_REPLIES),
        "may_reply": shown.status in OPEN_TO_REPLIES and allowed(user, "quotations.reply_rfq"),
        "may_award": shown.status in OPEN_TO_AWARDS
        and compared.sees_cost
        and allowed(user, "quotations.award_rfq"),
        "may_override": allowed(user, "quotations.override_rfq"),
        "may_price": allowed(user, "quotations.change_quotation")
        and any(line.offers for line in compared.lines),
        "may_order": shown.status == RfqStatus.AWARDED
        and allowed(user, "orders.add_purchaseorder"),
        "names_suppliers": allowed(user, "quotations.view_rfqsupplier"),
        "token": new_token(),
    }
    if context["may_order"]:
        context["warehouses"] = Warehouse.objects.visible_to(user).active().order_by("code")
    if context["may_invite"]:
        ids = {line.line.product_id for line in compared.lines}
        asked = {row.supplier_id for row in compared.suppliers}
        proposed = propose_suppliers(ids, user=user)
        context["proposed"] = [one for one in proposed if one.supplier.pk not in asked]
    return render(request, "quotations/rfq.html", context | more, status=status)


@page("POST")
def copy_rfq(request: AuthedRequest, pk: int) -> HttpResponse:
    """Ask the same of the same suppliers again."""
    shown = rfq_of(request, "quotations.add_rfq", pk)
    return copy_once(request, shown, services.copy_rfq, to="quotations:rfq")


def _visible_origin(request: AuthedRequest, shown: Rfq) -> tuple[str, str] | None:
    """Return ref and address of the enquiry or quotation it is for, where the user sees it."""
    for name, model in _ORIGINS.items():
        if shown.origin_type == model._meta.label_lower:
            row = model.objects.visible_to(request.user).filter(pk=shown.origin_id).first()
            return (row.ref, reverse(f"quotations:{name}", args=[row.pk])) if row else None
    return None


def _save(request: AuthedRequest, shown: Rfq) -> HttpResponse:
    def effect() -> tuple[str, str]:
        services.change_rfq(
            shown.pk,
            lines=read_lines(request.POST),
            due_on=due_of(request.POST),
            notes=request.POST.get("notes", "")[:2000],
            version=version_of(request),
            by=request.user,
        )
        return reverse("quotations:rfq", args=[shown.pk]), _("%(ref)s was saved.") % {
            "ref": shown.ref
        }

    return once_or_back(request, shown, "rfq.change", effect)


def once_or_back(request: AuthedRequest, shown: Rfq, action: str, effect: Any) -> HttpResponse:
    """Do it once; where it is refused, say why on the page."""
    try:
        return change_once(request, action, effect, object_id=shown.pk)
    except DomainError as refusal:
        refuse(request, refusal)
        now = Rfq.objects.select_related("owner").get_visible(request.user, shown.pk)
        return show(request, now, status=409)


@page("GET")
def rfq_row(request: AuthedRequest) -> HttpResponse:
    """A fresh row of a draft's lines for a product."""
    authorize(request.user, "quotations.add_rfq")
    product = Product.objects.select_related("brand", "unit").get_visible(
        request.user, id_of(request.GET.get("product", ""))
    )
    return render(request, "quotations/_rfq_draft_row.html", {"product": product})


# --- its suppliers and steps ---------------------------------------------------------------------


@page("POST")
def rfq_invite(request: AuthedRequest, pk: int) -> HttpResponse:
    """Ask more suppliers."""
    authorize(request.user, "customers.view_supplier")
    shown = rfq_of(request, "quotations.change_rfq", pk)

    def effect() -> tuple[str, str]:
        chosen = _ticked_suppliers(request)
        services.invite_suppliers(shown.pk, chosen, version=version_of(request), by=request.user)
        return reverse("quotations:rfq", args=[shown.pk]), ""

    return once_or_back(request, shown, "rfq.invite", effect)


@page("POST")
def rfq_uninvite(request: AuthedRequest, pk: int, invitation_pk: int) -> HttpResponse:
    """Take a supplier off a draft, or say in which language he reads."""
    authorize(request.user, "customers.view_supplier")
    shown = rfq_of(request, "quotations.change_rfq", pk)
    row = invitation_of(shown, invitation_pk)
    language = request.POST.get("language", "")

    def effect() -> tuple[str, str]:
        seen = version_of(request)
        if language:
            services.set_language(shown.pk, row.pk, language, version=seen, by=request.user)
        else:
            services.drop_supplier(shown.pk, row.pk, version=seen, by=request.user)
        return reverse("quotations:rfq", args=[shown.pk]), ""

    return once_or_back(request, shown, "rfq.uninvite", effect)


@page("POST")
def rfq_step(request: AuthedRequest, pk: int, step: str) -> HttpResponse:
    """Send, reject, reopen, cancel or copy."""
    taken = RFQ_STEPS.get(step)
    if taken is None:
        raise Http404
    shown = rfq_of(request, taken.right, pk)
    reason = request.POST.get("reason", "").strip()[:200]

    def effect() -> tuple[str, str]:
        moved = taken.take(shown.pk, by=request.user, version=version_of(request), reason=reason)
        return reverse("quotations:rfq", args=[moved.pk]), taken.done % {"ref": moved.ref}

    return once_or_back(request, shown, f"rfq.{step}", effect)


@page("GET")
def rfq_sheet_file(request: AuthedRequest, pk: int, invitation_pk: int) -> HttpResponse:
    """The workbook a supplier fills in."""
    authorize(request.user, "quotations.view_rfqsupplier")
    shown = rfq_of(request, "quotations.view_rfq", pk)
    name, content = rfq_sheet(shown, invitation_of(shown, invitation_pk))
    headers = {"Content-Disposition": disposition(name), "X-Content-Type-Options": "nosniff"}
    return HttpResponse(content, content_type=XLSX, headers=headers)


@page("GET")
def rfq_paper(request: AuthedRequest, pk: int, invitation_pk: int) -> HttpResponseBase:
    """The request on paper, in the supplier's language."""
    authorize(request.user, "quotations.view_rfqsupplier")
    shown = rfq_of(request, "quotations.view_rfq", pk)
    row = invitation_of(shown, invitation_pk)
    return pdf_answer(
        request,
        lambda _language: rfq_pdf(shown, row, by=request.user),
        otherwise=reverse("quotations:rfq", args=[shown.pk]),
    )


def told(request: AuthedRequest, outcome: services.ReplyOutcome) -> str:
    """Return what to say of noted replies; rows of a file that were not taken are warned of."""
    for number, why in outcome.refused[:20]:
        messages.warning(request, _("Row %(number)d: %(why)s") % {"number": number, "why": why})
    return _(
        "%(added)d new, %(changed)d changed, %(unchanged)d as before, %(none)d not offered."
    ) % {
        "added": outcome.added,
        "changed": outcome.changed,
        "unchanged": outcome.unchanged,
        "none": outcome.not_offered + outcome.withdrawn,
    }
