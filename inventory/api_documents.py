"""Stock documents over HTTP: transfers, counts, other receipts and issues, assemblies."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Query, Router

from accounts.requests import AuthedRequest
from erp.core.api import (
    ERRORS,
    Input,
    change,
    field_problem,
    newest_first,
    seen_version,
    with_etag,
)
from erp.core.policy import allowed, authorize, authorize_warehouses
from inventory import services
from inventory.document_schemas import (
    AssemblyIn,
    CountedIn,
    CountIn,
    DocumentFilter,
    DocumentOut,
    DocumentPage,
    EntryIn,
    ReceiveIn,
    StepIn,
    TransferIn,
    document_json,
    head_json,
)
from inventory.models import Assembly, StockCount, StockEntry, Transfer, Warehouse
from inventory.papers import ASSEMBLIES, COUNTS, ENTRIES, PAPERS, TRANSFERS, Paper, Step
from inventory.services import Reception

router = Router(tags=["stock documents"])


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
