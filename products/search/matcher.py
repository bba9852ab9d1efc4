"""The rules of the search, in the order of their certainty, each run once for all texts.

First what is the part itself (exact, normalised, code, parsed), then proposals that a person must
confirm (interchange, prefix, dimension, fuzzy). The number of SQL queries does not depend on the
number of texts, but for long lists of keys, which are cut into chunks.

The order of the hits does not depend on the limit: a longer answer begins with the shorter one.
"""

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from accounts.models import User
from products.designation import search_key
from products.models import Product
from products.search import reasons, results, similar
from products.search.brands import BrandNames
from products.search.forbidden import forbidden_to, mark_forbidden
from products.search.found import OTHER_BRAND, Candidate, Found
from products.search.lookup import (
    Catalogue,
    Range,
    Row,
    brand_range,
    key_range,
    size_range,
)
from products.search.named import by_name
from products.search.question import Question, ask, by_sound
from products.search.reasons import Reason
from products.search.results import Hit, Match, Query, Understood

_MOST_SEEDS = 5  # products of one text whose interchanges are looked up
_MOST_OF_ONE_SIZE = 200


def match(
    queries: Sequence[str | Query],
    *,
    user: User | None = None,
    customer_id: int | None = None,
    limit: int = 5,
    within: QuerySet[Product] | None = None,
    archived: bool = False,
) -> list[Match]:
    """Return what was found for each text, in the order of the texts.

    ``user``: only products this user may see (None: all, for commands). ``customer_id``: whose own
    codes count and whose forbidden brands do not; the caller has made sure that the user may see
    this customer. ``within``: only
    these products. ``archived``: products no longer used, too.
    """
    brands = BrandNames.load()
    asked = [Query(query) if isinstance(query, str) else query for query in queries]
    founds = [Found(ask(query, brands)) for query in asked]
    catalogue = _catalogue(user, within, archived=archived)
    _by_key(catalogue, founds)
    _by_code(catalogue, founds, customer_id)
    _by_old_number(catalogue, founds)
    _by_form(catalogue, founds, brands)
    _by_interchange(catalogue, founds)
    _by_prefix(catalogue, founds, limit)
    by_name(catalogue, founds, limit)
    _by_size(catalogue, founds)
    similar.by_similarity(catalogue, founds, limit)
    if forbidden := forbidden_to(customer_id):
        for found in founds:
            mark_forbidden(found, forbidden)
    return _answers(catalogue, founds, brands, limit)


def _catalogue(user: User | None, within: QuerySet[Product] | None, *, archived: bool) -> Catalogue:
    products = Product.objects.all() if within is None else within
    if user is not None:
        products = products.visible_to(user)  # type: ignore[attr-defined]
    if not archived:
        products = products.active()  # type: ignore[attr-defined]
    return Catalogue(products, is_part=within is not None or archived)


def _by_key(catalogue: Catalogue, founds: list[Found]) -> None:
    rows = catalogue.by_key("search_key", {key for f in founds for key in f.question.keys})
    for found in founds:
        question = found.question
        sounds = search_key(by_sound(question.spoken))
        spelled = {search_key(text) for text in (question.text, question.spoken, question.written)}
        for key in question.keys:
            text = reasons.NORMALISED if key in spelled else reasons.MISREAD
            for row in rows.get(key, ()):
                _add_by_key(found, row, reasons.SOUNDS if key == sounds else text)


def _add_by_key(found: Found, row: Row, text: Any) -> None:
    question = found.question
    if question.is_other_bore(row.designation, row.form_key):
        found.other_bore.add(row.id)
        found.add(row, results.FUZZY, Reason(reasons.OTHER_BORE))
    elif question.rank(row.brand_id) == OTHER_BRAND:
        found.add(row, results.NORMALISED, Reason(reasons.NORMALISED_OTHER_BRAND))
    elif row.designation in {question.spoken, question.written}:
        found.add(row, results.EXACT, Reason(reasons.EXACT))
    else:
        found.add(row, results.NORMALISED, Reason(text))


def _by_code(catalogue: Catalogue, founds: list[Found], customer_id: int | None) -> None:
    keys = {key for found in founds for key in found.question.code_keys}
    rows = catalogue.by_code(keys, customer_id)
    for found in founds:
        for key in found.question.code_keys:
            for row, is_own in rows.get(key, ()):
                text = reasons.OWN_CODE if is_own else reasons.CODE
                found.add(row, results.CODE, Reason(text), 100 if is_own else 0)
                if is_own:
                    found.own_code.add(row.id)


def _by_old_number(catalogue: Catalogue, founds: list[Found]) -> None:
    """Old numbers: they say less than today's, so only the plainest of their products is meant."""
    keys = {f.question.old_key for f in founds} - {""}
    rows = catalogue.by_key("old_key", keys)
    for found in founds:
        question = found.question
        if question.old_form:
            found.old_forms.add(question.old_form.key)
        of_number = rows.get(question.old_key, []) if question.old_key else []
        plainest = min((row.form_key.count(",") for row in of_number), default=0)
        for row in of_number:
            if row.form_key.count(",") > plainest or question.old_is_doubtful:
                found.add(row, results.FUZZY, Reason(reasons.OLD_NUMBER_DOUBTFUL), 50)
            elif row.form_key:
                found.old_forms.add(row.form_key)
                question.forms.setdefault(row.form_key, frozenset())


