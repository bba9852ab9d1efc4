"""Old Chinese (GB) and Soviet (GOST) numbers and what they are called today."""

import re

from products.designation.form import Form

# Old numbers of deep groove ball bearings: the digits before the last three give the seal, the
# third from the end the series.
_OLD_SEALS = {"": (), "60": ("Z",), "80": ("2Z",), "160": ("RS",), "180": ("2RS",)}
_OLD_SERIES = {"1": "60", "2": "62", "3": "63", "4": "64"}
_OLD_NUMBER = re.compile(r"(|60|80|160|180)([1-4])([0-9]{2})")
# Numbers that are in use today too, for another bearing: 7208 is not 30208 unless someone says so.
_CURRENT = re.compile(
    r"[1-7][0-9]{3}|6[0-389][0-9]"
    r"|(?:16[01]|2(?:22|23|30|31|32|38|39|40|41)|3(?:02|03|13|20|22|23|29|30|31|32)"
    r"|51[1-4]|52[2-4]|53[2-4]|6(?:08|18|19|22|23|30)|7(?:18|19)|81[12]|89[34])[0-9]{2}"
)


def is_current_number(key: str) -> bool:
    """Return whether the number is one of today's series, whatever it meant in the old scheme."""
    return _CURRENT.fullmatch(key) is not None


def from_old_number(key: str) -> Form | None:
    """Return what an old deep groove ball number means now: 180205 is 6205-2RS."""
    found = _OLD_NUMBER.fullmatch(key)
    if found is None or is_current_number(key):
        return None
    return Form(_OLD_SERIES[found[2]] + found[3], "", _OLD_SEALS[found[1]])


def old_form(text: str) -> Form | None:
    return from_old_number(re.sub(r"[^A-Z0-9]", "", text))
