"""What a revision changed of the quotation before it, line by line."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from quotations.heads import LABELS
from quotations.models import Quotation, QuotationLine

ADDED, REMOVED, CHANGED, SAME = "added", "removed", "changed", "same"
UP, DOWN = "up", "down"


@dataclass(frozen=True, slots=True)
class LineDifference:
    """A line before and after; one of them is missing where it was added or removed."""

    before: QuotationLine | None
    after: QuotationLine | None

    @property
    def line(self) -> QuotationLine:
        line = self.after or self.before
        if line is None:
            raise ValueError("neither before nor after")
        return line

    @property
    def kind(self) -> str:
        if self.before is None or self.after is None:
            return ADDED if self.before is None else REMOVED
        return SAME if _terms(self.before) == _terms(self.after) else CHANGED

    @property
    def quantity(self) -> str:
        return self._direction("quantity")

    @property
    def price(self) -> str:
        return self._direction("unit_price")

    def _direction(self, name: str) -> str:
        """Return whether it went up or down, nothing where it stayed or cannot be compared."""
        if self.before is None or self.after is None:
            return ""
        old: Decimal = getattr(self.before, name)
        new: Decimal = getattr(self.after, name)
        if old == new:
            return ""
        return UP if new > old else DOWN

    @property
    def lead_time_changed(self) -> bool:
        both = self.before is not None and self.after is not None
        return both and self.kind == CHANGED and _lead(self.before) != _lead(self.after)


def _lead(line: QuotationLine | None) -> int | None:
    return line.lead_time_days if line else None


def _terms(line: QuotationLine) -> tuple[Any, ...]:
    return (
        line.quantity,
        line.unit_price,
        line.price_includes_tax,
        line.lead_time_days,
        line.partner_wording,
        line.is_optional,
        line.alternative_to is None,
    )


def differences(before: Quotation, after: Quotation) -> list[LineDifference]:
    """Return the lines in the new order, removed ones last; matched by part, in their order."""
    waiting: dict[int, list[QuotationLine]] = defaultdict(list)
    for line in before.lines.select_related("unit"):
        waiting[line.product_id].append(line)
    found = []
    for line in after.lines.select_related("unit"):
        same_part = waiting[line.product_id]
        found.append(LineDifference(same_part.pop(0) if same_part else None, line))
    gone = sorted((line for rows in waiting.values() for line in rows), key=lambda r: r.line_no)
    return found + [LineDifference(line, None) for line in gone]


def head_differences(before: Quotation, after: Quotation) -> list[tuple[str, str, str]]:
    """Return the fields of the head that differ: label, before, after."""
    told = []
    for name, label in LABELS.items():
        attribute = name.removesuffix("_id")
        old, new = getattr(before, attribute), getattr(after, attribute)
        if old != new:
            told.append((str(label), _text(old), _text(new)))
    return told


def _text(value: Any) -> str:
    return "" if value is None else str(value)
