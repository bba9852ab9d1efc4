"""Requests for quotation over HTTP.

Without the right to see cost a request has neither its suppliers nor their prices, but how soon the
goods can be had and what they would be sold at.
"""

import hashlib
from typing import Any, Literal

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Query, Router

from accounts.requests import AuthedRequest
from customers.models import Supplier
from erp.core.api import (
    ERRORS,
    ProblemOut,
    change,
    field_problem,
    newest_first,
    required_version,
    seen_version,
    with_etag,
)
from erp.core.exports import XLSX
from erp.core.pages import check_fields
from erp.core.policy import authorize
from erp.core.uploads import disposition
from products.models import Product
from quotations import services
from quotations.api.rfq_shapes import (
    AwardsIn,
    InviteIn,
    RepliesIn,
    RepliesOut,
    RfqChange,
    RfqFilter,
    RfqIn,
    RfqLineIn,
    RfqOut,
    RfqPage,
    RfqStepIn,
    head_json,
    outcome_json,
    rfq_json,
)
from quotations.comparing import COST
from quotations.models import Enquiry, Quotation, Rfq, RfqSupplier
from quotations.rfq_files import import_sheet
from quotations.rfq_printing import rfq_pdf
from quotations.rfq_sheet import rfq_sheet
from quotations.rfq_steps import RFQ_STEPS, RfqStep
from quotations.services import RfqLineInput

router = Router(tags=["rfqs"])


def _rfq(request: AuthedRequest, right: str, rfq_id: int) -> Rfq:
    """Return a visible request for an action: 403 without the right, 404 out of sight."""
    authorize(request.user, right)
    return Rfq.objects.select_related("owner").get_visible(request.user, rfq_id)


def _check_products(request: AuthedRequest, lines: list[RfqLineIn]) -> None:
    ids = {line.product_id for line in lines}
    rows = Product.objects.visible_to(request.user).active().filter(pk__in=ids)
    known = set(rows.values_list("pk", flat=True))
    for number, line in enumerate(lines, 1):
        if line.product_id not in known:
            field = f"lines[{number}].product_id"
            raise field_problem(field, "unknown_product", _("There is no such product."))


def _check_suppliers(request: AuthedRequest, ids: list[int]) -> None:
    """Refuse suppliers that are hidden, archived or missing."""
    rows = Supplier.objects.visible_to(request.user).active().filter(pk__in=ids)
    if rows.count() != len(set(ids)):
        message = _("There is no such supplier.")
        raise field_problem("supplier_ids", "unknown_supplier", message)


def _origin(request: AuthedRequest, sent: RfqIn) -> Any:
    for name, model, pk in (
        ("enquiry_id", Enquiry, sent.enquiry_id),
        ("quotation_id", Quotation, sent.quotation_id),
    ):
        if pk is not None:
            rows: Any = model.objects
            row = rows.visible_to(request.user).filter(pk=pk).first()
            if row is None:
                raise field_problem(name, "not_found", _("There is no such document."))
            return row
    return None


def _entered(lines: list[RfqLineIn]) -> list[RfqLineInput]:
    return [RfqLineInput(**line.model_dump()) for line in lines]


@router.get("", response={200: RfqPage, **ERRORS}, summary="Requests, newest first")
def list_rfqs(request: AuthedRequest, sought: Query[RfqFilter]) -> dict[str, Any]:
    authorize(request.user, "quotations.view_rfq")
    rows = Rfq.objects.visible_to(request.user).select_related("owner")
    if sought.status:
        rows = rows.filter(status=sought.status)
    found, following = newest_first(rows, cursor=sought.cursor, limit=sought.limit)
    return {"items": [head_json(row) for row in found], "next": following}


@router.post("", response={201: RfqOut, **ERRORS}, summary="Draft a request")
def create_rfq(request: AuthedRequest, sent: RfqIn) -> HttpResponse:
    authorize(request.user, "quotations.add_rfq")
    _check_products(request, sent.lines)
    _check_suppliers(request, sent.supplier_ids)
    origin = _origin(request, sent)

    def effect() -> tuple[int, dict[str, Any]]:
        made = services.create_rfq(
            _entered(sent.lines),
            supplier_ids=sent.supplier_ids,
            origin=origin,
            due_on=sent.due_on,
            notes=sent.notes,
            by=request.user,
        )
        return 201, rfq_json(made, request)

    return change(request, "rfq.create", effect, body=sent.model_dump(mode="json"))


