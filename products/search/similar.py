"""Proposals for what was not found: the same number in a similar spelling, or digits mistyped.

First the products of the same number are compared, the nearest of them by the index: those that
share the first features, the same features behind another prefix, one slip in the letters. Only
when no product has the number at all, numbers one slip away are looked up.
"""

from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import TypeVar

from products.designation import Form, parse, tables
from products.search import reasons, results
from products.search.found import Found
from products.search.lookup import KEYS_PER_QUERY, Catalogue, Range, Row, key_range
from products.search.neighbours import (
    signs_misread,
    slips_of_digits,
    slips_of_letters,
    swapped_digits,
)
from products.search.reasons import Reason

T = TypeVar("T")

_LEAST_SIMILARITY = 72
_MOST_OF_ONE_RANGE = 100  # products compared by spelling
_MISREAD = 99.0  # scores: likelier than any other slip,
_SWAPPED, _MISTYPED = 60.0, 50.0  # below the same number
_SHORTEST_PIECE = 4


def by_similarity(catalogue: Catalogue, founds: list[Found], limit: int) -> None:
    unknown = [f for f in founds if f.better_than_fuzzy < limit and not f.has_same_part()]
    unknown = [f for f in unknown if f.question.keys]
    if not unknown:
        return
    of_number = _same_number(catalogue, unknown)
    _slips(catalogue, unknown)
    _other_numbers(catalogue, [f for f in unknown if id(f) not in of_number])


def _same_number(catalogue: Catalogue, founds: list[Found]) -> set[int]:
    """Propose products of the same number; return the ids of the founds that have any."""
    numbered = [
        (found, narrow)
        for found in founds
        if found.question.form
        for narrow in _narrowing(found.question.form)
    ]
    terms = ((i, narrow) for i, (_found, narrow) in enumerate(numbered))
    rows = catalogue.by_range(terms, order=("form_key", "id"), limit=_MOST_OF_ONE_RANGE)
    having = set()
    for i, near in rows.items():
        found = numbered[i][0]
        having.add(id(found))
        for row in near:
            _add_similar(found, row)
    return having


def _narrowing(form: Form) -> Iterator[Range]:
    """Yield the ranges of one number, those that share most first."""
    number, prefix = f"{form.number}|", f"{form.number}|{form.prefix}|"
    shared = [",".join(form.features[:n]) for n in range(len(form.features), 0, -1)]
    for features in shared[:3]:
        yield key_range("form_key", prefix + features)
    yield key_range("form_key", prefix)
    yield key_range("form_key", number)


def _add_similar(found: Found, row: Row) -> None:
    score = found.likeness(row)
    key = found.question.keys[0]
    if score >= _LEAST_SIMILARITY:
        found.add(row, results.FUZZY, Reason(reasons.FUZZY), score)
    elif len(key) >= _SHORTEST_PIECE and key in row.search_key:
        found.add(row, results.FUZZY, Reason(reasons.CONTAINS), score)


def _slips(catalogue: Catalogue, founds: list[Found]) -> None:
    keys = [list(_share(slips_of_letters(f.question.keys[0]), founds)) for f in founds]
    forms = [list(_share(_other_prefixes(f), founds)) for f in founds]
    spelled = catalogue.by_key("search_key", set(chain.from_iterable(keys)))
    formed = catalogue.by_key("form_key", set(chain.from_iterable(forms)))
    for found, its_keys, its_forms in zip(founds, keys, forms, strict=True):
        misread = set(signs_misread(found.question.keys[0]))
        for key in its_keys:
            score = _MISREAD if key in misread else None
            for row in spelled.get(key, ()):
                found.add(row, results.FUZZY, Reason(reasons.SLIP), score)
        for row in chain.from_iterable(formed.get(key, ()) for key in its_forms):
            _add_similar(found, row)


def _other_prefixes(found: Found) -> Iterator[str]:
    form = found.question.form
    if form and form.features:
        known = chain.from_iterable(family.prefixes for family in tables.families().values())
        for prefix in dict.fromkeys(("", *known)):
            yield Form(form.number, prefix, form.features).key


def _other_numbers(catalogue: Catalogue, founds: list[Found]) -> None:
    meant = {id(f): dict(_share(_numbers(f), founds)) for f in founds}
    rows = catalogue.by_key("form_key", {key for keys in meant.values() for key in keys})
    for found in founds:
        for key, score in meant[id(found)].items():
            for row in rows.get(key, ()):
                found.add(row, results.FUZZY, Reason(reasons.DIGITS), score)


def _numbers(found: Found) -> Iterator[tuple[str, float]]:
    """Yield the keys of numbers one slip away, with their scores.

    Swapped digits are a slip, another digit is another part: unless there is no such number.
    """
    form = found.question.form
    if form is None:
        return
    for number in swapped_digits(form.number):
        yield Form(number, form.prefix, form.features).key, _SWAPPED
    known = parse(found.question.text)
    if known is None or not known.family:
        for number in slips_of_digits(form.number):
            yield Form(number, form.prefix, form.features).key, _MISTYPED


def _share(keys: Iterable[T], founds: list[Found]) -> Iterator[T]:
    """Yield as many of the keys as one text may have looked up, so that all stay within bounds."""
    return islice(keys, KEYS_PER_QUERY // max(len(founds), 1))
