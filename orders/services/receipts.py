"""Goods receipts as they are counted: what came, into which bin, what was rejected and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from erp.core.documents import check_quantity
from erp.core.errors import DomainError
from erp.core.money import ZERO
from erp.core.periods import company_today
from erp.core.record import field_changes, record
from erp.core.service import service
from inventory.models import Bin, StockBalance
from orders.models import PurchaseOrder, PurchaseOrderLine, Receipt, ReceiptLine
from orders.models.purchasing import EXPECTED

MAX_LINES = 1000


@dataclass(frozen=True, slots=True)
class CountedLine:
    """What came of a purchase order's line into one bin; without a bin one is proposed.

    ``rejected`` goods are no part of ``quantity`` and never enter stock; they need a reason.
    """

    source_line_id: int
    quantity: Decimal
    bin_id: int | None = None
    rejected: Decimal = ZERO
    reject_reason: str = ""


@service("receipt.create")
def create_receipt(
    order_id: int,
    *,
    bin_id: int | None = None,
    quantities: Mapping[int, Decimal] | None = None,
    lines: Sequence[CountedLine] | None = None,
    by: User,
) -> Receipt:
    """Draft the receipt of an order: all that is open, so much per line id, or lines as counted.

    Without a bin each part goes where it lies already. Raises DomainError order_not_open,
    unknown_bin, unknown_line, nothing_to_receive, bad_quantity, missing_reason.
    """
    order = PurchaseOrder.objects.locked(order_id)
    _check_open(order)
    sources = {line.pk: line for line in order.lines.all()}
    if lines is None:
        lines = _whole(sources, quantities, bin_id)
    receipt = Receipt(
        supplier_id=order.supplier_id,
        purchase_order=order,
        warehouse_id=order.warehouse_id,
        owner_id=order.owner_id,
        created_by=by,
        dated_on=company_today(),
        currency_id=order.currency_id,
        exchange_rate=order.exchange_rate,
    )
    rows = _rows(receipt, sources, lines, bin_id)
    receipt.sum_lines(rows)
    receipt.save()
    for row in rows:
        row.document = receipt
    ReceiptLine.objects.bulk_create(rows, batch_size=500)
    record("receipt.created", receipt, by=by)
    return receipt


def _check_open(order: PurchaseOrder) -> None:
    if order.status not in EXPECTED:
        raise DomainError(_("The order is not open."), code="order_not_open")


def _whole(
    sources: Mapping[int, PurchaseOrderLine],
    quantities: Mapping[int, Decimal] | None,
    bin_id: int | None,
) -> list[CountedLine]:
    """Return all that is open, or so much per line id."""
    if quantities is not None and not quantities.keys() <= sources.keys():
        raise _unknown_line()
    return [
        CountedLine(pk, quantity, bin_id)
        for pk, line in sources.items()
        if (quantity := line.open_quantity if quantities is None else quantities.get(pk, ZERO))
    ]


def _unknown_line() -> DomainError:
    return DomainError(_("The order has no such line."), code="unknown_line", field="lines")


def _rows(
    receipt: Receipt,
    sources: Mapping[int, PurchaseOrderLine],
    lines: Sequence[CountedLine],
    bin_id: int | None,
) -> list[ReceiptLine]:
    if not lines:
        raise DomainError(_("Nothing of this order is left to receive."), code="nothing_to_receive")
    if len(lines) > MAX_LINES:
        raise DomainError(
            _("A receipt has at most %(most)d lines.") % {"most": MAX_LINES},
            code="bad_line_count",
            field="lines",
        )
    if not {line.source_line_id for line in lines} <= sources.keys():
        raise _unknown_line()
    places = _places(receipt, [sources[line.source_line_id] for line in lines], lines, bin_id)
    rows = []
    for number, counted in enumerate(lines, 1):
        source = sources[counted.source_line_id]
        _check_counted(counted, number)
        row = ReceiptLine(
            document=receipt,
            line_no=number,
            product_id=source.product_id,
            source_line=source,
            bin=places[number - 1],
            quantity=counted.quantity,
            rejected_quantity=counted.rejected,
            reject_reason=counted.reject_reason.strip()[:200],
        )
        rows.append(row.copy_terms(source).compute_amounts())
    return rows


def _check_counted(counted: CountedLine, number: int) -> None:
    field = f"lines[{number}]"
    if counted.quantity or not counted.rejected:
        check_quantity(counted.quantity, field=f"{field}.quantity")
    if counted.rejected:
        check_quantity(counted.rejected, field=f"{field}.rejected")
        if not counted.reject_reason.strip():
            raise DomainError(
                _("Say why it was rejected."),
                code="missing_reason",
                field=f"{field}.reject_reason",
            )


def _places(
    receipt: Receipt,
    sources: Sequence[PurchaseOrderLine],
    lines: Sequence[CountedLine],
    bin_id: int | None,
) -> list[Bin]:
    """Return the bin of each line: the one named, or where the part lies already."""
    bins = Bin.objects.active().filter(warehouse_id=receipt.warehouse_id)
    named = {line.bin_id for line in lines if line.bin_id is not None}
    named |= {bin_id} if bin_id is not None else set()
    known = {place.pk: place for place in bins.filter(pk__in=named)}
    if named - known.keys():
        raise DomainError(
            _("There is no such bin in this warehouse."), code="unknown_bin", field="bin"
        )
    proposed: dict[int, Bin] = {}
    if bin_id is None and any(line.bin_id is None for line in lines):
        proposed = proposed_bins(receipt.warehouse_id, {line.product_id for line in sources})
    return [
        known[place] if (place := line.bin_id or bin_id) else proposed[source.product_id]
        for line, source in zip(lines, sources, strict=True)
    ]


def proposed_bins(warehouse_id: int, product_ids: set[int]) -> dict[int, Bin]:
    """Return where each part would go: where most of it lies, else the warehouse's first bin.

    Raises DomainError unknown_bin for a warehouse without bins.
    """
    bins = Bin.objects.active().filter(warehouse_id=warehouse_id)
    first = bins.order_by("code", "pk").first()
    if first is None:
        raise DomainError(_("The warehouse has no bin."), code="unknown_bin", field="bin")
    held = StockBalance.objects.filter(
        product_id__in=product_ids,
        bin__warehouse_id=warehouse_id,
        bin__archived_at=None,
        on_hand__gt=0,
    )
    places = dict.fromkeys(product_ids, first)
    for balance in held.select_related("bin").order_by("on_hand", "-pk"):
        places[balance.product_id] = balance.bin
    return places


@service("receipt.change")
def change_receipt(
    receipt_id: int,
    lines: Sequence[CountedLine],
    *,
    by: User,
    version: int | None = None,
    **head: Any,
) -> Receipt:
    """Replace the lines of a receipt that is not posted, and of its head what is given.

    ``head``: partner_reference (the supplier's delivery note), notes. Raises DomainError
    not_a_draft, stale_version, unknown_bin, unknown_line, bad_quantity, missing_reason.
    """
    receipt = locked_receipt(receipt_id, version)
    if receipt.status not in {Receipt.Status.DRAFT, Receipt.Status.COUNTED}:
        raise DomainError(
            _("Only a receipt that is not posted can be edited; %(ref)s is %(status)s.")
            % {"ref": receipt.ref, "status": receipt.get_status_display()},
            code="not_a_draft",
        )
    sources = {line.pk: line for line in receipt.purchase_order.lines.all()}
    before = _described(receipt, receipt.lines.select_related("bin"))
    for name in ("partner_reference", "notes"):
        if name in head:
            setattr(receipt, name, head[name])
    rows = _rows(receipt, sources, lines, None)
    receipt.lines.all().delete()
    ReceiptLine.objects.bulk_create(rows, batch_size=500)
    receipt.sum_lines(rows)
    receipt.version += 1
    receipt.save()
    changes = field_changes(before, _described(receipt, rows))
    record("receipt.changed", receipt, by=by, changes=changes)
    return receipt


def _described(receipt: Receipt, lines: Any) -> dict[str, Any]:
    return {
        "partner_reference": receipt.partner_reference,
        "notes": receipt.notes,
        "lines": [
            f"{line} × {line.quantity:f} (–{line.rejected_quantity:f}) → {line.bin}"
            for line in lines
        ],
    }


def locked_receipt(receipt_id: int, version: int | None) -> Receipt:
    receipt = Receipt.objects.locked(receipt_id)
    receipt.check_version(version)
    return receipt


def _move(receipt: Receipt, status: str, action: str, *, by: User, reason: str = "") -> Receipt:
    old = receipt.move_to(status)
    receipt.save()
    record(action, receipt, by=by, changes={"status": (old, receipt.status)}, reason=reason)
    return receipt


@service("receipt.count")
def count_receipt(receipt_id: int, *, by: User, version: int | None = None) -> Receipt:
    """Note that the goods were counted."""
    receipt = locked_receipt(receipt_id, version)
    return _move(receipt, Receipt.Status.COUNTED, "receipt.counted", by=by)


@service("receipt.reopen")
def reopen_receipt(receipt_id: int, *, by: User, version: int | None = None) -> Receipt:
    """Take a counted receipt back to be counted again."""
    receipt = locked_receipt(receipt_id, version)
    return _move(receipt, Receipt.Status.DRAFT, "receipt.reopened", by=by)


@service("receipt.cancel")
def cancel_receipt(
    receipt_id: int, *, by: User, reason: str = "", version: int | None = None
) -> Receipt:
    """Cancel a receipt that was not posted."""
    receipt = locked_receipt(receipt_id, version)
    return _move(receipt, Receipt.Status.CANCELLED, "receipt.cancelled", by=by, reason=reason)
