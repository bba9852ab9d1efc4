"""One spelling for what people, programs and scanners write differently."""

import re
import unicodedata

# Letters of other alphabets that are typed for the Latin ones they look like.
_LOOK_ALIKES = str.maketrans(
    "АВЕКМНОРСТУХІЈЅЗԚԜҮΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEKMHOPCTYXIJS3QWYABEZHIKMNOPTYX"
)
# Signs that stand for a plain dash: hyphens, minus, dashes, the Japanese long-vowel mark.
_DASHES = re.compile(r"[\u058a\u05be\u1806\u2010-\u2015\u2043\u2212\u2e3a\u2e3b\u30fc\u30a0]")
NOISE = re.compile(r"[^A-Z0-9]")

# The bore in millimetres behind a stroke, where the number would be another bearing's without it:
# 62/22 is not 6222, 320/28 is not 32028.
_STROKE = re.compile(
    r"(?<![0-9])(6[0-4]|16[01]|61[89]|3[0-3]|30[23]|32[02-9]|33[0-2]|7[0-3]|51[1-4])"
    r"\s*/\s*(?=(?:22|28|32)(?![0-9]))"
)

_BETWEEN_DIGITS = re.compile(r"(?<=[0-9])[OQIL|]+(?=[0-9])")
_AS_DIGITS = str.maketrans("OQIL|", "00111")
# At the edge of a number: ``l205``, ``62O``.
_FIRST_L = re.compile(r"(?<![A-Z0-9])[IL|](?=[0-9OIL|]{3})")
_LAST_O = re.compile(r"(?<=[0-9]{2})[OQ](?![A-Z0-9])")


def fold(text: str) -> str:
    """Return the text in upper case; compatibility forms and look-alikes are resolved.

    Characters that print nothing (zero-width, soft hyphen, direction marks) go, every dash
    becomes ``-`` and every kind of blank a space.
    """
    known = unicodedata.normalize("NFKC", text)
    if not known.isascii():
        known = "".join(_plain(c) for c in known)
        known = _DASHES.sub("-", known)
    return known.upper().translate(_LOOK_ALIKES)


def _plain(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Cf":
        return ""
    return " " if category == "Zs" else character


def search_key(text: str) -> str:
    """Return the key two spellings of one designation share: ``62052RS1C3`` for ``6205-2RS1/c3``.

    NFKC, upper case, look-alike letters, and only A-Z and 0-9 stay; a stroke stays where it tells
    one bearing from another.
    """
    folded = fold(text)
    if "/" not in folded:
        return NOISE.sub("", folded)
    before, *strokes = _STROKE.split(folded)
    key = NOISE.sub("", before)
    for series, rest in zip(strokes[::2], strokes[1::2], strict=True):
        key += f"{series}/{NOISE.sub('', rest)}"
    return key


def misread_key(key: str) -> str:
    """Return the key with letters between digits read as what they resemble: O as 0, l as 1."""
    return _BETWEEN_DIGITS.sub(lambda found: found[0].translate(_AS_DIGITS), key)


def misread(text: str) -> str:
    """Return the folded text with O and l beside digits read as 0 and 1, also at its edges."""
    return misread_key(_LAST_O.sub("0", misread_key(_FIRST_L.sub("1", text))))
