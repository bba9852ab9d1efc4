"""The lines of a quotation as typed, beside what is known of their products."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from accounts.models import User
from erp.core.money import ZERO, plain
from quotations.forms import GridRow
from quotations.models import EnquiryLine, Quotation, QuotationLine
from quotations.sheets import Facts, facts_of


@dataclass(frozen=True, slots=True)
class GridLine:
    """One row of the grid."""

    typed: GridRow
    facts: Facts | None
    tax_rate: Decimal
    includes_tax: bool

    @property
    def amount(self) -> Decimal | None:
        return self.typed.amount(self.tax_rate, includes_tax=self.includes_tax)


def grid_of(rows: Sequence[GridRow], quotation: Quotation, *, user: User) -> list[GridLine]:
    """Lay facts beside the rows."""
    facts = facts_of(
        {row.product_id for row in rows} - {0}, customer=quotation.customer, user=user
    )
    lines = []
    for row in rows:
        known = facts.get(row.product_id)
        includes = quotation.customer.price_includes_tax
        lines.append(
            GridLine(
                typed=row,
                facts=known,
                tax_rate=known.tax_rate if known else ZERO,
                includes_tax=row.includes_tax == "1" if row.includes_tax else includes,
            )
        )
    return lines


def rows_of(lines: Iterable[QuotationLine]) -> list[GridRow]:
    """Return stored lines as rows, checked."""
    rows = [GridRow.of(line) for line in lines]
    for row in rows:
        row.check()
    return rows


def source_lines_of(quotation: Quotation) -> set[int]:
    """Return the enquiry lines this quotation's lines may point at."""
    if quotation.enquiry_id is None:
        return set()
    lines = EnquiryLine.objects.filter(document=quotation.enquiry_id)
    return set(lines.values_list("pk", flat=True))


def is_same(rows: Sequence[GridRow], lines: Sequence[QuotationLine], sources: set[int]) -> bool:
    """Return whether the rows say what is stored already."""
    stored = [row.entered(sources) for row in rows_of(lines)]
    return [row.entered(sources) for row in rows] == stored


@dataclass(frozen=True, slots=True)
class Difference:
    """What one person typed and what another saved meanwhile; empty where the line is missing."""

    part: str
    mine: str
    theirs: str


def differences(
    mine: Collection[GridLine], theirs: Collection[QuotationLine]
) -> list[Difference]:
    """Compare line by line of the same product."""
    ours: dict[tuple[str, int], str] = {}
    seen: Counter[str] = Counter()
    for line in mine:
        part = str(line.facts.product) if line.facts else line.typed.product
        ours[part, seen[part]] = f"{line.typed.quantity} × {line.typed.unit_price or '–'}"
        seen[part] += 1
    others: dict[tuple[str, int], str] = {}
    seen.clear()
    for stored in theirs:
        part = f"{stored.brand_name} {stored.designation}"
        price = plain(stored.unit_price) if stored.unit_price else "–"
        others[part, seen[part]] = f"{plain(stored.quantity)} × {price}"
        seen[part] += 1
    return [
        Difference(key[0], ours.get(key, ""), others.get(key, ""))
        for key in dict.fromkeys([*ours, *others])
        if ours.get(key) != others.get(key)
    ]
