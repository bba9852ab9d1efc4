"""Quotations over HTTP."""

from collections.abc import Collection
from typing import Annotated, Any, Literal

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from pydantic import Field

from accounts.requests import AuthedRequest
from customers.models import Customer
from erp.core.api import (
    ERRORS,
    DateText,
    DecimalText,
    Id,
    Input,
    Limit,
    ProblemOut,
    Quantity,
    UnitPrice,
    Version,
    change,
    field_problem,
    newest_first,
    required_version,
    seen_version,
    with_etag,
)
from erp.core.money import plain
from erp.core.policy import authorize
from products.models import Product
from products.protected import Protection, protections, warnings_json
from quotations import services
from quotations.models import OPEN_TO_LEAVE, Quotation, QuotationLine, QuotationStatus
from quotations.printing import quotation_pdf
from quotations.services import MAX_LINES, LineInput
from quotations.steps import STEPS, Step

router = Router(tags=["quotations"])


class ProductRef(Schema):
    id: int
    brand: str
    designation: str


class WarningOut(Schema):
    """`protected_item`: a key item of customers of these salespeople, who are to be asked."""

    code: str
    message: str
    owners: list[str]


class LineIn(Input):
    product_id: Id
    quantity: Quantity
    unit_price: UnitPrice | None = None
    price_includes_tax: bool | None = None
    partner_wording: str = Field("", max_length=200)
    lead_time_days: int | None = Field(None, ge=0, le=3650)

    def entered(self) -> LineInput:
        return LineInput(**self.model_dump())


Lines = Annotated[list[LineIn], Field(min_length=1, max_length=MAX_LINES)]


class QuotationIn(Input):
    customer_id: Id
    lines: Lines


class QuotationChange(Input):
    version: Version | None = None
    lines: Lines


class StepIn(Input):
    """The version a decision was made on, and why."""

    version: Version | None = None
    reason: str = Field("", max_length=500)


class QuotationLineOut(Schema):
    id: int
    line_no: int
    raw: str
    designation: str
    brand: str
    product: ProductRef
    quantity: DecimalText
    unit: str
    unit_price: DecimalText
    price_includes_tax: bool
    tax_rate: DecimalText
    net: DecimalText
    tax: DecimalText
    gross: DecimalText
    lead_time_days: int | None
    suggested_price: DecimalText | None
    warnings: list[WarningOut]


class QuotationHead(Schema):
    id: int
    ref: str
    number: str | None
    revision: int
    status: str
    version: int
    customer_id: int
    enquiry_id: int | None
    owner: str
    currency: str
    dated_on: DateText
    valid_until: DateText
    net: DecimalText
    tax: DecimalText
    gross: DecimalText


class QuotationOut(QuotationHead):
    lines: list[QuotationLineOut]


class QuotationPage(Schema):
    items: list[QuotationHead]
    next: str | None


class QuotationFilter(Schema):
    status: QuotationStatus | None = None
    customer_id: Id | None = None
    limit: Limit = 50
    cursor: str = ""


def head_json(quotation: Quotation) -> dict[str, Any]:
    return {
        "id": quotation.pk,
        "ref": quotation.ref,
        "number": quotation.number,
        "revision": quotation.revision,
        "status": quotation.status,
        "version": quotation.version,
        "customer_id": quotation.customer_id,
        "enquiry_id": quotation.enquiry_id,
        "owner": quotation.owner.username,
        "currency": quotation.currency_id,
        "dated_on": quotation.dated_on.isoformat(),
        "valid_until": quotation.valid_until.isoformat(),
        "net": f"{quotation.net_total:.2f}",
        "tax": f"{quotation.tax_total:.2f}",
        "gross": f"{quotation.gross_total:.2f}",
    }


def line_json(line: QuotationLine, protected: Collection[Protection] = ()) -> dict[str, Any]:
    suggested = line.suggested_price
    return {
        "id": line.pk,
        "line_no": line.line_no,
        "raw": line.partner_wording,
        "designation": line.designation,
        "brand": line.brand_name,
        "product": {
            "id": line.product_id,
            "brand": line.brand_name,
            "designation": line.designation,
        },
        "quantity": plain(line.quantity),
        "unit": line.unit_id,
        "unit_price": plain(line.unit_price),
        "price_includes_tax": line.price_includes_tax,
        "tax_rate": plain(line.tax_rate),
        "net": f"{line.net_amount:.2f}",
        "tax": f"{line.tax_amount:.2f}",
        "gross": f"{line.gross_amount:.2f}",
        "lead_time_days": line.lead_time_days,
        "suggested_price": plain(suggested) if suggested is not None else None,
        "warnings": warnings_json(protected),
    }


def quotation_json(quotation: Quotation) -> dict[str, Any]:
    """Return the whole; until the customer has it, with what to mind on each line."""
    lines = list(quotation.lines.select_related("product"))
    protected: dict[int, tuple[Protection, ...]] = {}
    if quotation.status in OPEN_TO_LEAVE:
        products = [line.product for line in lines]
        protected = protections(products, customer_id=quotation.customer_id)
    told = [line_json(line, protected.get(line.product_id, ())) for line in lines]
    return head_json(quotation) | {"lines": told}


