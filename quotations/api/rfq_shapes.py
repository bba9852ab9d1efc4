"""What goes in and out of the requests for quotation over HTTP."""

from datetime import date
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import Field

from accounts.requests import AuthedRequest
from erp.core.api import (
    DateText,
    DecimalText,
    Id,
    Input,
    Limit,
    Quantity,
    TimeText,
    UnitPrice,
    Version,
    utc,
)
from erp.core.money import plain
from erp.core.policy import allowed
from products.models import Interchange
from quotations.comparing import ComparedLine, Offer, compare
from quotations.models import Rfq, RfqStatus, RfqSupplier
from quotations.services import AwardInput, ReplyInput, ReplyOutcome, ReplyTerms
from quotations.services.rfqs import MAX_LINES, MAX_SUPPLIERS
from quotations.services.rfqs_replies import MOST_DAYS

Days = Annotated[int, Field(ge=0, le=MOST_DAYS)]


class RfqLineIn(Input):
    product_id: Id
    quantity: Quantity
    wording: str = Field("", max_length=200)
    wanted_on: date | None = None
    origin_line_id: Id | None = None


RfqLines = Annotated[list[RfqLineIn], Field(min_length=1, max_length=MAX_LINES)]
SupplierIds = Annotated[list[Id], Field(max_length=MAX_SUPPLIERS)]


class RfqIn(Input):
    """`enquiry_id` or `quotation_id` says what it is asked for."""

    lines: RfqLines
    supplier_ids: SupplierIds = []
    enquiry_id: Id | None = None
    quotation_id: Id | None = None
    due_on: date | None = None
    notes: str = Field("", max_length=2000)


class RfqChange(Input):
    version: Version | None = None
    lines: RfqLines | None = None
    due_on: date | None = None
    notes: str | None = Field(None, max_length=2000)


class InviteIn(Input):
    version: Version | None = None
    supplier_ids: SupplierIds


class ReplyLineIn(Input):
    """Without `unit_price` the line is not offered."""

    line_id: Id
    unit_price: UnitPrice | None = None
    minimum_quantity: Quantity | None = None
    lead_time_days: Days | None = None
    offered_product_id: Id | None = None
    grade: Interchange.Grade | Literal[""] = ""
    remark: str = Field("", max_length=200)


class RepliesIn(Input):
    """What is not named of the terms stays; `withdraw_blank` takes back lines without a price."""

    supplier_id: Id
    version: Version | None = None
    currency: str | None = Field(None, min_length=3, max_length=3)
    price_includes_tax: bool | None = None
    valid_until: date | None = None
    lead_time_days: Days | None = None
    terms: str | None = Field(None, max_length=200)
    reference: str | None = Field(None, max_length=60)
    declined: bool | None = None
    withdraw_blank: bool = False
    lines: Annotated[list[ReplyLineIn], Field(max_length=MAX_LINES)] = []

    def told(self) -> ReplyTerms:
        names = ReplyTerms.__annotations__
        terms: Any = {n: getattr(self, n) for n in names if getattr(self, n) is not None}
        told: ReplyTerms = terms
        return told

    def entered(self) -> list[ReplyInput]:
        return [
            ReplyInput(
                line.line_id,
                line.unit_price,
                line.minimum_quantity,
                line.lead_time_days,
                line.offered_product_id,
                line.grade,
                line.remark,
            )
            for line in self.lines
        ]


class AwardIn(Input):
    line_id: Id
    reply_id: Id
    quantity: Quantity


class AwardsIn(Input):
    """The awards of each line named; `clear_line_ids`: lines that are awarded to nobody."""

    version: Version | None = None
    awards: Annotated[list[AwardIn], Field(max_length=MAX_LINES)] = []
    clear_line_ids: Annotated[list[Id], Field(max_length=MAX_LINES)] = []
    override_reason: str = Field("", max_length=200)

    def entered(self) -> dict[int, list[AwardInput]]:
        found: dict[int, list[AwardInput]] = {line: [] for line in self.clear_line_ids}
        for award in self.awards:
            found.setdefault(award.line_id, []).append(AwardInput(award.reply_id, award.quantity))
        return found


class RfqStepIn(Input):
    version: Version | None = None
    reason: str = Field("", max_length=200)


class ReplyOut(Schema):
    """`net_base_price`: without tax, in the company's currency."""

    id: int
    supplier_id: int
    unit_price: DecimalText
    currency: str
    price_includes_tax: bool
    net_base_price: DecimalText
    minimum_quantity: DecimalText | None
    lead_time_days: int | None
    offered_product_id: int | None
    grade: str
    remark: str
    replied_at: TimeText
    expired: bool
    awarded: DecimalText
    cheapest: bool
    soonest: bool


class RfqLineOut(Schema):
    id: int
    line_no: int
    product_id: int
    brand: str
    designation: str
    quantity: DecimalText
    unit: str
    wanted_on: DateText | None
    origin_line_id: int | None
    available: DecimalText
    offers: int
    soonest_days: int | None
    suggested_price: DecimalText | None
    last_purchase_price: DecimalText | None
    replies: list[ReplyOut] | None


