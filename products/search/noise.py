"""Words beside a part number that are no part of it: 轴承, 型号:, bearing, P/N."""

import re
from functools import lru_cache
from pathlib import Path

from products.designation import fold

_WORDS = Path(__file__).parent.parent / "data" / "noise.txt"
_NAMES = "[names]"


def without_noise(text: str, *, names: bool = True) -> str:
    """Return the text, folded, without such words: ``6205`` for ``P/N: 6205 轴承``.

    ``names``: words of names are noise too, as they are beside a number.
    """
    return " ".join(_pattern(names=names).sub(" ", fold(text)).split())


@lru_cache(maxsize=2)
def _pattern(*, names: bool) -> re.Pattern[str]:
    lines = [line for line in _WORDS.read_text(encoding="utf-8").splitlines() if line]
    spoken = [line for line in lines if not line.startswith("#")]
    until = spoken.index(_NAMES)
    words = spoken[:until] + (spoken[until + 1 :] if names else [])
    longest_first = sorted(map(fold, words), key=len, reverse=True)
    latin = "|".join(re.escape(word) for word in longest_first if word.isascii())
    others = "|".join(re.escape(word) for word in longest_first if not word.isascii())
    # NO.1 is a number of a part, NO 6205 is not: a Latin word ends before no letter or sign.
    return re.compile(rf"(?<![\w/.-])(?:{latin})(?:[.:#=]+|(?![\w/.-]))\s*|(?:{others})[:=]?")
