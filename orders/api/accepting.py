"""Orders over HTTP: making one of a quotation."""

from typing import Any

from django.http import HttpResponse
from ninja import Router, Schema

from accounts.requests import AuthedRequest
from erp.core.api import ERRORS, DateText, DecimalText, Id, Input, change
from erp.core.policy import authorize
from orders.models import SalesOrder
from orders.services import create_order_from_quotation
from quotations.models import Quotation

router = Router(tags=["orders"])


class Acceptance(Input):
    """Which lines the customer wants; all of them without ``line_ids``."""

    line_ids: list[Id] | None = None


class OrderOut(Schema):
    id: int
    ref: str
    status: str
    version: int
    customer_id: int
    quotation_id: int | None
    warehouse_id: int
    currency: str
    dated_on: DateText
    net: DecimalText
    tax: DecimalText
    gross: DecimalText


def order_json(order: SalesOrder) -> dict[str, Any]:
    return {
        "id": order.pk,
        "ref": order.ref,
        "status": order.status,
        "version": order.version,
        "customer_id": order.customer_id,
        "quotation_id": order.quotation_id,
        "warehouse_id": order.warehouse_id,
        "currency": order.currency_id,
        "dated_on": order.dated_on.isoformat(),
        "net": f"{order.net_total:.2f}",
        "tax": f"{order.tax_total:.2f}",
        "gross": f"{order.gross_total:.2f}",
    }


@router.post(
    "/quotations/{int:quotation_id}/accept",
    response={201: OrderOut, **ERRORS},
    summary="Accept a sent quotation, all lines or some, and draft the sales order",
)
def accept_quotation(
    request: AuthedRequest, quotation_id: int, sent: Acceptance | None = None
) -> HttpResponse:
    authorize(request.user, "orders.add_salesorder")
    quotation = Quotation.objects.get_visible(request.user, quotation_id)
    line_ids = sent.line_ids if sent else None

    def effect() -> tuple[int, dict[str, Any]]:
        order = create_order_from_quotation(quotation.pk, line_ids=line_ids, by=request.user)
        return 201, order_json(order)

    return change(request, "quotation.accept", effect, object_id=quotation.pk, body=line_ids)
