"""How often quotations are won: by salesperson, customer, brand or month, in two or three queries.

Counted is what the customer had: not drafts, not withdrawn ones, of revised ones the last. One that
was ordered in part is won; its amounts are those of its lines. Amounts are net, in the company's
currency. By brand, lines are counted instead of quotations.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, QuerySet
from django.db.models.functions import TruncMonth
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from customers.models import Customer
from erp.core.aggregates import ExactSum
from erp.core.money import ZERO, round_money
from quotations.models import LineOutcome, Quotation, QuotationLine, QuotationStatus

WON, LOST, OPEN = "won", "lost", "open"
_OF_STATUS = {
    QuotationStatus.ACCEPTED: WON,
    QuotationStatus.ORDERED: WON,
    QuotationStatus.LOST: LOST,
    QuotationStatus.EXPIRED: LOST,
    QuotationStatus.SENT: OPEN,
}
_OF_OUTCOME = {
    LineOutcome.ORDERED: WON,
    LineOutcome.LOST: LOST,
    LineOutcome.EXPIRED: LOST,
    LineOutcome.OPEN: OPEN,
}
# By what, and the column of a line that says so.
GROUPINGS = {
    "seller": (_("Salesperson"), "document__owner"),
    "customer": (_("Customer"), "document__customer"),
    "brand": (_("Brand"), "brand_name"),
    "month": (_("Month"), "month"),
}
# What a page shows: those quoted most; an export has all.
MOST_SHOWN = 50


@dataclass(slots=True)
class HitRate:
    """One row: how many and how much was won, lost and is open."""

    label: str
    counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    amounts: dict[str, Decimal] = field(default_factory=lambda: defaultdict(lambda: ZERO))

    @property
    def rate(self) -> Decimal | None:
        """The part of what is decided that was won, by number."""
        decided = self.counts[WON] + self.counts[LOST]
        return Decimal(self.counts[WON]) / decided if decided else None

    @property
    def amount_rate(self) -> Decimal | None:
        decided = self.amounts[WON] + self.amounts[LOST]
        return self.amounts[WON] / decided if decided else None

    @property
    def quoted(self) -> Decimal:
        return sum(self.amounts.values(), ZERO)

    def part(self, outcome: str) -> Decimal:
        """Return the per cent of the row's number that ended so, for the chart."""
        whole = sum(self.counts.values())
        return Decimal(self.counts[outcome] * 100) / whole if whole else ZERO

    @property
    def bar(self) -> SafeString:
        """The row's chart: won, open, lost as parts of a whole."""
        return _bar([(name, self.part(name)) for name in (WON, OPEN, LOST)])

    def cells(self) -> list[Any]:
        """The row of an export."""
        numbers = [self.counts[name] for name in (WON, LOST, OPEN)]
        amounts = [round_money(self.amounts[name]) for name in (WON, LOST, OPEN)]
        rates = [_percent(self.rate), _percent(self.amount_rate)]
        return [self.label, *numbers, rates[0], *amounts, rates[1]]


def _percent(rate: Decimal | None) -> Decimal | None:
    return None if rate is None else (rate * 100).quantize(Decimal("0.1"))


def _bar(parts: Iterable[tuple[str, Decimal]]) -> SafeString:
    rects, x = [], ZERO
    for name, width in parts:
        rects.append((name, f"{x:.2f}", f"{width:.2f}"))
        x += width
    return format_html(
        '<svg class="hit-bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">'
        "{}</svg>",
        format_html_join("", '<rect class="bar-{}" x="{}" y="0" width="{}" height="8"/>', rects),
    )


HEADERS = (
    _("won"),
    _("lost"),
    pgettext_lazy("quotation", "open"),
    _("hit rate %"),
    _("amount won"),
    _("amount lost"),
    _("amount open"),
    _("hit rate by amount %"),
)


def hit_rates(user: User, by: str, start: date, end: date) -> list[HitRate]:
    """Return the rows of one grouping over what this user sees, quoted in these days."""
    seen = (
        Quotation.objects.visible_to(user)
        .filter(dated_on__gte=start, dated_on__lte=end, status__in=list(_OF_STATUS))
        .order_by()
    )
    column = GROUPINGS[by][1]
    rows: dict[Any, HitRate] = {}
    lines = QuotationLine.objects.filter(document__in=seen, is_counted=True).order_by()
    if by == "month":
        lines = lines.annotate(month=TruncMonth("document__dated_on"))
    worth = ExactSum(F("net_amount") * F("document__exchange_rate"), places=6)
    for key, outcome, amount, number in lines.values_list(column, "outcome").annotate(
        amount=worth, n=Count("pk")
    ):
        row = rows.setdefault(key, HitRate(str(key)))
        kind = _OF_OUTCOME[outcome]
        row.amounts[kind] += amount
        if by == "brand":
            row.counts[kind] += number
    if by != "brand":
        _count(seen, column.removeprefix("document__"), rows)
    return _labelled(rows, by)


def _count(seen: QuerySet[Quotation], column: str, rows: dict[Any, HitRate]) -> None:
    if column == "month":
        seen = seen.annotate(month=TruncMonth("dated_on"))
    for key, status, number in seen.values_list(column, "status").annotate(n=Count("pk")):
        rows.setdefault(key, HitRate(str(key))).counts[_OF_STATUS[status]] += number


def _labelled(rows: dict[Any, HitRate], by: str) -> list[HitRate]:
    """Name the rows; the months in their order, the others by what was quoted."""
    if by == "month":
        for month, row in rows.items():
            row.label = f"{month:%Y-%m}"
        return [rows[month] for month in sorted(rows)]
    names = _NAMES.get(by)
    if names is not None:
        known = names(set(rows))
        for key, row in rows.items():
            row.label = str(known.get(key, key))
    return sorted(rows.values(), key=lambda row: (-row.quoted, row.label))


_NAMES: dict[str, Callable[[set[int]], dict[int, Any]]] = {
    "seller": User.objects.in_bulk,
    "customer": Customer.objects.in_bulk,
}


def whole(rows: Iterable[HitRate], label: str) -> HitRate:
    """Return the sum of the rows."""
    total = HitRate(label)
    for row in rows:
        for name, number in row.counts.items():
            total.counts[name] += number
        for name, amount in row.amounts.items():
            total.amounts[name] += amount
    return total
