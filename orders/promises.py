"""What suppliers said of the lines of purchase orders: the last word, and how it moved."""

from collections.abc import Collection
from datetime import date
from decimal import Decimal

from erp.core.money import ZERO
from inventory.models import InboundPromise
from inventory.services import latest_promises
from orders.models import PurchaseOrder

SOURCE_TYPE = PurchaseOrder._meta.label_lower


def confirmed_lines(line_ids: Collection[int]) -> dict[int, InboundPromise]:
    """Return what holds of each line: what a report says before what a person noted.

    Several parts in a report are one promise here: all of them, on the day of the last.
    """
    told: dict[int, InboundPromise] = {}
    for (line_id, reference), one in latest_promises(SOURCE_TYPE, line_ids).items():
        before = told.get(line_id)
        if before is None or (reference and not before.reference):
            told[line_id] = one
        elif reference:
            told[line_id] = _together(before, one)
    return told


def _together(one: InboundPromise, other: InboundPromise) -> InboundPromise:
    days: list[date] = [day for day in (one.confirmed_on, other.confirmed_on) if day is not None]
    quantity: Decimal = sum((part.quantity for part in (one, other)), ZERO)
    return InboundPromise(
        quantity=quantity,
        confirmed_on=max(days, default=None),
        reference=f"{one.reference} {other.reference}"[:80],
        source_line_id=one.source_line_id,
    )


def history_of(order: PurchaseOrder) -> list[InboundPromise]:
    """Return everything said of an order's lines, the newest first."""
    said = InboundPromise.objects.filter(source_type=SOURCE_TYPE, source_id=order.pk)
    return list(said.select_related("product__brand", "noted_by").order_by("-pk"))
