"""What sales orders look like over HTTP, in and out."""

from datetime import date
from typing import Annotated, Any

from ninja import Schema
from pydantic import Field

from erp.core.api import DateText, DecimalText, Id, Input, Limit, Quantity, UnitPrice, Version
from orders import services
from orders.api.deliveries import DeliveryOut
from orders.api.verbs import DocumentLineOut, LineQuantity
from orders.models import Issue, SalesOrderStatus
from orders.services.order_lines import MAX_LINES


class OrderLineIn(Input):
    product_id: Id
    quantity: Quantity
    unit_price: UnitPrice | None = None
    price_includes_tax: bool | None = None
    wording: str = Field("", max_length=200)
    lead_time_days: int | None = Field(None, ge=0, le=3650)
    issue: Issue = Issue.SALE
    warehouse_id: Id | None = None
    line_id: Id | None = Field(None, description="the line of this order it was")

    def entered(self) -> services.OrderLineInput:
        values = self.model_dump()
        values["partner_wording"] = values.pop("wording")
        return services.OrderLineInput(**values)


Lines = Annotated[list[OrderLineIn], Field(max_length=MAX_LINES)]


class OrderHeadIn(Input):
    partner_reference: str | None = Field(None, max_length=60)
    requested_on: date | None = None
    warehouse_id: Id | None = None
    contact_id: Id | None = None
    delivery_address: str | None = Field(None, max_length=300)
    payment_term_id: Id | None = None
    notes: str | None = Field(None, max_length=10_000)

    def header(self) -> dict[str, Any]:
        """Return what was sent of the head; texts and the warehouse cannot be emptied by null."""
        sent = self.model_dump(include=set(OrderHeadIn.model_fields), exclude_unset=True)
        never_null = {"partner_reference", "delivery_address", "notes", "warehouse_id"}
        return {
            name: value
            for name, value in sent.items()
            if value is not None or name not in never_null
        }


class OrderIn(OrderHeadIn):
    customer_id: Id
    lines: Lines = []


class OrderChange(OrderHeadIn):
    version: Version | None = None
    lines: Lines | None = None


class ConfirmIn(Input):
    version: Version | None = None
    partial: bool = Field(default=False, description="reserve what there is, let the rest wait")
    override_reason: str = Field("", max_length=200, description="go over the credit limit")


class CloseIn(Input):
    version: Version | None = None
    reason: str = Field("", max_length=200)
    lines: list[LineQuantity] | None = Field(None, max_length=MAX_LINES)


class DeliverIn(Input):
    version: Version | None = None
    warehouse_id: Id | None = None
    lines: list[LineQuantity] | None = Field(None, max_length=MAX_LINES)


class OrderLineOut(DocumentLineOut):
    issue: str
    warehouse_id: int
    lead_time_days: int | None
    delivered: DecimalText
    closed: DecimalText
    open: DecimalText
    reserved: DecimalText


class OrderHead(Schema):
    id: int
    ref: str
    number: str | None
    status: str
    version: int
    customer_id: int
    quotation_id: int | None
    owner: str
    currency: str
    dated_on: DateText
    requested_on: DateText | None
    warehouse_id: int
    partner_reference: str
    delivered_percent: int
    net: DecimalText
    tax: DecimalText
    gross: DecimalText


class OrderOut(OrderHead):
    contact_id: int | None
    delivery_address: str
    payment_term_id: str | int | None
    notes: str
    lines: list[OrderLineOut]


class OrderPage(Schema):
    items: list[OrderHead]
    next: str | None


class DeliveriesOut(Schema):
    items: list[DeliveryOut]


class FillPart(Schema):
    way: str
    quantity: DecimalText
    on: DateText | None
    warehouse_id: int | None
    product_id: int


class FillLineOut(Schema):
    line_id: int
    waiting: DecimalText
    parts: list[FillPart]
    interchanges: list[FillPart]


class FillPlanOut(Schema):
    lines: list[FillLineOut]


class TakenPartIn(Input):
    line_id: Id
    warehouse_id: Id
    product_id: Id
    quantity: Quantity


class FillIn(Input):
    version: Version | None = None
    parts: list[TakenPartIn] = Field(min_length=1, max_length=MAX_LINES)


class OrderFilter(Schema):
    status: SalesOrderStatus | None = None
    customer_id: Id | None = None
    limit: Limit = 50
    cursor: str = ""
