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
    short = [f for f in founds if f.question.name and f.better_than_fuzzy < limit]
    if short:
        _by_own_name(catalogue, short, limit)
        _by_category(catalogue, short, limit)


def _by_own_name(catalogue: Catalogue, founds: list[Found], limit: int) -> None:
    def ranges(found: Found) -> Iterable[Range]:
        question = found.question
        for brand_id in question.brand_ids:
            yield key_range("name_key", question.name, brand_id)
        yield key_range("name_key", question.name)

    numbered = [(found, narrow) for found in founds for narrow in ranges(found)]
    terms = ((i, narrow) for i, (_found, narrow) in enumerate(numbered))
    rows = catalogue.by_range(terms, order=("name_key", "id"), limit=2 * limit)
    for i, (found, _narrow) in enumerate(numbered):
        for place, row in enumerate(rows.get(i, ())):
            found.add(row, results.PREFIX, Reason(reasons.NAME), -_BEHIND - place)


def _by_category(catalogue: Catalogue, founds: list[Found], limit: int) -> None:
    known = [
        (pk, f"{zh} / {en}", name_key(zh), name_key(en), zh.casefold(), en.casefold())
        for pk, zh, en in categories()
    ]
    ranges: list[tuple[Found, float, str, Range]] = []
    for found in founds:
        asked, key = found.question.name_words, found.question.name
        meant = [
            (pk, label)
            for pk, label, key_zh, key_en, zh, en in known
            if key_zh.startswith(key) or key_en.startswith(key) or asked in zh or asked in en
        ]
        for n, (pk, label) in enumerate(meant[:_MOST_CATEGORIES], 2):
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
