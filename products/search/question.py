"""A query made ready for looking up: brands known by their ids, keys, meanings, sizes, names."""

from dataclasses import dataclass
from decimal import Decimal

from products.designation import (
    Form,
    fold,
    forms_meant,
    from_old_number,
    is_current_number,
    parse,
    readings,
    search_key,
)
from products.designation.spelling import misread
from products.names import NAME_KEY_LENGTH, name_key
from products.search.brands import UNKNOWN_BRAND, BrandNames
from products.search.noise import without_noise
from products.search.results import Query
from products.search.sizes import Measured, Sizes, read_sizes

_SHORTEST_PREFIX = 2
_SHORTEST_NAME = 2
_LONGEST = 200  # characters read of one text
_LONGEST_KEY = 80  # no stored key is longer
_ROUNDED_INCH = Decimal("0.03")  # mm; makers round 14.2875 to 14.3


# What a Russian letter is read as when it is typed for its sound: НУ for NU, НЖ for NJ.
_SOUNDS = str.maketrans("АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЫЭЮЯ", "ABVGDEJZIIKLMNOPRSTUFHCCSYEUA")


def by_sound(text: str) -> str:
    """Return the text with Cyrillic letters by their sound; empty when it has none."""
    upper = text.upper()
    sounds = upper.translate(_SOUNDS)
    return sounds if sounds != upper else ""


@dataclass(frozen=True, slots=True)
class Question:
    query: Query
    written: str  # the text as asked, spaces folded
    spoken: str  # without brand and sizes
    text: str  # without noise, too
    brand_ids: tuple[int, ...]  # asked for, in order; empty: unstated
    keys: tuple[str, ...]  # search keys it may be stored under, likeliest first
    forms: dict[str, frozenset[str]]  # form keys that say the same, and for which makers
    read_as: tuple[Form, ...]  # what it says, likeliest first
    old_form: Form | None
    sizes: Sizes | None
    tolerance: Decimal  # mm, either way
    names: tuple[str, ...]  # how it is named, by its keys; none: it is a number
    name_words: str  # the same in words, without what says nothing
    only_brand: bool  # nothing but the name of a brand

    @property
    def code_keys(self) -> tuple[str, ...]:
        """The keys a partner's own code may have: sizes too, where he calls a part by them."""
        code = search_key(self.query.text[:_LONGEST]) if not self.keys else ""
        return (code,) if 0 < len(code) <= _LONGEST_KEY else self.keys

    @property
    def old_key(self) -> str:
        """The key an old number is stored under; empty when the text cannot be one."""
        key = self.prefix
        return key if len(key) > _SHORTEST_PREFIX and key[0].isdigit() else ""

    @property
    def old_is_doubtful(self) -> bool:
        """Whether the number is one of today's too, so that the old meaning is only a guess."""
        return any(is_current_number(form.number) for form in readings(self.text))

    def is_other_bore(self, designation: str, form_key: str) -> bool:
        """Return whether the same spelling tells another bore: 62/22 is not 6222.

        Signs count only here: a stroke within the number may say the bore in millimetres.
        """
        number = form_key.partition("|")[0]
        numbers = {form.number for form in self.read_as}
        if number in numbers or not any("/" in one for one in (number, *numbers)):
            return False
        asked, found = parse(self.text), parse(designation)
        if asked is None or found is None or asked.bore_mm == found.bore_mm:
            return False
        is_known = asked.bore_mm is not None and found.bore_mm is not None
        return is_known or not form_key.split("|")[1]  # 6188 is nothing, NK2020 is NK20/20

    @property
    def prefix(self) -> str:
        key = self.keys[0] if self.keys else ""
        return key if len(key) >= _SHORTEST_PREFIX else ""

    @property
    def form(self) -> Form | None:
        """What it says, when its number is long enough to look for the like."""
        form = self.read_as[0] if self.read_as else None
        return form if form and len(form.number) > 2 else None

    def rank(self, brand_id: int) -> int:
        """0 for the brand asked for (or any, if none was), then the alternatives, then the rest."""
        if not self.brand_ids:
            return 0
        return self.brand_ids.index(brand_id) if brand_id in self.brand_ids else 99


def ask(query: Query, brands: BrandNames) -> Question:
    """Make a query ready: take brand, noise and sizes out of the text, derive the keys."""
    written = " ".join(query.text[:_LONGEST].split())
    measured = read_sizes(written) if any(map(str.isdigit, written)) else None
    # A number beside the sizes is the part; without one the sizes may be its name: K 25x30x20.
    body = measured.rest if measured and _has_digit(measured.rest) else written
    named, spoken = _without_brand(body, brands)
    text = without_noise(spoken)
    only_sizes = (
        measured is not None and body is written and not search_key(_rest(measured, brands))
    )
    brand_ids = _brand_ids(query, named, brands)
    maker = brands.codes.get(brand_ids[0], "") if brand_ids else ""
    only_brand = bool(named) and not (without_noise(spoken, names=False) or measured)
    sounds = by_sound(spoken)
    keys = () if only_sizes or only_brand else _keys(text, spoken, written, sounds)
    read_as = (*readings(text, maker), *readings(sounds, maker)) if keys else ()
    old = from_old_number(keys[0]) if keys else None
    forms = {**forms_meant(sounds, maker), **forms_meant(text, maker)} if read_as else {}
    if old:
        forms.setdefault(old.key, frozenset())
    sizes = query.dimensions or (measured.sizes if measured else None)
    return Question(
        query=query,
        written=written,
        spoken=spoken,
        text=text,
        brand_ids=brand_ids,
        keys=keys,
        forms=forms,
        read_as=read_as,
        old_form=old,
        sizes=sizes,
        tolerance=_tolerance(query, measured),
        names=() if sizes else _names(spoken),
        name_words=without_noise(spoken, names=False).casefold(),
        only_brand=only_brand and query.dimensions is None,
    )


def _has_digit(text: str) -> bool:
    return any(sign.isdigit() for sign in text)


def _without_brand(text: str, brands: BrandNames) -> tuple[int, str]:
    """Return the brand that is named, also behind a word like 进口, and the text without it."""
    for said in (text, without_noise(text)):
        named, rest = brands.take_off(said)
        if named:
            return named, rest
    return UNKNOWN_BRAND, text


def _rest(measured: Measured, brands: BrandNames) -> str:
    return without_noise(_without_brand(measured.rest, brands)[1])


def _keys(*texts: str) -> tuple[str, ...]:
    keys = [search_key(text) for text in texts]
    keys += [search_key(misread(fold(text))) for text in texts]
    return tuple(key for key in dict.fromkeys(keys) if 0 < len(key) <= _LONGEST_KEY)


def _names(spoken: str) -> tuple[str, ...]:
    """Return the keys of a name; none for a number, and for what every product is: a bearing."""
    telling = without_noise(spoken, names=False)
    if _has_digit(spoken) or not telling:
        return ()
    keys = dict.fromkeys((name_key(spoken), name_key(telling)))
    return tuple(key for key in keys if _SHORTEST_NAME <= len(key) < NAME_KEY_LENGTH)


def _tolerance(query: Query, measured: Measured | None) -> Decimal:
    if measured and measured.in_inches and query.dimensions is None:
        return max(query.tolerance, _ROUNDED_INCH)
    return query.tolerance


def _brand_ids(query: Query, named_in_text: int, brands: BrandNames) -> tuple[int, ...]:
    stated = [name for name in (query.brand, *query.alternative_brands) if name.strip()]
    if not stated:
        return (named_in_text,) if named_in_text else ()
    return tuple(dict.fromkeys(brands.find(name) for name in stated))
