"""Enquiries and quotations laid out with what is known today: stock, inbound, cost, prices.

Pages and API show the same figures from here. The number of queries does not grow with the lines.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from accounts.models import User
from customers.models import Customer
from erp.core.money import ZERO
from erp.core.periods import company, company_today, standard_tax_rate
from erp.core.policy import allowed, warehouses_of
from inventory.services import available_by_product, inbound_by_product
from products.models import PriceFact, Product
from products.prices import last_prices, suggested_prices
from products.protected import Protection, owners_of, protections, warning
from products.search import Hit
from products.search.reasons import retold
from quotations.costs import unit_costs
from quotations.doubts import ABOUT_QUANTITY, LABELS, UNIT_UNKNOWN
from quotations.matching import Price, PricedLine
from quotations.models import Enquiry, EnquiryLine
from quotations.services import shown_price

ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Facts:
    """What a seller wants to know of a product before he names a price.

    Prices are net; ``shown`` turns one to the side this customer is quoted on. ``cost`` is None
    for those who may not see it.
    """

    product: Product
    available: Decimal
    inbound: Decimal
    cost: Decimal | None
    last: PriceFact | None
    suggested: PriceFact | None
    tax_rate: Decimal
    includes_tax: bool
    protected: tuple[Protection, ...] = ()

    @property
    def protected_warning(self) -> str:
        """The warning that it is another customer's protected item; empty where it is not."""
        return warning(owners_of(self.protected)) if self.protected else ""

    def shown(self, net: Decimal) -> Decimal:
        return shown_price(net * (1 + self.tax_rate) if self.includes_tax else net)

    @property
    def last_shown(self) -> Decimal | None:
        return self.shown(self.last.net_unit_price) if self.last else None

    @property
    def suggested_shown(self) -> Decimal | None:
        return self.shown(self.suggested.net_unit_price) if self.suggested else None

    @property
    def cost_shown(self) -> Decimal | None:
        """The cost on the customer's side, so that it can be held against the price."""
        return self.shown(self.cost) if self.cost is not None else None


def facts_of(
    product_ids: Iterable[int],
    *,
    customer: Customer | None,
    user: User,
    exchange_rate: Decimal = ONE,
) -> dict[int, Facts]:
    """Return the facts per product id; products that are gone or hidden are left out.

    Cost is told in the currency of ``exchange_rate``, the company's unless said otherwise.
    """
    visible = Product.objects.visible_to(user).select_related("brand", "unit", "tax_rate")
    products = visible.following(product_ids)
    ids = {product.pk for product in products.values()}
    within = warehouses_of(user)
    stock = available_by_product(ids, within=within)
    inbound = inbound_by_product(ids, within=within)
    costs = unit_costs(ids, within=within) if allowed(user, "products.view_cost") else {}
    customer_id = customer.pk if customer else None
    currency = customer.currency_id if customer else company().currency_id
    last = last_prices(ids, customer_id=customer_id)
    suggested = suggested_prices(ids, customer_id=customer_id, currency=currency)
    standard = standard_tax_rate(company_today()).rate
    protected = protections(products.values(), customer_id=customer_id)

    def facts(product: Product) -> Facts:
        key = product.pk
        return Facts(
            product=product,
            available=stock.get(key, ZERO),
            inbound=inbound.get(key, ZERO),
            cost=costs[key] / exchange_rate if key in costs else None,
            last=last.get(key),
            suggested=suggested[key][1] if key in suggested else None,
            tax_rate=product.tax_rate.rate if product.tax_rate else standard,
            includes_tax=customer.price_includes_tax if customer else True,
            protected=protected.get(key, ()),
        )

    return {key: facts(product) for key, product in products.items()}


@dataclass(frozen=True, slots=True)
class Candidate:
    facts: Facts
    match: str
    reason: str


@dataclass(frozen=True, slots=True)
class SheetLine:
    """A stored line of an enquiry with the facts of its product and of the candidates."""

    line: EnquiryLine
    facts: Facts | None
    candidates: list[Candidate]
    alternatives: list[Facts]  # the part in the other brands asked for

    @property
    def reasons(self) -> list[str]:
        """Why this product: the search's sentence for it, and what the reader noted."""
        chosen = [c.reason for c in self.candidates if c.facts.product.pk == self.line.product_id]
        return [text for text in (*chosen, self.line.note) if text]

    @property
    def doubts(self) -> list[str]:
        """What is still to be checked, in the reader's language."""
        return [str(LABELS.get(code, code)) for code in self.line.doubts]

    @property
    def part_is_doubtful(self) -> bool:
        return any(code not in ABOUT_QUANTITY for code in self.line.doubts)

    @property
    def quantity_is_doubtful(self) -> bool:
        return any(code in ABOUT_QUANTITY for code in self.line.doubts)

    @property
    def unit_is_doubtful(self) -> bool:
        return UNIT_UNKNOWN in self.line.doubts

    @property
    def choices(self) -> list[Facts]:
        """The chosen product first, then the candidates."""
        rows = [self.facts] if self.facts else []
        return rows + [
            c.facts for c in self.candidates if c.facts.product.pk != self.line.product_id
        ]

    def priced(self) -> PricedLine:
        line, facts = self.line, self.facts
        return PricedLine(
            line_no=line.line_no,
            raw=line.raw,
            designation=line.designation,
            brand=line.brand_name,
            quantity=line.quantity,
            unit=line.unit_id,
            note=line.note,
            product=facts.product if facts else None,
            match=line.match,
            candidates=[Hit(c.facts.product, c.match, c.reason) for c in self.candidates],
            stock={f.product.pk: f.available for f in self.choices},
            inbound=facts.inbound if facts else ZERO,
            protected=facts.protected if facts else (),
            last_price=Price.of(facts.last) if facts else None,
            suggested_price=Price.of(facts.suggested) if facts else None,
            wording=line.wording,
            doubts=line.doubts,
            alternatives=[other.product for other in self.alternatives],
        )

    def as_json(self) -> dict[str, Any]:
        """Return the line as the ``quote`` command has it, with its id and the reasons."""
        return {"id": self.line.pk, **self.priced().as_json(), "reasons": self.reasons}


def enquiry_sheet(enquiry: Enquiry, *, user: User, line_id: int | None = None) -> list[SheetLine]:
    """Return the lines of an enquiry, or the one asked for."""
    lines = enquiry.lines.select_related("unit")
    if line_id is not None:
        lines = lines.filter(pk=line_id)
    return _laid_out(list(lines), enquiry.customer, user)


def _laid_out(
    lines: Sequence[EnquiryLine], customer: Customer | None, user: User
) -> list[SheetLine]:
    ids = {line.product_id for line in lines if line.product_id is not None}
    ids |= {stored["id"] for line in lines for stored in line.candidates}
    ids |= {pk for line in lines for pk in line.alternatives}
    facts = facts_of(ids, customer=customer, user=user)
    return [
        SheetLine(
            line=line,
            facts=facts.get(line.product_id or 0),
            candidates=[
                Candidate(facts[stored["id"]], stored["match"], retold(stored["reason"]))
                for stored in line.candidates
                if stored["id"] in facts
            ],
            alternatives=[facts[pk] for pk in line.alternatives if pk in facts],
        )
        for line in lines
    ]
