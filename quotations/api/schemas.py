"""Quotations as the API takes and tells them."""

from collections.abc import Collection
from datetime import date
from typing import Annotated, Any

from ninja import Schema
from pydantic import Field

from accounts.models import User
from erp.core.api import (
    DateText,
    DecimalText,
    Id,
    Input,
    Limit,
    Quantity,
    UnitPrice,
    Version,
)
from erp.core.money import plain
from erp.core.policy import allowed
from products.protected import Protection, protections, warnings_json
from quotations.costs import line_cost, margin, margin_rate, quotation_margin, quotation_margin_rate
from quotations.models import OPEN_TO_LEAVE, Quotation, QuotationLine, QuotationStatus
from quotations.services import MAX_LINES, LineInput, Reason, approval_reasons

COST = "products.view_cost"


class ProductRef(Schema):
    id: int
    brand: str
    designation: str


class WarningOut(Schema):
    """`protected_item`: a key item of customers of these salespeople, who are to be asked."""

    code: str
    message: str
    owners: list[str]


class ReasonOut(Schema):
    """Why somebody has to approve it."""

    code: str
    message: str


class LineIn(Input):
    """`id` says which stored line it is; `alternative_to` the number, in this list, of another."""

    id: Id | None = None
    product_id: Id
    quantity: Quantity
    unit_price: UnitPrice | None = None
    price_includes_tax: bool | None = None
    partner_wording: str = Field("", max_length=200)
    lead_time_days: int | None = Field(None, ge=0, le=3650)
    alternative_to: int | None = Field(None, ge=1, le=MAX_LINES)
    is_optional: bool = False

    def entered(self) -> LineInput:
        fields = self.model_dump(exclude={"id"})
        return LineInput(**fields, line_id=self.id)


Lines = Annotated[list[LineIn], Field(min_length=1, max_length=MAX_LINES)]


class HeadIn(Input):
    """What is left out stays as it is."""

    valid_until: date | None = None
    contact_id: Id | None = None
    partner_reference: str = Field("", max_length=60)
    payment_term_id: str | None = Field(None, max_length=20)
    terms: str = Field("", max_length=4000)
    notes: str = Field("", max_length=4000)

    def head(self) -> dict[str, Any]:
        """Return the fields of the head that were sent."""
        sent = self.model_fields_set & HeadIn.model_fields.keys()
        given = {name: getattr(self, name) for name in HeadIn.model_fields if name in sent}
        if given.get("valid_until", 0) is None:
            del given["valid_until"]
        return given


class QuotationIn(HeadIn):
    customer_id: Id
    lines: Lines


class QuotationChange(HeadIn):
    version: Version | None = None
    lines: Lines | None = None


class StepIn(Input):
    """The version a decision was made on, and why."""

    version: Version | None = None
    reason: str = Field("", max_length=500)


class OutcomeIn(StepIn):
    """Why the customer decided so, and for whom."""

    reason_id: Id | None = None
    competitor: str = Field("", max_length=120)
    competitor_price: UnitPrice | None = None


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
    alternative_to: int | None
    is_optional: bool
    counts: bool
    outcome: str
    unit_cost: DecimalText | None
    margin: DecimalText | None
    margin_rate: DecimalText | None
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
    supersedes_id: int | None
    decided_on: DateText | None
    # In the company's currency; null for those who may not see cost and where it is unknown.
    margin: DecimalText | None
    margin_rate: DecimalText | None


class QuotationOut(QuotationHead):
    contact_id: int | None
    partner_reference: str
    payment_term_id: str | None
    terms: str
    notes: str
    outcome_reason_id: int | None
    outcome_note: str
    competitor: str
    competitor_price: DecimalText | None
    approval_reasons: list[ReasonOut]
    lines: list[QuotationLineOut]


class QuotationPage(Schema):
    items: list[QuotationHead]
    next: str | None


class QuotationFilter(Schema):
    status: QuotationStatus | None = None
    customer_id: Id | None = None
    limit: Limit = 50
    cursor: str = ""


def _text(value: Any) -> str | None:
    return None if value is None else plain(value)


def head_json(quotation: Quotation, *, sees_cost: bool) -> dict[str, Any]:
    decided = quotation.decided_on
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
        "supersedes_id": quotation.supersedes_id,
        "decided_on": decided.isoformat() if decided else None,
        "margin": _text(quotation_margin(quotation)) if sees_cost else None,
        "margin_rate": _text(quotation_margin_rate(quotation)) if sees_cost else None,
    }


def _margins(line: QuotationLine, quotation: Quotation, *, sees_cost: bool) -> dict[str, Any]:
    if not sees_cost or line.unit_cost is None:
        return {"unit_cost": None, "margin": None, "margin_rate": None}
    cost, rate = line_cost(line), quotation.exchange_rate
    return {
        "unit_cost": plain(line.unit_cost),
        "margin": _text(margin(line.net_amount, cost, rate)),
        "margin_rate": _text(margin_rate(line.net_amount, cost, rate)),
    }


def line_json(
    line: QuotationLine,
    quotation: Quotation,
    protected: Collection[Protection] = (),
    *,
    sees_cost: bool,
) -> dict[str, Any]:
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
        "suggested_price": _text(line.suggested_price),
        "alternative_to": line.alternative_to,
        "is_optional": line.is_optional,
        "counts": line.is_counted,
        "outcome": line.outcome,
        **_margins(line, quotation, sees_cost=sees_cost),
        "warnings": warnings_json(protected),
    }


def quotation_json(quotation: Quotation, user: User) -> dict[str, Any]:
    """Return the whole; until the customer has it, with what to mind on each line."""
    sees_cost = allowed(user, COST)
    lines = list(quotation.lines.select_related("product"))
    protected: dict[int, tuple[Protection, ...]] = {}
    if quotation.status in OPEN_TO_LEAVE:
        products = [line.product for line in lines]
        protected = protections(products, customer_id=quotation.customer_id)
    return {
        **head_json(quotation, sees_cost=sees_cost),
        "contact_id": quotation.contact_id,
        "partner_reference": quotation.partner_reference,
        "payment_term_id": quotation.payment_term_id,
        "terms": quotation.terms,
        "notes": quotation.notes,
        "outcome_reason_id": quotation.outcome_reason_id,
        "outcome_note": quotation.outcome_note,
        "competitor": quotation.competitor,
        "competitor_price": _text(quotation.competitor_price),
        "approval_reasons": _reasons_json(quotation, lines, user, sees_cost=sees_cost),
        "lines": [
            line_json(line, quotation, protected.get(line.product_id, ()), sees_cost=sees_cost)
            for line in lines
        ],
    }


def _reasons_json(
    quotation: Quotation, lines: list[QuotationLine], user: User, *, sees_cost: bool
) -> list[dict[str, str]]:
    """Return why somebody has to approve it: of a draft, if this user handed it in."""
    found: list[Reason] = []
    if quotation.status == QuotationStatus.DRAFT:
        found = approval_reasons(quotation, lines, by=user)
    elif quotation.status == QuotationStatus.SUBMITTED:
        found = approval_reasons(quotation, lines, by=quotation.owner)
    return [
        {
            "code": reason.code,
            "message": f"{reason.message} {reason.figures if sees_cost else ''}".strip(),
        }
        for reason in found
    ]
