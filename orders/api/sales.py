"""Sales orders over HTTP."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Query, Router

from accounts.requests import AuthedRequest
from erp.core.api import (
    ERRORS,
    ProblemOut,
    change,
    field_problem,
    newest_first,
    required_version,
    seen_version,
    with_etag,
)
from erp.core.money import plain
from erp.core.policy import authorize, authorize_warehouses, warehouses_of
from orders import services
from orders.api.deliveries import delivery_json
from orders.api.shapes import (
    CloseIn,
    ConfirmIn,
    DeliveriesOut,
    DeliverIn,
    OrderChange,
    OrderFilter,
    OrderIn,
    OrderLineIn,
    OrderOut,
    OrderPage,
)
from orders.api.verbs import (
    Verb,
    add_verb,
    head_json,
    line_json,
    quantities_of,
)
from orders.models import SalesOrder, SalesOrderLine
from orders.places import may_ship_from
from orders.services.sales import reserved_by_line
from products.models import Product
from quotations.api.documents import customer_of

router = Router(tags=["sales orders"])


def order_head(order: SalesOrder) -> dict[str, Any]:
    return head_json(order) | {
        "quotation_id": order.quotation_id,
        "requested_on": order.requested_on.isoformat() if order.requested_on else None,
        "delivered_percent": order.delivered_percent,
    }


def order_json(order: SalesOrder) -> dict[str, Any]:
    """Return the whole, as it is stored now."""
    order = SalesOrder.objects.with_progress().select_related("owner").get(pk=order.pk)
    held = reserved_by_line(order)
    return order_head(order) | {
        "contact_id": order.contact_id,
        "delivery_address": order.delivery_address,
        "payment_term_id": order.payment_term_id,
        "notes": order.notes,
        "lines": [_line(order, line, held) for line in order.lines.all()],
    }


def _line(order: SalesOrder, line: SalesOrderLine, held: Mapping[int, Decimal]) -> dict[str, Any]:
    return line_json(line) | {
        "issue": line.issue,
        "warehouse_id": line.warehouse_id or order.warehouse_id,
        "lead_time_days": line.lead_time_days,
        "delivered": plain(line.delivered_quantity),
        "closed": plain(line.closed_quantity),
        "open": plain(line.open_quantity),
        "reserved": plain(held.get(line.pk, Decimal(0))),
    }


def _rows(request: AuthedRequest) -> Any:
    rows = SalesOrder.objects.visible_to(request.user)
    return rows.with_progress().select_related("owner")


def find_order(request: AuthedRequest, right: str, order_id: int) -> SalesOrder:
    """Return a visible order for an action: 403 without the right, 404 out of sight."""
    authorize(request.user, right)
    found: SalesOrder = _rows(request).get_visible(request.user, order_id)
    return found


def _check_lines(
    request: AuthedRequest, lines: list[OrderLineIn], order: SalesOrder | None = None
) -> None:
    """Refuse products and warehouses the user does not see, naming the first such line.

    What ships from elsewhere already may stay there.
    """
    products = Product.objects.visible_to(request.user).active()
    known = set(
        products.filter(pk__in={line.product_id for line in lines}).values_list("pk", flat=True)
    )
    for number, line in enumerate(lines, 1):
        if line.product_id not in known:
            field = f"lines[{number}].product_id"
            raise field_problem(field, "unknown_product", _("There is no such product."))
        if not may_ship_from(request.user, line.warehouse_id, order):
            field = f"lines[{number}].warehouse_id"
            raise field_problem(field, "no_warehouse", _("There is no such warehouse."))


def _check_head(
    request: AuthedRequest, sent: OrderIn | OrderChange, order: SalesOrder | None = None
) -> None:
    if not may_ship_from(request.user, sent.warehouse_id, order):
        raise field_problem("warehouse_id", "no_warehouse", _("There is no such warehouse."))


@router.get("", response={200: OrderPage, **ERRORS}, summary="Sales orders, newest first")
def list_orders(request: AuthedRequest, sought: Query[OrderFilter]) -> dict[str, Any]:
    authorize(request.user, "orders.view_salesorder")
    rows = _rows(request)
    if sought.status:
        rows = rows.filter(status=sought.status)
    if sought.customer_id:
        rows = rows.filter(customer=sought.customer_id)
    found, following = newest_first(rows, cursor=sought.cursor, limit=sought.limit)
    return {"items": [order_head(row) for row in found], "next": following}


@router.post("", response={201: OrderOut, **ERRORS}, summary="Draft a sales order")
def create_order(request: AuthedRequest, sent: OrderIn) -> HttpResponse:
    """Without `unit_price` a line gets the last price to this customer, or the list price."""
    authorize(request.user, "orders.add_salesorder")
    customer = customer_of(request, sent.customer_id)
    _check_head(request, sent)
    _check_lines(request, sent.lines)

    def effect() -> tuple[int, dict[str, Any]]:
        lines = [line.entered() for line in sent.lines]
        made = services.create_order(customer.pk, lines, header=sent.header(), by=request.user)
        return 201, order_json(made)

    return change(request, "order.create", effect, body=sent.model_dump(mode="json"))


@router.get("/{int:order_id}", response={200: OrderOut, **ERRORS}, summary="One sales order")
def get_order(request: AuthedRequest, response: HttpResponse, order_id: int) -> dict[str, Any]:
    """The ETag is the version that `PATCH` takes as `If-Match`."""
    order = find_order(request, "orders.view_salesorder", order_id)
    with_etag(response, order.version)
    return order_json(order)


@router.patch(
    "/{int:order_id}",
    response={200: OrderOut, 428: ProblemOut, **ERRORS},
    summary="Change the head of an open order, replace the lines of a draft",
)
def change_order(request: AuthedRequest, order_id: int, sent: OrderChange) -> HttpResponse:
    """`If-Match` or `version` says which version was seen; 409 `stale_version` if it moved on."""
    order = find_order(request, "orders.change_salesorder", order_id)
    version = required_version(request, sent.version)
    _check_head(request, sent, order)
    _check_lines(request, sent.lines or [], order)

    def effect() -> tuple[int, dict[str, Any]]:
        changed = services.change_order(order.pk, sent.header(), version=version, by=request.user)
        if sent.lines is not None:
            lines = [line.entered() for line in sent.lines]
            changed = services.replace_lines(
                order.pk, lines, version=changed.version, by=request.user
            )
        return 200, order_json(changed)

    body = [version, sent.model_dump(mode="json", exclude_unset=True)]
    return change(request, "order.change", effect, object_id=order.pk, body=body)


@router.post(
    "/{int:order_id}/confirm",
    response={200: OrderOut, **ERRORS},
    summary="Confirm a draft and reserve its stock",
)
def confirm_order(
    request: AuthedRequest, order_id: int, sent: ConfirmIn | None = None
) -> HttpResponse:
    order = find_order(request, "orders.confirm_salesorder", order_id)
    sent = sent or ConfirmIn(override_reason="")
    version = seen_version(request, sent.version)

    def effect() -> tuple[int, dict[str, Any]]:
        confirmed = services.confirm_order(
            order.pk,
            version=version,
            partial=sent.partial,
            override_reason=sent.override_reason,
            by=request.user,
        )
        return 200, order_json(confirmed)

    body = [version, sent.model_dump(mode="json")]
    return change(request, "order.confirm", effect, object_id=order.pk, body=body)


@router.post(
    "/{int:order_id}/close",
    response={200: OrderOut, **ERRORS},
    summary="Close the remainder, or so much of some lines; it will not be shipped",
)
def close_order(request: AuthedRequest, order_id: int, sent: CloseIn) -> HttpResponse:
    order = find_order(request, "orders.close_salesorder", order_id)
    version = seen_version(request, sent.version)

    def effect() -> tuple[int, dict[str, Any]]:
        closed = services.close_order(
            order.pk,
            quantities_of(sent.lines),
            reason=sent.reason,
            version=version,
            by=request.user,
        )
        return 200, order_json(closed)

    body = [version, sent.model_dump(mode="json")]
    return change(request, "order.close", effect, object_id=order.pk, body=body)


@router.post(
    "/{int:order_id}/deliveries",
    response={201: DeliveriesOut, **ERRORS},
    summary="Plan deliveries of what is reserved, one per warehouse",
)
def deliver_order(
    request: AuthedRequest, order_id: int, sent: DeliverIn | None = None
) -> HttpResponse:
    """With `lines` so much of each; what is asked beyond the reserved is reserved now."""
    authorize(request.user, "orders.add_delivery")
    order = find_order(request, "orders.view_salesorder", order_id)
    sent = sent or DeliverIn(lines=None)
    version = seen_version(request, sent.version)
    quantities = quantities_of(sent.lines)
    if sent.warehouse_id:
        authorize_warehouses(request.user, sent.warehouse_id)

    def effect() -> tuple[int, dict[str, Any]]:
        if sent.warehouse_id:
            made = [
                services.create_delivery(
                    order.pk,
                    quantities,
                    warehouse_id=sent.warehouse_id,
                    version=version,
                    by=request.user,
                )
            ]
        else:
            made = services.create_deliveries(
                order.pk,
                quantities,
                within=warehouses_of(request.user),
                version=version,
                by=request.user,
            )
        return 201, {"items": [delivery_json(one) for one in made]}

    body = [version, sent.model_dump(mode="json")]
    return change(request, "order.deliver", effect, object_id=order.pk, body=body)


for _verb in (
    Verb("cancel", "orders.cancel_salesorder", services.cancel_order, takes_reason=True),
    Verb("reopen", "orders.confirm_salesorder", services.reopen_order),
    Verb("reserve", "orders.confirm_salesorder", services.reserve_waiting),
    Verb("unreserve", "orders.confirm_salesorder", services.unreserve_order),
    Verb("allow-credit", "orders.override_credit", services.allow_credit, takes_reason=True),
):
    add_verb(router, "order", _verb, find=find_order, answer=order_json, shape=OrderOut)