def customer_of(request: AuthedRequest, customer_id: int) -> Customer:
    """Return a customer of the user's; hidden and missing ones are the same wrong value."""
    rows = Customer.objects.visible_to(request.user).active()
    customer = rows.filter(pk=customer_id).first()
    if customer is None:
        raise field_problem("customer_id", "unknown_customer", _("There is no such customer."))
    return customer


def _check_products(request: AuthedRequest, lines: list[LineIn]) -> None:
    """Refuse products that are hidden, archived or missing, naming the first such line."""
    ids = {line.product_id for line in lines}
    rows = Product.objects.visible_to(request.user).active().filter(pk__in=ids)
    known = set(rows.values_list("pk", flat=True))
    for number, line in enumerate(lines, 1):
        if line.product_id not in known:
            field = f"lines[{number}].product_id"
            raise field_problem(field, "unknown_product", _("There is no such product."))


@router.get("", response={200: QuotationPage, **ERRORS}, summary="Quotations, newest first")
def list_quotations(request: AuthedRequest, sought: Query[QuotationFilter]) -> dict[str, Any]:
    authorize(request.user, "quotations.view_quotation")
    rows = Quotation.objects.visible_to(request.user).select_related("owner")
    if sought.status:
        rows = rows.filter(status=sought.status)
    if sought.customer_id:
        rows = rows.filter(customer=sought.customer_id)
    found, following = newest_first(rows, cursor=sought.cursor, limit=sought.limit)
    return {"items": [head_json(row) for row in found], "next": following}


@router.post("", response={201: QuotationOut, **ERRORS}, summary="Draft a quotation")
def create_quotation(request: AuthedRequest, sent: QuotationIn) -> HttpResponse:
    """Without `unit_price` a line gets the last price to this customer, or the list price."""
    authorize(request.user, "quotations.add_quotation")
    customer = customer_of(request, sent.customer_id)
    _check_products(request, sent.lines)

    def effect() -> tuple[int, dict[str, Any]]:
        lines = [line.entered() for line in sent.lines]
        made = services.create_quotation(customer.pk, lines, by=request.user)
        return 201, quotation_json(made)

    return change(request, "quotation.create", effect, body=sent.model_dump(mode="json"))


def _quotation(request: AuthedRequest, right: str, quotation_id: int) -> Quotation:
    """Return a visible quotation for an action: 403 without the right, 404 out of sight."""
    authorize(request.user, right)
    rows = Quotation.objects.select_related("owner", "customer", "contact", "currency")
    return rows.get_visible(request.user, quotation_id)


@router.get("/{int:quotation_id}", response={200: QuotationOut, **ERRORS}, summary="One quotation")
def get_quotation(
    request: AuthedRequest, response: HttpResponse, quotation_id: int
) -> dict[str, Any]:
    """The ETag is the version that `PATCH` takes as `If-Match`."""
    quotation = _quotation(request, "quotations.view_quotation", quotation_id)
    with_etag(response, quotation.version)
    return quotation_json(quotation)


@router.patch(
    "/{int:quotation_id}",
    response={200: QuotationOut, 428: ProblemOut, **ERRORS},
    summary="Replace the lines of a draft",
)
def change_quotation(
    request: AuthedRequest, quotation_id: int, sent: QuotationChange
) -> HttpResponse:
    """`If-Match` or `version` says which version was seen; 409 `stale_version` if it moved on."""
    quotation = _quotation(request, "quotations.change_quotation", quotation_id)
    version = required_version(request, sent.version)
    _check_products(request, sent.lines)

    def effect() -> tuple[int, dict[str, Any]]:
        lines = [line.entered() for line in sent.lines]
        made = services.replace_lines(quotation.pk, lines, version=version, by=request.user)
        return 200, quotation_json(made)

    body = [version, sent.model_dump(mode="json")]
    return change(request, "quotation.change", effect, object_id=quotation.pk, body=body)


# --- the quotation's way ---------------------------------------------------------------------


def _add_step(step: Step) -> None:
    def take(request: AuthedRequest, quotation_id: int, sent: StepIn | None = None) -> HttpResponse:
        quotation = _quotation(request, step.right, quotation_id)
        reason = sent.reason if sent else ""
        version = seen_version(request, sent.version if sent else None)

        def effect() -> tuple[int, dict[str, Any]]:
            moved = step.take(quotation.pk, by=request.user, version=version, reason=reason)
            return 200, quotation_json(moved)

        return change(
            request,
            f"quotation.{step.name}",
            effect,
            object_id=quotation.pk,
            body=[version, reason],
        )

    router.post(
        f"/{{int:quotation_id}}/{step.name}",
        response={200: QuotationOut, **ERRORS},
        operation_id=f"quotation_{step.name}".replace("-", "_"),
        summary=(step.service.__doc__ or step.name).strip().partition("\n")[0],
    )(take)


for _step in STEPS.values():
    _add_step(_step)


@router.get(
    "/{int:quotation_id}/pdf",
    summary="The quotation as PDF",
    openapi_extra={"responses": {200: {"content": {"application/pdf": {}}}}},
)
def get_pdf(
    request: AuthedRequest, quotation_id: int, language: Literal["zh-hans", "en"] | None = None
) -> HttpResponse:
    quotation = _quotation(request, "quotations.view_quotation", quotation_id)
    name, content = quotation_pdf(quotation, language=language, by=request.user)
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
