"""The grid of a sales order: lines as typed, checked, beside what is known of their products."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Self

from django.core.exceptions import BadRequest
from django.http import QueryDict
from django.utils.translation import gettext as _

from accounts.models import User
from erp.core.money import ZERO, net_unit_price, plain, taxed_amount
from orders.models import Issue, SalesOrder, SalesOrderLine
from orders.services import OrderLineInput
from quotations.grid import price_text, read_number
from quotations.sheets import Facts, facts_of

COLUMNS = (
    "product",
    "line",
    "includes_tax",
    "wording",
    "quantity",
    "unit_price",
    "lead_time",
    "issue",
    "ship_from",
)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


@dataclass(slots=True)
class OrderRow:
    """One line as typed; texts are kept until they are right."""

    product: str
    line: str = ""
    includes_tax: str = ""
    wording: str = ""
    quantity: str = ""
    unit_price: str = ""
    lead_time: str = ""
    issue: str = Issue.SALE
    ship_from: str = ""
    errors: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, Decimal | None] = field(default_factory=dict)

    @classmethod
    def of(cls, line: SalesOrderLine) -> Self:
        return cls(
            product=str(line.product_id),
            line=str(line.pk),
            includes_tax=str(int(line.price_includes_tax)),
            wording=line.partner_wording,
            quantity=plain(line.quantity),
            unit_price=price_text(line.unit_price) if line.unit_price else "",
            lead_time="" if line.lead_time_days is None else str(line.lead_time_days),
            issue=line.issue,
            ship_from=str(line.warehouse_id or ""),
        )

    @property
    def product_id(self) -> int:
        return _number(self.product) or 0

    def check(self) -> None:
        for name in ("quantity", "unit_price", "lead_time"):
            self._read(name, required=name == "quantity")
        days = self.numbers.get("lead_time")
        if days is not None and (days != int(days) or days > 3650):
            self.errors["lead_time"] = _("Enter whole days.")

    def _read(self, name: str, *, required: bool) -> None:
        text = getattr(self, name).strip()
        self.numbers[name] = None
        if not text and not required:
            return
        try:
            self.numbers[name] = read_number(text)
        except ValueError:
            self.errors[name] = _("Enter a number.")

    def entered(self) -> OrderLineInput:
        """Return the line for the service."""
        days = self.numbers["lead_time"]
        return OrderLineInput(
            product_id=self.product_id,
            quantity=self.numbers["quantity"] or ZERO,
            unit_price=self.numbers["unit_price"],
            price_includes_tax=bool(int(self.includes_tax)) if self.includes_tax else None,
            partner_wording=self.wording.strip()[:200],
            lead_time_days=int(days) if days is not None else None,
            issue=self.issue,
            warehouse_id=_number(self.ship_from),
            line_id=_number(self.line),
        )


def read_rows(data: QueryDict) -> list[OrderRow]:
    """Return the rows as sent, checked. Raises BadRequest when columns differ in length."""
    columns = {name: data.getlist(name) for name in COLUMNS}
    if len({len(values) for values in columns.values()}) != 1:
        raise BadRequest("columns differ in length")
    rows = [
        OrderRow(**dict(zip(COLUMNS, values, strict=True)))
        for values in zip(*columns.values(), strict=True)
    ]
    for row in rows:
        if row.includes_tax not in {"", "0", "1"} or "\x00" in row.wording:
            raise BadRequest("bad value")
        row.check()
    return rows


def rows_of(lines: Iterable[SalesOrderLine]) -> list[OrderRow]:
    """Return stored lines as rows, checked."""
    rows = [OrderRow.of(line) for line in lines]
    for row in rows:
        row.check()
    return rows


@dataclass(frozen=True, slots=True)
class OrderGridLine:
    """One row of the grid; ``stored`` is the line it was, with its progress."""

    typed: OrderRow
    facts: Facts | None
    tax_rate: Decimal
    includes_tax: bool
    stored: SalesOrderLine | None = None
    reserved: Decimal = ZERO

    @property
    def amount(self) -> Decimal | None:
        quantity = self.typed.numbers.get("quantity")
        price = self.typed.numbers.get("unit_price")
        if quantity is None or price is None:
            return None
        return taxed_amount(
            quantity, price, self.tax_rate, price_includes_tax=self.includes_tax
        ).gross

    @property
    def below_cost(self) -> bool:
        cost = self.facts.cost if self.facts else None
        price = self.typed.numbers.get("unit_price")
        if cost is None or price is None:
            return False
        return net_unit_price(price, self.tax_rate, price_includes_tax=self.includes_tax) < cost


def grid_of(
    rows: Sequence[OrderRow],
    order: SalesOrder,
    *,
    user: User,
    stored: Mapping[str, SalesOrderLine] | None = None,
    reserved: Mapping[int, Decimal] | None = None,
) -> list[OrderGridLine]:
    """Lay facts beside the rows."""
    facts = facts_of({row.product_id for row in rows} - {0}, customer=order.customer, user=user)
    lines = []
    for row in rows:
        known, line = facts.get(row.product_id), (stored or {}).get(row.line)
        same = line is not None and line.product_id == row.product_id
        lines.append(
            OrderGridLine(
                typed=row,
                facts=known,
                tax_rate=line.tax_rate if line and same else known.tax_rate if known else ZERO,
                includes_tax=row.includes_tax == "1"
                if row.includes_tax
                else order.customer.price_includes_tax,
                stored=line,
                reserved=(reserved or {}).get(line.pk, ZERO) if line else ZERO,
            )
        )
    return lines


def is_same(rows: Sequence[OrderRow], lines: Sequence[SalesOrderLine]) -> bool:
    """Return whether the rows say what is stored already."""
    return [row.entered() for row in rows] == [row.entered() for row in rows_of(lines)]


@dataclass(frozen=True, slots=True)
class Difference:
    """What one person typed and what another saved meanwhile; empty where the line is missing."""

    part: str
    mine: str
    theirs: str


def differences(
    mine: Sequence[OrderGridLine], theirs: Sequence[SalesOrderLine]
) -> list[Difference]:
    """Compare line by line: by the stored line where there was one, else by the part."""
    ours: dict[Any, tuple[str, str]] = {}
    for number, line in enumerate(mine):
        part = str(line.facts.product) if line.facts else line.typed.product
        numbers = line.typed.numbers
        said = _terms(numbers.get("quantity"), numbers.get("unit_price"))
        ours[line.typed.line or ("new", number)] = (part, said)
    others = {
        str(row.pk): (f"{row.brand_name} {row.designation}", _terms(row.quantity, row.unit_price))
        for row in theirs
    }
    nothing = ("", "")
    return [
        Difference(
            ours.get(key, others.get(key, nothing))[0],
            ours.get(key, nothing)[1],
            others.get(key, nothing)[1],
        )
        for key in dict.fromkeys([*ours, *others])
        if ours.get(key) != others.get(key)
    ]


def _terms(quantity: Decimal | None, price: Decimal | None) -> str:
    amount = plain(quantity) if quantity is not None else "–"
    return f"{amount} × {price_text(price) if price else '–'}"
