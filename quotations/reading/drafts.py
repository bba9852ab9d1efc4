"""A part being put together while the text is read."""

from dataclasses import dataclass, field
from decimal import Decimal

from .designation import Part
from .families import ACCESSORY
from .quantities import Quantity
from .result import Dimensions


@dataclass
class Draft:
    """A part being put together; positions are those of the line."""

    start: int
    end: int
    segment: int
    clause: int
    part: Part | None = None
    dimensions: Dimensions | None = None
    size_text: str = ""
    quantity: Decimal | None = None
    unit: str | None = None
    certain: bool = False
    vague: bool = False  # 一个 or 有50个, which a real quantity may follow
    roughly: bool = False  # a range or a minimum
    joined: bool = False  # written with a plus after the part before
    included: bool = False  # joined as a piece of it: 带, with; not 配, which fits it
    shared: bool = False  # one quantity for several parts
    brands: tuple[str, ...] = ()
    notes: list[str] = field(default_factory=list)
    from_table: bool = False
    line: int = 0
    raw: str = ""
    line_text: str = ""

    def give(self, quantity: Quantity) -> None:
        self.quantity, self.unit, self.certain = quantity.amount, quantity.unit, quantity.certain
        self.vague, self.roughly = quantity.vague, quantity.roughly

    def take_amount(self, other: "Draft") -> None:
        self.quantity, self.unit, self.certain = other.quantity, other.unit, other.certain
        self.roughly = other.roughly

    @property
    def is_accessory(self) -> bool:
        """A sleeve, a nut, a housing: ordered with bearings, often of another make."""
        return self.part is not None and bool(ACCESSORY.match(self.part.base))

    @property
    def has_suffix(self) -> bool:
        return self.part is not None and bool(self.part.suffix.strip(" -/."))


@dataclass
class LineDrafts:
    """The drafts of a line, and what it says about other lines."""

    drafts: list[Draft] = field(default_factory=list)
    brands: tuple[str, ...] = ()  # brands named where no part of this line could take them
    quantity: Quantity | None = None
    each: bool = False
    lone: Quantity | None = None  # a line that is nothing but a number
    suffix: str = ""
    withdrawn: list[Draft] = field(default_factory=list)  # 6311不要了
