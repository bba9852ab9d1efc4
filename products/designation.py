"""Designations reduced to what identifies them."""

import re
import unicodedata

# Letters of other alphabets that are typed for the Latin ones they look like.
_LOOK_ALIKES = str.maketrans("АВЕКМНОРСТУХІЈЅЗавекмнорстухΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEKMHOPCTYXIJS3ABEKMHOPCTYXABEZHIKMNOPTYX")
_NOISE = re.compile(r"[^A-Z0-9]")


def search_key(text: str) -> str:
    """Return the key two spellings of one designation share: ``62052RS1C3`` for ``6205-2RS1/c3``.

    NFKC, upper case, look-alike letters, and only A-Z and 0-9 stay.
    """
    folded = unicodedata.normalize("NFKC", text).upper().translate(_LOOK_ALIKES)
    return _NOISE.sub("", folded)
