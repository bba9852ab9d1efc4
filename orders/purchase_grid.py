"""The grid of a purchase order: lines as typed, beside what is known of buying their products."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Self

from django.core.exceptions import BadRequest
from django.http import QueryDict
from django.utils.translation import gettext as _

from accounts.models import User
from erp.core.errors import DomainError
from erp.core.money import ZERO, plain, taxed_amount
from erp.core.periods import company, company_today, standard_tax_rate
from inventory.services import available_by_product, inbound_by_product
from orders.models import PurchaseOrder, PurchaseOrderLine
from orders.purchase_prices import KnownPrices, PriceWarning, known_prices, warnings_of
from orders.services import PurchaseLineInput
from orders.services.purchasing import last_paid, supplier_codes
from products.models import Product
from quotations.grid import price_text, read_number

COLUMNS = ("product", "source_line", "includes_tax", "wording", "quantity", "unit_price")
_LINE_FIELD = re.compile(r"lines\[(\d+)\]\.(\w+)")


@dataclass(slots=True)
class PurchaseRow:
    """One line as typed; texts are kept until they are right."""

    product: str
    source_line: str = ""
    includes_tax: str = "0"
    wording: str = ""
    quantity: str = ""
    unit_price: str = ""
    errors: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, Decimal | None] = field(default_factory=dict)

    @classmethod
    def of(cls, line: PurchaseOrderLine) -> Self:
        return cls(
            product=str(line.product_id),
            source_line=str(line.source_line_id or ""),
            includes_tax=str(int(line.price_includes_tax)),
            wording=line.partner_wording,
            quantity=plain(line.quantity),
            unit_price=price_text(line.unit_price) if line.unit_price else "",
        )

    @property
    def product_id(self) -> int:
        return int(self.product) if self.product.isascii() and self.product.isdigit() else 0

    def check(self) -> Self:
        for name, required in (("quantity", True), ("unit_price", False)):
            text = getattr(self, name).strip()
            self.numbers[name] = None
            if not text and not required:
                continue
            try:
                self.numbers[name] = read_number(text)
            except ValueError:
                self.errors[name] = _("Enter a number.")
        return self

    def entered(self) -> PurchaseLineInput:
        is_id = self.source_line.isascii() and self.source_line.isdigit()
        return PurchaseLineInput(
            product_id=self.product_id,
            quantity=self.numbers["quantity"] or ZERO,
            unit_price=self.numbers["unit_price"],
            price_includes_tax=self.includes_tax == "1",
            source_line_id=int(self.source_line) if is_id else None,
            partner_wording=self.wording.strip()[:200],
        )


def read_rows(data: QueryDict) -> list[PurchaseRow]:
    """Return the rows as sent, checked. Raises BadRequest when columns differ in length."""
    columns = {name: data.getlist(name) for name in COLUMNS}
    if len({len(values) for values in columns.values()}) != 1:
        raise BadRequest("columns differ in length")
    rows = [
        PurchaseRow(**dict(zip(COLUMNS, values, strict=True)))
        for values in zip(*columns.values(), strict=True)
    ]
    for row in rows:
        if row.includes_tax not in {"0", "1"} or "\x00" in row.wording:
            raise BadRequest("bad value")
        if len(row.product) > 18 or len(row.source_line) > 18:
            raise BadRequest("bad value")
        row.check()
    return rows


def rows_of(lines: Iterable[PurchaseOrderLine]) -> list[PurchaseRow]:
    return [PurchaseRow.of(line).check() for line in lines]


def is_same(rows: Sequence[PurchaseRow], lines: Sequence[PurchaseOrderLine]) -> bool:
    """Return whether the rows say what is stored already."""
    return [row.entered() for row in rows] == [row.entered() for row in rows_of(lines)]


def blame(rows: list[PurchaseRow], refusal: DomainError) -> None:
    """Put a service's refusal on the cell it names."""
    found = _LINE_FIELD.fullmatch(refusal.field)
    if found and 0 < int(found[1]) <= len(rows):
        rows[int(found[1]) - 1].errors[found[2]] = refusal.message


