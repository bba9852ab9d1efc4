"""Purchase orders over HTTP."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Query, Router

from accounts.requests import AuthedRequest
from customers.models import Supplier
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
from erp.core.policy import allowed, authorize, authorize_warehouses
from inventory.models import Warehouse
from orders import services
from orders.api.purchase_shapes import (
    CloseLines,
    PurchaseChange,
    PurchaseFilter,
    PurchaseHead,
    PurchaseIn,
    PurchaseLineIn,
    PurchaseOut,
    PurchasePage,
    SubmitIn,
    SupplierConfirmation,
    purchase_head,
    purchase_line,
)
from orders.api.receipts import ReceiptIn, ReceiptOut, check_bins, receipt_json
from orders.api.verbs import Verb, add_verb
from orders.models import PurchaseOrder, PurchaseOrderStatus
from orders.promises import confirmed_lines
from orders.purchase_prices import price_warnings
from products.models import Product

router = Router(tags=["purchase orders"])
_OPEN_TO_PRICES = (PurchaseOrderStatus.DRAFT, PurchaseOrderStatus.SUBMITTED)


def _answer(user: Any) -> Any:
    """Return how to tell an order to this user."""
    sees_cost = allowed(user, "products.view_cost")

    def told(order: PurchaseOrder) -> dict[str, Any]:
        lines = list(order.lines.all())
        said = confirmed_lines([line.pk for line in lines])
        asks = sees_cost and order.status in _OPEN_TO_PRICES
        warnings = price_warnings(order, lines) if asks else []
        return purchase_head(order, sees_cost=sees_cost) | {
            "notes": order.notes,
            "lines": [purchase_line(line, said, sees_cost=sees_cost) for line in lines],
            "price_warnings": [warning.as_json() for warning in warnings],
        }

    return told


def _order(request: AuthedRequest, right: str, order_id: int) -> PurchaseOrder:
    authorize(request.user, right)
    rows = PurchaseOrder.objects.select_related("owner", "supplier")
    return rows.get_visible(request.user, order_id)


def _check_named(request: AuthedRequest, lines: list[PurchaseLineIn]) -> None:
    """Refuse products the user does not see, naming the first such line."""
    ids = {line.product_id for line in lines}
    rows = Product.objects.visible_to(request.user).active().filter(pk__in=ids)
    known = set(rows.values_list("pk", flat=True))
    for number, line in enumerate(lines, 1):
        if line.product_id not in known:
            field = f"lines[{number}].product_id"
            raise field_problem(field, "unknown_product", _("There is no such product."))


def _check_warehouse(request: AuthedRequest, warehouse_id: int | None) -> None:
    if warehouse_id is None:
        return
    if not Warehouse.objects.visible_to(request.user).filter(pk=warehouse_id).exists():
        raise field_problem("warehouse_id", "no_warehouse", _("There is no such warehouse."))


@router.get("", response={200: PurchasePage, **ERRORS}, summary="Purchase orders, newest first")
def list_purchases(request: AuthedRequest, sought: Query[PurchaseFilter]) -> dict[str, Any]:
    authorize(request.user, "orders.view_purchaseorder")
    rows = PurchaseOrder.objects.visible_to(request.user).select_related("owner")
    if sought.status:
        rows = rows.filter(status=sought.status)
    if sought.supplier_id:
        rows = rows.filter(supplier=sought.supplier_id)
    found, following = newest_first(rows, cursor=sought.cursor, limit=sought.limit)
    sees_cost = allowed(request.user, "products.view_cost")
    items = [PurchaseHead(**purchase_head(row, sees_cost=sees_cost)) for row in found]
    return {"items": items, "next": following}


@router.post("", response={201: PurchaseOut, **ERRORS}, summary="Draft a purchase order")
def create_purchase(request: AuthedRequest, sent: PurchaseIn) -> HttpResponse:
    """Without `unit_price` a line gets the price last paid to this supplier."""
    authorize(request.user, "orders.add_purchaseorder")
    suppliers = Supplier.objects.visible_to(request.user).active()
    if not suppliers.filter(pk=sent.supplier_id).exists():
        raise field_problem("supplier_id", "unknown_supplier", _("There is no such supplier."))
    _check_named(request, sent.lines)
    _check_warehouse(request, sent.warehouse_id)

    def effect() -> tuple[int, dict[str, Any]]:
        made = services.create_purchase_order(
            sent.supplier_id,
            [line.entered() for line in sent.lines],
            warehouse_id=sent.warehouse_id,
            requested_on=sent.requested_on,
            partner_reference=sent.partner_reference,
            notes=sent.notes,
            by=request.user,
        )
        return 201, _answer(request.user)(made)

    return change(request, "purchase_order.create", effect, body=sent.model_dump(mode="json"))


@router.get("/{int:order_id}", response={200: PurchaseOut, **ERRORS}, summary="One purchase order")
def get_purchase(request: AuthedRequest, response: HttpResponse, order_id: int) -> dict[str, Any]:
    """The ETag is the version that `PATCH` takes as `If-Match`."""
    order = _order(request, "orders.view_purchaseorder", order_id)
    with_etag(response, order.version)
    told: dict[str, Any] = _answer(request.user)(order)
    return told


@router.patch(
    "/{int:order_id}",
    response={200: PurchaseOut, 428: ProblemOut, **ERRORS},
    summary="Replace the lines of a draft, and of its head what is sent",
)
def change_purchase(request: AuthedRequest, order_id: int, sent: PurchaseChange) -> HttpResponse:
    """`If-Match` or `version` says which version was seen; 409 `stale_version` if it moved on."""
    order = _order(request, "orders.change_purchaseorder", order_id)
    version = required_version(request, sent.version)
    _check_named(request, sent.lines)
    _check_warehouse(request, sent.warehouse_id)

    def effect() -> tuple[int, dict[str, Any]]:
        lines = [line.entered() for line in sent.lines]
        changed = services.change_purchase_order(
            order.pk, lines, version=version, by=request.user, **sent.head()
        )
        return 200, _answer(request.user)(changed)

    body = [version, sent.model_dump(mode="json", exclude_unset=True)]
    return change(request, "purchase_order.change", effect, object_id=order.pk, body=body)


def _take(
    request: AuthedRequest, right: str, order_id: int, sent: Any, verb: str, **more: Any
) -> HttpResponse:
    order = _order(request, right, order_id)
    version = seen_version(request, sent.version)
    service = getattr(services, f"{verb}_purchase_order")

    def effect() -> tuple[int, dict[str, Any]]:
        moved = service(order.pk, version=version, by=request.user, **more)
        return 200, _answer(request.user)(moved)

    body = [version, sent.model_dump(mode="json")]
    return change(request, f"purchase_order.{verb}", effect, object_id=order.pk, body=body)


@router.post(
    "/{int:order_id}/submit", response={200: PurchaseOut, **ERRORS}, summary="Hand a draft in"
)
def submit(request: AuthedRequest, order_id: int, sent: SubmitIn | None = None) -> HttpResponse:
    """409 `price_warning` lists in `candidates` what lies above the known prices."""
    sent = sent or SubmitIn()
    right = "orders.change_purchaseorder"
    return _take(request, right, order_id, sent, "submit", accept_prices=sent.accept_prices)


@router.post(
    "/{int:order_id}/confirm",
    response={200: PurchaseOut, **ERRORS},
    summary="Note what the supplier confirmed, and later how his dates move",
)
def confirm(
    request: AuthedRequest, order_id: int, sent: SupplierConfirmation | None = None
) -> HttpResponse:
    sent = sent or SupplierConfirmation(lines=[])
    lines = [line.entered() for line in sent.lines]
    right = "orders.send_purchaseorder"
    return _take(request, right, order_id, sent, "confirm", lines=lines, said_on=sent.said_on)


@router.post(
    "/{int:order_id}/close",
    response={200: PurchaseOut, **ERRORS},
    summary="Expect no more of some lines or of all",
)
def close(request: AuthedRequest, order_id: int, sent: CloseLines) -> HttpResponse:
    right = "orders.send_purchaseorder"
    more = {"reason": sent.reason, "line_ids": sent.line_ids}
    return _take(request, right, order_id, sent, "close", **more)


@router.post(
    "/{int:order_id}/receipts",
    response={201: ReceiptOut, **ERRORS},
    summary="Draft the receipt of what came; all that is open without lines",
)
def receive(request: AuthedRequest, order_id: int, sent: ReceiptIn | None = None) -> HttpResponse:
    authorize(request.user, "orders.add_receipt")
    order = _order(request, "orders.view_purchaseorder", order_id)
    authorize_warehouses(request.user, order.warehouse_id)
    sent = sent or ReceiptIn()
    check_bins(request, sent.lines or [])
    lines = None if sent.lines is None else [line.entered() for line in sent.lines]

    def effect() -> tuple[int, dict[str, Any]]:
        made = services.create_receipt(order.pk, lines=lines, by=request.user)
        return 201, receipt_json(request.user)(made)

    body = sent.model_dump(mode="json")
    return change(request, "receipt.create", effect, object_id=order.pk, body=body)


def _told(order: PurchaseOrder) -> dict[str, Any]:
    """Tell a moved order; whoever may move it may see what it costs."""
    lines = list(order.lines.all())
    said = confirmed_lines([line.pk for line in lines])
    return purchase_head(order, sees_cost=True) | {
        "notes": order.notes,
        "lines": [purchase_line(line, said, sees_cost=True) for line in lines],
        "price_warnings": [],
    }


for _verb in (
    Verb("approve", "orders.approve_purchaseorder", services.approve_purchase_order),
    Verb(
        "refuse",
        "orders.approve_purchaseorder",
        services.refuse_purchase_order,
        takes_reason=True,
    ),
    Verb("send", "orders.send_purchaseorder", services.send_purchase_order),
    Verb(
        "cancel",
        "orders.change_purchaseorder",
        services.cancel_purchase_order,
        takes_reason=True,
    ),
):
    add_verb(router, "purchase_order", _verb, find=_order, answer=_told, shape=PurchaseOut)
