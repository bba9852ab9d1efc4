"""How each kind of bearing looks in section, in shares of its width and of its height."""

import math

from erp.parts.sheet import Point, Sheet


def _plain_rings(s: Sheet, thick: float = 0.30) -> None:
    s.ring([(0, 0), (1, 0), (1, thick), (0, thick)], "hatch-in")
    s.ring([(0, 1 - thick), (1, 1 - thick), (1, 1), (0, 1)], "hatch-out")


def _ball(s: Sheet) -> None:
    _plain_rings(s)
    s.ball(0.5, 0.5, min(0.30 * s.h, 0.44 * s.B))


def _ball_double(s: Sheet) -> None:
    _plain_rings(s)
    for along in (0.27, 0.73):
        s.ball(along, 0.5, min(0.29 * s.h, 0.21 * s.B))


def _angular(s: Sheet) -> None:
    s.ring([(0, 0), (1, 0), (1, 0.14), (0.5, 0.30), (0, 0.30)], "hatch-in")
    s.ring([(0, 0.86), (0.5, 0.70), (1, 0.70), (1, 1), (0, 1)], "hatch-out")
    s.ball(0.5, 0.5, min(0.30 * s.h, 0.44 * s.B))
    rise = min(0.34, 0.5 * s.B / s.h)
    s.stroke(
        "axis",
        (0.5 - rise * s.h / s.B * 0.7, 0.5 - rise),
        (0.5 + rise * s.h / s.B * 0.7, 0.5 + rise),
    )


def _arc(s: Sheet, apex: float, count: int = 24) -> list[Point]:
    """Points of a spherical surface around the centre, from side to side, in shares."""
    radius = s.d / 2 + apex * s.h
    points = []
    for step in range(count + 1):
        along = step / count
        off = (along - 0.5) * s.B
        away = math.sqrt(max(radius**2 - off**2, (s.d / 2) ** 2))
        points.append((along, max((away - s.d / 2) / s.h, 0.55)))
    return points


def _self_aligning(s: Sheet) -> None:
    s.ring([(0, 0), (1, 0), (1, 0.24), (0.5, 0.34), (0, 0.24)], "hatch-in")
    s.ring([*_arc(s, 0.80), (1, 1), (0, 1)], "hatch-out")
    for along in (0.28, 0.72):
        s.ball(along, 0.49, min(0.26 * s.h, 0.20 * s.B))


def _spherical(s: Sheet) -> None:
    s.ring(
        [
            (0, 0),
            (1, 0),
            (1, 0.22),
            (0.56, 0.32),
            (0.56, 0.42),
            (0.44, 0.42),
            (0.44, 0.32),
            (0, 0.22),
        ],
        "hatch-in",
    )
    s.ring([*_arc(s, 0.84), (1, 1), (0, 1)], "hatch-out")
    thick, length = min(0.46 * s.h, 0.32 * s.B), 0.43 * s.B
    for along, tilt in ((0.27, -9), (0.73, 9)):
        s.barrel(along, 0.50, length, thick, tilt)


def _cylindrical(s: Sheet) -> None:
    s.ring([(0, 0), (1, 0), (1, 0.26), (0, 0.26)], "hatch-in")
    s.ring(
        [
            (0, 1),
            (0, 0.60),
            (0.17, 0.60),
            (0.17, 0.74),
            (0.83, 0.74),
            (0.83, 0.60),
            (1, 0.60),
            (1, 1),
        ],
        "hatch-out",
    )
    s.roller([(0.19, 0.26), (0.81, 0.26), (0.81, 0.74), (0.19, 0.74)])
    s.stroke("axis", (0.12, 0.5), (0.88, 0.5))


def _cylindrical_double(s: Sheet) -> None:
    s.ring(
        [(0, 0), (1, 0), (1, 0.40), (0.93, 0.40), (0.93, 0.26), (0.54, 0.26), (0.54, 0.40),
         (0.46, 0.40), (0.46, 0.26), (0.07, 0.26), (0.07, 0.40), (0, 0.40)],
        "hatch-in",
    )  # fmt: skip
    s.ring([(0, 0.74), (1, 0.74), (1, 1), (0, 1)], "hatch-out")
    for left in (0.08, 0.55):
        s.roller([(left, 0.26), (left + 0.37, 0.26), (left + 0.37, 0.74), (left, 0.74)])
        s.stroke("axis", (left - 0.03, 0.5), (left + 0.40, 0.5))


