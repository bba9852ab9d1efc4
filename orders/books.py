"""What must hold in orders and their deliveries and receipts, and in every document's sums."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db.models import F

from erp.core.aggregates import ExactSum
from erp.core.documents import Document, Line
from erp.core.invariants import Check, differences, invariant
from erp.core.money import taxed_amount
from orders.models import (
    Delivery,
    DeliveryLine,
    PurchaseOrderLine,
    Receipt,
    ReceiptLine,
    SalesOrderLine,
)


def _done_by_line(lines: Any) -> dict[int, Any]:
    sums = lines.order_by().values_list("source_line_id")
    return dict(sums.annotate(total=ExactSum(F("quantity"), places=3)).iterator())


def _progress(check: Check, lines: Any, counted: str, done: dict[int, Any]) -> Iterator[str]:
    """Compare a line's counter with the documents behind it, and both with what was ordered."""
    actual = {}
    rows = lines.values_list("pk", "quantity", "closed_quantity", counted)
    for pk, quantity, closed, count in rows.iterator():
        actual[pk] = count
        if count + closed > quantity or min(count, closed) < 0:
            yield f"line {pk}: ordered {quantity}, done {count}, closed {closed}"
    yield from differences(check, done, actual, label=lambda pk: f"line {pk}")


@invariant("sales: ordered = delivered + open + closed per line")
def sales_progress(check: Check) -> Iterator[str]:
    shipped = DeliveryLine.objects.filter(
        document__status__in=[Delivery.Status.SHIPPED, Delivery.Status.DONE]
    )
    lines = SalesOrderLine.objects.all()
    yield from _progress(check, lines, "delivered_quantity", _done_by_line(shipped))


@invariant("purchasing: ordered = received + open + closed per line")
def purchase_progress(check: Check) -> Iterator[str]:
    posted = ReceiptLine.objects.filter(document__status=Receipt.Status.POSTED)
    lines = PurchaseOrderLine.objects.all()
    yield from _progress(check, lines, "received_quantity", _done_by_line(posted))


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