@router.get("/{int:rfq_id}", response={200: RfqOut, **ERRORS}, summary="One request")
def get_rfq(request: AuthedRequest, response: HttpResponse, rfq_id: int) -> dict[str, Any]:
    """The ETag is the version that `PATCH` takes as `If-Match`."""
    rfq = _rfq(request, "quotations.view_rfq", rfq_id)
    with_etag(response, rfq.version)
    return rfq_json(rfq, request)


@router.patch(
    "/{int:rfq_id}",
    response={200: RfqOut, 428: ProblemOut, **ERRORS},
    summary="Change a draft",
)
def change_rfq(request: AuthedRequest, rfq_id: int, sent: RfqChange) -> HttpResponse:
    rfq = _rfq(request, "quotations.change_rfq", rfq_id)
    version = required_version(request, sent.version)
    _check_products(request, sent.lines or [])

    def effect() -> tuple[int, dict[str, Any]]:
        made = services.change_rfq(
            rfq.pk,
            lines=_entered(sent.lines) if sent.lines is not None else None,
            due_on=sent.due_on,
            notes=sent.notes,
            version=version,
            by=request.user,
        )
        return 200, rfq_json(made, request)

    body = [version, sent.model_dump(mode="json")]
    return change(request, "rfq.change", effect, object_id=rfq.pk, body=body)


@router.post(
    "/{int:rfq_id}/suppliers", response={200: RfqOut, **ERRORS}, summary="Ask more suppliers"
)
def invite(request: AuthedRequest, rfq_id: int, sent: InviteIn) -> HttpResponse:
    authorize(request.user, "customers.view_supplier")
    rfq = _rfq(request, "quotations.change_rfq", rfq_id)
    version = seen_version(request, sent.version)
    _check_suppliers(request, sent.supplier_ids)

    def effect() -> tuple[int, dict[str, Any]]:
        made = services.invite_suppliers(
            rfq.pk, sent.supplier_ids, version=version, by=request.user
        )
        return 200, rfq_json(made, request)

    body = [version, sent.model_dump(mode="json")]
    return change(request, "rfq.invite", effect, object_id=rfq.pk, body=body)


# --- replies and awards ----------------------------------------------------------------------


def _asked(request: AuthedRequest, rfq: Rfq, supplier_id: int) -> RfqSupplier:
    rows = RfqSupplier.objects.visible_to(request.user).select_related("supplier", "contact")
    row = rows.filter(document=rfq, supplier=supplier_id).first()
    if row is None:
        raise field_problem("supplier_id", "unknown_supplier", _("This supplier is not asked."))
    row.document = rfq
    return row


@router.post(
    "/{int:rfq_id}/replies", response={200: RepliesOut, **ERRORS}, summary="A supplier's answer"
)
def reply(request: AuthedRequest, rfq_id: int, sent: RepliesIn) -> HttpResponse:
    authorize(request.user, COST)
    rfq = _rfq(request, "quotations.reply_rfq", rfq_id)
    row = _asked(request, rfq, sent.supplier_id)
    version = seen_version(request, sent.version)

    def effect() -> tuple[int, dict[str, Any]]:
        outcome = services.record_replies(
            row.pk,
            sent.entered(),
            terms=sent.told(),
            withdraw_blank=sent.withdraw_blank,
            version=version,
            by=request.user,
        )
        return 200, outcome_json(outcome, request)

    body = [version, sent.model_dump(mode="json")]
    return change(request, "rfq.reply", effect, object_id=rfq.pk, body=body)


_FILE_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}},
                }
            }
        },
    }
}


