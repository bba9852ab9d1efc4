"""Enquiries over HTTP: text or file in, matched and priced lines out."""

import hashlib
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Router, Schema
from pydantic import AfterValidator, Field, ValidationError

from accounts.requests import AuthedRequest
from erp.core.api import (
    ERRORS,
    DateText,
    DecimalText,
    Id,
    Input,
    Problem,
    TimeText,
    change,
    field_problem,
    parse_json,
    utc,
)
from erp.core.pages import check_fields
from erp.core.policy import authorize
from quotations import services
from quotations.api.documents import customer_of
from quotations.api.schemas import ProductRef, QuotationOut, WarningOut, quotation_json
from quotations.files import enquiry_text, keep_file
from quotations.matching import price_enquiry
from quotations.models import Enquiry
from quotations.sheets import enquiry_sheet

router = Router(tags=["enquiries"])


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("must not be empty")
    return text


class EnquiryIn(Input):
    customer_id: Id
    text: Annotated[str, AfterValidator(_not_blank), Field(max_length=2_000_000)]


class CandidateOut(ProductRef):
    match: str
    available: DecimalText


class PriceOut(Schema):
    amount: DecimalText
    currency: str
    on: DateText


class EnquiryLineOut(Schema):
    id: int
    line_no: int
    raw: str
    designation: str
    brand: str | None
    quantity: DecimalText | None
    unit: str | None
    product: ProductRef | None
    alternatives: list[ProductRef]
    match: str
    sure: bool
    doubts: list[str]
    candidates: list[CandidateOut]
    available: DecimalText | None
    last_price: PriceOut | None
    suggested_price: PriceOut | None
    warnings: list[WarningOut]
    reasons: list[str]


class EnquiryOut(Schema):
    id: int
    ref: str
    status: str
    version: int
    customer_id: int | None
    created_at: TimeText
    text: str
    lines: list[EnquiryLineOut]
    ignored: list[str]


def enquiry_json(enquiry: Enquiry, request: AuthedRequest) -> dict[str, Any]:
    return {
        "id": enquiry.pk,
        "ref": enquiry.ref,
        "status": enquiry.status,
        "version": enquiry.version,
        "customer_id": enquiry.customer_id,
        "created_at": utc(enquiry.created_at),
        "text": enquiry.text,
        "lines": [line.as_json() for line in enquiry_sheet(enquiry, user=request.user)],
        "ignored": enquiry.ignored,
    }


_ENQUIRY_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": EnquiryIn.model_json_schema()},
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["customer_id", "file"],
                    "properties": {
                        "customer_id": {"type": "integer"},
                        "file": {"type": "string", "format": "binary"},
                    },
                }
            },
        },
    }
}


@router.post(
    "",
    response={201: EnquiryOut, **ERRORS},
    openapi_extra=_ENQUIRY_BODY,
    summary="Read a customer's text or file",
)
def create_enquiry(request: AuthedRequest) -> HttpResponse:
    """Send JSON with `text`, or a form with `file` (.txt, .csv, .xlsx, .xls)."""
    authorize(request.user, "quotations.add_enquiry")
    sent = _enquiry_in(request)
    customer = customer_of(request, sent.customer_id)

    # Read before the transaction: a long text must not keep other writers waiting.
    priced = price_enquiry(sent.text, customer=customer, user=request.user)

    def effect() -> tuple[int, dict[str, Any]]:
        made = services.create_enquiry(
            sent.text, customer_id=customer.pk, by=request.user, priced=priced
        )
        keep_file(made, request.FILES.get("file"), by=request.user)
        return 201, enquiry_json(made, request)

    digest = hashlib.sha256(sent.text.encode()).hexdigest()
    return change(request, "enquiry.create", effect, body=[sent.customer_id, digest])


def _enquiry_in(request: HttpRequest) -> EnquiryIn:
    if request.content_type == "multipart/form-data":
        given: Any = {"customer_id": request.POST.get("customer_id"), "text": _file_text(request)}
    elif request.content_type == "application/json":
        given = parse_json(request.body)
    else:
        detail = _("Send application/json or multipart/form-data.")
        raise Problem(415, "unsupported_media_type", detail)
    try:
        return EnquiryIn.model_validate(given)
    except ValidationError as error:
        errors = [
            {"field": ".".join(map(str, one["loc"])), "code": one["type"], "message": one["msg"]}
            for one in error.errors(include_url=False, include_input=False, include_context=False)
        ]
        raise Problem(400, "validation_error", _("The request has errors."), errors) from error


def _file_text(request: HttpRequest) -> str:
    check_fields(request)
    file = request.FILES.get("file")
    if file is None:
        raise field_problem("file", "missing", _("Send a file."))
    return enquiry_text(file.name or "", file.read())


@router.get(
    "/{int:enquiry_id}", response={200: EnquiryOut, **ERRORS}, summary="An enquiry, as of today"
)
def get_enquiry(request: AuthedRequest, enquiry_id: int) -> Any:
    authorize(request.user, "quotations.view_enquiry")
    return enquiry_json(_enquiry(request, enquiry_id), request)


def _enquiry(request: AuthedRequest, enquiry_id: int) -> Enquiry:
    rows = Enquiry.objects.select_related("customer")
    return rows.get_visible(request.user, enquiry_id)


@router.post(
    "/{int:enquiry_id}/quotation",
    response={201: QuotationOut, **ERRORS},
    summary="Draft a quotation from its matched lines",
)
def quote_enquiry(request: AuthedRequest, enquiry_id: int) -> HttpResponse:
    authorize(request.user, "quotations.add_quotation")
    enquiry = _enquiry(request, enquiry_id)

    def effect() -> tuple[int, dict[str, Any]]:
        made = services.create_quotation_from_enquiry(enquiry.pk, by=request.user)
        return 201, quotation_json(made, request.user)

    return change(request, "enquiry.quote", effect, object_id=enquiry.pk)
