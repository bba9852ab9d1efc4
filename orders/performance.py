"""How reliable a supplier is, told by what really came."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from customers.models import Supplier
from inventory.models import InboundPromise
from orders.models import PurchaseOrder, Receipt, ReceiptLine

DAYS_LOOKED_BACK = 365


@dataclass(frozen=True, slots=True)
class Performance:
    """Of one supplier's posted receipts in a span of days.

    ``average_days`` from the order's date to the receipt's, rounded; ``on_time`` of ``promised``:
    receipts whose goods had a confirmed day, or whose order wanted one, on that day or before.
    """

    receipts: int
    average_days: int | None
    promised: int
    on_time: int

    @property
    def on_time_percent(self) -> int | None:
        return round(100 * self.on_time / self.promised) if self.promised else None


def supplier_performance(supplier: Supplier, *, on: date) -> Performance:
    """Return the figures of the year before a day, in three queries."""
    return performances([supplier.pk], on=on)[supplier.pk]


def performances(supplier_ids: Collection[int], *, on: date) -> dict[int, Performance]:
    """Return the figures of several suppliers, in three queries."""
    receipts = Receipt.objects.posted().filter(
        supplier__in=supplier_ids,
        dated_on__gt=on - timedelta(days=DAYS_LOOKED_BACK),
        dated_on__lte=on,
    )
    columns = ("purchase_order__dated_on", "dated_on", "purchase_order__requested_on")
    found = list(receipts.order_by().values_list("pk", "supplier_id", *columns))
    promised = _promised([pk for pk, *_rest in found])
    rows: dict[int, list[tuple[date, date, date | None]]] = defaultdict(list)
    for pk, supplier, ordered, came, asked in found:
        rows[supplier].append((ordered, came, promised.get(pk, asked)))
    return {pk: _performance(rows[pk]) for pk in supplier_ids}


def _performance(rows: list[tuple[date, date, date | None]]) -> Performance:
    days = [(came - ordered).days for ordered, came, _wanted in rows]
    wanted = [(came, day) for _ordered, came, day in rows if day is not None]
    return Performance(
        receipts=len(rows),
        average_days=round(sum(days) / len(days)) if days else None,
        promised=len(wanted),
        on_time=sum(came <= day for came, day in wanted),
    )


def _promised(receipt_ids: list[int]) -> dict[int, date]:
    """Return the day first confirmed for what came by each receipt, the last of its lines' days.

    The first word counts: who moves his date every week is not punctual.
    """
    lines = ReceiptLine.objects.filter(document__in=receipt_ids).order_by()
    sources = list(lines.values_list("document_id", "source_line_id"))
    said = InboundPromise.objects.filter(
        source_type=PurchaseOrder._meta.label_lower,
        source_line_id__in={line for _receipt, line in sources},
        confirmed_on__isnull=False,
    )
    first: dict[int, date] = {}
    for line, day in said.order_by("pk").values_list("source_line_id", "confirmed_on"):
        if day is not None:
            first.setdefault(line, day)
    promised: dict[int, date] = {}
    for receipt, line in sources:
        if line in first:
            promised[receipt] = max(promised.get(receipt, first[line]), first[line])
    return promised
