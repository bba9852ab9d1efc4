"""Copies of orders over HTTP. No amount is told: what a purchase costs is not for everybody."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from ninja import Router, Schema

from accounts.requests import AuthedRequest
from erp.core.api import ERRORS, Input, change
from erp.core.policy import authorize
from orders import services
from orders.models import PurchaseOrder, SalesOrder

router = Router(tags=["orders"])


class CopyOfOrder(Input):
    leave_out_archived: bool = False


class RepricedCopy(CopyOfOrder):
    """``reprice`` suggests the prices anew instead of taking them over."""

    reprice: bool = False


class CopyOut(Schema):
    id: int
    ref: str
    status: str
    version: int


def _copy(
    request: AuthedRequest, model: Any, pk: int, sent: CopyOfOrder, verb: Callable[..., Any]
) -> HttpResponse:
    authorize(request.user, f"orders.add_{model._meta.model_name}")
    order = model.objects.get_visible(request.user, pk)

    def effect() -> tuple[int, dict[str, Any]]:
        made = verb(order.pk, by=request.user, **sent.model_dump())
        told = {"id": made.pk, "ref": made.ref, "status": made.status, "version": made.version}
        return 201, told

    action = f"{model._meta.model_name}.copy"
    return change(request, action, effect, object_id=order.pk, body=sent.model_dump())


@router.post(
    "/sales-orders/{int:order_id}/copy",
    response={201: CopyOut, **ERRORS},
    summary="Draft the same sales order again",
)
def copy_sales_order(
    request: AuthedRequest, order_id: int, sent: RepricedCopy | None = None
) -> HttpResponse:
    return _copy(request, SalesOrder, order_id, sent or RepricedCopy(), services.copy_sales_order)


@router.post(
    "/purchase-orders/{int:order_id}/copy",
    response={201: CopyOut, **ERRORS},
    summary="Draft the same purchase order again",
)
def copy_purchase_order(
    request: AuthedRequest, order_id: int, sent: CopyOfOrder | None = None
) -> HttpResponse:
    asked = sent or CopyOfOrder()
    return _copy(request, PurchaseOrder, order_id, asked, services.copy_purchase_order)
