"""The grammar: a designation taken apart into prefix, series, bore code and suffixes, each with
its meaning.

Nothing is guessed: a suffix the tables do not know is kept as written, with kind ``unknown``.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

from django.utils.translation import get_language

from products.designation import tables
from products.designation.form import Token, loosely, splits, tokens
from products.designation.numbers import Number, canonical, understand
from products.designation.old import OldNumber, read_old
from products.designation.sizes import Size, size_of
from products.designation.spelling import NOISE, fold, misread
from products.designation.tables import Fact

UNKNOWN = "unknown"
_CUP = re.compile(r"\s*[/-]\s*([A-Z]{0,3})\s*([0-9]{2,6}[A-Z]?)(?![A-Z0-9])")
_INCH = "tapered_inch"
_LONGEST = 120  # characters read of one text


@dataclass(frozen=True, slots=True)
class Mark:
    """A prefix or suffix as written, with one thing it says."""

    code: str
    kind: str
    value: str
    en: str
    zh: str

    @property
    def meaning(self) -> str:
        """The meaning in the reader's language; the code itself when it is not known."""
        return (self.zh if _chinese() else self.en) or self.code


@dataclass(frozen=True, slots=True)
class Designation:
    """What a designation says.

    ``brand`` is the maker's code. ``base`` is the type and size alone (``NU2208``), the same for
    every maker. A suffix that says two things (``ECP``) appears once for each. ``old_number`` is
    set when the text was a number of the old Chinese or Soviet scheme, translated here.
    """

    text: str
    brand: str
    family: str
    base: str
    prefix: str
    series: str
    bore_code: str
    bore_mm: Decimal | None
    outside_mm: Decimal | None
    width_mm: Decimal | None
    prefixes: tuple[Mark, ...]
    suffixes: tuple[Mark, ...]
    implied: tuple[Mark, ...]
    old_number: str = ""

    @property
    def marks(self) -> tuple[Mark, ...]:
        return (*self.prefixes, *self.suffixes, *self.implied)

    @property
    def unknown(self) -> tuple[str, ...]:
        return tuple(mark.code for mark in self.marks if mark.kind == UNKNOWN)

    def values(self, kind: str) -> tuple[str, ...]:
        """Return what is said about one kind of feature, written or implied, in a fixed order."""
        return tuple(sorted(mark.value for mark in self.marks if mark.kind == kind))

    @property
    def family_name(self) -> str:
        family = tables.families().get(self.family)
        if family is None:
            return ""
        return family.zh if _chinese() else family.en

    @property
    def size(self) -> str:
        """The dimensions the number stands for: ``25×52×15``, or ``d 25`` if only the bore is."""
        known = (("d", self.bore_mm), ("D", self.outside_mm), ("B", self.width_mm))
        sizes = [(name, f"{size.normalize():f}") for name, size in known if size is not None]
        if len(sizes) == len(known):
            return "×".join(size for _name, size in sizes) + " mm"
        return ", ".join(f"{name} {size} mm" for name, size in sizes)

    def __str__(self) -> str:
        """Tell it in the reader's language."""
        said = [f"{mark.code}: {mark.meaning}" for mark in (*self.prefixes, *self.suffixes)]
        head = " ".join(filter(None, [self.family_name, self.base]))
        if self.old_number:
            head = f"{self.old_number} = {head}"
        return ("；" if _chinese() else "; ").join(filter(None, [head, self.size, *said]))


def _chinese() -> bool:
    return (get_language() or "").startswith("zh")


@dataclass(frozen=True, slots=True)
class _Cut:
    """One way to cut a text."""

    prefix: str
    number: str
    rest: str
    modifiers: tuple[str, ...] = ()
    understood: Number | None = None


@lru_cache(maxsize=20_000)
def parse(text: str, brand: str = "") -> Designation | None:
    """Return what a designation says in its maker's wording; None when it holds no number.

    ``brand`` is the code or any name of the maker; a maker's name before the designation is taken
    off, and counts when no brand is given. An unreadable number gives a Designation without family.
    """
    folded = fold(text[:_LONGEST]).strip()
    ahead = tables.brand_ahead().match(folded)
    if ahead:
        folded, brand = folded[ahead.end() :], brand or ahead[1]
    maker, brand = tables.wording(brand), tables.maker(brand)
    cut = _best_cut(folded)
    if cut is None:
        return None
    if cut.understood is None:
        old = read_old(folded)
        told = _of_old(text, brand, maker, old) if old else None
        if told:
            return told
    return _designation(text, brand, maker, cut)


def _best_cut(folded: str) -> _Cut | None:
    """Return the likeliest way to cut the text whose number is known, else the likeliest."""
    best: _Cut | None = None
    for reading in dict.fromkeys((_named(folded), folded, misread(folded))):
        for prefix, number, rest in splits(reading):
            cut = _with_type(_Cut(prefix, number, rest))
            if cut.understood:
                return cut
            best = best or cut
    return best


