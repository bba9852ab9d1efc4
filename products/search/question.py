"""A query made ready for looking up: brands known by their ids, keys, meanings, sizes."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple, Self

from products.designation import (
    Form,
    fold,
    forms_meant,
    from_old_number,
    is_current_number,
    misread_key,
    readings,
    search_key,
)
from products.models import Brand
from products.search.results import Query

UNKNOWN_BRAND = 0  # asked for, but not one of ours: no product is of it
_SHORTEST_PREFIX = 2
_LONGEST = 200  # characters read of one text
_SIZE = r"([0-9]{1,4}(?:[.,][0-9]{1,3})?)"
_SIZES = re.compile(
    rf"\W*(?:D\s*=\s*)?{_SIZE}(?:MM)?\s*[X*×]\s*{_SIZE}(?:MM)?\s*[X*×]\s*{_SIZE}\s*(?:MM)?\W*"
)
Sizes = tuple[Decimal, Decimal, Decimal]


class _Alias(NamedTuple):
    name: str
    brand_id: int
    leading: re.Pattern[str]
    trailing: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class BrandNames:
    """Every name of every brand, for reading a name and for taking it off a designation."""

    codes: dict[int, str]
    ids: dict[str, int]
    aliases: tuple[_Alias, ...]

    @classmethod
    def load(cls) -> Self:
        rows = Brand.objects.values_list("id", "code", "name_en", "name_zh", "aliases")
        ids: dict[str, int] = {}
        for pk, code, *_names in rows:
            ids[_name(code)] = pk
        for pk, _code, name_en, name_zh, aliases in rows:
            for name in (name_en, name_zh, *aliases):
                if _name(name):
                    ids.setdefault(_name(name), pk)
        longest_first = sorted(ids, key=len, reverse=True)
        return cls(
            codes={row[0]: row[1] for row in rows},
            ids=ids,
            aliases=tuple(_alias(name, ids[name]) for name in longest_first if len(name) > 1),
        )

    def find(self, name: str) -> int:
        return self.ids.get(_name(name), UNKNOWN_BRAND)

    def take_off(self, text: str) -> tuple[int, str]:
        """Return the brand named before or after the designation, and the text without it."""
        folded = fold(text).strip()
        for alias in self.aliases:
            if alias.name not in folded:
                continue
            for pattern in (alias.leading, alias.trailing):
                found = pattern.fullmatch(folded)
                if found and search_key(found[1]):
                    return alias.brand_id, found[1]
        return UNKNOWN_BRAND, text


def _name(text: str) -> str:
    return "".join(fold(text).split())


def _alias(name: str, brand_id: int) -> _Alias:
    """A Latin name must not run into further letters: ``INA`` is not the start of ``INAX``."""
    text = re.escape(name)
    before, after = (r"(?<![A-Z&])", r"(?![A-Z&])") if name.isascii() else ("", "")
    return _Alias(
        name,
        brand_id,
        re.compile(rf"\W*{text}{after}[^\w(]*(.+)", re.DOTALL),
        re.compile(rf"(.+?)[\s,;:/(（-]*{before}{text}\W*", re.DOTALL),
    )


@dataclass(frozen=True, slots=True)
class Question:
    query: Query
    text: str  # without the brand
    brand_ids: tuple[int, ...]  # asked for, in order; empty: unstated
    keys: tuple[str, ...]  # search keys it may be stored under, likeliest first
    forms: dict[str, frozenset[str]]  # form keys that say the same, and for which makers
    number: str  # leading part of the form keys that share the number
    old_form: Form | None
    sizes: Sizes | None
    only_sizes: bool  # the text is nothing but sizes

    @property
    def old_key(self) -> str:
        """The key an old number is stored under; empty when the text cannot be one."""
        key = self.prefix
        return key if len(key) > _SHORTEST_PREFIX and key[0].isdigit() else ""

    @property
    def old_is_doubtful(self) -> bool:
        """Whether the number is one of today's too, so that the old meaning is only a guess."""
        return any(is_current_number(form.number) for form in readings(self.text))

    @property
    def prefix(self) -> str:
        key = self.keys[0] if self.keys and not self.only_sizes else ""
        return key if len(key) >= _SHORTEST_PREFIX else ""

    def rank(self, brand_id: int) -> int:
        """0 for the brand asked for (or any, if none was), then the alternatives, then the rest."""
        if not self.brand_ids:
            return 0
        return self.brand_ids.index(brand_id) if brand_id in self.brand_ids else 99


def ask(query: Query, brands: BrandNames) -> Question:
    """Make a query ready: take brand and sizes out of the text, derive the keys."""
    written = query.text[:_LONGEST]
    sizes = _sizes(written)
    named, text = brands.take_off(written)
    brand_ids = _brand_ids(query, named, brands)
    maker = brands.codes.get(brand_ids[0], "") if brand_ids else ""
    keys = [search_key(text), search_key(written)]
    keys += [misread_key(key) for key in keys]
    read_as = () if sizes else readings(text, maker)
    old = None if sizes else from_old_number(keys[0])
    forms = forms_meant(text, maker) if read_as else {}
    if old:
        forms.setdefault(old.key, frozenset())
    return Question(
        query=query,
        text=text,
        brand_ids=brand_ids,
        keys=tuple(key for key in dict.fromkeys(keys) if key),
        forms=forms,
        number=f"{read_as[0].number}|" if read_as and len(read_as[0].number) > 2 else "",
        old_form=old,
        sizes=query.dimensions or sizes,
        only_sizes=sizes is not None,
    )


def _brand_ids(query: Query, named_in_text: int, brands: BrandNames) -> tuple[int, ...]:
    stated = [name for name in (query.brand, *query.alternative_brands) if name.strip()]
    if not stated:
        return (named_in_text,) if named_in_text else ()
    return tuple(dict.fromkeys(brands.find(name) for name in stated))


def _sizes(text: str) -> Sizes | None:
    """Return d, D, B of ``25x52x15`` when the text is nothing but sizes."""
    found = _SIZES.fullmatch(fold(text))
    if found is None:
        return None
    bore, outside, width = (Decimal(size.replace(",", ".")) for size in found.groups())
    return bore, outside, width
