"""Deliveries over HTTP."""

from decimal import Decimal
from typing import Annotated, Any

from django.http import HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from accounts.requests import AuthedRequest
from erp.core.api import (
    ERRORS,
    DateText,
    DecimalText,
    Id,
    Input,
    Limit,
    ProblemOut,
    Version,
    change,
    newest_first,
    required_version,
    with_etag,
)
from erp.core.money import MAX_QUANTITY
from erp.core.policy import authorize
from orders import services
from orders.api.verbs import DocumentLineOut, Verb, add_verb, head_json, line_json
from orders.models import Delivery, DeliveryStatus
from orders.services.order_lines import MAX_LINES

router = Router(tags=["deliveries"])


class DeliveryLineOut(DocumentLineOut):
    order_line_id: int


class DeliveryHead(Schema):
    id: int
    ref: str
    number: str | None
    status: str
    version: int
    customer_id: int
    sales_order_id: int
    owner: str
    currency: str
    dated_on: DateText
    warehouse_id: int
    partner_reference: str
    net: DecimalText
    tax: DecimalText
    gross: DecimalText


class DeliveryOut(DeliveryHead):
    lines: list[DeliveryLineOut]


class DeliveryPage(Schema):
    items: list[DeliveryHead]
    next: str | None


class DeliveryFilter(Schema):
    status: DeliveryStatus | None = None
    sales_order_id: Id | None = None
    limit: Limit = 50
    cursor: str = ""


class NewQuantity(Input):
    line_id: Id
    quantity: Annotated[Decimal, Field(ge=0, le=MAX_QUANTITY, decimal_places=3)]


class DeliveryChange(Input):
    version: Version | None = None
    lines: list[NewQuantity] = Field(min_length=1, max_length=MAX_LINES)


def delivery_head(delivery: Delivery) -> dict[str, Any]:
    return head_json(delivery) | {"sales_order_id": delivery.sales_order_id}


def delivery_json(delivery: Delivery) -> dict[str, Any]:
    lines = [
        line_json(line) | {"order_line_id": line.source_line_id} for line in delivery.lines.all()
    ]
    return delivery_head(delivery) | {"lines": lines}


def _delivery(request: AuthedRequest, right: str, delivery_id: int) -> Delivery:
    authorize(request.user, right)
    return Delivery.objects.select_related("owner").get_visible(request.user, delivery_id)


@router.get("", response={200: DeliveryPage, **ERRORS}, summary="Deliveries, newest first")
def list_deliveries(request: AuthedRequest, sought: Query[DeliveryFilter]) -> dict[str, Any]:
    authorize(request.user, "orders.view_delivery")
    rows = Delivery.objects.visible_to(request.user).select_related("owner")
    if sought.status:
        rows = rows.filter(status=sought.status)
    if sought.sales_order_id:
        rows = rows.filter(sales_order=sought.sales_order_id)
    found, following = newest_first(rows, cursor=sought.cursor, limit=sought.limit)
    return {"items": [delivery_head(row) for row in found], "next": following}


@router.get("/{int:delivery_id}", response={200: DeliveryOut, **ERRORS}, summary="One delivery")
def get_delivery(
    request: AuthedRequest, response: HttpResponse, delivery_id: int
) -> dict[str, Any]:
    """The ETag is the version that `PATCH` takes as `If-Match`."""
    delivery = _delivery(request, "orders.view_delivery", delivery_id)
    with_etag(response, delivery.version)
    return delivery_json(delivery)


@router.patch(
    "/{int:delivery_id}",
    response={200: DeliveryOut, 428: ProblemOut, **ERRORS},
    summary="Change the quantities of a draft or reserved delivery",
)
def change_delivery(request: AuthedRequest, delivery_id: int, sent: DeliveryChange) -> HttpResponse:
    """A quantity of 0 takes the line off."""
    delivery = _delivery(request, "orders.change_delivery", delivery_id)
    version = required_version(request, sent.version)
    quantities = {line.line_id: line.quantity for line in sent.lines}

    def effect() -> tuple[int, dict[str, Any]]:
        changed = services.change_delivery(
            delivery.pk, quantities, version=version, by=request.user
        )
        return 200, delivery_json(changed)

    body = [version, sent.model_dump(mode="json")]
    return change(request, "delivery.change", effect, object_id=delivery.pk, body=body)


for _verb in (
    Verb("reserve", "orders.ship_delivery", services.reserve_delivery),
    Verb("pick", "orders.ship_delivery", services.pick_delivery),
    Verb("step-back", "orders.ship_delivery", services.step_back_delivery),
    Verb("ship", "orders.ship_delivery", services.ship_delivery),
    Verb("finish", "orders.ship_delivery", services.finish_delivery),
    Verb("cancel", "orders.ship_delivery", services.cancel_delivery, takes_reason=True),
    Verb("reverse", "orders.reverse_delivery", services.reverse_delivery, takes_reason=True),
):
    add_verb(router, "delivery", _verb, find=_delivery, answer=delivery_json, shape=DeliveryOut)