def _named(folded: str) -> str:
    """Return the text with the maker's own name of a unit replaced by the JIS number."""
    for end in range(len(folded), 3, -1):
        jis = tables.units().get(NOISE.sub("", folded[:end]))
        if jis and not folded[end : end + 1].isdigit():
            return f"{jis} {folded[end:]}"
    return folded


def _with_type(cut: _Cut) -> _Cut:
    """Return the cut with the prefix split into modifiers (``S``, ``HR``) and type (``NU``)."""
    for start in range(len(cut.prefix) + 1):
        understood = understand(cut.prefix[start:], cut.number)
        if understood is None:
            continue
        modifiers = _modifiers(cut.prefix[:start])
        if modifiers is not None and not (modifiers and understood.family.code == _INCH):
            return _with_cup(replace(cut, modifiers=modifiers, understood=understood))
    return cut


def _with_cup(cut: _Cut) -> _Cut:
    """Return an inch bearing with its cup: ``LM11749/LM11710``, for short ``LM11749/10``."""
    if cut.understood is None or cut.understood.family.code != _INCH:
        return cut
    whole, found = cut.number, _CUP.match(cut.rest)
    rest = cut.rest[found.end() :] if found else cut.rest
    if found:
        whole += "/" + found[1] + found[2]
    cone, _slash, cup = whole.partition("/")
    if len(cup) == 2:
        whole = f"{cone}/{cut.understood.type_prefix}{cone[:-2]}{cup}"
    return replace(cut, number=whole, rest=rest)


def _modifiers(text: str) -> tuple[str, ...] | None:
    if not text:
        return ()
    codes = tables.marks("prefix").codes
    for length in range(len(text), 0, -1):
        if text[:length] in codes:
            rest = _modifiers(text[length:])
            if rest is not None:
                return (text[:length], *rest)
    return None


def _designation(text: str, brand: str, maker: str, cut: _Cut) -> Designation:
    number = cut.understood
    family = number.family.code if number else ""
    modifiers = cut.modifiers if number else tuple(filter(None, [cut.prefix]))
    series = number.series.iso or number.series.code if number and number.series else ""
    prefixes = [m for code in modifiers for m in _marks("prefix", code, code, family, maker)]
    suffixes = list(_suffix_marks(cut.rest, family, maker))
    written = {s for t in tokens(cut.rest, maker) for s in t.features or ()}
    written |= {series} | {f"prefix-{code}" for code in modifiers}
    sealed = any(mark.kind == "seal" for mark in suffixes)
    size = size_of(number, sealed=sealed) if number else Size()
    return Designation(
        text=text,
        brand=brand,
        family=family,
        base=(
            number.type_prefix + canonical(number, cut.number)
            if number
            else cut.prefix + cut.number
        ),
        prefix=cut.prefix,
        series=series,
        bore_code=number.code.lstrip("/") if number else "",
        bore_mm=size.bore,
        outside_mm=size.outside,
        width_mm=size.width,
        prefixes=tuple(prefixes),
        suffixes=tuple(suffixes),
        implied=tuple(_implied(family, maker, frozenset(written), [*prefixes, *suffixes])),
    )


def _of_old(text: str, brand: str, maker: str, old: OldNumber) -> Designation | None:
    form = old.form
    cut = _with_type(_Cut(form.prefix, form.number, "-".join(form.features)))
    if cut.understood is None:
        return None
    told = _designation(text, brand, maker, cut)
    letters = [m for c in old.letters for m in _marks("old", c, c[0], told.family, maker)]
    return replace(told, suffixes=(*told.suffixes, *letters), old_number=old.number)


def _suffix_marks(rest: str, family: str, maker: str) -> Iterator[Mark]:
    for token in tokens(rest, maker):
        pieces = loosely(token.spelling, maker) if token.features is None else [token]
        for piece in pieces:
            yield from _token_marks(piece, family, maker)


def _token_marks(token: Token, family: str, maker: str) -> Iterator[Mark]:
    if token.features is None:
        yield Mark(token.spelling, UNKNOWN, token.spelling, "", "")
        return
    if not token.features:
        yield Mark(token.spelling, "normal", token.spelling, "as standard", "标准")
    for feature in token.features:
        yield from _marks("suffix", token.spelling, feature, family, maker)


def _marks(place: str, written: str, feature: str, family: str, maker: str) -> Iterator[Mark]:
    facts = tables.marks(place).get(feature, family, maker)
    for fact in facts or (Fact(UNKNOWN, written, "", ""),):
        yield Mark(written, fact.kind, fact.value, fact.en, fact.zh)


def _implied(family: str, maker: str, written: frozenset[str], marks: list[Mark]) -> Iterator[Mark]:
    stated = {mark.kind for mark in marks}
    for rule in tables.implied():
        if rule.fact.kind not in stated and rule.applies(family, maker, written):
            stated.add(rule.fact.kind)
            yield Mark("", rule.fact.kind, rule.fact.value, rule.fact.en, rule.fact.zh)
    kind = tables.families().get(family)
    if kind and kind.cage and "cage" not in stated:
        yield Mark("", "cage", kind.cage, "", "")
