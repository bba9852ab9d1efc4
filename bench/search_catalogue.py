"""An invented catalogue for the search bench: as many variants of a number as makers really list.

Forty brands, large and small, name 2,300 numbers (series × bore, inch and needle numbers too), each
in the suffixes its maker uses for its kind, the plain ones oftener than the rare. A million
products are 430 of one number on average, of 40 brands.
"""

import random
from collections.abc import Iterator
from decimal import Decimal
from itertools import islice
from itertools import product as every
from typing import NamedTuple

# Code and weight: a large brand lists most variants of most numbers.
BRANDS: tuple[tuple[str, float], ...] = (
    ("SKF", 1.0),
    ("FAG", 0.9),
    ("NSK", 0.9),
    ("NTN", 0.85),
    ("KOYO", 0.7),
    ("NACHI", 0.6),
    ("TIMKEN", 0.6),
    ("INA", 0.5),
    ("HRB", 0.5),
    ("ZWZ", 0.45),
    ("LYC", 0.45),
    ("C&U", 0.4),
    ("SNR", 0.4),
    ("FYH", 0.35),
    ("ASAHI", 0.3),
    ("IKO", 0.3),
    *((f"B{n:02d}", 0.3 - n * 0.005) for n in range(16, 40)),
)

# What each maker calls a seal on both sides, and shields.
_SEALS: dict[str, tuple[str, ...]] = {
    "SKF": ("-2RS1", "-2RSH", "-2Z", "-RS1", "-Z"),
    "FAG": ("-2RSR", "-2Z", "-2HRS", "-RSR"),
    "NSK": ("DDU", "ZZ", "VV", "DU", "Z"),
    "NTN": ("LLU", "ZZ", "LLB", "LU"),
    "KOYO": ("2RS", "ZZ", "2RU", "RS"),
    "NACHI": ("NSE", "2NSE", "ZZE", "Z"),
    "TIMKEN": ("-2RS", "-ZZ", "-2RZ"),
}
_OTHER_SEALS = ("-2RS", "-2Z", "-2RZ", "-RS", "ZZ")
_CLEARANCES = ("", "/C3", "/C2", "/C4", "/CN", "/C5")
_CLASSES = ("", "/P6", "/P5", "/P4")
_BALL_CAGES = ("", "M", "TN9", "MA", "TVP")
_ROLLER_CAGES = ("", "ECP", "ECM", "ECJ", "EM", "M", "E", "ECML")
_SPHERICAL = ("E", "EK", "CC/W33", "CCK/W33", "CA/W33", "CAK/W33", "MB", "MBK", "")
_ANGULAR = ("BEP", "BEGAP", "C", "AC", "CTA", "BECBM", "CD", "ACD", "B")
_TAPER = ("", "J2/Q", "A", "JR", "-XL", "U", "D")
_PLAIN = ("", "A", "TN", "M", "/W64")


class _Kind(NamedTuple):
    name: str
    series: tuple[str, ...]
    bores: range
    bodies: tuple[str, ...] | None  # None: seal and cage as the maker writes them
    classes: tuple[str, ...]


