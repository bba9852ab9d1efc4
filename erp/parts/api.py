"""The part cockpit over HTTP."""

from decimal import Decimal
from typing import Any

from ninja import Router, Schema

from accounts.requests import AuthedRequest
from customers.models import Customer
from erp.core.api import DateText, DecimalText, Id, field_problem
from erp.core.money import plain
from erp.core.policy import authorize
from erp.parts.cockpit import Cockpit, Link, Shelf, cockpit_of, expected_on
from products.models import PriceFact, Product
from products.protected import warnings_json

router = Router(tags=["products"])


class PartOut(Schema):
    id: int
    brand: str
    designation: str


class MarkOut(Schema):
    code: str
    kind: str
    value: str
    meaning: str


class SaidOut(Schema):
    """What the designation says; sizes only where the number stands for them."""

    family: str
    base: str
    bore_mm: DecimalText | None
    outside_mm: DecimalText | None
    width_mm: DecimalText | None
    marks: list[MarkOut]


class BinOut(Schema):
    bin: str
    on_hand: DecimalText
    reserved: DecimalText
    available: DecimalText


class StockOut(Schema):
    warehouse_id: int
    warehouse: str
    on_hand: DecimalText
    reserved: DecimalText
    available: DecimalText
    average_cost: DecimalText | None
    bins: list[BinOut]


class InboundOut(Schema):
    warehouse_id: int
    quantity: DecimalText
    expected_on: DateText | None
    is_confirmed: bool


class PromiseOut(Schema):
    """From this day on so much may be promised; the first is today."""

    on: DateText
    quantity: DecimalText


class FactOut(Schema):
    kind: str
    on: DateText
    quantity: DecimalText
    net_unit_price: DecimalText
    currency: str


class LineOut(Schema):
    """A line of a document in sight; `unit_price` is null for those who may not see it."""

    document_id: int
    ref: str
    on: DateText
    partner: str
    status: str
    quantity: DecimalText
    unit_price: DecimalText | None
    price_includes_tax: bool
    currency: str


class LinkOut(PartOut):
    grade: str
    approved: bool
    available: DecimalText


class CodeOut(Schema):
    code: str
    customer_id: int | None
    supplier_id: int | None


class WarningOut(Schema):
    code: str
    message: str
    owners: list[str]


class CockpitOut(Schema):
    product: PartOut
    customer_id: int | None
    unit: str
    on_hand: DecimalText
    reserved: DecimalText
    available: DecimalText
    inbound: DecimalText
    cost: DecimalText | None
    latest_cost: DecimalText | None
    reference_cost: DecimalText | None
    last_price: FactOut | None
    suggested_price: FactOut | None
    stock: list[StockOut]
    inbound_lines: list[InboundOut]
    promises: list[PromiseOut]
    owed: DecimalText
    customer_prices: list[FactOut]
    quotes: list[LineOut]
    rfqs: list[FactOut]
    sales: list[LineOut]
    purchases: list[LineOut]
    trend: list[FactOut]
    interchanges: list[LinkOut]
    codes: list[CodeOut]
    designation: SaidOut | None
    warnings: list[WarningOut]


@router.get(
    "/{int:product_id}/cockpit",
    response=CockpitOut,
    summary="Everything about a part, as far as the user may know it",
)
def get_cockpit(
    request: AuthedRequest, product_id: int, customer_id: Id | None = None
) -> dict[str, Any]:
    """Prices are net. A part that was merged away answers for the one it became."""
    authorize(request.user, "products.view_product")
    rows = Product.objects.select_related("brand", "unit", "category", "tax_rate")
    product = rows.get_visible(request.user, product_id)
    if product.merged_into_id is not None:
        product = rows.get_visible(request.user, product.merged_into_id)
    customer = None
    if customer_id is not None:
        customer = Customer.objects.visible_to(request.user).filter(pk=customer_id).first()
        if customer is None:
            raise field_problem("customer_id", "unknown_customer", "There is no such customer.")
    return cockpit_json(cockpit_of(product, customer=customer, user=request.user))


def _cost(cost: Decimal | None) -> str | None:
    return None if cost is None else plain(cost)