@dataclass(frozen=True, slots=True)
class PurchaseFacts:
    """What a buyer wants to know of a product before he names a price; prices net, as bought."""

    product: Product
    available: Decimal
    inbound: Decimal
    known: KnownPrices
    from_supplier: Decimal | None  # what was last paid to this supplier, in his currency
    code: str
    tax_rate: Decimal

    @property
    def last_on(self) -> date | None:
        return self.known.last_fact.on if self.known.last_fact else None


def purchase_facts(
    product_ids: Collection[int], *, supplier_id: int, currency: str, user: User
) -> dict[int, PurchaseFacts]:
    """Return the facts per product id; products that are gone or hidden are left out."""
    visible = Product.objects.visible_to(user).select_related("brand", "unit", "tax_rate")
    products = visible.following(product_ids)
    ids = {product.pk for product in products.values()}
    stock, inbound = available_by_product(ids), inbound_by_product(ids)
    known = known_prices(ids, on=company_today())
    paid = last_paid(ids, supplier_id, currency)
    codes = supplier_codes(ids, supplier_id)
    standard = standard_tax_rate(company_today()).rate
    return {
        key: PurchaseFacts(
            product=product,
            available=stock.get(product.pk, ZERO),
            inbound=inbound.get(product.pk, ZERO),
            known=known[product.pk],
            from_supplier=paid.get(product.pk),
            code=codes.get(product.pk, ""),
            tax_rate=product.tax_rate.rate if product.tax_rate else standard,
        )
        for key, product in products.items()
    }


@dataclass(frozen=True, slots=True)
class PurchaseGridLine:
    typed: PurchaseRow
    facts: PurchaseFacts | None
    warnings: Sequence[PriceWarning] = ()

    @property
    def tax_rate(self) -> Decimal:
        return self.facts.tax_rate if self.facts else ZERO

    @property
    def includes_tax(self) -> bool:
        return self.typed.includes_tax == "1"

    @property
    def amount(self) -> Decimal | None:
        quantity, price = (self.typed.numbers.get(name) for name in ("quantity", "unit_price"))
        if quantity is None or price is None:
            return None
        includes = self.includes_tax
        return taxed_amount(quantity, price, self.tax_rate, price_includes_tax=includes).gross


def grid_of(
    rows: Sequence[PurchaseRow], order: PurchaseOrder, *, user: User
) -> list[PurchaseGridLine]:
    """Lay facts and price warnings beside the rows; a fixed number of queries."""
    facts = purchase_facts(
        {row.product_id for row in rows} - {0},
        supplier_id=order.supplier_id,
        currency=order.currency_id,
        user=user,
    )
    share = company().purchase_price_warning
    lines = []
    for number, row in enumerate(rows, 1):
        known = facts.get(row.product_id)
        price = row.numbers.get("unit_price")
        warnings: Sequence[PriceWarning] = ()
        if known is not None and price is not None:
            line = PurchaseOrderLine(
                line_no=number,
                designation=known.product.designation,
                unit_price=price,
                tax_rate=known.tax_rate,
                price_includes_tax=row.includes_tax == "1",
            )
            warnings = warnings_of(line, order.exchange_rate, known.known, share)
        lines.append(PurchaseGridLine(row, known, warnings))
    return lines


@dataclass(frozen=True, slots=True)
class Difference:
    """What one person typed of a part and what another saved meanwhile."""

    part: str
    mine: str
    theirs: str


def differences(
    mine: Collection[PurchaseGridLine], theirs: Collection[PurchaseOrderLine]
) -> list[Difference]:
    """Compare, by product, what one person typed with what another saved meanwhile."""
    ours: dict[str, str] = {}
    for line in mine:
        part = str(line.facts.product) if line.facts else line.typed.product
        numbers = line.typed.numbers
        ours[part] = (
            ours.get(part, "") + f" {_terms(numbers.get('quantity'), numbers.get('unit_price'))}"
        )
    others: dict[str, str] = {}
    for stored in theirs:
        part = f"{stored.brand_name} {stored.designation}"
        others[part] = others.get(part, "") + f" {_terms(stored.quantity, stored.unit_price)}"
    return [
        Difference(part, ours.get(part, "").strip(), others.get(part, "").strip())
        for part in dict.fromkeys([*ours, *others])
        if ours.get(part) != others.get(part)
    ]


def _terms(quantity: Decimal | None, price: Decimal | None) -> str:
    return f"{plain(quantity) if quantity else '–'} × {price_text(price) if price else '–'}"
