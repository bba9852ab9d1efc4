"""The grid of a quotation: lines as typed, checked, beside what is known of their products."""

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Self

from django.core.exceptions import BadRequest
from django.http import QueryDict
from django.utils.translation import gettext as _

from accounts.models import User
from erp.core.errors import DomainError
from erp.core.money import CENT, ZERO, net_unit_price, plain, taxed_amount
from quotations.doubts import LABELS
from quotations.models import EnquiryLine, Quotation, QuotationLine
from quotations.services import LineInput
from quotations.sheets import Facts, facts_of

COLUMNS = (
    "product",
    "source_line",
    "includes_tax",
    "wording",
    "quantity",
    "unit_price",
    "lead_time",
)
_GROUPED = re.compile(r"[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?")
_PLAIN = re.compile(r"[0-9]{1,15}(\.[0-9]{0,9})?|\.[0-9]{1,9}")
_LINE_FIELD = re.compile(r"lines\[(\d+)\]\.(\w+)")


def read_number(text: str) -> Decimal:
    """Return a number as people type it: full-width digits, a sign of money, groups of three.

    ``1,5`` is refused: it may mean 1.5 or a slip. Raises ValueError.
    """
    folded = unicodedata.normalize("NFKC", text).strip().lstrip("¥$€").replace(" ", "")
    if _GROUPED.fullmatch(folded):
        folded = folded.replace(",", "")
    if not _PLAIN.fullmatch(folded):
        raise ValueError(text)
    try:
        return Decimal(folded)
    except InvalidOperation as error:
        raise ValueError(text) from error


def price_text(price: Decimal) -> str:
    """Return a unit price with cents at least and no more decimals than it has."""
    cents = price.quantize(CENT)
    return f"{cents:f}" if price == cents else plain(price)


@dataclass(slots=True)
class GridRow:
    """One line as typed; texts are kept until they are right."""

    product: str
    source_line: str = ""
    includes_tax: str = ""
    wording: str = ""
    quantity: str = ""
    unit_price: str = ""
    lead_time: str = ""
    errors: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, Decimal | None] = field(default_factory=dict)

    @classmethod
    def of(cls, line: QuotationLine) -> Self:
        return cls(
            product=str(line.product_id),
            source_line=str(line.source_line_id or ""),
            includes_tax=str(int(line.price_includes_tax)),
            wording=line.partner_wording,
            quantity=plain(line.quantity),
            unit_price=price_text(line.unit_price) if line.unit_price else "",
            lead_time="" if line.lead_time_days is None else str(line.lead_time_days),
        )

    @property
    def product_id(self) -> int:
        return int(self.product) if self.product.isascii() and self.product.isdigit() else 0

    def check(self) -> None:
        self._number("quantity", required=True)
        self._number("unit_price")
        self._number("lead_time")
        days = self.numbers.get("lead_time")
        if days is not None and (days != int(days) or days > 3650):
            self.errors["lead_time"] = _("Enter whole days.")

    def _number(self, name: str, *, required: bool = False) -> None:
        text = getattr(self, name).strip()
        self.numbers[name] = None
        if not text:
            if required:
                self.errors[name] = _("Enter a number.")
            return
        try:
            self.numbers[name] = read_number(text)
        except ValueError:
            self.errors[name] = _("Enter a number.")

    def entered(self, source_lines: Collection[int]) -> LineInput:
        """Return the line for the service; only the document's own source lines are kept."""
        days = self.numbers["lead_time"]
        source = int(self.source_line) if self.source_line.isdigit() else None
        return LineInput(
            product_id=self.product_id,
            quantity=self.numbers["quantity"] or Decimal(0),
            unit_price=self.numbers["unit_price"],
            price_includes_tax=bool(int(self.includes_tax)) if self.includes_tax else None,
            partner_wording=self.wording.strip()[:200],
            lead_time_days=int(days) if days is not None else None,
            source_line_id=source if source in source_lines else None,
        )

    def amount(self, tax_rate: Decimal, *, includes_tax: bool) -> Decimal | None:
        """Return the gross amount, or None while something is missing."""
        quantity, price = self.numbers.get("quantity"), self.numbers.get("unit_price")
        if quantity is None or price is None:
            return None
        return taxed_amount(quantity, price, tax_rate, price_includes_tax=includes_tax).gross


