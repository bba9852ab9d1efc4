"""The prices of one part over time as inline SVG: a line for each kind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from erp.core.money import CENT
from products.models import PriceFact

WIDTH, HEIGHT = 640, 200
_LEFT, _RIGHT, _TOP, _BOTTOM = 58, 12, 12, 26
_ORDER = ("sale", "quote", "list", "purchase", "rfq", "cost")


@dataclass(frozen=True, slots=True)
class Chart:
    svg: SafeString
    legend: list[tuple[str, str, int]]  # kind, label, how many


class _Frame:
    """From days and prices to the sheet."""

    def __init__(self, days: Sequence[date], prices: Sequence[Decimal]) -> None:
        self.first, self.last = min(days), max(days)
        low, high = min(prices), max(prices)
        room = (high - low) / 10 or high / 10 or Decimal(1)
        self.low, self.high = max(low - room, Decimal(0)), high + room

    def x(self, on: date) -> float:
        span = (self.last - self.first).days
        share = (on - self.first).days / span if span else 0.5
        return _LEFT + share * (WIDTH - _LEFT - _RIGHT)

    def y(self, price: Decimal) -> float:
        share = float((price - self.low) / (self.high - self.low))
        return HEIGHT - _BOTTOM - share * (HEIGHT - _TOP - _BOTTOM)


def trend_chart(by_kind: Mapping[str, Sequence[PriceFact]], *, title: str) -> Chart | None:
    """Return the chart of at least two prices, None for fewer."""
    facts = [fact for kind in by_kind.values() for fact in kind]
    if len(facts) < 2:
        return None
    frame = _Frame([fact.on for fact in facts], [fact.net_unit_price for fact in facts])
    kinds = [kind for kind in _ORDER if by_kind.get(kind)]
    svg = format_html(
        '<svg class="trend" viewBox="0 0 {} {}" role="img" aria-labelledby="trend-title">'
        '<title id="trend-title">{}</title>{}{}{}</svg>',
        WIDTH,
        HEIGHT,
        title,
        _grid(frame),
        _days(frame),
        format_html_join("", "{}", ((_line(frame, kind, by_kind[kind]),) for kind in kinds)),
    )
    labels = dict(PriceFact.Kind.choices)
    return Chart(svg, [(kind, str(labels[kind]), len(by_kind[kind])) for kind in kinds])


def _grid(frame: _Frame) -> SafeString:
    prices = [frame.low + (frame.high - frame.low) * part / 4 for part in range(5)]
    lines = [(f"{frame.y(price):.1f}", f"{price.quantize(CENT):,f}") for price in prices]
    return format_html_join(
        "",
        '<line class="grid-line" x1="{}" x2="{}" y1="{}" y2="{}"/>'
        '<text class="tick" x="{}" y="{}" dy="4" text-anchor="end">{}</text>',
        ((_LEFT, WIDTH - _RIGHT, y, y, _LEFT - 8, y, price) for y, price in lines),
    )


def _days(frame: _Frame) -> SafeString:
    days = [(frame.first, "start"), (frame.last, "end")]
    if frame.first == frame.last:
        days = [(frame.first, "middle")]
    return format_html_join(
        "",
        '<text class="tick" x="{}" y="{}" text-anchor="{}">{}</text>',
        ((f"{frame.x(on):.1f}", HEIGHT - 8, anchor, on.isoformat()) for on, anchor in days),
    )


def _line(frame: _Frame, kind: str, facts: Sequence[PriceFact]) -> SafeString:
    spots = [(frame.x(fact.on), frame.y(fact.net_unit_price)) for fact in facts]
    dots = format_html_join(
        "",
        '<circle class="dot" cx="{}" cy="{}" r="2.6"><title>{} {}</title></circle>',
        (
            (f"{x:.1f}", f"{y:.1f}", fact.on.isoformat(), f"{fact.net_unit_price.normalize():f}")
            for (x, y), fact in zip(spots, facts, strict=True)
        ),
    )
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in spots)
    return format_html(
        '<g class="series series-{}"><polyline points="{}"/>{}</g>', kind, points, dots
    )
