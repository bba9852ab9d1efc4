"""Every name of every brand, for reading a name and for taking it off a designation."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from products.designation import fold
from products.models import Brand

UNKNOWN_BRAND = 0  # asked for, but not one of ours: no product is of it
_Row = tuple[int, str, str, str, tuple[str, ...]]


class _Alias(NamedTuple):
    name: str
    brand_id: int
    leading: re.Pattern[str]
    trailing: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class BrandNames:
    codes: dict[int, str]
    ids: dict[str, int]  # the brand meant by a name
    names: dict[int, frozenset[str]]
    aliases: tuple[_Alias, ...]

    @classmethod
    def load(cls) -> "BrandNames":
        """Read the brands as they are now; what follows from them is kept until they change."""
        rows = Brand.objects.values_list("id", "code", "name_en", "name_zh", "aliases")
        return _known(tuple((*row, tuple(map(str, aliases))) for *row, aliases in rows))

    def find(self, name: str) -> int:
        return self.ids.get(_name(name), UNKNOWN_BRAND)

    def take_off(self, text: str) -> tuple[int, str]:
        """Return the brand named before or after the designation, and the text without it."""
        folded = fold(text).strip()
        if (whole := self.ids.get(_name(folded))) is not None:
            return whole, ""
        for alias in self.aliases:
            if alias.name not in folded:
                continue
            for pattern in (alias.leading, alias.trailing):
                found = pattern.fullmatch(folded)
                if found and found[1].strip():
                    return alias.brand_id, found[1].strip()
        return UNKNOWN_BRAND, text


@lru_cache(maxsize=8)
def _known(rows: tuple[_Row, ...]) -> BrandNames:
    ids: dict[str, int] = {}
    for pk, code, *_names in rows:
        ids[_name(code)] = pk
    for pk, _code, name_en, name_zh, aliases in rows:
        for name in (name_en, name_zh, *aliases):
            if _name(name):
                ids.setdefault(_name(name), pk)
    longest_first = sorted(ids, key=len, reverse=True)
    return BrandNames(
        codes={row[0]: row[1] for row in rows},
        ids=ids,
        names={row[0]: frozenset(filter(None, map(_name, (*row[1:4], *row[4])))) for row in rows},
        aliases=tuple(_alias(name, ids[name]) for name in longest_first if len(name) > 1),
    )


def brands_named(name: str) -> list[int]:
    """Return the brands of this name, in any spelling; several when they share one."""
    brands, wanted = BrandNames.load(), _name(name)
    return sorted(pk for pk, names in brands.names.items() if wanted in names)


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
