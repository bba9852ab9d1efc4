"""What one product is for who asked for another, and which grades that forbids.

The grammar judges the designations, the catalogue the stored sizes. What is not known forbids
nothing: then the person who approves knows.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from erp.core.errors import DomainError
from products.designation import Difference, compare, parse
from products.models import Interchange, Product

_Grade = Interchange.Grade
# Sizes are rounded differently in catalogues.
_SIZE_TOLERANCE = Decimal("0.05")
_SIZES = ("bore_mm", "outside_mm", "width_mm")
# What is not said is the plain kind: open, normal clearance, normal class, cylindrical bore …
_PLAIN_WHEN_UNSAID = {
    *("size", "seal", "clearance", "tolerance", "bore", "ring", "boundary", "angle"),
    *("preload", "arrangement", "material", "insulation"),
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """``grade`` is the grammar's own, None where it knows no replacement or cannot tell."""

    grade: str | None
    differences: tuple[Difference, ...] = ()
    # The differences that leave no doubt, and those of the stored bore and outside diameter.
    certain: tuple[Difference, ...] = ()
    of_size: tuple[Difference, ...] = ()

    def against(self, grade: str) -> tuple[Difference, ...]:
        """Return what forbids the grade; empty when nothing is known against it."""
        if grade == _Grade.IDENTICAL:
            return self.certain
        if grade == _Grade.DIMENSIONAL:
            return self.of_size
        if grade == _Grade.UPGRADE and self.grade == _Grade.DOWNGRADE:
            return self.differences
        if grade == _Grade.DOWNGRADE and self.grade == _Grade.UPGRADE:
            return self.differences
        return ()


def verdict_on(asked: Product, offered: Product) -> Verdict:
    """Judge two products; their brands must be loaded."""
    return judge_rows(row_of(asked), row_of(offered))


@dataclass(frozen=True, slots=True)
class Judged:
    """As much of a product as judging needs."""

    designation: str
    brand: str
    sizes: tuple[Decimal | None, ...] = (None, None, None)


def row_of(product: Product) -> Judged:
    sizes = tuple(getattr(product, name) for name in _SIZES)
    return Judged(product.designation, product.brand_label, sizes)


def judge_rows(asked: Judged, offered: Judged) -> Verdict:
    found = compare(asked.designation, asked.brand, offered.designation, offered.brand)
    stored = tuple(_stored_sizes(asked, offered))
    certain = tuple(d for d in found.differences if _is_certain(d, asked, offered))
    differs = tuple(difference for _name, difference in stored)
    return Verdict(
        grade=None if differs else found.grade,
        differences=(*found.differences, *differs),
        certain=(*certain, *differs),
        of_size=tuple(difference for name, difference in stored if name != "width_mm"),
    )


def _is_certain(difference: Difference, asked: Judged, offered: Judged) -> bool:
    if difference.kind == "size":  # of two numbers the grammar knows
        both = (parse(one.designation, one.brand) for one in (asked, offered))
        return all(read is not None and read.family for read in both)
    if difference.kind in _PLAIN_WHEN_UNSAID:
        return True
    return difference.kind != "unknown" and bool(difference.asked and difference.offered)


def _stored_sizes(asked: Judged, offered: Judged) -> Any:
    for name, a, b in zip(_SIZES, asked.sizes, offered.sizes, strict=True):
        if a is not None and b is not None and abs(a - b) > _SIZE_TOLERANCE:
            yield name, Difference("boundary", f"{a.normalize():f}", f"{b.normalize():f}")


def check_grade(verdict: Verdict, grade: str) -> None:
    """Raise DomainError ``not_identical`` and the like, naming the differences."""
    against = verdict.against(grade)
    if against:
        raise DomainError(
            _("These are not “%(grade)s”. %(differences)s")
            % {
                "grade": _Grade(grade).label,
                "differences": "; ".join(str(one) for one in against),
            },
            code=f"not_{grade}",
            field="grade",
        )
