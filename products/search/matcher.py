"""The rules of the search, in the order of their certainty, each run once for all texts.

First what is the part itself (exact, normalised, code, parsed), then proposals that a person must
confirm (interchange, prefix, dimension, fuzzy). The number of SQL queries does not depend on the
number of texts, but for long lists of keys, which are cut into chunks.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from rapidfuzz import fuzz

from accounts.models import User
from products.designation import search_key
from products.models import Product
from products.search import reasons, results
from products.search.lookup import Catalogue, Range, Row, key_range, size_range
from products.search.question import BrandNames, Question, ask
from products.search.reasons import Reason
from products.search.results import Hit, Match, Query

_MOST_EQUALS = 20  # of one part, to choose from by stock
_MOST_SEEDS = 5  # products of one text whose interchanges are looked up
_MOST_OF_ONE_NUMBER = 200  # products compared by spelling
_LEAST_SIMILARITY = 72
_OTHER_BRAND = 99


@dataclass(frozen=True, slots=True)
class _Candidate:
    row: Row
    match: str
    reason: Reason
    score: float


@dataclass(slots=True)
class _Found:
    """What was found for one question so far; each product once, by the best rule."""

    question: Question
    candidates: dict[int, _Candidate] = field(default_factory=dict)
    own_code: set[int] = field(default_factory=set)
    old_forms: set[str] = field(default_factory=set)

    def add(self, row: Row, match: str, reason: Reason, score: float | None = None) -> None:
        known = self.candidates.get(row.id)
        if known and results.ORDER.index(known.match) <= results.ORDER.index(match):
            return
        if score is None:
            keys = self.question.keys
            score = fuzz.ratio(row.search_key, keys[0]) if keys else 0
        self.candidates[row.id] = _Candidate(row, match, reason, score)

    @property
    def decided_by_code(self) -> int | None:
        """The one product this customer's own code names, when no brand was asked for."""
        if self.question.brand_ids or len(self.own_code) != 1:
            return None
        return next(iter(self.own_code))

    def same_part(self) -> list[_Candidate]:
        return [c for c in self.ordered() if c.match in results.SAME_PART]

    def equals(self) -> list[_Candidate]:
        """The products that are the part asked for, in a brand asked for."""
        same = self.same_part()
        if (decided := self.decided_by_code) is not None:
            return [c for c in same if c.row.id == decided]
        return [c for c in same if not self.is_other_brand(c)][:_MOST_EQUALS]

    @property
    def better_than_fuzzy(self) -> int:
        return sum(c.match != results.FUZZY for c in self.candidates.values())

    def is_other_brand(self, candidate: _Candidate) -> bool:
        return self.question.rank(candidate.row.brand_id) == _OTHER_BRAND

    def ordered(self) -> list[_Candidate]:
        return sorted(self.candidates.values(), key=self._place)

    def _place(self, candidate: _Candidate) -> tuple[float, ...]:
        order = results.ORDER.index(candidate.match)
        # A replacement of the brand asked for comes before the same part of another brand.
        is_certain = candidate.match in results.SAME_PART or candidate.match == results.INTERCHANGE
        return (
            candidate.row.id != self.decided_by_code,
            0 if is_certain else order,
            self.question.rank(candidate.row.brand_id),
            order,
            candidate.row.status == Product.Status.DISCONTINUED,
            -candidate.score,
            len(candidate.row.search_key),
            candidate.row.id,
        )


def match(
    queries: Sequence[str | Query],
    *,
    user: User | None = None,
    customer_id: int | None = None,
    limit: int = 5,
) -> list[Match]:
    """Return what was found for each text, in the order of the texts.

    ``user``: only products this user may see (None: all, for commands). ``customer_id``: whose own
    codes count; the caller has made sure that the user may see this customer.
    """
    brands = BrandNames.load()
    asked = [Query(query) if isinstance(query, str) else query for query in queries]
    founds = [_Found(ask(query, brands)) for query in asked]
    catalogue = Catalogue(user)
    _by_key(catalogue, founds)
    _by_code(catalogue, founds, customer_id)
    _by_old_number(catalogue, founds)
    _by_form(catalogue, founds, brands)
    _by_interchange(catalogue, founds)
    _by_prefix(catalogue, founds, limit)
    _by_size(catalogue, founds, limit)
    _by_similarity(catalogue, founds, limit)
    return _answers(catalogue, founds, limit)


def _by_key(catalogue: Catalogue, founds: list[_Found]) -> None:
    rows = catalogue.by_key("search_key", {key for f in founds for key in f.question.keys})
    for found in founds:
        question = found.question
        written = {" ".join(text.split()) for text in (question.text, question.query.text)}
        spelled = {search_key(text) for text in written}
        for key in question.keys:
            for row in rows.get(key, ()):
                _add_by_key(
                    found, row, is_exact=row.designation in written, misread=key not in spelled
                )


def _add_by_key(found: _Found, row: Row, *, is_exact: bool, misread: bool) -> None:
    if found.question.rank(row.brand_id) == _OTHER_BRAND:
        found.add(row, results.NORMALISED, Reason(reasons.NORMALISED_OTHER_BRAND))
    elif is_exact:
        found.add(row, results.EXACT, Reason(reasons.EXACT))
    else:
        text = reasons.MISREAD if misread else reasons.NORMALISED
        found.add(row, results.NORMALISED, Reason(text))


