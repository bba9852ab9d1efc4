"""How one designation can stand for another, judged from what both say.

Strict by design: ``identical`` needs every feature known and equal. What only one side says, what
is not known, and what differs without being better on either side is at most ``dimensional``: it
fits the place, a person must look at the rest.
"""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from products.designation.grammar import UNKNOWN, Designation, parse
from products.designation.spelling import search_key


class Grade(StrEnum):
    IDENTICAL = "identical"
    DIMENSIONAL = "dimensional"
    UPGRADE = "upgrade"
    DOWNGRADE = "downgrade"


# What a maker calls his own improved variant means nothing beside another maker's part.
VARIANT = "variant"
KINDS = {
    "size": _("type and size"),
    "seal": _("seal"),
    "clearance": _("clearance"),
    "tolerance": _("tolerance class"),
    "bore": _("bore shape"),
    "ring": _("snap ring groove"),
    "boundary": _("boundary dimensions"),
    "lubrication": _("lubrication groove"),
    "angle": _("contact angle"),
    "design": _("internal design"),
    "cage": _("cage"),
    "preload": _("preload"),
    "arrangement": _("arrangement"),
    "material": _("material"),
    "insulation": _("insulation"),
    "stabilisation": _("heat stabilisation"),
    "grease": _("grease"),
    "vibration": _("vibration class"),
    "application": _("special use"),
    VARIANT: _("maker's variant"),
    UNKNOWN: _("unknown suffix"),
}
# A part that differs in these cannot be mounted in the place of the other.
_MUST_FIT = {"bore", "boundary", "arrangement"}
# From the plainest to the best; values on one step differ without being better.
_STEPS: dict[str, tuple[frozenset[str], ...]] = {
    kind: tuple(frozenset(step.split("|")) for step in steps)
    for kind, steps in {
        "tolerance": ("", "P6|P6X", "P5|SP", "P4|UP", "P4A|P4S", "P2|PA9|PA9A"),
        "material": ("", "hybrid"),
        "insulation": ("", "outer|inner"),
        "design": ("", "reinforced"),
    }.items()
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One kind of feature in which the two differ; ``better`` is 1 when the offered one is."""

    kind: str
    asked: str
    offered: str
    better: int = 0

    @property
    def label(self) -> str:
        return str(KINDS[self.kind])

    def __str__(self) -> str:
        return f"{self.label}: {self.asked or '–'} → {self.offered or '–'}"


@dataclass(frozen=True, slots=True)
class Comparison:
    """What the offered part is for one who asked for the other; grade None: no replacement."""

    grade: Grade | None
    differences: tuple[Difference, ...] = ()


def compare(text_a: str, brand_a: str, text_b: str, brand_b: str) -> Comparison:
    """Return what ``b`` is for one who asked for ``a``."""
    asked, offered = parse(text_a, brand_a), parse(text_b, brand_b)
    if asked is None or offered is None:
        return Comparison(None)
    same_maker = asked.brand == offered.brand
    if same_maker and search_key(text_a) == search_key(text_b):
        return Comparison(Grade.IDENTICAL)
    if asked.base != offered.base or not asked.family or not offered.family:
        return Comparison(None, (Difference("size", asked.base, offered.base),))
    return judge(asked, offered, same_maker=same_maker)


def judge(asked: Designation, offered: Designation, *, same_maker: bool) -> Comparison:
    """Grade two parts of the same type and size by their features."""
    differences = [
        difference
        for kind in KINDS
        if kind != "size"
        and (difference := _difference(kind, asked, offered, same_maker=same_maker))
    ]
    return Comparison(_grade(differences), tuple(differences))


def _difference(
    kind: str, asked: Designation, offered: Designation, *, same_maker: bool
) -> Difference | None:
    a, b = asked.values(kind), offered.values(kind)
    if a == b and (kind != UNKNOWN or same_maker or not a):
        return None
    if kind == VARIANT and not same_maker:
        return None
    return Difference(kind, _told(asked, kind), _told(offered, kind), _better(kind, a, b))


def _told(designation: Designation, kind: str) -> str:
    found = [m for m in designation.marks if m.kind == kind]
    return ", ".join(dict.fromkeys(m.code or m.meaning or m.value for m in found))


def _better(kind: str, a: tuple[str, ...], b: tuple[str, ...]) -> int:
    """Return 1 if ``b`` is better, -1 if ``a`` is, 0 if neither is known to be."""
    asked, offered = _step(kind, a), _step(kind, b)
    if asked is None or offered is None:
        return 0
    return (offered > asked) - (offered < asked)


def _step(kind: str, values: tuple[str, ...]) -> int | None:
    value = next(iter(values), "")
    steps = (n for n, step in enumerate(_STEPS.get(kind, ())) if value in step)
    return next(steps, None) if len(values) <= 1 else None


def _grade(differences: list[Difference]) -> Grade | None:
    if not differences:
        return Grade.IDENTICAL
    if any(d.kind in _MUST_FIT for d in differences):
        return None
    directions = {d.better for d in differences}
    if directions == {1}:
        return Grade.UPGRADE
    if directions == {-1}:
        return Grade.DOWNGRADE
    return Grade.DIMENSIONAL
