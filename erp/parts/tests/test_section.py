"""The drawing: every kind looks its own way, to the scale of its figures."""

import re
from decimal import Decimal

import pytest

from erp.parts.kinds import kind_of
from erp.parts.section import Size, section_svg
from erp.parts.shapes import KINDS
from erp.parts.sheet import HEIGHT, WIDTH
from products.designation import parse
from products.models import Category


def size(*figures: float) -> Size:
    return Size(*(Decimal(str(figure)) for figure in figures))


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize(
    "figures", [(25, 52, 15), (3, 10, 4), (25, 32, 60), (1000, 1220, 128), (20, 120, 4)]
)
def test_every_shape_stays_on_the_sheet(kind: str, figures: tuple[float, ...]) -> None:
    svg = section_svg(size(*figures), kind, seals=2, title="6205")
    spots = [
        (float(x), float(y))
        for points in re.findall(r'points="([^"]+)"', svg)
        for x, y in (pair.split(",") for pair in points.split())
    ]
    assert spots
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in spots)
    assert "nan" not in svg
    assert "style=" not in svg, "the page's policy allows no inline style"


def test_it_is_to_scale() -> None:
    svg = section_svg(size(25, 52, 15), "ring", title="x")
    points = re.findall(r'class="ring" points="([^"]+)"', svg)[0].split()
    xs, ys = zip(*(map(float, pair.split(",")) for pair in points), strict=True)
    across, up = max(xs) - min(xs), max(ys) - min(ys)
    assert across / up == pytest.approx(15 / ((52 - 25) / 2), rel=0.01)


def test_kinds_look_different() -> None:
    drawn = {section_svg(size(25, 52, 15), kind, title="x") for kind in KINDS}
    assert len(drawn) == len(KINDS)


def test_seals_are_drawn_per_side() -> None:
    counts = [
        section_svg(size(25, 52, 15), "ball", seals=sides, title="x").count("<polygon")
        for sides in (0, 1, 2)
    ]
    assert counts[1] - counts[0] == counts[2] - counts[1] == 2


def test_a_title_is_escaped() -> None:
    assert "<b>" not in section_svg(size(25, 52, 15), "ball", title="<b>6205</b>")


@pytest.mark.parametrize("figures", [(52, 25, 15), (25, 25, 15), (0, 52, 15), (25, 52, 0)])
def test_impossible_sizes_are_not_drawn(figures: tuple[float, ...]) -> None:
    assert not size(*figures).is_drawable


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("6205-2RS1/C3", "ball"),
        ("NU2208ECP", "cylindrical"),
        ("30206", "tapered"),
        ("22220EK/C3", "spherical"),
        ("51105", "thrust_ball"),
        ("29428", "thrust_spherical"),
        ("7008CEGA", "angular"),
        ("1205", "self_aligning"),
    ],
)
def test_the_designation_tells_the_kind(text: str, kind: str) -> None:
    assert kind_of(parse(text), None) == kind


@pytest.mark.parametrize(
    ("code", "zh", "kind"),
    [
        ("A1", "推力球轴承", "thrust_ball"),
        ("A2", "推力调心滚子轴承", "thrust_spherical"),
        ("A3", "圆锥滚子轴承", "tapered"),
        ("A4", "滚针轴承", "needle"),
        ("deep_groove_ball", "", "ball"),
        ("grease", "轴承润滑脂", "ring"),
    ],
)
def test_else_the_category_does(code: str, zh: str, kind: str) -> None:
    assert kind_of(None, Category(code=code, name_zh=zh, name_en="")) == kind
