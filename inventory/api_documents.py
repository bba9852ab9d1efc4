"""Stock documents over HTTP: transfers, counts, other receipts and issues, assemblies."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from pydantic import Field

from accounts.requests import AuthedRequest
from erp.core.api import (
    ERRORS,
    DateText,
    DecimalText,
    Id,
    Input,
    Limit,
    Quantity,
    UnitPrice,
    Version,
    change,
    field_problem,
    newest_first,
    seen_version,
    utc,
    with_etag,
)
from erp.core.money import MAX_AMOUNT, MAX_QUANTITY, plain
from erp.core.policy import allowed, authorize, authorize_warehouses
from inventory import services
from inventory.models import Assembly, StockCount, StockEntry, StockEntryKind, Transfer, Warehouse
from inventory.papers import ASSEMBLIES, COUNTS, ENTRIES, PAPERS, TRANSFERS, Paper, Step
from inventory.services import CountInput, Reception, StockLineInput

router = Router(tags=["stock documents"])

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


def _seen(request: AuthedRequest, paper: Paper, right: str, pk: int) -> Any:
    """Return a visible document for an action: 403 without the right, 404 out of sight."""
    authorize(request.user, right)
    manager: Any = paper.model._default_manager
    return manager.select_related("created_by").get_visible(request.user, pk)


def _warehouse(request: AuthedRequest, pk: int) -> None:
    """Refuse a warehouse that is none of the user's, as if it were not there."""
    rows = Warehouse.objects.visible_to(request.user).active()
    if not rows.filter(pk=pk).exists():
        raise field_problem("warehouse_id", "unknown_warehouse", _("There is no such warehouse."))


# --- making ----------------------------------------------------------------------------------


def _create(
    request: AuthedRequest, paper: Paper, sent: Input, make: Callable[[], Any]
) -> HttpResponse:
    def effect() -> tuple[int, dict[str, Any]]:
        return 201, document_json(make(), request)

    body = sent.model_dump(mode="json")
    return change(request, f"{paper.slug}.create", effect, body=body)


@router.post("/transfers", response={201: DocumentOut, **ERRORS}, summary="Draft a transfer")
def create_transfer(request: AuthedRequest, sent: TransferIn) -> HttpResponse:
    authorize(request.user, TRANSFERS.right("add"))
    _warehouse(request, sent.warehouse_id)
    lines = [line.entered() for line in sent.lines]

    def make() -> Transfer:
        return services.create_transfer(
            sent.warehouse_id, sent.to_warehouse_id, lines, notes=sent.notes, by=request.user
        )

    return _create(request, TRANSFERS, sent, make)


@router.post("/stock-counts", response={201: DocumentOut, **ERRORS}, summary="Draft a stock count")
def create_count(request: AuthedRequest, sent: CountIn) -> HttpResponse:
    """Of a warehouse, of the bins whose code begins so, or of some products."""
    authorize(request.user, COUNTS.right("add"))
    _warehouse(request, sent.warehouse_id)
    fields = sent.model_dump()

    def make() -> StockCount:
        return services.create_count(fields.pop("warehouse_id"), by=request.user, **fields)

    return _create(request, COUNTS, sent, make)


@router.post(
    "/stock-entries",
    response={201: DocumentOut, **ERRORS},
    summary="Draft another receipt or issue: sample, scrap, surplus, adjustment",
)
def create_entry(request: AuthedRequest, sent: EntryIn) -> HttpResponse:
    authorize(request.user, ENTRIES.right("add"))
    _warehouse(request, sent.warehouse_id)
    sees_cost = allowed(request.user, "products.view_cost")
    if not sees_cost and any(line.unit_cost is not None for line in sent.lines):
        raise field_problem("lines", "cost_not_yours", _("You do not have the right to do this."))
    lines = [line.entered() for line in sent.lines]

    def make() -> StockEntry:
        return services.create_entry(
            sent.kind,
            sent.warehouse_id,
            lines,
            reason=sent.reason,
            notes=sent.notes,
            by=request.user,
        )

    return _create(request, ENTRIES, sent, make)


@router.post("/assemblies", response={201: DocumentOut, **ERRORS}, summary="Draft an assembly")
def create_assembly(request: AuthedRequest, sent: AssemblyIn) -> HttpResponse:
    authorize(request.user, ASSEMBLIES.right("add"))
    lines = None if sent.lines is None else [line.entered() for line in sent.lines]

    def make() -> Assembly:
        made = services.create_assembly(
            sent.product_id,
            sent.quantity,
            bin_id=sent.bin_id,
            kind=sent.kind,
            lines=lines,
            labour_amount=sent.labour_amount,
            notes=sent.notes,
            by=request.user,
        )
        authorize_warehouses(request.user, made.warehouse_id)
        return made

    return _create(request, ASSEMBLIES, sent, make)


