"""From a customer's text to matched and priced lines; saves nothing.

One function serves the ``quote`` command, the API and the sales page. The number of queries does
not grow with the number of lines.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from erp.core.documents import check_quantity
from erp.core.errors import DomainError
from erp.core.money import ZERO, plain
from erp.core.periods import company
from erp.core.policy import warehouses_of
from inventory.services import available_by_product, inbound_by_product
from products.models import Brand, PriceFact, Product
from products.prices import last_prices, suggested_prices
from products.protected import Protection, protections, warnings_json
from products.search import Hit, Match, Query, match
from quotations.doubts import doubts_of
from quotations.reading import BrandNames, Reading, ReadLine, read_enquiry

MAX_LINES = 500
MAX_CHARACTERS = 200_000


@dataclass(frozen=True, slots=True)
class Price:
    """A net unit price and since when it is known."""

    amount: Decimal
    currency: str
    on: date

    @classmethod
    def of(cls, fact: PriceFact | None) -> "Price | None":
        return cls(fact.net_unit_price, fact.currency_id, fact.on) if fact else None

    def as_json(self) -> dict[str, str]:
        return {
            "amount": plain(self.amount),
            "currency": self.currency,
            "on": self.on.isoformat(),
        }


@dataclass(slots=True)
class PricedLine:
    """One part asked for: as written, as read, the product found and what we know of it."""

    line_no: int
    raw: str
    designation: str
    brand: str
    quantity: Decimal | None
    unit: str | None
    note: str
    product: Product | None
    match: str
    candidates: Sequence[Hit]
    stock: dict[int, Decimal] = field(repr=False, default_factory=dict)
    inbound: Decimal = ZERO
    last_price: Price | None = None
    suggested_price: Price | None = None
    wording: str = ""
    doubts: Sequence[str] = ()
    alternatives: Sequence[Product] = ()  # the same in the other brands asked for
    protected: tuple[Protection, ...] = ()

    @property
    def available(self) -> Decimal | None:
        return self.stock.get(self.product.pk, ZERO) if self.product else None

    def candidates_json(self) -> list[dict[str, Any]]:
        return [
            {
                "id": hit.product.pk,
                "brand": hit.product.brand_label,
                "designation": hit.product.designation,
                "match": hit.match,
                "reason": hit.told,
                "available": plain(self.stock.get(hit.product.pk, ZERO)),
            }
            for hit in self.candidates
        ]

    def as_json(self) -> dict[str, Any]:
        chosen = self.product
        return {
            "line_no": self.line_no,
            "raw": self.raw,
            "designation": self.designation,
            "brand": self.brand or None,
            "quantity": plain(self.quantity) if self.quantity is not None else None,
            "unit": self.unit,
            "product": _named(chosen) if chosen else None,
            "alternatives": [_named(product) for product in self.alternatives],
            "match": self.match,
            "sure": not self.doubts,
            "doubts": list(self.doubts),
            "candidates": [
                {key: value for key, value in candidate.items() if key != "reason"}
                for candidate in self.candidates_json()
            ],
            "available": plain(self.available) if self.available is not None else None,
            "last_price": self.last_price.as_json() if self.last_price else None,
            "suggested_price": self.suggested_price.as_json() if self.suggested_price else None,
            "warnings": warnings_json(self.protected),
        }


def _named(product: Product) -> dict[str, Any]:
    return {
        "id": product.pk,
        "brand": product.brand_label,
        "designation": product.designation,
    }


@dataclass(frozen=True, slots=True)
class PricedEnquiry:
    lines: list[PricedLine]
    ignored: list[str]

    def as_json(self) -> dict[str, Any]:
        return {"lines": [line.as_json() for line in self.lines], "ignored": self.ignored}


def brand_names() -> BrandNames:
    """Return every way customers name our brands."""
    rows = Brand.objects.active().values_list("code", "name_en", "name_zh", "aliases")
    return BrandNames.from_rows((code, [en, zh, *aliases]) for code, en, zh, aliases in rows)


def price_enquiry(text: str, *, customer: Customer | None, user: Any = None) -> PricedEnquiry:
    """Read an enquiry, match its parts and lay stock and prices beside each line.

    Raises DomainError no_text, text_too_long, too_many_lines, bad_quantity (naming the line).
    """
    if not text.strip():
        raise DomainError(_("The enquiry is empty."), code="no_text", field="text")
    if len(text) > MAX_CHARACTERS:
        raise DomainError(
            _("An enquiry may have %(most)d characters; this one has %(count)d.")
            % {"most": MAX_CHARACTERS, "count": len(text)},
            code="text_too_long",
            field="text",
        )
    reading = read_enquiry(text, brand_names())
    _check(reading)
    queries = [_query(line) for line in reading.lines]
    found = match(queries, user=user, customer_id=customer.pk if customer else None)
    return PricedEnquiry(_priced(reading.lines, found, customer, user), reading.ignored)


def _check(reading: Reading) -> None:
    if len(reading.lines) > MAX_LINES:
        raise DomainError(
            _("An enquiry may have %(most)d lines; this one has %(count)d.")
            % {"most": MAX_LINES, "count": len(reading.lines)},
            code="too_many_lines",
            field="text",
        )
    for number, line in enumerate(reading.lines, 1):
        if line.quantity is not None:
            check_quantity(line.quantity, field=f"lines[{number}].quantity ({line.raw[:60]})")


def _query(line: ReadLine) -> Query:
    return Query(line.wording, line.brand or "", line.alternative_brands, line.dimensions)


def _priced(
    read: Sequence[ReadLine], found: Sequence[Match], customer: Customer | None, user: Any
) -> list[PricedLine]:
    candidates = {hit.product.pk for one in found for hit in one.hits}
    within = warehouses_of(user) if user is not None else None
    stock = available_by_product(candidates, within=within)
    chosen = [_choose(one, stock) for one in found]
    ids = {hit.product.pk for hit in chosen if hit}
    customer_id = customer.pk if customer else None
    currency = customer.currency_id if customer else company().currency_id
    inbound = inbound_by_product(ids, within=within)
    last = last_prices(ids, customer_id=customer_id)
    suggested = suggested_prices(ids, customer_id=customer_id, currency=currency)
    products = [hit.product for hit in chosen if hit]
    protected = protections(products, customer_id=customer_id)
    lines = []
    for number, (line, one, hit) in enumerate(zip(read, found, chosen, strict=True), 1):
        key = hit.product.pk if hit else 0
        lines.append(
            PricedLine(
                line_no=number,
                raw=line.raw,
                designation=line.designation,
                brand=line.brand or "",
                quantity=line.quantity,
                unit=line.unit,
                note=line.note,
                product=hit.product if hit else None,
                match=hit.match if hit else "none",
                candidates=one.hits,
                stock=stock,
                inbound=inbound.get(key, ZERO),
                last_price=Price.of(last.get(key)),
                suggested_price=Price.of(suggested[key][1]) if key in suggested else None,
                protected=protected.get(key, ()),
                wording=line.wording,
                doubts=doubts_of(line, one, hit),
                alternatives=_alternatives(line, one, hit),
            )
        )
    return lines


def _alternatives(line: ReadLine, found: Match, chosen: Hit | None) -> list[Product]:
    """Return the part in each other brand asked for (SKF或NSK), one product a brand."""
    asked = {line.brand, *line.alternative_brands} if line.alternative_brands else set()
    if chosen is None or chosen.product.brand.code not in asked:
        return []
    taken = {chosen.product.brand.code}
    others = []
    for hit in found.equals:
        code = hit.product.brand.code
        if code in asked - taken:
            taken.add(code)
            others.append(hit.product)
    return others


def _choose(found: Match, stock: dict[int, Decimal]) -> Hit | None:
    """Return the hit to take: the certain one, or of several equal brands the one in stock."""
    if found.chosen or found.query.brand:
        return found.chosen
    in_stock = [hit for hit in found.equals if stock.get(hit.product.pk, ZERO) > 0]
    return max(in_stock, key=lambda hit: stock[hit.product.pk], default=None)