def cockpit_json(shown: Cockpit) -> dict[str, Any]:
    facts, sight = shown.facts, shown.sight
    rfqs = [fact for fact in shown.trend if fact.kind == PriceFact.Kind.RFQ]
    return {
        "product": _part(shown.product),
        "customer_id": shown.customer.pk if shown.customer else None,
        "unit": shown.product.unit_id,
        "on_hand": plain(shown.on_hand),
        "reserved": plain(shown.reserved),
        "available": plain(facts.available),
        "inbound": plain(facts.inbound),
        "cost": plain(facts.cost) if facts.cost is not None else None,
        "latest_cost": _cost(shown.costs and shown.costs.latest),
        "reference_cost": _cost(shown.costs and shown.costs.reference),
        "last_price": _fact(facts.last) if facts.last and sight.prices else None,
        "suggested_price": _fact(facts.suggested) if facts.suggested and sight.prices else None,
        "stock": [_shelf(shelf) for shelf in shown.shelves],
        "inbound_lines": [
            {
                "warehouse_id": row.warehouse_id,
                "quantity": plain(row.quantity),
                "expected_on": day.isoformat() if (day := expected_on(row)) else None,
                "is_confirmed": row.confirmed_on is not None,
            }
            for row in shown.inbound
        ],
        "promises": [
            {"on": day.isoformat(), "quantity": plain(quantity)}
            for day, quantity in shown.promise.days
        ],
        "owed": plain(shown.promise.demand),
        "customer_prices": [_fact(fact) for fact in shown.customer_prices],
        "quotes": [_line(line, sees_price=True) for line in shown.quotations],
        "rfqs": [_fact(fact) for fact in rfqs],
        "sales": [_line(line, sees_price=sight.prices) for line in shown.sales],
        "purchases": [_line(line, sees_price=sight.cost) for line in shown.purchases],
        "trend": [_fact(fact) for fact in shown.trend],
        "interchanges": [_link(link) for link in shown.links],
        "codes": [
            {"code": row.code, "customer_id": row.customer_id, "supplier_id": row.supplier_id}
            for row in shown.codes
        ],
        "designation": _said(shown),
        "warnings": warnings_json(facts.protected),
    }


def _part(product: Product) -> dict[str, Any]:
    return {
        "id": product.pk,
        "brand": product.brand_label,
        "designation": product.designation,
    }


def _shelf(shelf: Shelf) -> dict[str, Any]:
    return {
        "warehouse_id": shelf.warehouse.pk,
        "warehouse": shelf.warehouse.code,
        "on_hand": plain(shelf.on_hand),
        "reserved": plain(shelf.reserved),
        "available": plain(shelf.available),
        "average_cost": plain(shelf.average_cost) if shelf.average_cost is not None else None,
        "bins": [
            {
                "bin": row.bin.code,
                "on_hand": plain(row.on_hand),
                "reserved": plain(row.reserved),
                "available": plain(row.available),
            }
            for row in shelf.bins
        ],
    }


def _fact(fact: PriceFact) -> dict[str, Any]:
    return {
        "kind": fact.kind,
        "on": fact.on.isoformat(),
        "quantity": plain(fact.quantity),
        "net_unit_price": plain(fact.net_unit_price),
        "currency": fact.currency_id,
    }


def _line(line: Any, *, sees_price: bool) -> dict[str, Any]:
    document = line.document
    partner = document.customer if hasattr(document, "customer") else document.supplier
    return {
        "document_id": document.pk,
        "ref": document.ref,
        "on": document.dated_on.isoformat(),
        "partner": partner.code,
        "status": document.status,
        "quantity": plain(line.quantity),
        "unit_price": plain(line.unit_price) if sees_price else None,
        "price_includes_tax": line.price_includes_tax,
        "currency": document.currency_id,
    }


def _link(link: Link) -> dict[str, Any]:
    return {
        **_part(link.product),
        "grade": link.grade,
        "approved": not link.is_proposal,
        "available": plain(link.available),
    }


def _said(shown: Cockpit) -> dict[str, Any] | None:
    said = shown.said
    if said is None or not said.family:
        return None
    sizes = ("bore_mm", "outside_mm", "width_mm")
    return {
        "family": said.family_name,
        "base": said.base,
        **{n: plain(v) if (v := getattr(said, n)) is not None else None for n in sizes},
        "marks": [
            {"code": m.code, "kind": m.kind, "value": m.value, "meaning": m.meaning}
            for m in said.marks
        ],
    }
