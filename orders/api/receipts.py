"""Goods receipts and returns to suppliers over HTTP."""

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
    ProblemOut,
    Quantity,
    Version,
    change,
    field_problem,
    newest_first,
    required_version,
    seen_version,
    with_etag,
)
from erp.core.money import ZERO, plain
from erp.core.policy import allowed, authorize, authorize_warehouses
from inventory.models import Bin
from orders import services
from orders.api.purchase_shapes import BuyingLineOut, buying_head, buying_line
from orders.api.verbs import VerbIn
from orders.models import Receipt, ReceiptStatus
from orders.services.receipts import MAX_LINES

router = Router(tags=["goods receipts"])


class CountedIn(Input):
    source_line_id: Id = Field(description="the line of the purchase order")
    quantity: Quantity | None = Field(None, description="what goes into the bin")
    bin_id: Id | None = Field(None, description="without: where the part lies already")
    rejected: Quantity | None = None
    reject_reason: str = Field("", max_length=200)

    def entered(self) -> services.CountedLine:
        return services.CountedLine(
            self.source_line_id,
            self.quantity or ZERO,
            self.bin_id,
            self.rejected or ZERO,
            self.reject_reason,
        )


Counted = Annotated[list[CountedIn], Field(min_length=1, max_length=MAX_LINES)]


class ReceiptIn(Input):
    lines: Counted | None = None


class ReceiptChange(Input):
    version: Version | None = None
    partner_reference: str | None = Field(None, max_length=60)
    notes: str | None = Field(None, max_length=10_000)
    lines: Counted


class ReceiptLineOut(BuyingLineOut):
    source_line_id: int
    bin: str
    bin_id: int
    rejected: DecimalText
    reject_reason: str
    returned: DecimalText


class ReceiptHead(Schema):
    id: int
    ref: str
    number: str | None
    status: str
    version: int
    supplier_id: int
    purchase_order_id: int
    owner: str
    currency: str
    dated_on: DateText
    warehouse_id: int
    partner_reference: str
    net: DecimalText | None
    tax: DecimalText | None
    gross: DecimalText | None


class ReceiptOut(ReceiptHead):
    notes: str
    lines: list[ReceiptLineOut]


class ReceiptPage(Schema):
    items: list[ReceiptHead]
    next: str | None


class ReceiptFilter(Schema):
    status: ReceiptStatus | None = None
    purchase_order_id: Id | None = None
    limit: Limit = 50
    cursor: str = ""


def receipt_head(receipt: Receipt, *, sees_cost: bool) -> dict[str, Any]:
    head = buying_head(receipt, sees_cost=sees_cost)
    return head | {"purchase_order_id": receipt.purchase_order_id}


def receipt_json(user: Any) -> Any:
    """Return how to tell a receipt to this user."""
    sees_cost = allowed(user, "products.view_cost")

    def told(receipt: Receipt) -> dict[str, Any]:
        return receipt_head(receipt, sees_cost=sees_cost) | {
            "notes": receipt.notes,
            "lines": [
                buying_line(line, sees_cost=sees_cost)
                | {
                    "source_line_id": line.source_line_id,
                    "bin": line.bin.code,
                    "bin_id": line.bin_id,
                    "rejected": plain(line.rejected_quantity),
                    "reject_reason": line.reject_reason,
                    "returned": plain(line.returned_quantity + line.returned_rejected),
                }
                for line in receipt.lines.select_related("bin")
            ],
        }

    return told


def check_bins(request: AuthedRequest, lines: list[CountedIn]) -> None:
    """Refuse bins the user does not see, naming the first such line."""
    named = {line.bin_id for line in lines if line.bin_id is not None}
    if not named:
        return
    known = set(
        Bin.objects.visible_to(request.user).filter(pk__in=named).values_list("pk", flat=True)
    )
    for number, line in enumerate(lines, 1):
        if line.bin_id is not None and line.bin_id not in known:
            field = f"lines[{number}].bin_id"
            raise field_problem(field, "unknown_bin", _("There is no such bin."))


