"""Buying over HTTP: what sales orders lack, what is proposed, goods on their way."""

from typing import Annotated, Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from pydantic import Field

from accounts.requests import AuthedRequest
from customers.models import Supplier
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
)
from erp.core.money import plain
from erp.core.policy import allowed, authorize, warehouses_of
from erp.core.sources import refs_of
from inventory.models import Inbound, ReorderRule
from inventory.services.reorder import Proposal, reorder_proposals
from orders import services
from orders.api.purchase_shapes import PurchaseHead, purchase_head
from orders.models import PurchaseOrder, SalesOrderLine
from orders.shortages import Shortage, shortages

router = Router(tags=["buying"])
MOST = 500
_BUY = "orders.add_purchaseorder"


class Made(Schema):
    """One draft per supplier and warehouse."""

    orders: list[PurchaseHead]


def _made(request: AuthedRequest, orders: list[PurchaseOrder]) -> dict[str, Any]:
    sees_cost = allowed(request.user, "products.view_cost")
    return {"orders": [purchase_head(order, sees_cost=sees_cost) for order in orders]}


def _check_suppliers(request: AuthedRequest, named: dict[str, int | None]) -> None:
    """Refuse suppliers the user does not see; ``named`` is supplier id by field."""
    ids = {pk for pk in named.values() if pk is not None}
    if not ids:
        return
    rows = Supplier.objects.visible_to(request.user).active().filter(pk__in=ids)
    known = set(rows.values_list("pk", flat=True))
    for field, pk in named.items():
        if pk is not None and pk not in known:
            raise field_problem(field, "unknown_supplier", _("There is no such supplier."))


# --- what sales orders lack --------------------------------------------------------------------


class ShortageOut(Schema):
    line_id: int
    order_id: int
    order: str
    status: str
    wanted_on: DateText | None
    product_id: int
    brand: str
    designation: str
    unit: str
    warehouse_id: int
    lack: DecimalText
    bought: DecimalText
    inbound: DecimalText
    inbound_on: DateText | None
    supplier_id: int | None


class Shortages(Schema):
    count: int
    items: list[ShortageOut]


class WantedIn(Input):
    line_id: Id
    quantity: Quantity | None = Field(None, description="without: what it lacks")
    supplier_id: Id | None = None


class OrderShortages(Input):
    supplier_id: Id | None = Field(None, description="for lines that name none")
    lines: Annotated[list[WantedIn], Field(min_length=1, max_length=MOST)]


@router.get("/shortages", response={200: Shortages, **ERRORS}, summary="What sales orders lack")
def list_shortages(request: AuthedRequest, drafts: bool = False) -> dict[str, Any]:  # noqa: FBT001, FBT002
    """Of the user's warehouses, oldest first, at most 500; `drafts` counts draft orders, too."""
    authorize(request.user, _BUY)
    places = warehouses_of(request.user)
    found = shortages(None, warehouses=places, only_open=not drafts)
    return {"count": len(found), "items": [_shortage(one) for one in found[:MOST]]}


def _shortage(one: Shortage) -> dict[str, Any]:
    line, order = one.line, one.order
    return {
        "line_id": line.pk,
        "order_id": order.pk,
        "order": order.ref,
        "status": order.status,
        "wanted_on": order.requested_on.isoformat() if order.requested_on else None,
        "product_id": line.product_id,
        "brand": line.brand_name,
        "designation": line.designation,
        "unit": line.unit_id,
        "warehouse_id": line.ships_from_id,
        "lack": plain(one.lack),
        "bought": plain(one.bought),
        "inbound": plain(one.inbound),
        "inbound_on": one.inbound_on.isoformat() if one.inbound_on else None,
        "supplier_id": one.supplier_id,
    }


@router.post(
    "/shortages/order",
    response={201: Made, **ERRORS},
    summary="Draft purchase orders of what lines lack, bound to them",
)
def order_shortages(request: AuthedRequest, sent: OrderShortages) -> HttpResponse:
    """409 `nothing_lacking` when it was bought meanwhile, `no_supplier` names the line."""
    authorize(request.user, _BUY)
    ids = {one.line_id for one in sent.lines}
    mine = SalesOrderLine.objects.filter(pk__in=ids).select_related("document")
    places = warehouses_of(request.user)
    known = {row.pk for row in mine if places is None or row.ships_from_id in places}
    for number, one in enumerate(sent.lines, 1):
        if one.line_id not in known:
            field = f"lines[{number}].line_id"
            raise field_problem(field, "unknown_line", _("There is no such order line."))
    named = {f"lines[{n}].supplier_id": one.supplier_id for n, one in enumerate(sent.lines, 1)}
    _check_suppliers(request, {"supplier_id": sent.supplier_id, **named})
    wanted = [services.Wanted(**one.model_dump()) for one in sent.lines]

    def effect() -> tuple[int, dict[str, Any]]:
        made = services.order_shortages(wanted, supplier_id=sent.supplier_id, by=request.user)
        return 201, _made(request, made)

    body = sent.model_dump(mode="json")
    return change(request, "purchase_order.create_for_lack", effect, body=body)


# --- what is to be bought again ----------------------------------------------------------------


class ProposalOut(Schema):
    """`quantity` is what to buy. `supplier_id` is told to those who see suppliers."""

    rule_id: int
    product_id: int
    brand: str
    designation: str
    unit: str
    warehouse_id: int
    on_hand: DecimalText
    reserved: DecimalText
    on_order: DecimalText
    owed: DecimalText
    sold: DecimalText
    demand_days: int
    reorder_point: DecimalText
    quantity: DecimalText
    supplier_id: int | None
    lead_time_days: int | None


