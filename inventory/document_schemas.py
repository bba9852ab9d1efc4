"""What is sent and told of stock documents over HTTP."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from ninja import Schema
from pydantic import Field

from accounts.requests import AuthedRequest
from erp.core.api import (
    DateText,
    DecimalText,
    Id,
    Input,
    Limit,
    Quantity,
    UnitPrice,
    Version,
    utc,
)
from erp.core.money import MAX_AMOUNT, MAX_QUANTITY, plain
from erp.core.policy import allowed
from inventory.models import Assembly, StockCount, StockEntryKind
from inventory.services import CountInput, StockLineInput

Counted = Annotated[Decimal, Field(ge=0, le=MAX_QUANTITY, decimal_places=3)]
MostLines = 1000


class LineIn(Input):
    product_id: Id
    quantity: Quantity
    bin_id: Id | None = None
    note: str = Field("", max_length=200)

    def entered(self) -> StockLineInput:
        return StockLineInput(**self.model_dump())


class TransferLineIn(LineIn):
    to_bin_id: Id | None = None


class EntryLineIn(LineIn):
    unit_cost: UnitPrice | None = None


class TransferIn(Input):
    """`bin_id` is where the goods lie; within one warehouse both bins are needed."""

    warehouse_id: Id
    to_warehouse_id: Id
    notes: str = Field("", max_length=2000)
    lines: list[TransferLineIn] = Field(min_length=1, max_length=MostLines)


class ReceivedLineIn(Input):
    line_id: Id
    received: Counted = Decimal(0)
    lost: Counted = Decimal(0)
    bin_id: Id | None = None
    reason: str = Field("", max_length=200)


class ReceiveIn(Input):
    """Without `lines` all that is open has come."""

    version: Version | None = None
    lines: list[ReceivedLineIn] | None = Field(None, min_length=1, max_length=MostLines)


class CountIn(Input):
    warehouse_id: Id
    zone: str = Field("", max_length=20, description="bins whose code begins so")
    product_ids: list[Id] = Field(default_factory=list, max_length=MostLines)
    is_blind: bool = False
    notes: str = Field("", max_length=2000)


class CountedLineIn(Input):
    """A line by its id, or a product and a bin; `counted` null takes the quantity back.

    `counted_at`: when it was counted, if not just now.
    """

    line_id: Id | None = None
    product_id: Id | None = None
    bin_id: Id | None = None
    counted: Counted | None
    counted_at: datetime | None = None
    note: str | None = Field(None, max_length=200)

    def entered(self) -> CountInput:
        return CountInput(
            self.counted,
            line_id=self.line_id,
            product_id=self.product_id,
            bin_id=self.bin_id,
            at=self.counted_at,
            note=self.note,
        )


class CountedIn(Input):
    version: Version | None = None
    lines: list[CountedLineIn] = Field(min_length=1, max_length=MostLines)


class EntryIn(Input):
    kind: StockEntryKind
    warehouse_id: Id
    reason: str = Field(min_length=1, max_length=200)
    notes: str = Field("", max_length=2000)
    lines: list[EntryLineIn] = Field(min_length=1, max_length=MostLines)


class AssemblyIn(Input):
    """Without `lines` the components are those of the recipe."""

    kind: Assembly.Kind = Assembly.Kind.ASSEMBLE
    product_id: Id
    quantity: Quantity
    bin_id: Id
    labour_amount: Annotated[Decimal, Field(ge=0, le=MAX_AMOUNT, decimal_places=2)] = Decimal(0)
    notes: str = Field("", max_length=2000)
    lines: list[LineIn] | None = Field(None, min_length=1, max_length=MostLines)


class StepIn(Input):
    """The version a decision was made on, and why."""

    version: Version | None = None
    reason: str = Field("", max_length=200)


class DocumentHead(Schema):
    id: int
    ref: str
    number: str | None
    status: str
    version: int
    dated_on: DateText
    warehouse_id: int
    to_warehouse_id: int | None
    kind: str | None
    created_by: str


class LineOut(Schema):
    id: int
    line_no: int
    product_id: int
    brand: str
    designation: str
    bin_id: int | None
    to_bin_id: int | None
    quantity: DecimalText | None
    received: DecimalText | None
    lost: DecimalText | None
    snapshot: DecimalText | None
    counted: DecimalText | None
    expected: DecimalText | None
    variance: DecimalText | None
    counted_at: str | None
    value: DecimalText | None
    note: str


class DocumentOut(DocumentHead):
    notes: str
    lines: list[LineOut]


class DocumentPage(Schema):
    items: list[DocumentHead]
    next: str | None


class DocumentFilter(Schema):
    status: str = Field("", max_length=12)
    warehouse_id: Id | None = None
    limit: Limit = 50
    cursor: str = ""


def head_json(document: Any) -> dict[str, Any]:
    return {
        "id": document.pk,
        "ref": document.ref,
        "number": document.number,
        "status": document.status,
        "version": document.version,
        "dated_on": document.dated_on.isoformat(),
        "warehouse_id": document.warehouse_id,
        "to_warehouse_id": getattr(document, "to_warehouse_id", None),
        "kind": getattr(document, "kind", None),
        "created_by": document.created_by.username,
    }


def document_json(document: Any, request: AuthedRequest) -> dict[str, Any]:
    """Return the whole: its worth to those who may see cost, the books of a blind count to none."""
    sees_cost = allowed(request.user, "products.view_cost")
    hides_books = isinstance(document, StockCount) and hides(document)
    lines = document.lines.select_related("product__brand")
    told = [_line_json(line, sees_cost=sees_cost, hides_books=hides_books) for line in lines]
    return head_json(document) | {"notes": document.notes, "lines": told}


def hides(count: StockCount) -> bool:
    return count.is_blind and count.status in {StockCount.Status.DRAFT, StockCount.Status.COUNTING}


def _figure(line: Any, name: str) -> str | None:
    value = getattr(line, name, None)
    return None if value is None else plain(value)


def _line_json(line: Any, *, sees_cost: bool, hides_books: bool) -> dict[str, Any]:
    counted_at = getattr(line, "counted_at", None)
    worth = getattr(line, "value", getattr(line, "variance_value", None))
    books = {
        "snapshot": _figure(line, "snapshot_quantity"),
        "expected": _figure(line, "expected_quantity"),
        "variance": _figure(line, "variance"),
    }
    return {
        "id": line.pk,
        "line_no": line.line_no,
        "product_id": line.product_id,
        "brand": line.product.brand_label,
        "designation": line.product.designation,
        "bin_id": getattr(line, "from_bin_id", getattr(line, "bin_id", None)),
        "to_bin_id": getattr(line, "to_bin_id", None),
        "quantity": _figure(line, "quantity"),
        "received": _figure(line, "received_quantity"),
        "lost": _figure(line, "lost_quantity"),
        "counted": _figure(line, "counted_quantity"),
        **(dict.fromkeys(books) if hides_books else books),
        "counted_at": utc(counted_at) if counted_at else None,
        "value": f"{worth:.2f}" if sees_cost and worth is not None else None,
        "note": line.note,
    }