def _receipt(request: AuthedRequest, right: str, receipt_id: int) -> Receipt:
    authorize(request.user, right)
    found = Receipt.objects.select_related("owner").get_visible(request.user, receipt_id)
    if right != "orders.view_receipt":
        authorize_warehouses(request.user, found.warehouse_id)
    return found


@router.get("", response={200: ReceiptPage, **ERRORS}, summary="Goods receipts, newest first")
def list_receipts(request: AuthedRequest, sought: Query[ReceiptFilter]) -> dict[str, Any]:
    authorize(request.user, "orders.view_receipt")
    rows = Receipt.objects.visible_to(request.user).select_related("owner")
    if sought.status:
        rows = rows.filter(status=sought.status)
    if sought.purchase_order_id:
        rows = rows.filter(purchase_order=sought.purchase_order_id)
    found, following = newest_first(rows, cursor=sought.cursor, limit=sought.limit)
    sees_cost = allowed(request.user, "products.view_cost")
    return {
        "items": [receipt_head(row, sees_cost=sees_cost) for row in found],
        "next": following,
    }


@router.get("/{int:receipt_id}", response={200: ReceiptOut, **ERRORS}, summary="One goods receipt")
def get_receipt(request: AuthedRequest, response: HttpResponse, receipt_id: int) -> dict[str, Any]:
    """The ETag is the version that `PATCH` takes as `If-Match`."""
    receipt = _receipt(request, "orders.view_receipt", receipt_id)
    with_etag(response, receipt.version)
    told: dict[str, Any] = receipt_json(request.user)(receipt)
    return told


@router.patch(
    "/{int:receipt_id}",
    response={200: ReceiptOut, 428: ProblemOut, **ERRORS},
    summary="Replace the lines of a receipt that is not posted",
)
def change_receipt(request: AuthedRequest, receipt_id: int, sent: ReceiptChange) -> HttpResponse:
    receipt = _receipt(request, "orders.change_receipt", receipt_id)
    version = required_version(request, sent.version)
    check_bins(request, sent.lines)
    values = sent.model_dump(include={"partner_reference", "notes"}, exclude_none=True)

    def effect() -> tuple[int, dict[str, Any]]:
        lines = [line.entered() for line in sent.lines]
        changed = services.change_receipt(
            receipt.pk, lines, version=version, by=request.user, **values
        )
        return 200, receipt_json(request.user)(changed)

    body = [version, sent.model_dump(mode="json")]
    return change(request, "receipt.change", effect, object_id=receipt.pk, body=body)


def _add(name: str, right: str, service: Any, *, takes_reason: bool = False) -> None:
    def take(request: AuthedRequest, receipt_id: int, sent: VerbIn | None = None) -> HttpResponse:
        receipt = _receipt(request, right, receipt_id)
        sent = sent or VerbIn(reason="")
        version = seen_version(request, sent.version)
        more = {"reason": sent.reason} if takes_reason else {}

        def effect() -> tuple[int, dict[str, Any]]:
            moved = service(receipt.pk, version=version, by=request.user, **more)
            return 200, receipt_json(request.user)(moved)

        body = [version, sent.reason]
        return change(request, f"receipt.{name}", effect, object_id=receipt.pk, body=body)

    router.post(
        f"/{{int:receipt_id}}/{name}",
        response={200: ReceiptOut, **ERRORS},
        operation_id=f"receipt_{name}",
        summary=(service.__doc__ or name).strip().partition("\n")[0],
    )(take)


_add("count", "orders.change_receipt", services.count_receipt)
_add("reopen", "orders.change_receipt", services.reopen_receipt)
_add("post", "orders.post_receipt", services.post_receipt)
_add("cancel", "orders.change_receipt", services.cancel_receipt, takes_reason=True)
_add("reverse", "orders.reverse_receipt", services.reverse_receipt, takes_reason=True)
