"""Designations reduced to what identifies them.

Two reductions: ``search_key`` (how it is spelled, noise removed) and ``read`` (what it says:
number, prefix, features), by which ``6205DDUC3`` and ``6205-2RS1/C3`` are the same.
``products/data/suffixes.csv`` says which spellings mean the same; a spelling that only one maker
uses that way stands for itself until the maker is known.

Invariant: one text has one ``form_key``, whoever made the part, so that it can be stored and
indexed; what depends on the maker is added when searching (``forms_meant``).
"""

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from products.designation.spelling import NOISE, fold
from products.designation.tables import suffixes

FORM_KEY_LENGTH = 120
# Prefixes that begin with a digit, which would otherwise be taken for the number.
_NUMBER = re.compile(r"\W*((?:4T|5S|3NC|E2(?=[ .-]))?[^0-9]*)([0-9]+)(.*)", re.DOTALL)
_SECOND_NUMBER = re.compile(r"\s*/\s*([0-9]+)(.*)", re.DOTALL)
# A seal on both sides written without a separator: the 2 belongs to the seal, not to the number.
_BOTH_SIDES = re.compile(r"(?:RS|RZ|Z|BRS|HRS|NSE|NKE|RU|RK|RD|ELS|NSL|LS|CS)")
_SHORT_SERIES = {"67": "617", "68": "618", "69": "619", "78": "718", "79": "719"}
_SERIES_OF_FIVE = ("160", "161", "618", "619")


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
    forms = (Form(n, prefix, _features(rest, brand)) for prefix, n, rest in splits(fold(text)))
    return tuple(dict.fromkeys(forms))


def splits(folded: str) -> list[tuple[str, str, str]]:
    """Return prefix, number and rest of a folded text, in each way it can be cut."""
    found = _NUMBER.fullmatch(folded.strip())
    if found is None:
        return []
    prefix, number, rest = NOISE.sub("", found[1]), found[2], found[3]
    if rest.startswith("/"):
        second = _SECOND_NUMBER.fullmatch(rest)
        is_bore = number in _SHORT_SERIES.values()  # 618/4ZZ
        if second and (is_bore or not _begins_with_suffix(second[1] + second[2])):
            number, rest = f"{number}/{second[1]}", second[2]
    return [(prefix, n, r) for n, r in _both_sides(number, rest)]


def _begins_with_suffix(text: str) -> bool:
    """Return whether a suffix (``2RS1``, ``5K``), not a second number (``8Y``), begins here."""
    digits = re.match(r"[0-9]([A-Z][A-Z0-9]*)", text)
    if digits is None:
        return False
    is_seal = text.startswith("2") and _BOTH_SIDES.match(digits[1])
    return bool(is_seal) or digits[0] in suffixes().general


def _both_sides(number: str, rest: str) -> list[tuple[str, str]]:
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


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the suffixes as written, and the features it stands for; None: not known."""

    spelling: str
    features: tuple[str, ...] | None


def _features(rest: str, brand: str) -> tuple[str, ...]:
    """Return the features; what the table does not know stands for itself."""
    features: list[str] = []
    for token in tokens(rest, brand):
        features += [token.spelling] if token.features is None else token.features
    return _ordered(features)


def tokens(rest: str, brand: str) -> list[Token]:
    """Cut the suffixes into known spellings; a separator cuts wherever that leaves nothing unknown.

    ``C-2Z`` is C and 2Z, never C2 and Z; ``2 RS`` is 2RS, for a lone 2 means nothing.
    """
    pieces = [piece for piece in NOISE.split(rest) if piece]
    cut = [(piece, _segment(piece, brand)) for piece in pieces]
    if any(known is None for _piece, known in cut):
        whole = _segment("".join(pieces), brand)
        if whole is not None:
            return whole
    found: list[Token] = []
    for piece, known in cut:
        found += [Token(piece, None)] if known is None else known
    return found


def _ordered(features: list[str]) -> tuple[str, ...]:
    """Return the movable features sorted, then the others as they stand: EA is not AE."""
    movable = suffixes().movable
    moved = sorted(f for f in features if f in movable)
    return (*moved, *(f for f in features if f not in movable))


def _segment(text: str, brand: str) -> list[Token] | None:
    """Return a run of suffixes cut up, longest spelling first; None if part is unknown."""
    table = suffixes()
    # found[i]: the tokens of text[i:], filled from the end; quadratic at worst, however long.
    found: list[list[Token] | None] = [None] * len(text) + [[]]
    for start in range(len(text) - 1, -1, -1):
        for end in range(min(len(text), start + table.longest), start, -1):
            rest, meaning = found[end], table.meaning(text[start:end], brand)
            if rest is not None and meaning is not None:
                found[start] = [Token(text[start:end], meaning), *rest]
                break
    return found[0]


def loosely(piece: str, brand: str) -> list[Token]:
    """Cut what it can off the front and the back of a piece that is not known as a whole."""
    for length in range(len(piece) - 1, 0, -1):
        for start in range(len(piece) - length + 1):
            if start and start + length < len(piece):
                continue
            known = _segment(piece[start : start + length], brand)
            if known and any(len(token.spelling) > 1 for token in known):
                front = [Token(piece[:start], None)] if start else []
                back = [Token(piece[length:], None)] if not start else []
                return [*front, *known, *back]
    return [Token(piece, None)]


def forms_meant(text: str, brand: str = "") -> dict[str, frozenset[str]]:
    """Return the form keys that say the same as this text, likeliest first.

    The value names the makers for whom that is so; empty means all. ``6205-2RS`` is also
    ``6205DD``, but of NSK alone.
    """
    meant: dict[str, frozenset[str]] = {}
    read_as = readings(text, brand)
    for form in (*read_as, *filter(None, map(_otherwise_numbered, read_as))):
        meant.setdefault(form.key, frozenset())
        for maker, table in suffixes().by_brand.items():
            for spelling, features in table.items():
                if len(features) == 1 and features[0] in form.features:
                    key = form.with_feature(features[0], spelling).key
                    makers = meant.get(key)
                    if makers is None or makers:  # not already said by all
                        meant[key] = (makers or frozenset()) | {maker}
    return meant


def _otherwise_numbered(form: Form) -> Form | None:
    """Return a bearing of a thin series by its other number: 684 is 618/4, 6905 is 61905."""
    for short, series in _SHORT_SERIES.items():
        if form.prefix:
            return None
        if len(form.number) == 3 and form.number.startswith(short) and form.number[2] != "0":
            return replace(form, number=f"{series}/{form.number[2]}")
        if re.fullmatch(f"{series}/[1-9]", form.number):
            return replace(form, number=short + form.number[-1])
        if re.fullmatch(f"{short}[0-9]{{2}}", form.number):
            return replace(form, number=series + form.number[2:])
        if re.fullmatch(f"{series}[0-9]{{2}}", form.number):
            return replace(form, number=short + form.number[3:])
    return None
