"""The section of a bearing as inline SVG, drawn to scale from d, D and B.

A shape is told once, for the upper half, in millimetres along the axis (0 to B) and away from it;
the lower half is its mirror. Colours come from the style sheet, so that light and dark both work.
"""

from collections.abc import Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from erp.core.money import plain
from erp.parts.shapes import BORE_ENDS, KINDS, SEALABLE, draw_seals
from erp.parts.sheet import CENTRE_Y, HEIGHT, WIDTH, Sheet, Size

__all__ = ["Size", "section_svg"]


def _dimension_lines(s: Sheet, labels: Sequence[str]) -> None:
    bore, outside, width = labels
    top, left, right = s.y(s.D / 2), s.x(0), s.x(s.B)
    level = top - 22
    for x in (left, right):
        s.line("dim", x, top - 4, x, level - 5)
    s.line("dim", left, level, right, level)
    s.arrow(left, level, -1, 0)
    s.arrow(right, level, 1, 0)
    s.text((left + right) / 2, level - 8, width)
    for edge, radius, label, outward in ((left, s.d / 2, bore, -1), (right, s.D / 2, outside, 1)):
        x = edge + outward * 26
        for away in (radius, -radius):
            s.line("dim", edge + outward * 4, s.y(away), x + outward * 5, s.y(away))
        s.line("dim", x, s.y(radius), x, s.y(-radius))
        s.arrow(x, s.y(radius), 0, -1)
        s.arrow(x, s.y(-radius), 0, 1)
        s.text(x + (-7 if outward < 0 else 16), CENTRE_Y, label, turned=True)


_HATCHES = mark_safe(  # noqa: S308 (a constant)
    "<defs>"
    + "".join(
        f'<pattern id="{name}" patternUnits="userSpaceOnUse" width="6" height="6"'
        f' patternTransform="rotate({turn})"><rect class="metal" width="6" height="6"/>'
        '<line class="hatch" x1="0" y1="0" x2="0" y2="6"/></pattern>'
        for name, turn in (
            ("hatch-out", 45),
            ("hatch-out-low", -45),
            ("hatch-in", -45),
            ("hatch-in-low", 45),
        )
    )
    + "</defs>"
)


def section_svg(size: Size, kind: str, *, seals: int = 0, title: str) -> SafeString:
    """Return the section as SVG; ``title`` is what a screen reader says of it."""
    s = Sheet(size)
    KINDS[kind](s)
    if kind in SEALABLE:
        draw_seals(s, seals)
    s.line("axis", s.x(0) - 14, CENTRE_Y, s.x(s.B) + 14, CENTRE_Y)
    # The bore seen behind the section.
    for along in (0, s.B * BORE_ENDS.get(kind, 1)):
        s.line("edge", s.x(along), s.y(s.d / 2), s.x(along), s.y(-s.d / 2))
    mm = [
        _("%(name)s %(size)s mm") % {"name": name, "size": plain(value)}
        for name, value in (("d", size.bore), ("D", size.outside), ("B", size.width))
    ]
    _dimension_lines(s, mm)
    return format_html(
        '<svg class="section" viewBox="0 0 {} {}" role="img" aria-labelledby="section-title">'
        '<title id="section-title">{}</title>{}{}</svg>',
        WIDTH,
        HEIGHT,
        title,
        _HATCHES,
        format_html_join("", "{}", ((shape,) for shape in s.shapes)),
    )
