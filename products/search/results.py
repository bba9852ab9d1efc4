"""What is asked of the search and what it answers."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from products.designation import Form
from products.models import Product
from products.search.sizes import Sizes

EXACT = "exact"
NORMALISED = "normalised"
CODE = "code"
PARSED = "parsed"
INTERCHANGE = "interchange"
PREFIX = "prefix"
DIMENSION = "dimension"
FUZZY = "fuzzy"

# Best first. The first four say "this is the part"; the others are proposals.
ORDER = (EXACT, NORMALISED, CODE, PARSED, INTERCHANGE, PREFIX, DIMENSION, FUZZY)
SAME_PART = frozenset({EXACT, NORMALISED, CODE, PARSED})


@dataclass(frozen=True, slots=True)
class Query:
    text: str  # designation as read, may be ''
    brand: str = ""  # brand code or any other name of it, '' unknown
    alternative_brands: tuple[str, ...] = ()
    dimensions: Sizes | None = None  # d, D, B in mm; None where not given
    tolerance: Decimal = Decimal("0.01")  # mm, either way


@dataclass(frozen=True, slots=True)
class Hit:
    product: Product  # with brand and unit
    match: str  # one of ORDER
    reason: str  # one translated sentence
    # The same to be kept and told again in another language (reasons.retold).
    told: dict[str, Any] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class Understood:
    """How a text was read, and how many products each rule found, for whoever wonders."""

    brands: tuple[str, ...]  # codes; '' for a brand that is not ours
    designation: str
    keys: tuple[str, ...]
    forms: tuple[Form, ...]
    old_form: Form | None
    sizes: Sizes | None
    names: tuple[str, ...]
    found: dict[str, int]


@dataclass(frozen=True, slots=True)
class Match:
    """The answer to one query.

    ``hits`` are at most ``limit``, best first. ``equals`` are all products that are the part asked
    for, in a brand that was asked for if any was, so that the caller may choose by stock.
    """

    query: Query
    hits: tuple[Hit, ...] = ()
    equals: tuple[Hit, ...] = ()
    # The brand was asked for, or is known from the customer's own code.
    brand_known: bool = False
    understood: Understood | None = None

    @property
    def chosen(self) -> Hit | None:
        """The hit a program may take without asking; None when the brand is still to be chosen."""
        if not self.equals:
            return None
        brands = {hit.product.brand_id for hit in self.equals}
        return self.equals[0] if self.brand_known or len(brands) == 1 else None

    @property
    def match(self) -> str:
        chosen = self.chosen
        return chosen.match if chosen else "none"