# --- on their way ----------------------------------------------------------------------------


@router.post(
    "/transfers/{int:document_id}/receive",
    response={200: DocumentOut, **ERRORS},
    summary="Take in what came of a transfer, and give up what is lost",
)
def receive_transfer(
    request: AuthedRequest, document_id: int, sent: ReceiveIn | None = None
) -> HttpResponse:
    transfer = _seen(request, TRANSFERS, "inventory.receive_transfer", document_id)
    version = seen_version(request, sent.version if sent else None)
    lines = sent.lines if sent else None
    came = None if lines is None else [Reception(**line.model_dump()) for line in lines]

    def effect() -> tuple[int, dict[str, Any]]:
        authorize_warehouses(request.user, transfer.to_warehouse_id)
        moved = services.receive_transfer(transfer.pk, came, by=request.user, version=version)
        return 200, document_json(moved, request)

    body = [version, sent.model_dump(mode="json") if sent else None]
    return change(request, "transfers.receive", effect, object_id=transfer.pk, body=body)


@router.post(
    "/stock-counts/{int:document_id}/lines",
    response={200: DocumentOut, **ERRORS},
    summary="Write down what was counted",
)
def record_counts(request: AuthedRequest, document_id: int, sent: CountedIn) -> HttpResponse:
    """Several may count at once: only these lines are touched."""
    count = _seen(request, COUNTS, COUNTS.right("change"), document_id)
    version = seen_version(request, sent.version)
    _check_moments(sent)
    entries = [line.entered() for line in sent.lines]

    def effect() -> tuple[int, dict[str, Any]]:
        authorize_warehouses(request.user, count.warehouse_id)
        told = services.record_counts(count.pk, entries, by=request.user, version=version)
        return 200, document_json(told, request)

    body = [version, sent.model_dump(mode="json")]
    return change(request, "stock-counts.count", effect, object_id=count.pk, body=body)


def _check_moments(sent: CountedIn) -> None:
    for number, line in enumerate(sent.lines, 1):
        if line.counted_at is not None and line.counted_at.tzinfo is None:
            field = f"lines[{number}].counted_at"
            raise field_problem(field, "no_time_zone", _("Say in which time zone."))


def _add_paper(paper: Paper) -> None:
    """Give a document its list, its page and its steps."""

    def listed(request: AuthedRequest, sought: Query[DocumentFilter]) -> dict[str, Any]:
        authorize(request.user, paper.right("view"))
        manager: Any = paper.model._default_manager
        rows = manager.visible_to(request.user).select_related("created_by")
        if sought.status:
            rows = rows.filter(status=sought.status)
        if sought.warehouse_id:
            rows = rows.filter(warehouse=sought.warehouse_id)
        found, following = newest_first(rows, cursor=sought.cursor, limit=sought.limit)
        return {"items": [head_json(row) for row in found], "next": following}

    def one(request: AuthedRequest, response: HttpResponse, document_id: int) -> dict[str, Any]:
        document = _seen(request, paper, paper.right("view"), document_id)
        with_etag(response, document.version)
        return document_json(document, request)

    name = paper.slug.replace("-", "_")
    router.get(
        f"/{paper.slug}",
        response={200: DocumentPage, **ERRORS},
        operation_id=f"list_{name}",
        summary=f"{paper.slug.replace('-', ' ').capitalize()}, newest first",
    )(listed)
    router.get(
        f"/{paper.slug}/{{int:document_id}}",
        response={200: DocumentOut, **ERRORS},
        operation_id=f"get_{name}",
        summary="One document; the ETag is its version",
    )(one)
    for step in paper.steps.values():
        _add_step(paper, step, name)


def _add_step(paper: Paper, step: Step, name: str) -> None:
    def take(request: AuthedRequest, document_id: int, sent: StepIn | None = None) -> HttpResponse:
        document = _seen(request, paper, step.right, document_id)
        reason = sent.reason if sent else ""
        version = seen_version(request, sent.version if sent else None)

        def effect() -> tuple[int, dict[str, Any]]:
            moved = step.take(document, by=request.user, version=version, reason=reason)
            return 201 if step.copies else 200, document_json(moved, request)

        body = [version, reason]
        action = f"{paper.slug}.{step.name}"
        return change(request, action, effect, object_id=document.pk, body=body)

    router.post(
        f"/{paper.slug}/{{int:document_id}}/{step.name}",
        response={201 if step.copies else 200: DocumentOut, **ERRORS},
        operation_id=f"{name}_{step.name}",
        summary=(step.service.__doc__ or step.name).strip().partition("\n")[0],
    )(take)


for _paper in PAPERS.values():
    _add_paper(_paper)
