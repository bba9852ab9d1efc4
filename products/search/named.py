"""Products by their names: in Chinese or English, by pinyin initials, by their category."""

from collections.abc import Iterable

from products.names import name_key
from products.search import reasons, results
from products.search.found import Found
from products.search.lookup import Catalogue, Range, categories, category_range, key_range
from products.search.reasons import Reason

_BEHIND = 1_000_000.0  # places: a designation that begins like this comes before a name
_MOST_CATEGORIES = 8


def by_name(catalogue: Catalogue, founds: list[Found], limit: int) -> None:
    short = [f for f in founds if f.question.names and f.better_than_fuzzy < limit]
    if short:
        _by_own_name(catalogue, short, limit)
        _by_category(catalogue, short, limit)


def _by_own_name(catalogue: Catalogue, founds: list[Found], limit: int) -> None:
    def ranges(found: Found) -> Iterable[tuple[float, Range]]:
        for n, name in enumerate(found.question.names, 1):
            for brand_id in found.question.brand_ids:
                yield n * _BEHIND, key_range("name_key", name, brand_id)
            yield n * _BEHIND, key_range("name_key", name)

    numbered = [(found, *narrow) for found in founds for narrow in ranges(found)]
    terms = ((i, narrow) for i, (*_whose, narrow) in enumerate(numbered))
    rows = catalogue.by_range(terms, order=("name_key", "id"), limit=2 * limit)
    for i, (found, behind, _narrow) in enumerate(numbered):
        for place, row in enumerate(rows.get(i, ())):
            found.add(row, results.PREFIX, Reason(reasons.NAME), -behind - place)


def _by_category(catalogue: Catalogue, founds: list[Found], limit: int) -> None:
    known = [
        (pk, f"{zh} / {en}", name_key(zh), name_key(en), zh.casefold(), en.casefold())
        for pk, zh, en in categories()
    ]
    ranges: list[tuple[Found, float, str, Range]] = []
    for found in founds:
        asked, keys = found.question.name_words, found.question.names
        meant = [
            (pk, label)
            for pk, label, key_zh, key_en, zh, en in known
            if asked in zh or asked in en or key_zh.startswith(keys) or key_en.startswith(keys)
        ]
        for n, (pk, label) in enumerate(meant[:_MOST_CATEGORIES], 3):
            ranges += [
                (found, n * _BEHIND, label, category_range(pk, brand_id))
                for brand_id in found.question.brand_ids or (None,)
            ]
    terms = ((i, narrow) for i, (*_whose, narrow) in enumerate(ranges))
    rows = catalogue.by_range(terms, order=("brand_id", "id"), limit=2 * limit)
    for i, (found, behind, label, _narrow) in enumerate(ranges):
        reason = Reason(reasons.CATEGORY, {"category": label})
        for place, row in enumerate(rows.get(i, ())):
            found.add(row, results.PREFIX, reason, -behind - place)
