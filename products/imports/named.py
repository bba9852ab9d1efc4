"""Brands by whatever a file calls them, and units."""

import re
import unicodedata
from collections.abc import Iterable

from erp.core.models import Unit
from imports.kinds import Row
from products.models import Brand

_LABEL = re.compile(r"^(?:品\s*牌|厂\s*家|brand|make|manufacturer)\s*[:：]?\s*", re.IGNORECASE)
_TAIL = re.compile(
    r"\s*(?:品牌|轴承|系列|产品|价格表|价目表|报价单?|bearings?|series|products?|price\s*list|prices)$",
    re.IGNORECASE,
)
_LONGEST = 60
_UNIT_WORDS = {
    "piece": (
        "个",
        "只",
        "件",
        "粒",
        "pc",
        "pcs",
        "pce",
        "ea",
        "each",
        "stk",
        "st",
        "piece",
        "pieces",
    ),
    "set": ("套", "组", "set", "sets"),
    "pair": ("对", "副", "pair", "pairs", "pr"),
    "box": ("盒", "箱", "box", "boxes", "ctn"),
}


def plain_name(text: str) -> str:
    """Return a name as it is compared: ``Ｃ＆Ｕ`` is ``c&u``, ``F A G`` is ``fag``."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


class BrandNames:
    """Every name of the active brands; a code goes before a name or an alias."""

    def __init__(self) -> None:
        self._ids: dict[str, int] = {}
        brands = list(Brand.objects.active())
        for brand in brands:
            self._ids.setdefault(plain_name(brand.code), brand.pk)
        for brand in brands:
            for name in (brand.name_en, brand.name_zh, *brand.aliases):
                if name:
                    self._ids.setdefault(plain_name(str(name)), brand.pk)

    def id_of(self, text: str) -> int | None:
        """Return the brand a cell or heading names: ``SKF``, ``品牌：SKF``, ``SKF轴承``."""
        found = self._ids.get(text.casefold()) or self._ids.get(plain_name(text))
        if found is None and len(text) <= _LONGEST:
            bare = _TAIL.sub("", _TAIL.sub("", _LABEL.sub("", text.strip())))
            found = self._ids.get(plain_name(bare))
        return found

    def settle(self, row: Row, column: str = "brand") -> None:
        """Put the brand's id in the place of its name, or refuse the row."""
        name = row.values.pop(column, None)
        if name is None:
            return
        found = self.id_of(name)
        if found is None:
            row.refuse(column, "unknown_brand", name)
        else:
            row.values[f"{column}_id"] = found


def units_by_name() -> dict[str, str]:
    """Return every name of the units → code."""
    units: Iterable[Unit] = Unit.objects.all()
    names: dict[str, str] = {}
    for unit in units:
        words = (unit.code, unit.name_zh, unit.name_en, *_UNIT_WORDS.get(unit.code, ()))
        names.update((plain_name(word), unit.code) for word in words)
    return names