_KINDS = (
    _Kind(
        "深沟球轴承",
        ("60", "62", "63", "64", "160", "618", "619", "622", "623", "630"),
        range(41),
        None,
        _CLASSES,
    ),
    _Kind("调心球轴承", ("12", "13", "22", "23"), range(31), ("", "ETN9", "K", "M"), ("",)),
    _Kind(
        "角接触球轴承", ("70", "72", "73", "718", "719"), range(41), _ANGULAR, ("", "/P4", "/P4A")
    ),
    _Kind("双列角接触球轴承", ("32", "33", "52", "53"), range(23), ("", "A", "ATN9"), ("",)),
    _Kind(
        "圆柱滚子轴承",
        tuple(f"{p} {s}" for p, s in every(("NU", "NJ", "NUP", "N"), ("2", "22", "3", "23", "10"))),
        range(2, 41),
        _ROLLER_CAGES,
        ("", "/P6"),
    ),
    _Kind(
        "调心滚子轴承",
        ("213", "222", "223", "230", "231", "232", "239", "240", "241"),
        range(8, 60),
        _SPHERICAL,
        ("",),
    ),
    _Kind(
        "圆锥滚子轴承",
        ("302", "303", "313", "320", "322", "323", "329", "330", "331", "332"),
        range(2, 41),
        _TAPER,
        ("", "/P5"),
    ),
    _Kind("推力球轴承", ("511", "512", "513", "514", "522", "532"), range(41), _PLAIN, ("", "/P5")),
    _Kind("推力调心滚子轴承", ("292", "293", "294"), range(12, 60), ("E", "EM", "M", ""), ("",)),
    _Kind("滚针轴承", ("HK ", "NA 49", "NK ", "RNA 49"), range(3, 60), _PLAIN, ("",)),
    _Kind(
        "外球面球轴承", ("UC 2", "UC 3", "UCP 2", "UCF 2", "UCFL 2"), range(1, 19), _PLAIN, ("",)
    ),
    _Kind("英制圆锥滚子轴承", ("LM ", "HM ", "JL ", "M "), range(40), ("", "A", "-20024"), ("",)),
)
_UNSAID = str.maketrans("", "", " -/")
_SMALL_BORES = (10, 12, 15, 17)


class Invented(NamedTuple):
    brand: str
    designation: str
    name: str
    sizes: tuple[Decimal, Decimal, Decimal] | None


_WHOLE = 1_930_000  # products of the whole


def catalogue(wanted: int, chance: random.Random) -> Iterator[Invented]:
    """Yield so many products brand by brand, as they are imported; the largest brands come first.

    Fewer are a sample of the whole: every brand and kind is there.
    """
    return islice(_sample(min(1.0, wanted * 1.02 / _WHOLE + 100 / _WHOLE), chance), wanted)


def _sample(share: float, chance: random.Random) -> Iterator[Invented]:
    for brand, weight in BRANDS:
        seen: set[str] = set()  # 6220-2RS and 62202-RS are spelled alike
        for kind in _KINDS:
            bodies = _bodies(kind, brand)
            for s, (series, bore) in enumerate(every(kind.series, kind.bores)):
                number, sizes = _number(kind, series, bore, s // len(kind.bores))
                for body, clearance, grade in every(bodies, _CLEARANCES, kind.classes):
                    rare = 1 + bodies.index(body) / 4
                    rare *= 1 + _CLEARANCES.index(clearance) / 2 + kind.classes.index(grade)
                    if chance.random() < share * min(1.0, weight * 1.6 / rare**0.8):
                        designation = f"{number}{body}{clearance}{grade}"
                        if (key := designation.translate(_UNSAID)) not in seen:
                            seen.add(key)
                            yield Invented(brand, designation, kind.name, sizes)


def _bodies(kind: _Kind, brand: str) -> tuple[str, ...]:
    if kind.bodies is not None:
        return kind.bodies
    seals = ("", *_SEALS.get(brand, _OTHER_SEALS))
    return (*seals, *_BALL_CAGES[1:])


def _number(
    kind: _Kind, series: str, bore: int, place: int
) -> tuple[str, tuple[Decimal, Decimal, Decimal] | None]:
    if kind.name.startswith("英制"):
        return f"{series}{11749 + place * 7919 + bore * 133}", None
    d = _SMALL_BORES[bore] if bore < len(_SMALL_BORES) else bore * 5
    outside = d * 2 + 2 + place % 4 * 8
    sizes = (Decimal(d), Decimal(outside), Decimal(d // 3 + 7 + place % 5))
    if series.startswith(("HK", "NK")):
        return f"{series}{bore:02d}{bore + 4:02d}", sizes
    return f"{series}{bore:02d}", sizes
