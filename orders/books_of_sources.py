"""What must hold between an order and the quotation it was made of."""

from collections.abc import Iterator

from django.db.models import F, QuerySet

from audit.models import AuditEntry
from erp.core.aggregates import ExactSum
from erp.core.invariants import Check, invariant
from orders.models import SalesOrder, SalesOrderLine
from quotations.models import LineOutcome, QuotationLine


@invariant("sales: what was ordered of a quotation stands on its order, no more without a trace")
def orders_follow_quotations(check: Check) -> Iterator[str]:
    lines = SalesOrderLine.objects.exclude(source_line=None).exclude(
        document__status=SalesOrder.Status.CANCELLED
    )
    strange = lines.exclude(source_line__document=F("document__quotation"))
    for pk in strange.order_by("pk").values_list("pk", flat=True).iterator():
        yield f"line {pk}: it is of a quotation its order was not made of"
    unasked = lines.exclude(source_line__outcome=LineOutcome.ORDERED)
    for pk in unasked.order_by("pk").values_list("pk", flat=True).iterator():
        yield f"line {pk}: nobody ordered the line of the quotation it was made of"
    yield from _more_than_offered(check, lines)


def _more_than_offered(check: Check, lines: QuerySet[SalesOrderLine]) -> Iterator[str]:
    """An order may be changed by hand to more than was offered; then its log says so."""
    sums = lines.order_by().values_list("source_line_id")
    ordered = dict(sums.annotate(total=ExactSum(F("quantity"), places=3)).iterator())
    rows = QuotationLine.objects.filter(outcome=LineOutcome.ORDERED).order_by("pk")
    for pk, offered in rows.values_list("pk", "ordered_quantity").iterator():
        check.rows += 1
        if ordered.get(pk, offered) > offered and not _is_traced(lines.filter(source_line=pk)):
            yield f"quotation line {pk}: {ordered[pk]} ordered of {offered}"


def _is_traced(lines: QuerySet[SalesOrderLine]) -> bool:
    orders = [str(pk) for pk in lines.values_list("document_id", flat=True)]
    return AuditEntry.objects.filter(
        action="order.changed", object_type=SalesOrder._meta.label_lower, object_id__in=orders
    ).exists()
