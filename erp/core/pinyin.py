"""Chinese names as they are typed in a hurry: by the first letter of each syllable."""

import unicodedata
from functools import lru_cache
from importlib import import_module
from typing import Any

# Words of the trade that the dictionary does not know and would read by the commoner sound.
_WORDS = {
    "调心": [["tiáo"], ["xīn"]],
    "加长": [["jiā"], ["cháng"]],
    "超长": [["chāo"], ["cháng"]],
}
_MOST = 200  # characters read of one text


@lru_cache(maxsize=10_000)
def initials(text: str) -> str:
    """Return letters and digits in upper case, a Chinese character by its sound's first letter.

    ``SGQZC`` for 深沟球轴承, ``NSKJJCQZC`` for ``NSK 角接触球轴承``, ``BALLBEARING`` for
    ``Ball bearing``: where one text begins another, so do the keys. Other signs are left out.
    """
    folded = unicodedata.normalize("NFKC", text[:_MOST])
    if not folded.isascii():
        library = _library()
        first = library.Style.FIRST_LETTER
        folded = "".join(library.lazy_pinyin(folded, style=first))
    return "".join(sign for sign in folded.upper() if sign.isascii() and sign.isalnum())


@lru_cache(maxsize=1)
def _library() -> Any:
    """Return the dictionary, loaded when first needed: it takes 55 MB and a third of a second."""
    library = import_module("pypinyin")
    library.load_phrases_dict(_WORDS)
    return library