class RfqSupplierOut(Schema):
    supplier_id: int
    name: str
    language: str
    currency: str
    exchange_rate: DecimalText
    price_includes_tax: bool
    sent_at: TimeText | None
    answered_at: TimeText | None
    declined: bool
    valid_until: DateText | None
    lead_time_days: int | None
    terms: str
    reference: str


class RfqHead(Schema):
    id: int
    ref: str
    number: str | None
    status: str
    version: int
    owner: str
    dated_on: DateText
    due_on: DateText
    origin_type: str
    origin_id: int | None
    notes: str


class RfqOut(RfqHead):
    suppliers: list[RfqSupplierOut] | None
    lines: list[RfqLineOut]


class RfqPage(Schema):
    items: list[RfqHead]
    next: str | None


class RfqFilter(Schema):
    status: RfqStatus | None = None
    limit: Limit = 50
    cursor: str = ""


class RefusedRow(Schema):
    row: int
    why: str


class RepliesOut(Schema):
    added: int
    changed: int
    unchanged: int
    withdrawn: int
    not_offered: int
    refused: list[RefusedRow]
    rfq: RfqOut


def head_json(rfq: Rfq) -> dict[str, Any]:
    return {
        "id": rfq.pk,
        "ref": rfq.ref,
        "number": rfq.number,
        "status": rfq.status,
        "version": rfq.version,
        "owner": rfq.owner.username,
        "dated_on": rfq.dated_on.isoformat(),
        "due_on": rfq.due_on.isoformat(),
        "origin_type": rfq.origin_type,
        "origin_id": rfq.origin_id,
        "notes": rfq.notes,
    }


def _offer_json(offer: Offer) -> dict[str, Any]:
    reply = offer.reply
    least = reply.minimum_quantity
    return {
        "id": reply.pk,
        "supplier_id": offer.invitation.supplier_id,
        "unit_price": plain(reply.unit_price),
        "currency": offer.invitation.currency_id,
        "price_includes_tax": reply.price_includes_tax,
        "net_base_price": plain(offer.price),
        "minimum_quantity": plain(least) if least is not None else None,
        "lead_time_days": offer.lead_time_days,
        "offered_product_id": reply.offered_id,
        "grade": reply.grade,
        "remark": reply.remark,
        "replied_at": utc(reply.replied_at),
        "expired": offer.is_expired,
        "awarded": plain(offer.awarded),
        "cheapest": offer.is_cheapest,
        "soonest": offer.is_soonest,
    }


def _line_json(row: ComparedLine, *, sees_cost: bool) -> dict[str, Any]:
    line, last = row.line, row.last_price
    replies = [_offer_json(offer) for offer in row.offers.values()] if sees_cost else None
    return {
        "id": line.pk,
        "line_no": line.line_no,
        "product_id": line.product_id,
        "brand": line.brand_name,
        "designation": line.designation,
        "quantity": plain(line.quantity),
        "unit": line.unit_id,
        "wanted_on": line.wanted_on.isoformat() if line.wanted_on else None,
        "origin_line_id": line.origin_line_id,
        "available": plain(row.available),
        "offers": len(row.offers),
        "soonest_days": row.soonest_days,
        "suggested_price": plain(row.suggested) if row.suggested is not None else None,
        "last_purchase_price": plain(last) if sees_cost and last is not None else None,
        "replies": replies,
    }


def _supplier_json(row: RfqSupplier) -> dict[str, Any]:
    return {
        "supplier_id": row.supplier_id,
        "name": row.supplier.name,
        "language": row.language,
        "currency": row.currency_id,
        "exchange_rate": plain(row.exchange_rate),
        "price_includes_tax": row.price_includes_tax,
        "sent_at": utc(row.sent_at) if row.sent_at else None,
        "answered_at": utc(row.answered_at) if row.answered_at else None,
        "declined": row.declined,
        "valid_until": row.valid_until.isoformat() if row.valid_until else None,
        "lead_time_days": row.lead_time_days,
        "terms": row.terms,
        "reference": row.reference,
    }


def rfq_json(rfq: Rfq, request: AuthedRequest) -> dict[str, Any]:
    """Return the whole, as far as the user may see it."""
    compared = compare(rfq, user=request.user)
    names = allowed(request.user, "quotations.view_rfqsupplier")
    return head_json(rfq) | {
        "suppliers": [_supplier_json(row) for row in compared.suppliers] if names else None,
        "lines": [_line_json(row, sees_cost=compared.sees_cost) for row in compared.lines],
    }


def outcome_json(outcome: ReplyOutcome, request: AuthedRequest) -> dict[str, Any]:
    return {
        "added": outcome.added,
        "changed": outcome.changed,
        "unchanged": outcome.unchanged,
        "withdrawn": outcome.withdrawn,
        "not_offered": outcome.not_offered,
        "refused": [{"row": number, "why": why} for number, why in outcome.refused],
        "rfq": rfq_json(outcome.rfq, request),
    }
