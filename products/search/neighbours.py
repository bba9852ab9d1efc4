"""Spellings one slip away from a text: what was meant by 62O5, 6250, NUU2208.

They are made when a text is not found, and looked up in the index like any other key; so nothing is
stored for them, and every product one slip away is found, however many there are.
"""

from collections.abc import Iterator

_DIGITS = "0123456789"
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_SHORTEST, _LONGEST = 3, 30
# Signs taken for each other, by eye or by a scanner.
_ALIKE = {
    "0": "OQD", "1": "IL", "2": "Z", "5": "S", "6": "G", "8": "B", "O": "0Q", "Q": "0O", "D": "0",
    "I": "1L", "L": "1I", "Z": "2", "S": "5", "G": "6", "B": "8", "V": "U", "U": "V",
}  # fmt: skip


def slips_of_letters(key: str) -> list[str]:
    """Return the keys one slip in the letters or one sign misread away, likeliest first.

    The digits stay as they are, but for one that may have been a letter.
    """
    if not _SHORTEST <= len(key) <= _LONGEST:
        return []
    found = [*signs_misread(key), *_swapped_letters(key), *_without_one(key), *_with_one_other(key)]
    found += [key[:i] + letter + key[i:] for i in range(len(key) + 1) for letter in _LETTERS]
    return [other for other in dict.fromkeys(found) if other != key]


def _swapped_letters(key: str) -> Iterator[str]:
    for i in range(len(key) - 1):
        if key[i : i + 2].isalpha():
            yield key[:i] + key[i + 1] + key[i] + key[i + 2 :]


def _without_one(key: str) -> Iterator[str]:
    for i, sign in enumerate(key):
        if sign.isalpha():
            yield key[:i] + key[i + 1 :]


def _with_one_other(key: str) -> Iterator[str]:
    for i, sign in enumerate(key):
        if sign.isalpha():
            for letter in _LETTERS:
                yield key[:i] + letter + key[i + 1 :]


def signs_misread(key: str) -> Iterator[str]:
    """Yield the keys with one sign taken for another: 62052RSI for 62052RS1."""
    for i, sign in enumerate(key):
        for other in _ALIKE.get(sign, ""):
            yield key[:i] + other + key[i + 1 :]


def swapped_digits(number: str) -> list[str]:
    """Return the number with two digits beside each other swapped: 6205 for 6250."""
    swaps = (
        number[:i] + number[i + 1] + number[i] + number[i + 2 :]
        for i in range(len(number) - 1)
        if number[i] != number[i + 1] and number[i : i + 2].isdigit()
    )
    return list(dict.fromkeys(swaps))


def slips_of_digits(number: str) -> list[str]:
    """Return the numbers with one digit more, less or other."""
    found = [number[:i] + number[i + 1 :] for i in range(len(number)) if number[i].isdigit()]
    for i in range(len(number) + 1):
        found += [number[:i] + digit + number[i:] for digit in _DIGITS]
        if number[i : i + 1].isdigit():
            found += [number[:i] + digit + number[i + 1 :] for digit in _DIGITS]
    return [other for other in dict.fromkeys(found) if len(other) > 2 and other != number]
