"""The sheet a section is drawn on: millimetres in, SVG out, every shape in both halves."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

WIDTH, HEIGHT = 340, 330
_MOST_TALL, _MOST_WIDE = 230, 210
CENTRE_X, CENTRE_Y = WIDTH / 2, HEIGHT / 2 + 12
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Size:
    """d, D and B in mm."""

    bore: Decimal
    outside: Decimal
    width: Decimal

    @property
    def is_drawable(self) -> bool:
        return 0 < self.bore < self.outside and self.width > 0


class Sheet:
    """Collects the shapes of one section."""

    def __init__(self, size: Size) -> None:
        self.d, self.D, self.B = float(size.bore), float(size.outside), float(size.width)
        self.h = (self.D - self.d) / 2
        self.scale = min(_MOST_TALL / self.D, _MOST_WIDE / self.B)
        self.shapes: list[SafeString] = []

    # --- from millimetres to the sheet ---

    def x(self, along: float) -> float:
        return CENTRE_X + (along - self.B / 2) * self.scale

    def y(self, away: float) -> float:
        return CENTRE_Y - away * self.scale

    def at(self, along: float, height: float) -> Point:
        """Return a point told in shares: of B, and of the section's height above the bore."""
        return along * self.B, self.d / 2 + height * self.h

    # --- shapes, each in both halves ---

    def polygon(self, style: str, points: Iterable[Point], hatch: str = "") -> None:
        spots = list(points)
        for sign in (1, -1):
            text = " ".join(f"{self.x(a):.2f},{self.y(sign * r):.2f}" for a, r in spots)
            fill = f"url(#{hatch}{'' if sign > 0 else '-low'})" if hatch else ""
            self._add('<polygon class="{}" points="{}"{}/>', style, text, _attribute("fill", fill))

    def ring(self, points: Iterable[Point], hatch: str) -> None:
        self.polygon("ring", [self.at(a, r) for a, r in points], hatch)

    def box(self, a1: float, a2: float, r1: float, r2: float) -> list[Point]:
        return [(a1, r1), (a2, r1), (a2, r2), (a1, r2)]

    def ball(self, along: float, height: float, radius: float) -> None:
        """``radius`` in mm."""
        a, r = self.at(along, height)
        for sign in (1, -1):
            self._add(
                '<circle class="rolling" cx="{}" cy="{}" r="{}"/>',
                f"{self.x(a):.2f}",
                f"{self.y(sign * r):.2f}",
                f"{radius * self.scale:.2f}",
            )

    def barrel(self, along: float, height: float, length: float, thick: float, tilt: float) -> None:
        """A roller with a curved outline, tilted by degrees; sizes in mm."""
        a, r = self.at(along, height)
        for sign in (1, -1):
            cx, cy = self.x(a), self.y(sign * r)
            self._add(
                '<ellipse class="rolling" cx="{}" cy="{}" rx="{}" ry="{}" transform="{}"/>',
                f"{cx:.2f}",
                f"{cy:.2f}",
                f"{length / 2 * self.scale:.2f}",
                f"{thick / 2 * self.scale:.2f}",
                f"rotate({sign * tilt:.1f} {cx:.2f} {cy:.2f})",
            )

    def roller(self, points: Iterable[Point]) -> None:
        self.polygon("rolling", [self.at(a, r) for a, r in points])

    def stroke(self, style: str, start: Point, end: Point) -> None:
        """A line between two points in shares."""
        (a1, r1), (a2, r2) = self.at(*start), self.at(*end)
        for sign in (1, -1):
            self.line(style, self.x(a1), self.y(sign * r1), self.x(a2), self.y(sign * r2))

    # --- on the sheet itself ---

    def line(self, style: str, x1: float, y1: float, x2: float, y2: float) -> None:
        self._add(
            '<line class="{}" x1="{}" y1="{}" x2="{}" y2="{}"/>',
            style,
            *(f"{value:.2f}" for value in (x1, y1, x2, y2)),
        )

    def arrow(self, x: float, y: float, dx: int, dy: int) -> None:
        """A head at (x, y) that points along (dx, dy)."""
        long, half = 8, 2.6
        back_x, back_y = x - dx * long, y - dy * long
        points = [(x, y), (back_x - dy * half, back_y + dx * half)]
        points.append((back_x + dy * half, back_y - dx * half))
        text = " ".join(f"{px:.2f},{py:.2f}" for px, py in points)
        self._add('<polygon class="arrow" points="{}"/>', text)

    def text(self, x: float, y: float, words: str, *, turned: bool = False) -> None:
        turn = f"rotate(-90 {x:.2f} {y:.2f})" if turned else ""
        self._add(
            '<text class="dim-text" x="{}" y="{}" text-anchor="middle"{}>{}</text>',
            f"{x:.2f}",
            f"{y:.2f}",
            _attribute("transform", turn),
            words,
        )

    def _add(self, markup: str, *values: object) -> None:
        self.shapes.append(format_html(markup, *values))


def _attribute(name: str, value: str) -> SafeString:
    return format_html(' {}="{}"', mark_safe(name), value) if value else mark_safe("")  # noqa: S308 (our own names)
