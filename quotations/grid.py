"""The grid of a quotation: lines as typed, checked, beside what is known of their products."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from typing import Self

from django.core.exceptions import BadRequest
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from erp.core.errors import DomainError
from erp.core.money import CENT, ZERO, net_unit_price, plain, taxed_amount
from quotations.doubts import LABELS
from quotations.models import EnquiryLine, Quotation, QuotationLine
from quotations.services import LineInput, shown_price
from quotations.sheets import Facts, facts_of

COLUMNS = (
    "line",
    "kind",
    "product",
    "source_line",
    "includes_tax",
    "wording",
    "quantity",
    "unit_price",
    "lead_time",
)
# What a line is: offered for sure, instead of the one above, or on top.
SURE, ALTERNATIVE, OPTIONAL = "", "a", "o"
# What people change of a line, by the names two tabs are compared with.
LABELS_OF_COLUMNS = {
    "product": gettext_lazy("Part"),
    "kind": gettext_lazy("Kind"),
    "wording": gettext_lazy("The customer’s wording"),
    "quantity": gettext_lazy("Quantity"),
    "unit_price": gettext_lazy("Unit price"),
    "lead_time": gettext_lazy("Lead time, days"),
}
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


def grouped_price(price: Decimal) -> str:
    """The same with thousands apart: 12,345.60."""
    whole, point, rest = price_text(price).partition(".")
    return f"{int(whole):,}{point}{rest}"


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
    line: str = ""
    kind: str = SURE
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
            unit_price=grouped_price(line.unit_price) if line.unit_price else "",
            lead_time="" if line.lead_time_days is None else str(line.lead_time_days),
            line=str(line.pk),
            kind=_kind(line),
        )

    @property
    def typed(self) -> dict[str, str]:
        """The columns as they stand in the form."""
        return {name: getattr(self, name) for name in COLUMNS}

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

    def entered(self, source_lines: Collection[int], alternative_to: int | None) -> LineInput:
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
            alternative_to=alternative_to,
            is_optional=self.kind == OPTIONAL,
            line_id=int(self.line) if self.line else None,
        )

    def amount(self, tax_rate: Decimal, *, includes_tax: bool) -> Decimal | None:
        """Return the gross amount, or None while something is missing."""
        quantity, price = self.numbers.get("quantity"), self.numbers.get("unit_price")
        if quantity is None or price is None:
            return None
        return taxed_amount(quantity, price, tax_rate, price_includes_tax=includes_tax).gross


def _kind(line: QuotationLine) -> str:
    if line.alternative_to is not None:
        return ALTERNATIVE
    return OPTIONAL if line.is_optional else SURE


def entered(rows: Iterable[GridRow], source_lines: Collection[int]) -> list[LineInput]:
    """Return the rows for the service; an alternative is one to the last sure line above it."""
    lines, above = [], 0
    for number, row in enumerate(rows, 1):
        if row.kind == SURE:
            above = number
        lines.append(row.entered(source_lines, above if row.kind == ALTERNATIVE else None))
    return lines


def read_grid(data: QueryDict) -> list[GridRow]:
    """Return the rows as sent, checked. Raises BadRequest when columns differ in length."""
    columns = {name: data.getlist(name) for name in COLUMNS}
    if len({len(values) for values in columns.values()}) != 1:
        raise BadRequest("columns differ in length")
    values = zip(*columns.values(), strict=True)
    rows = rows_of_texts(dict(zip(COLUMNS, row, strict=True)) for row in values)
    for row in rows:
        if not _is_ours(row):
            raise BadRequest("bad value")
    return rows


def _is_ours(row: GridRow) -> bool:
    known = row.includes_tax in {"", "0", "1"} and row.kind in {SURE, ALTERNATIVE, OPTIONAL}
    key = not row.line or (row.line.isascii() and row.line.isdigit() and len(row.line) < 19)
    return known and key and "\x00" not in row.wording


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
    stored: QuotationLine | None = None  # of one that is no longer edited

    @property
    def is_open(self) -> bool:
        """Whether the customer may still order it."""
        return self.stored is not None and self.stored.outcome == self.stored.Outcome.OPEN

    @property
    def counts(self) -> bool:
        return self.stored.is_counted if self.stored else self.typed.kind == SURE

    @property
    def cost(self) -> Decimal | None:
        """What one costs, net, as far as the reader may know it."""
        return self.facts.cost if self.facts else None

    @property
    def cost_shown(self) -> Decimal | None:
        """The cost on the side of the price, so that it can be held against it."""
        if self.cost is None:
            return None
        return shown_price(self.cost * (1 + self.tax_rate) if self.includes_tax else self.cost)

    @property
    def net_price(self) -> Decimal | None:
        price = self.typed.numbers.get("unit_price")
        if not price:
            return None
        return net_unit_price(price, self.tax_rate, price_includes_tax=self.includes_tax)

    @property
    def margin_rate(self) -> Decimal | None:
        """The part of the net price that is left, for those who may see cost."""
        net, cost = self.net_price, self.cost
        return (net - cost) / net if net and cost is not None else None

    @property
    def margin(self) -> Decimal | None:
        """What is left of the line, in its currency."""
        net, cost, quantity = self.net_price, self.cost, self.typed.numbers.get("quantity")
        if net is None or cost is None or quantity is None:
            return None
        return (net - cost) * quantity

    @property
    def amount(self) -> Decimal | None:
        return self.typed.amount(self.tax_rate, includes_tax=self.includes_tax)

    @property
    def below_cost(self) -> bool:
        """Whether the price is below the cost, as far as the reader may know the cost."""
        net, cost = self.net_price, self.cost
        return net is not None and cost is not None and net < cost


@dataclass(frozen=True, slots=True)
class Margin:
    """What the counted lines leave together; ``is_whole``: the cost of all of them is known."""

    amount: Decimal
    rate: Decimal
    is_whole: bool


def margin_of(lines: Iterable[GridLine]) -> Margin | None:
    """Return the margin of the counted lines whose cost and price are known, None without one."""
    counted = [line for line in lines if line.counts]
    known = [(line, line.margin, line.net_price) for line in counted]
    rows = [(line, left, net) for line, left, net in known if left is not None and net is not None]
    sold = sum((net * (line.typed.numbers["quantity"] or ZERO) for line, _left, net in rows), ZERO)
    if not sold:
        return None
    left = sum((left for _line, left, _net in rows), ZERO)
    return Margin(left.quantize(CENT), left / sold, len(rows) == len(counted))


def grid_of(
    rows: Sequence[GridRow],
    quotation: Quotation,
    *,
    user: User,
    stored: Mapping[str, QuotationLine] | None = None,
) -> list[GridLine]:
    """Lay facts beside the rows; ``stored`` by key: of a quotation that is no longer edited."""
    facts = facts_of(
        {row.product_id for row in rows} - {0},
        customer=quotation.customer,
        user=user,
        exchange_rate=quotation.exchange_rate,
    )
    doubts = _doubts_of(quotation, rows)
    lines = []
    for row in rows:
        known = facts.get(row.product_id)
        includes = quotation.customer.price_includes_tax
        line = stored.get(row.line) if stored else None
        if known and known.cost is not None and line is not None and line.unit_cost is not None:
            known = replace(known, cost=line.unit_cost / quotation.exchange_rate)
        lines.append(
            GridLine(
                typed=row,
                facts=known,
                tax_rate=known.tax_rate if known else ZERO,
                includes_tax=row.includes_tax == "1" if row.includes_tax else includes,
                doubts=doubts.get(row.source_line, ()),
                stored=line,
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


def rows_of_texts(texts: Iterable[Mapping[str, str]]) -> list[GridRow]:
    """Return what stands in a form as rows, checked."""
    rows = []
    for columns in texts:
        row = GridRow(product=columns["product"])
        for name in COLUMNS:
            setattr(row, name, columns.get(name, ""))
        row.check()
        rows.append(row)
    return rows


def source_lines_of(quotation: Quotation) -> set[int]:
    """Return the enquiry lines this quotation's lines may point at."""
    if quotation.enquiry_id is None:
        return set()
    lines = EnquiryLine.objects.filter(document=quotation.enquiry_id)
    return set(lines.values_list("pk", flat=True))


def is_same(rows: Sequence[GridRow], lines: Sequence[QuotationLine], sources: set[int]) -> bool:
    """Return whether the rows say what is stored already."""
    return entered(rows, sources) == entered(rows_of(lines), sources)
