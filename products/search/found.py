"""What the rules found for one question, and the order in which it is shown."""

from dataclasses import dataclass, field

from rapidfuzz import fuzz

from products.models import Product
from products.search import results
from products.search.lookup import Row
from products.search.question import Question
from products.search.reasons import Reason

OTHER_BRAND = 99
_MOST_EQUALS = 20  # of one part, to choose from by stock


@dataclass(frozen=True, slots=True)
class Candidate:
    row: Row
    match: str
    reason: Reason
    score: float


@dataclass(slots=True)
class Found:
    """What was found for one question so far; each product once, by the best rule."""

    question: Question
    candidates: dict[int, Candidate] = field(default_factory=dict)
    own_code: set[int] = field(default_factory=set)
    old_forms: set[str] = field(default_factory=set)
    other_bore: set[int] = field(default_factory=set)
    forbidden: set[int] = field(default_factory=set)  # brands the customer does not take

    def add(self, row: Row, match: str, reason: Reason, score: float | None = None) -> None:
        known = self.candidates.get(row.id)
        if known and results.ORDER.index(known.match) <= results.ORDER.index(match):
            return
        if score is None:
            score = self.likeness(row)
        self.candidates[row.id] = Candidate(row, match, reason, score)

    def likeness(self, row: Row) -> float:
        """Return how alike the spellings are, 0 to 100."""
        keys = self.question.keys
        return fuzz.ratio(row.search_key, keys[0]) if keys else 0.0

    @property
    def decided_by_code(self) -> int | None:
        """The one product this customer's own code names, when no brand was asked for."""
        if self.question.brand_ids or len(self.own_code) != 1:
            return None
        return next(iter(self.own_code))

    def same_part(self) -> list[Candidate]:
        return [c for c in self.ordered() if c.match in results.SAME_PART]

    def has_same_part(self) -> bool:
        return any(c.match in results.SAME_PART for c in self.candidates.values())

    def equals(self) -> list[Candidate]:
        """The products that are the part asked for, in a brand asked for."""
        same = [c for c in self.same_part() if c.row.brand_id not in self.forbidden]
        if (decided := self.decided_by_code) is not None:
            return [c for c in same if c.row.id == decided]
        return [c for c in same if not self.is_other_brand(c)][:_MOST_EQUALS]

    @property
    def better_than_fuzzy(self) -> int:
        return sum(c.match != results.FUZZY for c in self.candidates.values())

    def is_other_brand(self, candidate: Candidate) -> bool:
        return self.question.rank(candidate.row.brand_id) == OTHER_BRAND

    def ordered(self) -> list[Candidate]:
        return sorted(self.candidates.values(), key=self._place)

    def _place(self, candidate: Candidate) -> tuple[float, ...]:
        order = results.ORDER.index(candidate.match)
        # A replacement of the brand asked for comes before the same part of another brand.
        is_certain = candidate.match in results.SAME_PART or candidate.match == results.INTERCHANGE
        return (
            candidate.row.id != self.decided_by_code,
            0 if is_certain else order,
            self.question.rank(candidate.row.brand_id),
            order,
            is_certain and candidate.row.status == Product.Status.DISCONTINUED,
            -candidate.score,
            len(candidate.row.search_key),
            candidate.row.id,
        )
