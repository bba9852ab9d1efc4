"""The sales list of quotations and the hit rates: by which filters, and how they are exported."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from erp.core.exporting import list_of, register_list, request_for
from erp.core.lists import RowList
from erp.core.periods import company_today
from quotations.hit_rates import GROUPINGS, HEADERS, HitRate, hit_rates
from quotations.models import Quotation, QuotationStatus

NAME = "quotations.sales-list"
HIT_RATES = "quotations.hit-rates"
# Without other days asked for, and at most: the hit rate goes over lines.
_DAYS, _MOST_DAYS = 365, 3 * 366


def listed_quotations(request: Any) -> QuerySet[Quotation]:
    """Return the visible quotations this request's ``status`` and ``customer`` ask for."""
    rows = Quotation.objects.visible_to(request.user)
    status = request.GET.get("status", "")
    if status in QuotationStatus.values:
        rows = rows.filter(status=status)
    customer = customer_term(request)
    if customer:
        rows = rows.filter(
            Q(customer__code__istartswith=customer) | Q(customer__name__icontains=customer)
        )
    return rows.order_by("-pk")


def customer_term(request: Any) -> str:
    term: str = request.GET.get("customer", "").replace("\x00", "").strip()[:60]
    return term


def _row_list(request: Any) -> RowList:
    """The rows of the page, in the columns of the back office."""
    listed = list_of("quotations.quotation", request_for(request.user, ""))
    listed.rows = listed_quotations(request)
    return listed


register_list(NAME, _row_list)


# --- hit rates -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Asked:
    """By what the hit rates are grouped, and from when to when."""

    by: str
    start: date
    end: date


def asked_hit_rates(request: Any) -> Asked:
    """Return what this request asks for; what it does not say, or wrongly, is the last year."""
    by = request.GET.get("by", "")
    end = _day(request.GET.get("to", "")) or company_today()
    start = _day(request.GET.get("from", "")) or end - timedelta(days=_DAYS)
    start = min(max(start, end - timedelta(days=_MOST_DAYS)), end)
    return Asked(by if by in GROUPINGS else "seller", start, end)


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 2000 <= found.year < 2200 else None


@dataclass(slots=True)
class HitRateList(RowList):
    """Figures that are rows of no table."""

    figures: list[HitRate] = field(default_factory=list)

    def count(self) -> int:
        return len(self.figures)

    def cells(self, progress: Callable[[int], None] | None = None) -> Iterator[list[Any]]:
        yield from (row.cells() for row in self.figures)
        if progress:
            progress(len(self.figures))


def _hit_rate_list(request: Any) -> RowList:
    asked = asked_hit_rates(request)
    label = GROUPINGS[asked.by][0]
    return HitRateList(
        title=_("Hit rate"),
        label="quotations.quotation",
        headers=[str(label), *map(str, HEADERS)],
        values=[],
        rows=Quotation.objects.none(),
        figures=hit_rates(request.user, asked.by, asked.start, asked.end),
    )


register_list(HIT_RATES, _hit_rate_list)
