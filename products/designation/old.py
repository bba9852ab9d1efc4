"""Old Chinese (GB) and Soviet (GOST) numbers and what they are called today.

From the right: two digits bore code, one diameter series, one bearing type, two structure, one
width series; leading zeros are not written, so 205 is 6205 and 3182110 is NN3010K. Below 10 mm
the last digit is the bore, the one before the diameter series, and a 0 follows. ``old_types.csv``
and ``old_series.csv`` hold what type, structure and series are today.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from products.designation import tables
from products.designation.form import Form
from products.designation.numbers import bore_of

# Numbers that are in use today too, for another bearing: 7208 is not 30208 unless someone says so.
_CURRENT = re.compile(
    r"[1-7][0-9]{3}|6[0-389][0-9]"
    r"|(?:16[01]|2(?:22|23|30|31|32|38|39|40|41)|3(?:02|03|13|20|22|23|29|30|31|32)"
    r"|51[1-4]|52[2-4]|53[2-4]|6(?:08|18|19|22|23|30)|7(?:18|19)|81[12]|89[34])[0-9]{2}"
)
# Tolerance class and clearance before the number (GOST ``75-``; letters in China), the number,
# and letters after it.
_WRITTEN = re.compile(
    r"(?:([1-9]?)([0-6])-|([GEDCB]))?([0-9]{2,7})((?:/[0-9]{2,4})?)(?:\W?([A-Z\u0400-\u04ff].*))?",
    re.DOTALL,
)
_LETTER = re.compile(r"[A-Z\u0400-\u04ff][0-9]*|[0-9]+")
_CLASSES = {"2": "P2", "4": "P4", "5": "P5", "6": "P6", "E": "P6", "D": "P5", "C": "P4", "B": "P2"}
# By bearing type; where a digit is missing, sources give it different meanings.
_OF_BALLS = {"2": "C2", "6": "C2", "7": "C3", "8": "C4", "9": "C5"}
_CLEARANCES = {
    **dict.fromkeys("06", _OF_BALLS),
    "2": {"7": "C3", "8": "C4"},
    "3": {"1": "C1", "2": "C2", "3": "C3", "4": "C4", "5": "C5"},
}


@dataclass(frozen=True, slots=True)
class OldNumber:
    """An old number in today's words, and the letters after it: cage, steel, grease."""

    number: str
    form: Form
    letters: tuple[str, ...]


def is_current_number(key: str) -> bool:
    """Return whether the number is one of today's series, whatever it meant in the old scheme."""
    return _CURRENT.fullmatch(key) is not None


def from_old_number(key: str) -> Form | None:
    """Return what an old number means now: 180205 is 6205-2RS; None when it is in use today."""
    return None if is_current_number(key) else old_meaning(key)


@lru_cache(maxsize=20_000)
def old_meaning(number: str) -> Form | None:
    """Return what a number meant in the old scheme, also one that is in use today."""
    found = re.fullmatch(r"([0-9]{2,7})((?:/[0-9]{2,4})?)", number)
    if found is None:
        return None
    digits = (found[1] + "00" if found[2] else found[1]).zfill(7)
    width, structure, kind, diameter, code = (
        digits[0], digits[1:3], digits[3], digits[4], digits[5:],
    )  # fmt: skip
    code = found[2] or code
    is_small = diameter == "0" and not found[2]
    if is_small:
        diameter, code = code[0], "/" + code[1]
    series = _series().get((kind, structure, width, diameter))
    series = series or _series().get((kind, "", width, diameter))
    if series is None or bore_of(code) is None:
        return None
    if is_small and series in ("622", "623"):
        return None  # the wide series begin at 10 mm
    said = _types().get((kind, structure, series)) or _types().get((kind, structure, ""))
    if said is None:
        return None
    prefix, features = said
    number = series + (code[1:] if is_small and len(series) == 2 else code)
    return Form(number, prefix, features)


def read_old(folded: str) -> OldNumber | None:
    """Return what an old number with its class and letters says: ``75-318`` is 6318/P5 C3."""
    found = _WRITTEN.fullmatch(folded.strip())
    if found is None:
        return None
    clearance, grade, letter, number, big, letters = (part or "" for part in found.groups())
    form = old_meaning(number + big)
    if form is None or (len(number) < 3 and not grade):  # 26 alone may be anything
        return None
    kind = number.zfill(7)[3]
    features = [*form.features]
    if clearance:
        features.append(_CLEARANCES.get(kind, {}).get(clearance, clearance + grade))
    if grade or letter:
        features += filter(None, [_CLASSES.get(grade or letter)])
    said = tuple(_LETTER.findall(letters))
    return OldNumber(found[0], Form(form.number, form.prefix, tuple(features)), said)


@lru_cache(maxsize=1)
def _series() -> dict[tuple[str, ...], str]:
    return {
        (row["type"], row["structure"], row["width"], row["diameter"]): row["series"]
        for row in tables.rows("old_series.csv")
    }


@lru_cache(maxsize=1)
def _types() -> dict[tuple[str, ...], tuple[str, tuple[str, ...]]]:
    return {
        (row["type"], row["structure"], series): (row["prefix"], tuple(row["features"].split()))
        for row in tables.rows("old_types.csv")
        for series in row["series"].split() or [""]
    }
