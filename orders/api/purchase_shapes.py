"""What purchase orders, receipts and returns look like over HTTP, in and out.

What goods cost is told to holders of the cost right; for others every amount is null.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from ninja import Schema
from pydantic import Field

from erp.core.api import DateText, DecimalText, Id, Input, Limit, Quantity, UnitPrice, Version
from erp.core.documents import Document
from erp.core.money import plain
from inventory.models import InboundPromise
from orders import services
from orders.api.verbs import ProductRef, line_json
from orders.models import PurchaseOrder, PurchaseOrderLine, PurchaseOrderStatus
from orders.services.purchasing import MAX_LINES

_AMOUNTS = ("unit_price", "net", "tax", "gross")


class PurchaseLineIn(Input):
    product_id: Id
    quantity: Quantity
    unit_price: UnitPrice | None = Field(None, description="without: last paid to this supplier")
    price_includes_tax: bool = False
    wording: str = Field("", max_length=200, description="the supplier's own code")
    source_line_id: Id | None = Field(None, description="the sales order line it is bought for")

    def entered(self) -> services.PurchaseLineInput:
        values = self.model_dump()
        values["partner_wording"] = values.pop("wording")
        return services.PurchaseLineInput(**values)


PurchaseLines = Annotated[list[PurchaseLineIn], Field(min_length=1, max_length=MAX_LINES)]


class PurchaseIn(Input):
    supplier_id: Id
    warehouse_id: Id
    requested_on: date | None = None
    partner_reference: str = Field("", max_length=60)
    notes: str = Field("", max_length=10_000)
    lines: PurchaseLines


class PurchaseChange(Input):
    version: Version | None = None
    warehouse_id: Id | None = None
    requested_on: date | None = None
    partner_reference: str | None = Field(None, max_length=60)
    notes: str | None = Field(None, max_length=10_000)
    lines: PurchaseLines

    def head(self) -> dict[str, Any]:
        """Return what was sent of the head; only the date can be emptied by null."""
        sent = self.model_dump(exclude_unset=True, exclude={"version", "lines"})
        return {k: v for k, v in sent.items() if v is not None or k == "requested_on"}


class SubmitIn(Input):
    version: Version | None = None
    accept_prices: bool = Field(default=False, description="despite its price warnings")


class ConfirmedLine(Input):
    line_id: Id
    confirmed_on: date | None = None
    quantity: Quantity

    def entered(self) -> services.Confirmed:
        return services.Confirmed(self.line_id, self.confirmed_on, self.quantity)


class SupplierConfirmation(Input):
    version: Version | None = None
    said_on: date | None = None
    lines: list[ConfirmedLine] = Field([], max_length=MAX_LINES)


class CloseLines(Input):
    version: Version | None = None
    reason: str = Field("", max_length=200)
    line_ids: list[Id] | None = Field(None, max_length=MAX_LINES)


class PurchaseHead(Schema):
    id: int
    ref: str
    number: str | None
    status: str
    version: int
    supplier_id: int
    owner: str
    currency: str
    dated_on: DateText
    requested_on: DateText | None
    warehouse_id: int
    partner_reference: str
    net: DecimalText | None
    tax: DecimalText | None
    gross: DecimalText | None


class BuyingLineOut(Schema):
    id: int
    line_no: int
    product: ProductRef
    wording: str
    quantity: DecimalText
    unit: str
    unit_price: DecimalText | None
    price_includes_tax: bool
    tax_rate: DecimalText
    net: DecimalText | None
    tax: DecimalText | None
    gross: DecimalText | None


class PurchaseLineOut(BuyingLineOut):
    source_line_id: int | None
    received: DecimalText
    closed: DecimalText
    open: DecimalText
    close_reason: str
    confirmed_on: DateText | None
    confirmed: DecimalText | None


class PriceWarningOut(Schema):
    line_no: int
    designation: str
    kind: str
    known: DecimalText
    percent: DecimalText
    message: str


class PurchaseOut(PurchaseHead):
    notes: str
    lines: list[PurchaseLineOut]
    price_warnings: list[PriceWarningOut]


class PurchasePage(Schema):
    items: list[PurchaseHead]
    next: str | None


class PurchaseFilter(Schema):
    status: PurchaseOrderStatus | None = None
    supplier_id: Id | None = None
    limit: Limit = 50
    cursor: str = ""


def amounts_json(document: Document, *, sees_cost: bool) -> dict[str, str | None]:
    if not sees_cost:
        return dict.fromkeys(("net", "tax", "gross"))
    return {
        "net": f"{document.net_total:.2f}",
        "tax": f"{document.tax_total:.2f}",
        "gross": f"{document.gross_total:.2f}",
    }


def buying_head(document: Document, *, sees_cost: bool) -> dict[str, Any]:
    row: Any = document
    return {
        "id": row.pk,
        "ref": row.ref,
        "number": row.number,
        "status": row.status,
        "version": row.version,
        "supplier_id": row.supplier_id,
        "owner": row.owner.username,
        "currency": row.currency_id,
        "dated_on": row.dated_on.isoformat(),
        "warehouse_id": row.warehouse_id,
        "partner_reference": row.partner_reference,
        **amounts_json(document, sees_cost=sees_cost),
    }


def buying_line(line: Any, *, sees_cost: bool) -> dict[str, Any]:
    told = line_json(line)
    return told if sees_cost else {**told, **dict.fromkeys(_AMOUNTS)}


def purchase_head(order: PurchaseOrder, *, sees_cost: bool) -> dict[str, Any]:
    wanted = order.requested_on
    return buying_head(order, sees_cost=sees_cost) | {
        "requested_on": wanted.isoformat() if wanted else None
    }


def purchase_line(
    line: PurchaseOrderLine, said: Mapping[int, InboundPromise], *, sees_cost: bool
) -> dict[str, Any]:
    promise = said.get(line.pk)
    day = promise.confirmed_on if promise else None
    confirmed: Decimal | None = promise.quantity if promise else None
    return buying_line(line, sees_cost=sees_cost) | {
        "source_line_id": line.source_line_id,
        "received": plain(line.received_quantity),
        "closed": plain(line.closed_quantity),
        "open": plain(line.open_quantity),
        "close_reason": line.close_reason,
        "confirmed_on": day.isoformat() if day else None,
        "confirmed": None if confirmed is None else plain(confirmed),
    }
