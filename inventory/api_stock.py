"""Stock and its moves over HTTP, as far as the user's warehouses go."""

from datetime import date
from typing import Any

from ninja import Query as QueryParams
from ninja import Router, Schema
from pydantic import Field

from accounts.requests import AuthedRequest
from erp.core.api import (
    DateText,
    DecimalText,
    Id,
    Limit,
    TimeText,
    field_problem,
    newest_first,
    utc,
)
from erp.core.money import ZERO, plain, round_price
from erp.core.policy import allowed, authorize, warehouses_of
from erp.core.sources import refs_of
from inventory.models import Bin, StockMove, Warehouse
from inventory.services.standing import reserved_at, stock_rows

router = Router(tags=["stock"])


class StockOut(Schema):
    """`reserved` and `available` are of today only; `value` is for those who may see cost."""

    product_id: int
    brand: str
    designation: str
    unit: str
    warehouse_id: int
    warehouse: str
    on_hand: DecimalText
    reserved: DecimalText | None
    available: DecimalText | None
    average_cost: DecimalText | None
    value: DecimalText | None


class StockPage(Schema):
    as_of: DateText | None
    items: list[StockOut]
    next: str | None


class StockFilter(Schema):
    product_id: Id | None = None
    warehouse_id: Id | None = None
    as_of: date | None = Field(None, description="at the end of this day; now without one")
    limit: Limit = 50
    cursor: str = ""


def _checked_warehouse(request: AuthedRequest, warehouse_id: int | None) -> None:
    if warehouse_id is None:
        return
    if not Warehouse.objects.visible_to(request.user).filter(pk=warehouse_id).exists():
        raise field_problem("warehouse_id", "unknown_warehouse", "There is no such warehouse.")


@router.get("/stock", response=StockPage, summary="Stock per product and warehouse, on any day")
def list_stock(request: AuthedRequest, asked: QueryParams[StockFilter]) -> dict[str, Any]:
    """Only where there was any."""
    authorize(request.user, "inventory.view_stockbalance")
    _checked_warehouse(request, asked.warehouse_id)
    rows: Any = stock_rows(
        within=warehouses_of(request.user),
        warehouse_id=asked.warehouse_id,
        product_ids=None if asked.product_id is None else [asked.product_id],
        on=asked.as_of,
    ).select_related("product__brand", "warehouse")
    found, following = newest_first(rows, cursor=asked.cursor, limit=asked.limit)
    held = None
    if asked.as_of is None:
        held = reserved_at((row.product_id, row.warehouse_id) for row in found)
    sees_cost = allowed(request.user, "products.view_cost")
    return {
        "as_of": asked.as_of.isoformat() if asked.as_of else None,
        "items": [_stock(row, held, sees_cost=sees_cost) for row in found],
        "next": following,
    }


def _stock(row: Any, held: Any, *, sees_cost: bool) -> dict[str, Any]:
    on_hand, value = row.at_quantity, row.at_value
    reserved = None if held is None else held.get((row.product_id, row.warehouse_id), ZERO)
    return {
        "product_id": row.product_id,
        "brand": row.product.brand_label,
        "designation": row.product.designation,
        "unit": row.product.unit_id,
        "warehouse_id": row.warehouse_id,
        "warehouse": row.warehouse.code,
        "on_hand": plain(on_hand),
        "reserved": None if reserved is None else plain(reserved),
        "available": None if reserved is None else plain(on_hand - reserved),
        "average_cost": plain(round_price(value / on_hand)) if sees_cost else None,
        "value": f"{value:.2f}" if sees_cost else None,
    }


class MoveOut(Schema):
    """`unit_cost` and `value` are for those who may see cost."""

    id: int
    on: DateText
    posted_at: TimeText
    kind: str
    product_id: int
    brand: str
    designation: str
    quantity: DecimalText
    from_warehouse: str | None
    from_bin: str | None
    to_warehouse: str | None
    to_bin: str | None
    unit_cost: DecimalText | None
    value: DecimalText | None
    document: str | None
    reverses: int | None


class MovePage(Schema):
    items: list[MoveOut]
    next: str | None


class MoveFilter(Schema):
    product_id: Id | None = None
    warehouse_id: Id | None = None
    kind: str = Field("", max_length=20)
    since: date | None = Field(None, alias="from", description="dated on this day or later")
    until: date | None = Field(None, alias="to", description="dated on this day or before")
    limit: Limit = 50
    cursor: str = ""


@router.get("/stock/moves", response=MovePage, summary="The stock ledger, newest first")
def list_moves(request: AuthedRequest, asked: QueryParams[MoveFilter]) -> dict[str, Any]:
    authorize(request.user, "inventory.view_stockmove")
    _checked_warehouse(request, asked.warehouse_id)
    rows = StockMove.objects.visible_to(request.user)
    if asked.kind and asked.kind not in StockMove.Kind.values:
        raise field_problem("kind", "unknown_kind", "There is no such kind of move.")
    for name, value in (
        ("product_id", asked.product_id),
        ("kind", asked.kind or None),
        ("on__gte", asked.since),
        ("on__lte", asked.until),
    ):
        if value is not None:
            rows = rows.filter(**{name: value})
    if asked.warehouse_id is not None:
        seen = Bin.objects.visible_to(request.user).filter(warehouse=asked.warehouse_id)
        bins = list(seen.order_by().values_list("pk", flat=True))  # keys: see accounts.policy
        rows = rows.filter(from_bin__in=bins) | rows.filter(to_bin__in=bins)
    rows = rows.select_related("product__brand", "from_bin__warehouse", "to_bin__warehouse")
    found, following = newest_first(rows, cursor=asked.cursor, limit=asked.limit)
    refs = refs_of({(row.source_type, row.source_id) for row in found})
    sees_cost = allowed(request.user, "products.view_cost")
    return {
        "items": [
            _move(row, refs.get((row.source_type, row.source_id)), sees_cost=sees_cost)
            for row in found
        ],
        "next": following,
    }


def _move(row: StockMove, ref: str | None, *, sees_cost: bool) -> dict[str, Any]:
    source, target = row.from_bin, row.to_bin
    return {
        "id": row.pk,
        "on": row.on.isoformat(),
        "posted_at": utc(row.posted_at),
        "kind": row.kind,
        "product_id": row.product_id,
        "brand": row.product.brand_label,
        "designation": row.product.designation,
        "quantity": plain(row.quantity),
        "from_warehouse": source.warehouse.code if source else None,
        "from_bin": source.code if source else None,
        "to_warehouse": target.warehouse.code if target else None,
        "to_bin": target.code if target else None,
        "unit_cost": plain(row.unit_cost) if sees_cost else None,
        "value": f"{row.value:.2f}" if sees_cost else None,
        "document": ref,
        "reverses": row.reverses_id,
    }
