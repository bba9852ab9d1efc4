"""Brand names in text: `SKF`, `斯凯孚`, `NSK7208`, `SKF或NSK`, but not the city of 洛阳."""

import re
from collections.abc import Iterable
from typing import Self

from .families import SERIES_FORM, SURE_FORM
from .text import plain, upper

# Aliases that are also places or everyday words count only beside a word or mark of the trade.
_AMBIGUOUS = frozenset(
    {"洛阳", "哈尔滨", "瓦房店", "旭", "万达", "天马", "精工", "人本", "CU", "光洋", "那智"}
)
_TRADE_AHEAD = (
    r"(?=\s*(?:轴承|的|产|牌|原装|正品|品牌|LYC|HRB|ZWZ|\d|[A-Z]{1,4}\d|[,;。)/、]|或|和|$))"
)
_PLACE_BEFORE = r"(?<![发到寄送在往去省市至号我])"
_NUMBER_FORM = re.compile(rf"-?(?:{SURE_FORM.pattern}|{SERIES_FORM.pattern})")
_COMPANY = re.compile(r"[一-鿿()A-Z]{2,24}(?:公司|集团|有限|股份|厂|经营部|商行|贸易|经销|代理)")


class BrandNames:
    """Knows which brand a piece of text names; built once from the brands of the trader."""

    def __init__(self, codes_by_name: dict[str, str]) -> None:
        self._codes = codes_by_name
        self._pattern = _pattern(codes_by_name)
        latin = sorted(
            (n for n in codes_by_name if n.isascii() and n.isalpha() and len(n) > 2), key=len
        )
        names = "|".join(map(re.escape, reversed(latin))) or "(?!)"
        self._glued = re.compile(
            rf"(?<![A-Z0-9])({names})(?=[A-Z]{{0,5}}-?\d)|(?<=\d)({names})(?![A-Z0-9])"
            rf"|(?<=[A-Z0-9](?:ZZ|RS|DU|LU|C3|2Z|LB|CM))({names})(?![A-Z0-9])"
        )

        # 6205-2RS-SKF and 6205/SKF: the sign before the brand is no part of the number
        self._after_part = re.compile(
            rf"(?<=[A-Z0-9])(?<!SKF|NSK|NTN|FAG|INA|OYO)[-/](?=(?:{names})(?![A-Z0-9]))", re.I
        )

    @classmethod
    def from_rows(cls, rows: Iterable[tuple[str, Iterable[str]]]) -> Self:
        """From (code, names and aliases) of every brand; the first brand with a name keeps it."""
        codes_by_name: dict[str, str] = {}
        for code, names in rows:
            for name in (code, *names):
                folded = upper(plain(name)).strip()
                if folded:
                    codes_by_name.setdefault(folded, code)
        return cls(codes_by_name)

    def set_apart(self, line: str) -> str:
        """Blanks around a brand that is glued to a number: NSK7208 -> NSK 7208."""
        line = self._after_part.sub(lambda m: " " + m.group()[1:], line)
        up = upper(line)
        spans = [m.span(m.lastindex or 0) for m in self._glued.finditer(up)]
        for start, end in reversed(spans):
            if up[start:end] == "NKE" and up[start - 1 : start] == "2":
                continue  # 6205-2NKE is a seal of NACHI
            if SURE_FORM.match(up, start) and not _NUMBER_FORM.match(up, end):
                continue  # ZKLF3080 is a number of INA, not ZKL and F3080
            line = f"{line[:start]} {line[start:end]} {line[end:]}".lstrip(" ")
        return line

    def find(self, up: str, at: int) -> tuple[int, str] | None:
        """End and code of the brand named at `at` of a line in capitals."""
        match = self._pattern.match(up, at)
        if match is None or match.end() == at:
            return None
        return match.end(), self._codes[match.group()]

    def one(self, text: str) -> tuple[str, ...]:
        """All brand codes named in a short text, e.g. a cell, in their order."""
        up = upper(plain(text)).strip()
        if up in self._codes:
            return (self._codes[up],)
        found = [self._codes[m.group()] for m in self._pattern.finditer(up) if m.group()]
        return tuple(dict.fromkeys(found))


def company_spans(up: str) -> list[tuple[int, int]]:
    """Where company names stand; a city in them is no brand."""
    return [match.span() for match in _COMPANY.finditer(up)]


def _pattern(codes_by_name: dict[str, str]) -> re.Pattern[str]:
    rows = [_name_pattern(name) for name in sorted(codes_by_name, key=len, reverse=True)]
    return re.compile("|".join(rows) or "(?!)")


def _name_pattern(name: str) -> str:
    escaped = re.escape(name)
    if name in _AMBIGUOUS:
        before = r"(?<![A-Z0-9])" if name.isascii() else _PLACE_BEFORE
        after = r"(?![A-Z0-9])" if name.isascii() else _TRADE_AHEAD
        return before + escaped + after
    before = r"(?<![A-Z0-9])" if name[0].isascii() else ""
    after = r"(?![A-Z0-9])" if name[-1].isascii() else ""
    return before + escaped + after
