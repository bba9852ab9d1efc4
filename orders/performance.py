"""How reliable a supplier is, told by what really came."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from customers.models import Supplier
from orders.models import Receipt

DAYS_LOOKED_BACK = 365


@dataclass(frozen=True, slots=True)
class Performance:
    """Of one supplier's posted receipts in a span of days.

    ``average_days`` from the order's date to the receipt's, rounded; ``on_time`` of ``promised``:
    receipts of orders that wanted a date, on that day or before.
    """

    receipts: int
    average_days: int | None
    promised: int
    on_time: int

    @property
    def on_time_percent(self) -> int | None:
        return round(100 * self.on_time / self.promised) if self.promised else None


def supplier_performance(supplier: Supplier, *, on: date) -> Performance:
    """Return the figures of the year before a day, in one query."""
    return performances([supplier.pk], on=on)[supplier.pk]


def performances(supplier_ids: Collection[int], *, on: date) -> dict[int, Performance]:
    """Return the figures of several suppliers, in one query."""
    receipts = Receipt.objects.posted().filter(
        supplier__in=supplier_ids,
        dated_on__gt=on - timedelta(days=DAYS_LOOKED_BACK),
        dated_on__lte=on,
    )
    rows: dict[int, list[tuple[date, date, date | None]]] = defaultdict(list)
    for supplier, ordered, came, wanted in receipts.order_by().values_list(
        "supplier_id", "purchase_order__dated_on", "dated_on", "purchase_order__requested_on"
    ):
        rows[supplier].append((ordered, came, wanted))
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
