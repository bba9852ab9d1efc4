"""The facts of ``products/data``: what is written there is read once and never changed.

``suffixes.csv``  a spelling and the features it stands for, for all makers or for those named
``marks.csv``     what a feature or prefix means: kind, value, words; by bearing type and maker
``series.csv``    the series of each bearing type and the ISO dimension series they follow
``families.csv``  the bearing types, the prefixes that announce them, the cage nobody writes
``implied.csv``   what is meant without being written
``brands.csv``    the names of the makers, and whose wording they use
``units.csv``     mounted units and inserts that have a name of their own at some makers
"""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from products.designation.spelling import fold

DATA = Path(__file__).parent.parent / "data"


def rows(name: str) -> Iterator[dict[str, str]]:
    """Yield the rows of one table."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


@dataclass(frozen=True, slots=True)
class Suffixes:
    """The table of suffixes: what each spelling means to all, and to the makers named."""

    general: dict[str, tuple[str, ...]]
    by_brand: dict[str, dict[str, tuple[str, ...]]]
    movable: frozenset[str]  # features that mean the same wherever they stand
    longest: int

    def meaning(self, spelling: str, brand: str) -> tuple[str, ...] | None:
        of_brand = self.by_brand.get(brand, {})
        return of_brand.get(spelling, self.general.get(spelling))


@lru_cache(maxsize=1)
def suffixes() -> Suffixes:
    general: dict[str, tuple[str, ...]] = {}
    by_brand: dict[str, dict[str, tuple[str, ...]]] = {}
    movable: set[str] = set()
    for row in rows("suffixes.csv"):
        features = tuple(row["features"].split())
        for brand in row["brands"].split():
            by_brand.setdefault(brand, {})[row["spelling"]] = features
        if not row["brands"]:
            general[row["spelling"]] = features
        if row["place"] == "any":
            movable.update(features)
    spellings = [*general, *(s for table in by_brand.values() for s in table)]
    return Suffixes(general, by_brand, frozenset(movable), max(map(len, spellings)))


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing a mark says: ``cage`` is ``brass``."""

    kind: str
    value: str
    en: str
    zh: str


class Meanings:
    """Facts by (code, family, brand); the most particular entry answers."""

    def __init__(self) -> None:
        self._facts: dict[tuple[str, str, str], tuple[Fact, ...]] = {}
        self.codes: set[str] = set()

    def add(self, code: str, family: str, brand: str, fact: Fact) -> None:
        key = (code, family, brand)
        self._facts[key] = (*self._facts.get(key, ()), fact)
        self.codes.add(code)

    def get(self, code: str, family: str, brand: str) -> tuple[Fact, ...]:
        for key in ((code, family, brand), (code, "", brand), (code, family, ""), (code, "", "")):
            if key in self._facts:
                return self._facts[key]
        return ()


@lru_cache(maxsize=3)
def marks(place: str) -> Meanings:
    """Return what the marks of one place (``prefix``, ``suffix`` or ``old``) mean."""
    known = Meanings()
    for row in rows("marks.csv"):
        if row["place"] != place:
            continue
        fact = Fact(row["kind"], row["value"], row["en"], row["zh"])
        for family in row["families"].split() or [""]:
            for brand in row["brands"].split() or [""]:
                known.add(row["code"], family, brand, fact)
    return known


@dataclass(frozen=True, slots=True)
class Family:
    """A bearing type: its name, its usual cage and how its numbers are made."""

    code: str
    en: str
    zh: str
    cage: str  # the material of the cage that is not written; empty: differs by maker
    prefixes: frozenset[str]


@lru_cache(maxsize=1)
def families() -> dict[str, Family]:
    return {
        row["family"]: Family(
            row["family"],
            row["en"],
            row["zh"],
            row["cage"],
            frozenset("" if p == "-" else p for p in row["prefixes"].split()),
        )
        for row in rows("families.csv")
    }


@dataclass(frozen=True, slots=True)
class Series:
    """A series of one bearing type, and the table of dimensions it follows."""

    family: str
    code: str
    dimensions: str  # ISO dimension series; empty: not standardised
    widths: bool  # whether the width follows it too
    iso: str = ""  # the series ISO calls it by, where makers have a shorter name


@lru_cache(maxsize=1)
def series() -> tuple[Series, ...]:
    """Return all series, the longest codes first."""
    found = [
        Series(row["family"], row["series"], row["dimensions"], row["width"] != "own", row["iso"])
        for row in rows("series.csv")
    ]
    return tuple(sorted(found, key=lambda s: -len(s.code)))


@dataclass(frozen=True, slots=True)
class Implied:
    """What a designation of this kind says without writing it."""

    families: frozenset[str]
    brands: frozenset[str]
    when: frozenset[str]  # features and series that must be there; empty: always
    fact: Fact

    def applies(self, family: str, brand: str, marks: frozenset[str]) -> bool:
        return (
            family in self.families
            and (not self.brands or brand in self.brands)
            and self.when <= marks
        )


@lru_cache(maxsize=1)
def implied() -> tuple[Implied, ...]:
    return tuple(
        Implied(
            frozenset(row["families"].split()),
            frozenset(row["brands"].split()),
            frozenset(row["when"].split()),
            Fact(row["kind"], row["value"], row["en"], row["zh"]),
        )
        for row in rows("implied.csv")
    )


@lru_cache(maxsize=1)
def _makers() -> dict[str, tuple[str, str]]:
    """Return the code of the maker each name stands for, and whose wording he uses."""
    known: dict[str, tuple[str, str]] = {}
    for row in rows("brands.csv"):
        names = (row["code"], row["name_en"], row["name_zh"], *row["aliases"].split("|"))
        for name in filter(None, names):
            known.setdefault(_name(name), (row["code"], row["wording"] or row["code"]))
    return known


def _name(text: str) -> str:
    return re.sub(r"\s+", "", fold(text))


def maker(brand: str) -> str:
    """Return the code of a maker by any of his names; a name we do not know stands for itself."""
    return _makers().get(_name(brand), (_name(brand),))[0]


def wording(brand: str) -> str:
    """Return the maker whose wording this brand uses: GB for the Chinese makers, FAG for INA."""
    return _makers().get(_name(brand), (_name(brand),))[-1]


@lru_cache(maxsize=1)
def brand_ahead() -> re.Pattern[str]:
    """Return what recognises a maker's name before a designation."""
    names = sorted((re.escape(name) for name in _makers() if len(name) > 2), key=len, reverse=True)
    return re.compile(rf"\s*({'|'.join(names)})(?![A-Z])[\s:/,-]+(?=\S*\d)")


@lru_cache(maxsize=1)
def units() -> dict[str, str]:
    """Return the JIS number of each unit that its maker calls otherwise: SY25 is UCP205."""
    return {name: row["jis"] for row in rows("units.csv") for name in row["names"].split()}