def _needle(s: Sheet) -> None:
    s.ring([(0, 0), (1, 0), (1, 0.34), (0, 0.34)], "hatch-in")
    s.ring(
        [
            (0, 1),
            (0, 0.56),
            (0.08, 0.56),
            (0.08, 0.66),
            (0.92, 0.66),
            (0.92, 0.56),
            (1, 0.56),
            (1, 1),
        ],
        "hatch-out",
    )
    s.roller([(0.10, 0.34), (0.90, 0.34), (0.90, 0.66), (0.10, 0.66)])
    s.stroke("axis", (0.04, 0.5), (0.96, 0.5))


def _tapered(s: Sheet) -> None:
    s.ring(
        [
            (0, 0),
            (0.84, 0),
            (0.84, 0.31),
            (0.77, 0.31),
            (0.77, 0.22),
            (0.17, 0.40),
            (0.17, 0.55),
            (0, 0.55),
        ],
        "hatch-in",
    )
    s.ring([(0.14, 0.84), (1, 0.62), (1, 1), (0.14, 1)], "hatch-out")
    s.roller([(0.19, 0.395), (0.19, 0.827), (0.75, 0.684), (0.75, 0.226)])
    s.stroke("axis", (0.10, 0.632), (0.84, 0.426))


def _thrust_ball(s: Sheet) -> None:
    s.ring([(0, 0), (0.32, 0), (0.32, 0.94), (0, 0.94)], "hatch-in")
    s.ring([(0.68, 0.06), (1, 0.06), (1, 1), (0.68, 1)], "hatch-out")
    s.ball(0.5, 0.5, min(0.30 * s.B, 0.36 * s.h))


def _thrust_roller(s: Sheet) -> None:
    s.ring([(0, 0), (0.30, 0), (0.30, 0.96), (0, 0.96)], "hatch-in")
    s.ring([(0.70, 0.04), (1, 0.04), (1, 1), (0.70, 1)], "hatch-out")
    s.roller([(0.30, 0.20), (0.70, 0.20), (0.70, 0.80), (0.30, 0.80)])
    s.stroke("axis", (0.5, 0.10), (0.5, 0.90))


def _thrust_spherical(s: Sheet) -> None:
    s.ring([(0, 0), (0.66, 0), (0.66, 0.14), (0.40, 0.26), (0.14, 0.66), (0, 0.66)], "hatch-in")
    s.ring([(1, 0.30), (1, 1), (0.32, 1), (0.34, 0.92), (0.62, 0.76), (0.84, 0.30)], "hatch-out")
    tilt = math.degrees(math.atan2(0.62 * s.h, 0.56 * s.B))
    length = math.hypot(0.40 * s.B, 0.44 * s.h)
    s.barrel(0.47, 0.56, length, min(0.34 * s.h, 0.42 * s.B), tilt)


def _plain_spherical(s: Sheet) -> None:
    ball = [(a, min(r - 0.02, 0.98)) for a, r in _arc(s, 0.66)]
    s.ring([(0, 0), (1, 0), *reversed([(a, max(r - 0.06, 0.05)) for a, r in ball])], "hatch-in")
    inner = [(a, r - 0.04) for a, r in ball if 0.16 <= a <= 0.84]
    s.ring([*inner, (inner[-1][0], 1), (inner[0][0], 1)], "hatch-out")


def _ring(s: Sheet) -> None:
    s.ring([(0, 0), (1, 0), (1, 1), (0, 1)], "hatch-out")


KINDS = {
    "ball": _ball,
    "ball_double": _ball_double,
    "angular": _angular,
    "self_aligning": _self_aligning,
    "spherical": _spherical,
    "cylindrical": _cylindrical,
    "cylindrical_double": _cylindrical_double,
    "needle": _needle,
    "tapered": _tapered,
    "thrust_ball": _thrust_ball,
    "thrust_roller": _thrust_roller,
    "thrust_spherical": _thrust_spherical,
    "plain": _plain_spherical,
    "ring": _ring,
}
# Where the ring on the shaft ends, in shares of B.
BORE_ENDS = {"tapered": 0.84, "thrust_ball": 0.32, "thrust_roller": 0.30, "thrust_spherical": 0.66}
SEALABLE = {"ball", "ball_double", "angular", "self_aligning"}


def draw_seals(s: Sheet, sides: int) -> None:
    """A seal or shield between the rings, on one side or both."""
    for along in (0.05, 0.95)[:sides]:
        s.roller(
            [
                (along - 0.018, 0.30),
                (along + 0.018, 0.30),
                (along + 0.018, 0.70),
                (along - 0.018, 0.70),
            ]
        )
