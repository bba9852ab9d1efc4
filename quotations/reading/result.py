"""What the reader of enquiries hands back: plain values, no database, no Django."""

from dataclasses import dataclass, field
from decimal import Decimal

Dimensions = tuple[Decimal, Decimal, Decimal]


@dataclass(frozen=True, slots=True)
class ReadLine:
    """One part a customer asks for.

    `designation` is written as it should be issued (OCR slips mended, a suffix shared by several
    parts written out) and empty when only dimensions were given. `brand` is a brand code.
    `dimensions` are d, D, B in millimetres. `unit` is piece, pair, set, box or None (not stated).
    `roughly`: the quantity is the least of a range.
    """

    raw: str
    designation: str
    brand: str | None
    alternative_brands: tuple[str, ...]
    quantity: Decimal | None
    unit: str | None
    dimensions: Dimensions | None
    note: str
    roughly: bool = False

    @property
    def wording(self) -> str:
        """What the customer calls the part, without brand and quantity; else its size."""
        if self.designation or self.dimensions is None:
            return self.designation
        return "*".join(f"{size.normalize():f}" for size in self.dimensions)


@dataclass
class Reading:
    """Lines that are parts, and every other text fragment, so that nothing is lost unseen."""

    lines: list[ReadLine] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
