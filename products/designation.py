"""Designations reduced to what identifies them.

Two reductions: ``search_key`` (how it is spelled, noise removed) and ``read`` (what it says:
number, prefix, features), by which ``6205DDUC3`` and ``6205-2RS1/C3`` are the same.
``products/data/suffixes.csv`` says which spellings mean the same; a spelling that only one maker
uses that way stands for itself until the maker is known.

Invariant: one text has one ``form_key``, whoever made the part, so that it can be stored and
indexed; what depends on the maker is added when searching (``forms_meant``).
"""

import csv
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

# Letters of other alphabets that are typed for the Latin ones they look like.
_LOOK_ALIKES = str.maketrans(
    "АВЕКМНОРСТУХІЈЅЗавекмнорстухΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEKMHOPCTYXIJS3ABEKMHOPCTYXABEZHIKMNOPTYX"
)
_NOISE = re.compile(r"[^A-Z0-9]")
_SUFFIXES = Path(__file__).parent / "data" / "suffixes.csv"

FORM_KEY_LENGTH = 120
# Prefixes that begin with a digit, which would otherwise be taken for the number.
_NUMBER = re.compile(r"\W*((?:4T|5S|3NC)?[^0-9]*)([0-9]+)(.*)", re.DOTALL)
_SECOND_NUMBER = re.compile(r"\s*/\s*([0-9]+)(.*)", re.DOTALL)
# A seal on both sides written without a separator: the 2 belongs to the seal, not to the number.
_BOTH_SIDES = re.compile(r"(?:RS|RZ|Z|BRS|HRS|NSE|NKE|RU|RK|RD|ELS|NSL|LS|CS)")
_SERIES_OF_FIVE = ("160", "161", "618", "619")
_LETTER_O = re.compile(r"(?<=[0-9])[OQ](?=[0-9])")
_LETTER_L = re.compile(r"(?<=[0-9])[IL](?=[0-9])")


def fold(text: str) -> str:
    """Return the text in upper case with compatibility forms and look-alike letters resolved."""
    return unicodedata.normalize("NFKC", text).upper().translate(_LOOK_ALIKES)


def search_key(text: str) -> str:
    """Return the key two spellings of one designation share: ``62052RS1C3`` for ``6205-2RS1/c3``.

    NFKC, upper case, look-alike letters, and only A-Z and 0-9 stay.
    """
    return _NOISE.sub("", fold(text))


def misread_key(key: str) -> str:
    """Return the key with letters between digits read as what they resemble: O as 0, l as 1."""
    return _LETTER_L.sub("1", _LETTER_O.sub("0", key))


