"""Brands by whatever a file calls them, and units."""

import re
import unicodedata
from collections.abc import Iterable

from erp.core.models import Unit
from products.models import Brand

_LABEL = re.compile(r"^(?:品\s*牌|厂\s*家|brand|make|manufacturer)\s*[:：]?\s*", re.IGNORECASE)
_TAIL = re.compile(
    r"\s*(?:品牌|轴承|系列|产品|价格表|价目表|报价单?|bearings?|series|products?|price\s*list|prices)$",
    re.IGNORECASE,
)
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


def brands_by_name() -> dict[str, int]:
    """Return every name of the active brands → id; a code goes before a name or an alias."""
    names: dict[str, int] = {}
    brands = list(Brand.objects.active())
    for brand in brands:
        names.setdefault(plain_name(brand.code), brand.pk)
    for brand in brands:
        for name in (brand.name_en, brand.name_zh, *brand.aliases):
            if name:
                names.setdefault(plain_name(str(name)), brand.pk)
    return names


def brand_in(text: str, names: dict[str, int]) -> int | None:
    """Return the brand a cell or heading names: ``SKF``, ``品牌：SKF``, ``SKF轴承``."""
    found = names.get(plain_name(text))
    if found is None and len(text) <= 60:
        bare = _TAIL.sub("", _TAIL.sub("", _LABEL.sub("", text.strip())))
        found = names.get(plain_name(bare))
    return found


def units_by_name() -> dict[str, str]:
    """Return every name of the units → code."""
    units: Iterable[Unit] = Unit.objects.all()
    names: dict[str, str] = {}
    for unit in units:
        words = (unit.code, unit.name_zh, unit.name_en, *_UNIT_WORDS.get(unit.code, ()))
        names.update((plain_name(word), unit.code) for word in words)
    return names