def _by_code(catalogue: Catalogue, founds: list[_Found], customer_id: int | None) -> None:
    keys = {key for found in founds for key in found.question.keys}
    rows = catalogue.by_code(keys, customer_id)
    for found in founds:
        for key in found.question.keys:
            for row, is_own in rows.get(key, ()):
                text = reasons.OWN_CODE if is_own else reasons.CODE
                found.add(row, results.CODE, Reason(text), 100 if is_own else 0)
                if is_own:
                    found.own_code.add(row.id)


def _by_old_number(catalogue: Catalogue, founds: list[_Found]) -> None:
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


def _by_form(catalogue: Catalogue, founds: list[_Found], brands: BrandNames) -> None:
    rows = catalogue.by_key("form_key", {key for f in founds for key in f.question.forms})
    for found in founds:
        for key, makers in found.question.forms.items():
            for row in rows.get(key, ()):
                if not makers or brands.codes[row.brand_id] in makers:
                    found.add(row, results.PARSED, _parsed_reason(found, key, row))


def _parsed_reason(found: _Found, key: str, row: Row) -> Reason:
    if key in found.old_forms:
        return Reason(reasons.OLD_NUMBER, {"designation": row.designation})
    number, prefix, features = key.split("|", 2)
    form = ", ".join(filter(None, [prefix + number, *features.split(",")]))
    other = found.question.rank(row.brand_id) == _OTHER_BRAND
    return Reason(reasons.PARSED_OTHER_BRAND if other else reasons.PARSED, {"form": form})


def _by_interchange(catalogue: Catalogue, founds: list[_Found]) -> None:
    seeds = [[c.row for c in found.same_part()[:_MOST_SEEDS]] for found in founds]
    offers = catalogue.replacements({row.id for rows in seeds for row in rows})
    for found, rows in zip(founds, seeds, strict=True):
        for asked in rows:
            for offer in offers.get(asked.id, ()):
                reason, score = reasons.of_interchange(offer, asked.designation)
                found.add(offer.row, results.INTERCHANGE, reason, score)


def _by_prefix(catalogue: Catalogue, founds: list[_Found], limit: int) -> None:
    def ranges(question: Question) -> Iterable[Range]:
        if not question.prefix:
            return
        if question.brand_ids:
            yield key_range("search_key", question.prefix, question.brand_ids)
        yield key_range("search_key", question.prefix)

    short = [found for found in founds if found.better_than_fuzzy < limit]
    # Twice the limit: the range begins with the equal keys, which are known already.
    for found, row in _in_ranges(catalogue, short, ranges, order="search_key", limit=2 * limit):
        found.add(row, results.PREFIX, Reason(reasons.PREFIX))


def _by_size(catalogue: Catalogue, founds: list[_Found], limit: int) -> None:
    def ranges(question: Question) -> Iterable[Range]:
        if question.sizes is None:
            return
        within = question.query.tolerance
        low = [size - within for size in question.sizes]
        high = [size + within for size in question.sizes]
        if question.brand_ids:
            yield size_range(low, high, question.brand_ids)
        yield size_range(low, high)

    for found, row in _in_ranges(catalogue, founds, ranges, order="bore_mm", limit=2 * limit):
        sizes = found.question.sizes or ()
        size = " × ".join(f"{size.normalize():f}" for size in sizes)
        # The plainest designation first: 6205 before 6205-2RS1/C3VT143.
        found.add(row, results.DIMENSION, Reason(reasons.DIMENSION, {"size": size}), 0)


def _by_similarity(catalogue: Catalogue, founds: list[_Found], limit: int) -> None:
    def ranges(question: Question) -> Iterable[Range]:
        if question.number:
            yield key_range("form_key", question.number)

    unknown = [f for f in founds if f.better_than_fuzzy < limit and not f.same_part()]
    for found, row in _in_ranges(
        catalogue, unknown, ranges, order="form_key", limit=_MOST_OF_ONE_NUMBER
    ):
        score = fuzz.ratio(row.search_key, found.question.keys[0])
        if score >= _LEAST_SIMILARITY:
            found.add(row, results.FUZZY, Reason(reasons.FUZZY), score)


def _in_ranges(
    catalogue: Catalogue,
    founds: list[_Found],
    ranges: Callable[[Question], Iterable[Range]],
    *,
    order: str,
    limit: int,
) -> Iterable[tuple[_Found, Row]]:
    """Yield the products in the ranges of each question."""
    numbered = [(i, r) for i, found in enumerate(founds) for r in ranges(found.question)]
    for i, rows in catalogue.by_range(numbered, order=order, limit=limit).items():
        for row in rows:
            yield founds[i], row


def _answers(catalogue: Catalogue, founds: list[_Found], limit: int) -> list[Match]:
    shown = [(found, found.equals(), found.ordered()[:limit]) for found in founds]
    wanted = {c.row.id for _found, equals, best in shown for c in (*equals, *best)}
    products = catalogue.load(wanted)

    def hits(candidates: list[_Candidate]) -> tuple[Hit, ...]:
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
        )
        for found, equals, best in shown
    ]
