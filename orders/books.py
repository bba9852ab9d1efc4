"""What must hold in orders and their deliveries and receipts, and in every document's sums."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.db.models import F, Value

from erp.core.aggregates import ExactSum
from erp.core.documents import Document, Line
from erp.core.invariants import Check, differences, invariant
from erp.core.money import ZERO, round_money, taxed_amount
from inventory.models import Inbound, Reservation, StockMove
from orders.models import (
    Delivery,
    DeliveryLine,
    LandedCost,
    LandedCostLine,
    PurchaseOrder,
    PurchaseOrderLine,
    Receipt,
    ReceiptLine,
    Return,
    ReturnLine,
    SalesOrder,
    SalesOrderLine,
    SupplierReturn,
    SupplierReturnLine,
)
from orders.models.purchasing import EXPECTED

_NO_MORE = Value(ZERO)


def _done_by_line(lines: Any) -> dict[int, Any]:
    sums = lines.order_by().values_list("source_line_id")
    return dict(sums.annotate(total=ExactSum(F("quantity"), places=3)).iterator())


def _progress(
    check: Check,
    lines: Any,
    counted: str,
    done: dict[int, Any],
    *,
    over_rate: Any = _NO_MORE,
    over: Any = _NO_MORE,
) -> Iterator[str]:
    """Compare a line's counter with the documents behind it, and both with what was ordered.

    More than ordered may be done by a share of it (``over_rate``) or by a quantity (``over``).
    """
    actual = {}
    rows = lines.values_list("pk", "quantity", "closed_quantity", counted, over_rate, over)
    for pk, quantity, closed, count, rate, more in rows.iterator():
        actual[pk] = count
        if count + closed > quantity * (1 + rate) + more or min(count, closed) < 0:
            yield f"line {pk}: ordered {quantity}, done {count}, closed {closed}"
    yield from differences(check, done, actual, label=lambda pk: f"line {pk}")


@invariant("sales: ordered = delivered + open + closed per line")
def sales_progress(check: Check) -> Iterator[str]:
    shipped = DeliveryLine.objects.filter(
        document__status__in=[Delivery.Status.SHIPPED, Delivery.Status.DONE]
    )
    lines = SalesOrderLine.objects.all()
    yield from _progress(
        check, lines, "delivered_quantity", _done_by_line(shipped), over_rate=F("over_rate")
    )


@invariant("sales: no more comes back of a delivery line than was shipped")
def returned_within_shipped(check: Check) -> Iterator[str]:
    live = ReturnLine.objects.filter(document__in=Return.objects.live()).order_by()
    sums = live.values_list("source_line_id", "source_line__quantity").annotate(
        back=ExactSum(F("quantity"), places=3)
    )
    for pk, shipped, back in sums.iterator():
        check.rows += 1
        if back > shipped:
            yield f"delivery line {pk}: {back} came back of {shipped}"


@invariant("sales: goods come back at the cost they left at")
def returned_at_cost(check: Check) -> Iterator[str]:
    posted = ReturnLine.objects.filter(document__status=Return.Status.POSTED).order_by()
    names = ("source_line_id", "source_line__quantity", "source_line__cost_amount")
    sums = posted.values_list(*names).annotate(
        back=ExactSum(F("quantity"), places=3), cost=ExactSum(F("cost_amount"))
    )
    for pk, shipped, left_at, back, cost in sums.iterator():
        check.rows += 1
        expected = round_money((left_at or ZERO) * back / shipped)
        if cost != expected:
            yield f"delivery line {pk}: {back} of {shipped} came back at {cost}, not {expected}"


@invariant("sales: reserved for an order within what it has open or planned")
def reserved_for_open_lines(check: Check) -> Iterator[str]:
    planned = _done_by_line(DeliveryLine.objects.filter(document__in=Delivery.objects.to_ship()))
    held = Reservation.objects.filter(source_type=SalesOrder._meta.label_lower).order_by()
    reserved = dict(
        held.values_list("source_line_id").annotate(total=ExactSum(F("quantity"), places=3))
    )
    lines = SalesOrderLine.objects.in_bulk(list(reserved))
    for pk, quantity in reserved.items():
        check.rows += 1
        line = lines.get(pk)
        wanted = max(line.open_quantity, planned.get(pk, ZERO)) if line else ZERO
        if quantity > wanted:
            yield f"line {pk}: {quantity} reserved, {wanted} open"


@invariant("purchasing: ordered = received + open + closed per line")
def purchase_progress(check: Check) -> Iterator[str]:
    posted = ReceiptLine.objects.filter(document__status=Receipt.Status.POSTED)
    lines = PurchaseOrderLine.objects.all()
    done = _done_by_line(posted)
    yield from _progress(check, lines, "received_quantity", done, over="over_quantity")


@invariant("returned to suppliers = posted returns <= received")
def supplier_returns(check: Check) -> Iterator[str]:
    posted = SupplierReturnLine.objects.filter(document__status=SupplierReturn.Status.POSTED)
    for counter, is_rejected in (("returned_quantity", False), ("returned_rejected", True)):
        done = _done_by_line(posted.filter(is_rejected=is_rejected))
        actual = dict(ReceiptLine.objects.values_list("pk", counter).iterator())
        yield from differences(check, done, actual, label=lambda pk: f"receipt line {pk}")


@invariant("inbound of a purchase order line = what it has open")
def inbound_is_open(check: Check) -> Iterator[str]:
    rows = Inbound.objects.filter(source_type=PurchaseOrder._meta.label_lower).order_by()
    sums = rows.values_list("source_line_id")
    inbound = dict(sums.annotate(total=ExactSum(F("quantity"), places=3)).iterator())
    lines = PurchaseOrderLine.objects.select_related("document")
    expected = {
        line.pk: line.open_quantity if line.document.status in EXPECTED else ZERO
        for line in lines.iterator()
    }
    yield from differences(check, expected, inbound, label=lambda pk: f"line {pk}")


def _models(base: type) -> list[Any]:
    return [model for model in apps.get_models() if issubclass(model, base)]


@invariant("line amounts follow quantity, price and tax")
def line_amounts(check: Check) -> Iterator[str]:
    for model in _models(Line):
        for line in model.objects.order_by("pk").iterator():
            check.rows += 1
            want = taxed_amount(
                line.quantity,
                line.unit_price,
                line.tax_rate,
                price_includes_tax=line.price_includes_tax,
            )
            have = (line.net_amount, line.tax_amount, line.gross_amount)
            if have != (want.net, want.tax, want.gross):
                yield (
                    f"{model._meta.label} {line.pk}: {' + '.join(map(str, have[:2]))} = {have[2]}"
                    f" instead of {want.net} + {want.tax} = {want.gross}"
                )


@invariant("document totals = sums of lines")
def document_totals(check: Check) -> Iterator[str]:
    for model in _models(Document):
        line_model = model._meta.get_field("lines").related_model
        documents = model.priced_by_lines()
        for part in ("net", "tax", "gross"):
            sums = line_model.counted().order_by().values_list("document_id")
            expected = dict(sums.annotate(total=ExactSum(F(f"{part}_amount"))).iterator())
            actual = dict(documents.values_list("pk", f"{part}_total").iterator())
            name, column = model._meta.label, f"{part}_total"
            yield from differences(
                check,
                expected,
                actual,
                label=lambda pk, name=name, column=column: f"{name} {pk} {column}",  # type: ignore[misc]
            )


@invariant("landed cost = its charges = what its lines bear")
def landed_cost_is_spread(check: Check) -> Iterator[str]:
    sums = LandedCostLine.objects.order_by().values_list("document_id")
    borne = dict(sums.annotate(total=ExactSum(F("amount"))).iterator())
    amounts = {}
    for cost in LandedCost.objects.iterator():
        amounts[cost.pk] = cost.amount
        if cost.total() != cost.amount:
            yield f"landed cost {cost.pk}: charges {cost.total()} instead of {cost.amount}"
    yield from differences(check, amounts, borne, label=lambda pk: f"landed cost {pk}")


@invariant("landed cost posted = moved")
def landed_cost_is_moved(check: Check) -> Iterator[str]:
    status = LandedCost.Status
    rows = LandedCost.objects.values_list("pk", "amount", "status")
    posted = {pk: amount for pk, amount, is_now in rows if is_now == status.POSTED}
    moved: dict[int, Decimal] = dict.fromkeys(posted, ZERO)
    moves = StockMove.objects.filter(
        kind=StockMove.Kind.LANDED_COST, source_type=LandedCost._meta.label_lower
    )
    sums = (
        moves.order_by().values_list("source_id", "from_bin").annotate(total=ExactSum(F("value")))
    )
    for pk, came_from, total in sums:
        moved[pk] = moved.get(pk, ZERO) + (total if came_from is None else -total)
    yield from differences(check, posted, moved, label=lambda pk: f"landed cost {pk}")


@invariant("cost of a delivery line = its moves")
def delivery_cost_is_moved(check: Check) -> Iterator[str]:
    moves = StockMove.objects.filter(
        source_type=Delivery._meta.label_lower, reverses=None, quantity__gt=0
    )
    sums = moves.order_by().values_list("source_line_id")
    moved = dict(sums.annotate(total=ExactSum(F("value"))).iterator())
    frozen: dict[int, Any] = dict(
        DeliveryLine.objects.exclude(cost_amount=None).values_list("pk", "cost_amount").iterator()
    )
    yield from differences(check, moved, frozen, label=lambda pk: f"delivery line {pk}")