class Proposals(Schema):
    count: int
    items: list[ProposalOut]


class ProposalFilter(Schema):
    warehouse_id: Id | None = None
    supplier_id: Id | None = None


class ChosenIn(Input):
    rule_id: Id
    quantity: Quantity | None = Field(None, description="without: what is proposed")
    supplier_id: Id | None = None
    seen: Quantity | None = Field(None, description="refused where this is no longer proposed")


class OrderProposals(Input):
    supplier_id: Id | None = Field(None, description="for rules without a supplier")
    proposals: Annotated[list[ChosenIn], Field(min_length=1, max_length=MOST)]


@router.get("/reorder-proposals", response={200: Proposals, **ERRORS}, summary="What to buy again")
def list_proposals(request: AuthedRequest, asked: Query[ProposalFilter]) -> dict[str, Any]:
    """Of the user's warehouses, by rule, at most 500."""
    authorize(request.user, "inventory.view_reorderrule")
    found = reorder_proposals(
        warehouse_id=asked.warehouse_id,
        supplier_id=asked.supplier_id,
        within=warehouses_of(request.user),
    )
    sees = allowed(request.user, "customers.view_supplier")
    return {"count": len(found), "items": [_proposal(one, sees=sees) for one in found[:MOST]]}


def _proposal(one: Proposal, *, sees: bool) -> dict[str, Any]:
    product = one.rule.product
    return {
        "rule_id": one.rule.pk,
        "product_id": product.pk,
        "brand": product.brand_label,
        "designation": product.designation,
        "unit": product.unit_id,
        "warehouse_id": one.warehouse_id,
        "on_hand": plain(one.on_hand),
        "reserved": plain(one.reserved),
        "on_order": plain(one.on_order),
        "owed": plain(one.owed),
        "sold": plain(one.sold),
        "demand_days": one.demand_days,
        "reorder_point": plain(one.point),
        "quantity": plain(one.quantity),
        "supplier_id": one.supplier_id if sees else None,
        "lead_time_days": one.lead_time_days if sees else None,
    }


@router.post(
    "/reorder-proposals/order",
    response={201: Made, **ERRORS},
    summary="Draft purchase orders of what is proposed, by supplier and warehouse",
)
def order_proposals(request: AuthedRequest, sent: OrderProposals) -> HttpResponse:
    """409 `nothing_lacking` or `proposal_changed` when somebody ordered meanwhile."""
    authorize(request.user, _BUY)
    authorize(request.user, "inventory.view_reorderrule")
    rules = ReorderRule.objects.visible_to(request.user)
    ids = {one.rule_id for one in sent.proposals}
    known = set(rules.filter(pk__in=ids).values_list("pk", flat=True))
    for number, one in enumerate(sent.proposals, 1):
        if one.rule_id not in known:
            field = f"proposals[{number}].rule_id"
            raise field_problem(field, "unknown_rule", _("There is no such reorder rule."))
    named = {
        f"proposals[{n}].supplier_id": one.supplier_id for n, one in enumerate(sent.proposals, 1)
    }
    _check_suppliers(request, {"supplier_id": sent.supplier_id, **named})
    chosen = [services.Chosen(**one.model_dump()) for one in sent.proposals]

    def effect() -> tuple[int, dict[str, Any]]:
        made = services.order_proposals(chosen, supplier_id=sent.supplier_id, by=request.user)
        return 201, _made(request, made)

    body = sent.model_dump(mode="json")
    return change(request, "purchase_order.create_for_proposals", effect, body=body)


# --- on their way ------------------------------------------------------------------------------


class InboundOut(Schema):
    id: int
    product_id: int
    brand: str
    designation: str
    warehouse_id: int
    quantity: DecimalText
    requested_on: DateText | None
    confirmed_on: DateText | None
    reference: str
    missing_since: DateText | None
    document: str | None


class InboundPage(Schema):
    items: list[InboundOut]
    next: str | None


class InboundFilter(Schema):
    product_id: Id | None = None
    warehouse_id: Id | None = None
    limit: Limit = 50
    cursor: str = ""


@router.get("/inbound", response={200: InboundPage, **ERRORS}, summary="Goods on their way")
def list_inbound(request: AuthedRequest, asked: Query[InboundFilter]) -> dict[str, Any]:
    """Newest first; `missing_since`: no longer named by the maker's report."""
    authorize(request.user, "inventory.view_inbound")
    rows = Inbound.objects.visible_to(request.user).select_related("product__brand")
    if asked.product_id is not None:
        rows = rows.filter(product=asked.product_id)
    if asked.warehouse_id is not None:
        rows = rows.filter(warehouse=asked.warehouse_id)
    found, following = newest_first(rows, cursor=asked.cursor, limit=asked.limit)
    sees = allowed(request.user, "orders.view_purchaseorder")
    refs = refs_of({(row.source_type, row.source_id) for row in found}) if sees else {}
    return {"items": [_inbound(row, refs) for row in found], "next": following}


def _inbound(row: Inbound, refs: Any) -> dict[str, Any]:
    days = {
        name: day.isoformat() if (day := getattr(row, name)) else None
        for name in ("requested_on", "confirmed_on", "missing_since")
    }
    return {
        "id": row.pk,
        "product_id": row.product_id,
        "brand": row.product.brand_label,
        "designation": row.product.designation,
        "warehouse_id": row.warehouse_id,
        "quantity": plain(row.quantity),
        "reference": row.reference,
        "document": refs.get((row.source_type, row.source_id)),
        **days,
    }