def _by_form(catalogue: Catalogue, founds: list[Found], brands: BrandNames) -> None:
    rows = catalogue.by_key("form_key", {key for f in founds for key in f.question.forms})
    for found in founds:
        for key, makers in found.question.forms.items():
            for row in rows.get(key, ()):
                if not makers or brands.codes[row.brand_id] in makers:
                    found.add(row, results.PARSED, _parsed_reason(found, key, row))


def _parsed_reason(found: Found, key: str, row: Row) -> Reason:
    if key in found.old_forms:
        return Reason(reasons.OLD_NUMBER, {"designation": row.designation})
    number, prefix, features = key.split("|", 2)
    form = ", ".join(filter(None, [prefix + number, *features.split(",")]))
    other = found.question.rank(row.brand_id) == OTHER_BRAND
    return Reason(reasons.PARSED_OTHER_BRAND if other else reasons.PARSED, {"form": form})


def _by_interchange(catalogue: Catalogue, founds: list[Found]) -> None:
    seeds = [[c.row for c in found.same_part()[:_MOST_SEEDS]] for found in founds]
    offers = catalogue.replacements({row.id for rows in seeds for row in rows})
    for found, rows in zip(founds, seeds, strict=True):
        for asked in rows:
            for offer in offers.get(asked.id, ()):
                reason, score = reasons.of_interchange(offer, asked.designation)
                found.add(offer.row, results.INTERCHANGE, reason, score)


def _by_prefix(catalogue: Catalogue, founds: list[Found], limit: int) -> None:
    def ranges(question: Question) -> Iterable[Range]:
        if question.prefix:
            for brand_id in question.brand_ids:
                yield key_range("search_key", question.prefix, brand_id)
            yield key_range("search_key", question.prefix)
        elif question.only_brand:
            for brand_id in question.brand_ids:
                yield brand_range(brand_id)

    short = [found for found in founds if found.better_than_fuzzy < limit]
    # Twice the limit: the range begins with the equal keys, which are known already.
    order = ("search_key", "brand_id")
    for found, row, place in in_ranges(catalogue, short, ranges, order=order, limit=2 * limit):
        text = reasons.BRAND if found.question.only_brand else reasons.PREFIX
        if row.id not in found.other_bore:
            found.add(row, results.PREFIX, Reason(text), -place)


def _by_size(catalogue: Catalogue, founds: list[Found]) -> None:
    def ranges(question: Question) -> Iterable[Range]:
        if question.sizes is not None:
            for brand_id in question.brand_ids:
                yield size_range(question.sizes, question.tolerance, brand_id)
            yield size_range(question.sizes, question.tolerance)

    numbered = [(found, narrow) for found in founds for narrow in ranges(found.question)]
    terms = ((i, narrow) for i, (_found, narrow) in enumerate(numbered))
    for i, rows in catalogue.by_size(terms, limit=_MOST_OF_ONE_SIZE).items():
        found = numbered[i][0]
        reason = Reason(reasons.DIMENSION, {"size": _shown(found.question.sizes or ())})
        for row in rows:
            # The plainest designation first: 6205 before 6205-2RS1/C3VT143.
            found.add(row, results.DIMENSION, reason, 0)


def _shown(sizes: Sequence[Decimal | None]) -> str:
    return " × ".join("–" if size is None else f"{size.normalize():f}" for size in sizes)


def in_ranges(
    catalogue: Catalogue,
    founds: list[Found],
    ranges: Callable[[Question], Iterable[Range]],
    *,
    order: Sequence[str],
    limit: int,
) -> Iterable[tuple[Found, Row, int]]:
    """Yield the products in the ranges of each question, and their places in their ranges."""
    numbered = [(found, narrow) for found in founds for narrow in ranges(found.question)]
    terms = ((i, narrow) for i, (_found, narrow) in enumerate(numbered))
    for i, rows in catalogue.by_range(terms, order=order, limit=limit).items():
        for place, row in enumerate(rows):
            yield numbered[i][0], row, place


def _answers(
    catalogue: Catalogue, founds: list[Found], brands: BrandNames, limit: int
) -> list[Match]:
    shown = [(found, found.equals(), found.ordered()[:limit]) for found in founds]
    wanted = {c.row.id for _found, equals, best in shown for c in (*equals, *best)}
    products = catalogue.load(wanted)

    def hits(candidates: list[Candidate]) -> tuple[Hit, ...]:
        return tuple(
            Hit(products[c.row.id], c.match, str(c.reason), c.reason.as_stored())
            for c in candidates
            if c.row.id in products
        )

    return [
        Match(
            query=found.question.query,
            hits=hits(best),
            equals=hits(equals),
            brand_known=bool(found.question.brand_ids) or found.decided_by_code is not None,
            understood=_understood(found, brands),
        )
        for found, equals, best in shown
    ]


def _understood(found: Found, brands: BrandNames) -> Understood:
    question = found.question
    matches = [candidate.match for candidate in found.candidates.values()]
    return Understood(
        brands=tuple(brands.codes.get(pk, "") for pk in question.brand_ids),
        designation=question.text if question.keys else "",
        keys=question.keys,
        forms=question.read_as,
        old_form=question.old_form,
        sizes=question.sizes,
        names=question.names,
        found={rule: matches.count(rule) for rule in results.ORDER if rule in matches},
    )
