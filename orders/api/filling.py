"""The fill plan of a sales order over HTTP."""

from typing import Any

from django.http import HttpResponse
from ninja import Router, Schema

from accounts.requests import AuthedRequest
from erp.core.api import ERRORS, DateText, DecimalText, change, seen_version
from erp.core.money import plain
from erp.core.policy import authorize, authorize_warehouses
from orders import services
from orders.api.sales import find_order, order_json
from orders.api.shapes import FillIn, FillPlanOut, OrderOut
from orders.filling import Part, fill_plan
from orders.models import SalesOrderLine
from orders.waiting import waiting_orders

router = Router(tags=["sales orders"])


class WaitingLineOut(Schema):
    """`ready` of what waits could be reserved now, the elder orders served first."""

    line_id: int
    product_id: int
    designation: str
    warehouse_id: int
    waiting: DecimalText
    ready: DecimalText


class WaitingOrderOut(Schema):
    order_id: int
    order: str
    customer_id: int
    dated_on: DateText
    requested_on: DateText | None
    version: int
    lines: list[WaitingLineOut]


class WaitingOrders(Schema):
    items: list[WaitingOrderOut]


@router.get(
    "/waiting", response={200: WaitingOrders, **ERRORS}, summary="Open orders that wait for stock"
)
def list_waiting(request: AuthedRequest) -> dict[str, Any]:
    """The oldest first, at most 200; `POST /sales-orders/{id}/reserve` reserves what is ready."""
    authorize(request.user, "orders.view_salesorder")
    return {
        "items": [
            {
                "order_id": one.order.pk,
                "order": one.order.ref,
                "customer_id": one.order.customer_id,
                "dated_on": one.order.dated_on.isoformat(),
                "requested_on": day.isoformat() if (day := one.order.requested_on) else None,
                "version": one.order.version,
                "lines": [
                    {
                        "line_id": row.line.pk,
                        "product_id": row.line.product_id,
                        "designation": row.line.designation,
                        "warehouse_id": row.line.ships_from_id,
                        "waiting": plain(row.waiting),
                        "ready": plain(row.ready),
                    }
                    for row in one.lines
                ],
            }
            for one in waiting_orders(user=request.user)
        ]
    }


@router.get(
    "/{int:order_id}/fill-plan",
    response={200: FillPlanOut, **ERRORS},
    summary="Where each line that waits for stock can come from, and when",
)
def get_fill_plan(request: AuthedRequest, order_id: int) -> dict[str, Any]:
    """`interchanges` are approved others on hand; nothing is changed by asking."""
    order = find_order(request, "orders.view_salesorder", order_id)
    plan = fill_plan(order, user=request.user)
    return {
        "lines": [
            {
                "line_id": row.line.pk,
                "waiting": plain(row.waiting),
                "parts": [_part(row.line, part) for part in row.parts],
                "interchanges": [_part(row.line, part) for part in row.interchanges],
            }
            for row in plan
        ]
    }


def _part(line: SalesOrderLine, part: Part) -> dict[str, Any]:
    return {
        "way": part.way.value,
        "quantity": plain(part.quantity),
        "on": part.on.isoformat() if part.on else None,
        "warehouse_id": part.warehouse.pk if part.warehouse else None,
        "product_id": part.product.pk if part.product else line.product_id,
    }


@router.post(
    "/{int:order_id}/fill-plan",
    response={200: OrderOut, **ERRORS},
    summary="Let parts of a draft's lines ship from elsewhere, or as an approved interchange",
)
def apply_fill_plan(request: AuthedRequest, order_id: int, sent: FillIn) -> HttpResponse:
    order = find_order(request, "orders.change_salesorder", order_id)
    version = seen_version(request, sent.version)
    taken = [services.TakenPart(**part.model_dump()) for part in sent.parts]
    authorize_warehouses(request.user, *{part.warehouse_id for part in taken})

    def effect() -> tuple[int, dict[str, Any]]:
        changed = services.apply_fill_plan(order.pk, taken, version=version, by=request.user)
        return 200, order_json(changed)

    body = [version, sent.model_dump(mode="json")]
    return change(request, "order.fill", effect, object_id=order.pk, body=body)
