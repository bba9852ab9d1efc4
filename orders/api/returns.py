"""Customer returns over HTTP."""

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
    Quantity,
    change,
    field_problem,
    newest_first,
    with_etag,
)
from erp.core.money import MAX_QUANTITY, plain
from erp.core.policy import authorize
from inventory.models import Bin
from orders import services
from orders.api.verbs import DocumentLineOut, Verb, add_verb, head_json, line_json
from orders.models import Delivery, Return, ReturnStatus
from orders.services.order_lines import MAX_LINES

router = Router(tags=["returns"])


class ReturnLineIn(Input):
    delivery_line_id: Id
    quantity: Quantity
    bin_id: Id
    scrap_quantity: Annotated[Decimal, Field(ge=0, le=MAX_QUANTITY, decimal_places=3)] = Decimal(0)


class ReturnIn(Input):
    delivery_id: Id
    reason: str = Field(max_length=200)
    lines: list[ReturnLineIn] = Field(min_length=1, max_length=MAX_LINES)


class ReturnLineOut(DocumentLineOut):
    delivery_line_id: int
    bin_id: int
    scrap: DecimalText


class ReturnHead(Schema):
    id: int
    ref: str
    number: str | None
    status: str
    version: int
    customer_id: int
    delivery_id: int
    reason: str
    owner: str
    currency: str
    dated_on: DateText
    warehouse_id: int
    partner_reference: str
    net: DecimalText
    tax: DecimalText
    gross: DecimalText


class ReturnOut(ReturnHead):
    lines: list[ReturnLineOut]


class ReturnPage(Schema):
    items: list[ReturnHead]
    next: str | None


class ReturnFilter(Schema):
    status: ReturnStatus | None = None
    delivery_id: Id | None = None
    limit: Limit = 50
    cursor: str = ""


def return_head(made: Return) -> dict[str, Any]:
    return head_json(made) | {"delivery_id": made.delivery_id, "reason": made.reason}


def return_json(made: Return) -> dict[str, Any]:
    lines = [
        line_json(line)
        | {
            "delivery_line_id": line.source_line_id,
            "bin_id": line.bin_id,
            "scrap": plain(line.scrap_quantity),
        }
        for line in made.lines.all()
    ]
    return return_head(made) | {"lines": lines}


def _return(request: AuthedRequest, right: str, return_id: int) -> Return:
    authorize(request.user, right)
    return Return.objects.select_related("owner").get_visible(request.user, return_id)


@router.get("", response={200: ReturnPage, **ERRORS}, summary="Customer returns, newest first")
def list_returns(request: AuthedRequest, sought: Query[ReturnFilter]) -> dict[str, Any]:
    authorize(request.user, "orders.view_return")
    rows = Return.objects.visible_to(request.user).select_related("owner")
    if sought.status:
        rows = rows.filter(status=sought.status)
    if sought.delivery_id:
        rows = rows.filter(delivery=sought.delivery_id)
    found, following = newest_first(rows, cursor=sought.cursor, limit=sought.limit)
    return {"items": [return_head(row) for row in found], "next": following}


@router.post("", response={201: ReturnOut, **ERRORS}, summary="Draft a return of shipped goods")
def create_return(request: AuthedRequest, sent: ReturnIn) -> HttpResponse:
    authorize(request.user, "orders.add_return")
    delivery = Delivery.objects.visible_to(request.user).filter(pk=sent.delivery_id).first()
    if delivery is None:
        raise field_problem("delivery_id", "unknown_delivery", "There is no such delivery.")
    bins = Bin.objects.visible_to(request.user).filter(pk__in={one.bin_id for one in sent.lines})
    known = set(bins.values_list("pk", flat=True))
    for number, line in enumerate(sent.lines, 1):
        if line.bin_id not in known:
            raise field_problem(f"lines[{number}].bin_id", "unknown_bin", "There is no such bin.")

    def effect() -> tuple[int, dict[str, Any]]:
        lines = [services.ReturnLineInput(**line.model_dump()) for line in sent.lines]
        made = services.create_return(delivery.pk, lines, reason=sent.reason, by=request.user)
        return 201, return_json(made)

    return change(request, "return.create", effect, body=sent.model_dump(mode="json"))


@router.get("/{int:return_id}", response={200: ReturnOut, **ERRORS}, summary="One return")
def get_return(request: AuthedRequest, response: HttpResponse, return_id: int) -> dict[str, Any]:
    made = _return(request, "orders.view_return", return_id)
    with_etag(response, made.version)
    return return_json(made)


for _verb in (
    Verb("post", "orders.post_return", services.post_return),
    Verb("cancel", "orders.add_return", services.cancel_return, takes_reason=True),
    Verb("reverse", "orders.reverse_return", services.reverse_return, takes_reason=True),
):
    add_verb(router, "return", _verb, find=_return, answer=return_json, shape=ReturnOut)