def read_grid(data: QueryDict) -> list[GridRow]:
    """Return the rows as sent, checked. Raises BadRequest when columns differ in length."""
    columns = {name: data.getlist(name) for name in COLUMNS}
    if len({len(values) for values in columns.values()}) != 1:
        raise BadRequest("columns differ in length")
    rows = [
        GridRow(**dict(zip(COLUMNS, values, strict=True)))
        for values in zip(*columns.values(), strict=True)
    ]
    for row in rows:
        if row.includes_tax not in {"", "0", "1"} or "\x00" in row.wording:
            raise BadRequest("bad value")
        row.check()
    return rows


def blame(rows: list[GridRow], refusal: DomainError) -> None:
    """Put a service's refusal on the cell it names."""
    found = _LINE_FIELD.fullmatch(refusal.field)
    if found and 0 < int(found[1]) <= len(rows):
        rows[int(found[1]) - 1].errors[found[2]] = refusal.message


# --- beside what is known --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class GridLine:
    """One row of the grid."""

    typed: GridRow
    facts: Facts | None
    tax_rate: Decimal
    includes_tax: bool
    doubts: Sequence[str] = ()  # what was unsure in the enquiry and nobody has settled

    @property
    def amount(self) -> Decimal | None:
        return self.typed.amount(self.tax_rate, includes_tax=self.includes_tax)

    @property
    def below_cost(self) -> bool:
        """Whether the price is below the cost, as far as the reader may know the cost."""
        cost = self.facts.cost if self.facts else None
        price = self.typed.numbers.get("unit_price")
        if cost is None or price is None:
            return False
        return net_unit_price(price, self.tax_rate, price_includes_tax=self.includes_tax) < cost


def grid_of(rows: Sequence[GridRow], quotation: Quotation, *, user: User) -> list[GridLine]:
    """Lay facts beside the rows."""
    facts = facts_of({row.product_id for row in rows} - {0}, customer=quotation.customer, user=user)
    doubts = _doubts_of(quotation, rows)
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
                doubts=doubts.get(row.source_line, ()),
            )
        )
    return lines


def _doubts_of(quotation: Quotation, rows: Sequence[GridRow]) -> dict[str, list[str]]:
    """Return what is unsure about the enquiry's lines that these rows were made of, by their id."""
    if quotation.enquiry_id is None or not any(row.source_line for row in rows):
        return {}
    unsure = EnquiryLine.objects.filter(document=quotation.enquiry_id).exclude(doubt_codes="")
    return {
        str(pk): [str(LABELS.get(code, code)) for code in codes.split()]
        for pk, codes in unsure.values_list("pk", "doubt_codes")
    }


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


def differences(mine: Collection[GridLine], theirs: Collection[QuotationLine]) -> list[Difference]:
    """Compare line by line of the same product."""
    ours: dict[tuple[str, int], str] = {}
    seen: Counter[str] = Counter()
    for line in mine:
        part = str(line.facts.product) if line.facts else line.typed.product
        numbers = line.typed.numbers
        ours[part, seen[part]] = _terms(numbers.get("quantity"), numbers.get("unit_price"))
        seen[part] += 1
    others: dict[tuple[str, int], str] = {}
    seen.clear()
    for stored in theirs:
        part = f"{stored.brand_name} {stored.designation}"
        others[part, seen[part]] = _terms(stored.quantity, stored.unit_price)
        seen[part] += 1
    return [
        Difference(key[0], ours.get(key, ""), others.get(key, ""))
        for key in dict.fromkeys([*ours, *others])
        if ours.get(key) != others.get(key)
    ]


def _terms(quantity: Decimal | None, price: Decimal | None) -> str:
    amount = plain(quantity) if quantity is not None else "–"
    return f"{amount} × {price_text(price) if price else '–'}"
