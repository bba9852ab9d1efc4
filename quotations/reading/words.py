"""The customer's own characters for what was read from the folded text.

Folding changes lengths (`，` becomes a comma and a blank), so stretches are found again by their
letters and digits, which it keeps: one by one, look-alikes and misread ones counting as equal.
"""

import re
import unicodedata
from dataclasses import dataclass, field

from .text import LOOK_ALIKE, MASK

_SAME = str.maketrans("OIL|零〇一幺二两双三四五六七八九", "011100112223456789")
_MASKED = re.compile(f"{MASK}+")


@dataclass
class OwnWords:
    """Finds stretches of the text as it came; one for each reading."""

    known: dict[str, tuple[str, list[int]]] = field(default_factory=dict)

    def of(self, raw: str, folded: str) -> str:
        """The part of `raw` that `folded` was made of; `folded` itself when it is not found."""
        pieces = [piece for piece in _MASKED.split(folded) if piece.strip()]
        return " ".join(self._piece(raw, piece.strip()) for piece in pieces)

    def _piece(self, raw: str, folded: str) -> str:
        wanted, _places = _solid(folded)
        if raw not in self.known:
            self.known[raw] = _solid(raw)
        solid, places = self.known[raw]
        if wanted == solid:
            return raw.strip()
        at = solid.find(wanted) if wanted else -1
        if at < 0:
            return folded
        start, end = places[at], places[at + len(wanted) - 1] + 1
        return raw[start : _closed(raw, start, end)].strip()


def _closed(raw: str, start: int, end: int) -> int:
    """Where a bracket that was opened in the stretch is closed right behind it."""
    for opening, closing in ("()", "（）", "[]", "【】"):
        stretch = raw[start:end]
        if stretch.count(opening) > stretch.count(closing) and raw[end : end + 1] == closing:
            return end + 1
    return end


def _solid(text: str) -> tuple[str, list[int]]:
    """The letters and digits of a text in one spelling, and where each stands in it."""
    found: list[str] = []
    places: list[int] = []
    for at, character in enumerate(text):
        folded = character if character.isascii() else unicodedata.normalize("NFKC", character)
        for one in folded.translate(LOOK_ALIKE).upper().translate(_SAME):
            if one.isalnum():
                found.append(one)
                places.append(at)
    return "".join(found), places