@dataclass(frozen=True, slots=True)
class Form:
    """What a designation says: ``NU 2208 ECP`` is number 2208, prefix NU, features EC and P."""

    number: str
    prefix: str = ""
    features: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The stored key; the number leads, so that one range of the index holds one number."""
        return f"{self.number}|{self.prefix}|{','.join(self.features)}"[:FORM_KEY_LENGTH]

    def with_feature(self, old: str, new: str) -> "Form":
        """Return the form with one feature spelled otherwise."""
        features = list(self.features)
        features.remove(old)
        return Form(self.number, self.prefix, _ordered([*features, new]))


@dataclass(frozen=True, slots=True)
class _Suffixes:
    """The table of suffixes: what each spelling means to all, and to the makers named."""

    general: dict[str, tuple[str, ...]]
    by_brand: dict[str, dict[str, tuple[str, ...]]]
    movable: frozenset[str]  # features that mean the same wherever they stand
    longest: int

    def meaning(self, spelling: str, brand: str) -> tuple[str, ...] | None:
        of_brand = self.by_brand.get(brand, {})
        return of_brand.get(spelling, self.general.get(spelling))


@lru_cache(maxsize=1)
def _suffixes() -> _Suffixes:
    general: dict[str, tuple[str, ...]] = {}
    by_brand: dict[str, dict[str, tuple[str, ...]]] = {}
    movable: set[str] = set()
    with _SUFFIXES.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            features = tuple(row["features"].split())
            for brand in row["brands"].split():
                by_brand.setdefault(brand, {})[row["spelling"]] = features
            if not row["brands"]:
                general[row["spelling"]] = features
            if row["place"] == "any":
                movable.update(features)
    spellings = [*general, *(s for table in by_brand.values() for s in table)]
    return _Suffixes(general, by_brand, frozenset(movable), max(map(len, spellings)))


def read(text: str, brand: str = "") -> Form | None:
    """Return what a designation says, as its maker means it; None when it holds no digit."""
    found = readings(text, brand)
    return found[0] if found else None


def form_key(text: str) -> str:
    """Return the key that is stored and indexed; empty when the text holds no digit."""
    form = read(text)
    return form.key if form else ""


@lru_cache(maxsize=20_000)
def readings(text: str, brand: str = "") -> tuple[Form, ...]:
    """Return the possible readings, likeliest first; more than one only for ``63002RS`` and kin."""
    found = _NUMBER.fullmatch(fold(text).strip())
    if found is None:
        return ()
    prefix, number, rest = _NOISE.sub("", found[1]), found[2], found[3]
    if rest.startswith("/"):
        second = _SECOND_NUMBER.fullmatch(rest)
        if second and not _begins_with_suffix(second[1] + second[2]):
            number, rest = f"{number}/{second[1]}", second[2]
    splits = _splits(number, rest)
    forms = (Form(n, prefix, _features(r, brand)) for n, r in splits)
    return tuple(dict.fromkeys(forms))


def _begins_with_suffix(text: str) -> bool:
    """Return whether a suffix (``2RS1``, ``5K``), not a second number (``8Y``), begins here."""
    digits = re.match(r"[0-9]([A-Z][A-Z0-9]*)", text)
    if digits is None:
        return False
    return bool(_BOTH_SIDES.match(digits[1])) or digits[0] in _suffixes().general


def _splits(number: str, rest: str) -> list[tuple[str, str]]:
    whole = (number, rest)
    if not (number.endswith("2") and len(number) >= 4 and _BOTH_SIDES.match(rest)):
        return [whole]
    split = (number[:-1], "2" + rest)
    return [split, whole] if _two_is_a_seal(number) else [whole, split]


def _two_is_a_seal(number: str) -> bool:
    """Return whether the last 2 of ``62052`` (before ``RS``) rather counts the seals."""
    if len(number) == 4:  # 6202RS is 6202-RS, but 6082RS is 608-2RS: bore codes end at 40
        return int(number[2:]) > 40
    return not (len(number) == 5 and number.startswith(_SERIES_OF_FIVE))


def _features(rest: str, brand: str) -> tuple[str, ...]:
    """Return the features; what the table does not know stands for itself."""
    whole = _segment(_NOISE.sub("", rest), brand)
    if whole is not None:
        return _ordered(whole)
    features: list[str] = []
    for piece in filter(None, _NOISE.split(rest)):
        known = _segment(piece, brand)
        features += [piece] if known is None else known
    return _ordered(features)


def _ordered(features: list[str]) -> tuple[str, ...]:
    """Return the movable features sorted, then the others as they stand: EA is not AE."""
    movable = _suffixes().movable
    moved = sorted(f for f in features if f in movable)
    return (*moved, *(f for f in features if f not in movable))


def _segment(text: str, brand: str) -> list[str] | None:
    """Return the features of a run of suffixes, longest spelling first; None if part is unknown."""
    table = _suffixes()
    # found[i]: the features of text[i:], filled from the end; quadratic at worst, however long.
    found: list[list[str] | None] = [None] * len(text) + [[]]
    for start in range(len(text) - 1, -1, -1):
        for end in range(min(len(text), start + table.longest), start, -1):
            rest, meaning = found[end], table.meaning(text[start:end], brand)
            if rest is not None and meaning is not None:
                found[start] = [*meaning, *rest]
                break
    return found[0]


def forms_meant(text: str, brand: str = "") -> dict[str, frozenset[str]]:
    """Return the form keys that say the same as this text, likeliest first.

    The value names the makers for whom that is so; empty means all. ``6205-2RS`` is also
    ``6205DD``, but of NSK alone.
    """
    meant: dict[str, frozenset[str]] = {}
    for form in readings(text, brand):
        meant.setdefault(form.key, frozenset())
        for maker, table in _suffixes().by_brand.items():
            for spelling, features in table.items():
                if len(features) == 1 and features[0] in form.features:
                    key = form.with_feature(features[0], spelling).key
                    makers = meant.get(key)
                    if makers is None or makers:  # not already said by all
                        meant[key] = (makers or frozenset()) | {maker}
    return meant


# Old Chinese (GB, same as GOST) numbers of deep groove ball bearings: the digits before the last
# three give the seal, the third from the end the series.
_OLD_SEALS = {"": (), "60": ("Z",), "80": ("2Z",), "160": ("RS",), "180": ("2RS",)}
_OLD_SERIES = {"1": "60", "2": "62", "3": "63", "4": "64"}
_OLD_NUMBER = re.compile(r"(|60|80|160|180)([1-4])([0-9]{2})")
# Numbers that are in use today too, for another bearing: 7208 is not 30208 unless someone says so.
_CURRENT = re.compile(
    r"[1-7][0-9]{3}|6[0-389][0-9]"
    r"|(?:16[01]|2(?:22|23|30|31|32|38|39|40|41)|3(?:02|03|13|20|22|23|29|30|31|32)"
    r"|51[1-4]|52[2-4]|53[2-4]|6(?:08|18|19|22|23|30)|7(?:18|19)|81[12]|89[34])[0-9]{2}"
)


def is_current_number(key: str) -> bool:
    """Return whether the number is one of today's series, whatever it meant in the old scheme."""
    return _CURRENT.fullmatch(key) is not None


def from_old_number(key: str) -> Form | None:
    """Return what an old deep groove ball number means now: 180205 is 6205-2RS."""
    found = _OLD_NUMBER.fullmatch(key)
    if found is None or is_current_number(key):
        return None
    return Form(_OLD_SERIES[found[2]] + found[3], "", _OLD_SEALS[found[1]])