@router.post(
    "/{int:rfq_id}/suppliers/{int:supplier_id}/sheet",
    response={200: RepliesOut, **ERRORS},
    openapi_extra=_FILE_BODY,
    summary="Our sheet, filled in by a supplier",
)
def read_sheet(request: AuthedRequest, rfq_id: int, supplier_id: int) -> HttpResponse:
    """Send a form with `file`: the workbook that was sent to this supplier."""
    authorize(request.user, COST)
    rfq = _rfq(request, "quotations.reply_rfq", rfq_id)
    row = _asked(request, rfq, supplier_id)
    check_fields(request)
    file = request.FILES.get("file")
    if file is None:
        raise field_problem("file", "missing", _("Send a file."))
    content = file.read()

    def effect() -> tuple[int, dict[str, Any]]:
        outcome = import_sheet(row.pk, file.name or "", content, by=request.user)
        return 200, outcome_json(outcome, request)

    return change(
        request, "rfq.import", effect, object_id=row.pk, body=hashlib.sha256(content).hexdigest()
    )


@router.get(
    "/{int:rfq_id}/suppliers/{int:supplier_id}/sheet",
    summary="The workbook a supplier fills in",
    openapi_extra={"responses": {200: {"content": {XLSX: {}}}}},
)
def get_sheet(request: AuthedRequest, rfq_id: int, supplier_id: int) -> HttpResponse:
    authorize(request.user, "quotations.view_rfqsupplier")
    rfq = _rfq(request, "quotations.view_rfq", rfq_id)
    name, content = rfq_sheet(rfq, _asked(request, rfq, supplier_id))
    headers = {"Content-Disposition": disposition(name)}
    return HttpResponse(content, content_type=XLSX, headers=headers)


@router.get(
    "/{int:rfq_id}/suppliers/{int:supplier_id}/pdf",
    summary="The request as PDF",
    openapi_extra={"responses": {200: {"content": {"application/pdf": {}}}}},
)
def get_pdf(
    request: AuthedRequest,
    rfq_id: int,
    supplier_id: int,
    language: Literal["zh-hans", "en"] | None = None,
) -> HttpResponse:
    authorize(request.user, "quotations.view_rfqsupplier")
    rfq = _rfq(request, "quotations.view_rfq", rfq_id)
    row = _asked(request, rfq, supplier_id)
    name, content = rfq_pdf(rfq, row, language=language, by=request.user)
    headers = {"Content-Disposition": disposition(name)}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


@router.post("/{int:rfq_id}/award", response={200: RfqOut, **ERRORS}, summary="Award lines")
def award(request: AuthedRequest, rfq_id: int, sent: AwardsIn) -> HttpResponse:
    authorize(request.user, COST)
    rfq = _rfq(request, "quotations.award_rfq", rfq_id)
    version = seen_version(request, sent.version)

    def effect() -> tuple[int, dict[str, Any]]:
        made = services.award_lines(
            rfq.pk,
            sent.entered(),
            override_reason=sent.override_reason,
            version=version,
            by=request.user,
        )
        return 200, rfq_json(made, request)

    body = [version, sent.model_dump(mode="json")]
    return change(request, "rfq.award", effect, object_id=rfq.pk, body=body)


def _add_step(step: RfqStep) -> None:
    def take(request: AuthedRequest, rfq_id: int, sent: RfqStepIn | None = None) -> HttpResponse:
        rfq = _rfq(request, step.right, rfq_id)
        reason = sent.reason if sent else ""
        version = seen_version(request, sent.version if sent else None)
        status = 201 if step.name == "copy" else 200

        def effect() -> tuple[int, dict[str, Any]]:
            moved = step.take(rfq.pk, by=request.user, version=version, reason=reason)
            return status, rfq_json(moved, request)

        body = [version, reason]
        return change(request, f"rfq.{step.name}", effect, object_id=rfq.pk, body=body)

    router.post(
        f"/{{int:rfq_id}}/{step.name}",
        response={200: RfqOut, 201: RfqOut, **ERRORS},
        operation_id=f"rfq_{step.name}",
        summary=(step.service.__doc__ or step.name).strip().partition("\n")[0],
    )(take)


for _step in RFQ_STEPS.values():
    _add_step(_step)
