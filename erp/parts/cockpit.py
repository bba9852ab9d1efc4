"""Everything known of one part, as far as this user may know it, in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q

from accounts.models import User
from customers.models import Customer
from erp.core.admin.history import HistoryEntry, history_of
from erp.core.money import ZERO
from erp.core.periods import company_today
from erp.core.policy import allowed, warehouses_of
from inventory.models import Inbound, StockBalance, StockValue, Warehouse
from inventory.services import promises
from inventory.services.promise import Promise
from inventory.services.reference_costs import Costs, costs_of
from orders.models import PurchaseOrder, PurchaseOrderLine, SalesOrder, SalesOrderLine
from products.designation import Designation, parse
from products.models import COST_KINDS, Interchange, PriceFact, Product, ProductCode
from quotations.models import Quotation, QuotationLine
from quotations.sheets import Facts, facts_of

MOST_LINES = 8
MOST_FACTS = 400
MOST_HISTORY = 12


@dataclass(frozen=True, slots=True)
class Sight:
    """What this user may know beyond the part itself."""

    cost: bool
    prices: bool
    decides: bool  # on interchanges

    @classmethod
    def of(cls, user: User) -> "Sight":
        return cls(
            cost=allowed(user, "products.view_cost"),
            prices=allowed(user, "quotations.view_quotation")
            or allowed(user, "products.view_pricefact"),
            decides=allowed(user, "products.approve_interchange"),
        )


@dataclass(slots=True)
class Shelf:
    """A warehouse's stock of the part, bin by bin."""

    warehouse: Warehouse
    bins: list[StockBalance] = field(default_factory=list)
    average_cost: Decimal | None = None

    @property
    def on_hand(self) -> Decimal:
        return sum((row.on_hand for row in self.bins), ZERO)

    @property
    def reserved(self) -> Decimal:
        return sum((row.reserved for row in self.bins), ZERO)

    @property
    def available(self) -> Decimal:
        return self.on_hand - self.reserved


@dataclass(frozen=True, slots=True)
class Link:
    """What may be offered instead, and what it is for whoever asks for this part."""

    product: Product
    grade: str
    grade_label: str
    is_proposal: bool
    source: str
    available: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Cockpit:
    product: Product
    customer: Customer | None
    sight: Sight
    facts: Facts
    said: Designation | None
    codes: list[ProductCode]
    links: list[Link]
    shelves: list[Shelf]
    inbound: list[Inbound]
    promise: Promise
    customer_prices: list[PriceFact]
    quotations: list[QuotationLine]
    sales: list[SalesOrderLine]
    purchases: list[PurchaseOrderLine]
    trend: list[PriceFact]
    history: list[HistoryEntry]
    costs: Costs | None

    @property
    def approved(self) -> list[Link]:
        return [link for link in self.links if not link.is_proposal]

    @property
    def proposals(self) -> list[Link]:
        return [link for link in self.links if link.is_proposal]

    @property
    def on_hand(self) -> Decimal:
        return sum((shelf.on_hand for shelf in self.shelves), ZERO)

    @property
    def reserved(self) -> Decimal:
        return sum((shelf.reserved for shelf in self.shelves), ZERO)


def cockpit_of(product: Product, *, customer: Customer | None, user: User) -> Cockpit:
    """Return the cockpit of a product in the user's sight, ``customer`` one of his or None."""
    sight = Sight.of(user)
    facts = facts_of([product.pk], customer=customer, user=user)[product.pk]
    return Cockpit(
        product=product,
        customer=customer,
        sight=sight,
        facts=facts,
        said=parse(product.designation, product.brand_label),
        codes=_codes(product, user),
        links=_links(product, sight, customer=customer, user=user),
        shelves=_shelves(product, sight, user),
        inbound=_inbound(product, user),
        promise=promises([product.pk], within=warehouses_of(user))[product.pk],
        customer_prices=_customer_prices(product, customer) if sight.prices else [],
        quotations=_lines(QuotationLine, Quotation, product, user),
        sales=_lines(SalesOrderLine, SalesOrder, product, user),
        purchases=_lines(PurchaseOrderLine, PurchaseOrder, product, user),
        trend=_trend(product, sight, user),
        history=history_of(product, without=() if sight.cost else ("cost",))[:MOST_HISTORY],
        costs=costs_of(product.pk) if sight.cost else None,
    )


def _codes(product: Product, user: User) -> list[ProductCode]:
    rows = ProductCode.objects.visible_to(user).known_to(user).active().filter(product=product)
    return list(rows.select_related("customer", "supplier").order_by("code"))


# --- interchange -----------------------------------------------------------------------------

_Grade = Interchange.Grade
_TURNED = {_Grade.UPGRADE: _Grade.DOWNGRADE, _Grade.DOWNGRADE: _Grade.UPGRADE}
_BEST_FIRST = [
    _Grade.IDENTICAL,
    _Grade.SUPERSEDED,
    _Grade.DIMENSIONAL,
    _Grade.UPGRADE,
    _Grade.DOWNGRADE,
]


def _links(product: Product, sight: Sight, *, customer: Customer | None, user: User) -> list[Link]:
    """Return what an interchange offers for this part; proposals for those who decide on them."""
    seen = Interchange.objects.visible_to(user)
    rows = seen.in_force(company_today())
    if sight.decides:
        rows = rows | seen.proposals()
    rows = rows.filter(Q(from_product=product) | Q(to_product=product, one_way=False))
    found: dict[int, tuple[Interchange, str]] = {}
    for row in rows.select_related("from_product__brand", "to_product__brand"):
        is_far = row.from_product_id == product.pk
        other = row.to_product if is_far else row.from_product
        if row.grade == _Grade.SUPERSEDED and not is_far:
            continue  # the old one is no offer for whoever asks for the new one
        if other.archived_at is None:
            grade = row.grade if is_far else _TURNED.get(_Grade(row.grade), _Grade(row.grade))
            found[other.pk] = (row, grade)
    stock = facts_of(found, customer=customer, user=user) if found else {}
    links = [
        Link(
            product=stock[pk].product,
            grade=str(grade),
            grade_label=str(_Grade(grade).label),
            is_proposal=row.is_proposal,
            source=row.source_label,
            available=stock[pk].available,
        )
        for pk, (row, grade) in found.items()
        if pk in stock
    ]
    return sorted(links, key=lambda link: (_BEST_FIRST.index(_Grade(link.grade)), -link.available))


# --- stock -----------------------------------------------------------------------------------


def _shelves(product: Product, sight: Sight, user: User) -> list[Shelf]:
    shelves: dict[int, Shelf] = {}
    rows = StockBalance.objects.visible_to(user).filter(product=product, on_hand__gt=0)
    for row in rows.select_related("bin__warehouse").order_by("bin__warehouse__code", "bin__code"):
        place = row.bin.warehouse
        shelves.setdefault(place.pk, Shelf(place)).bins.append(row)
    if sight.cost and shelves:
        values = StockValue.objects.filter(product=product, quantity__gt=0)
        for value in values:
            if value.warehouse_id in shelves:
                shelves[value.warehouse_id].average_cost = value.average_cost
    return list(shelves.values())


def _inbound(product: Product, user: User) -> list[Inbound]:
    rows = Inbound.objects.visible_to(user).filter(product=product).select_related("warehouse")
    return sorted(rows, key=lambda row: (expected_on(row) or date.max, row.pk))[:20]


def expected_on(row: Inbound) -> date | None:
    """The day the supplier confirmed, else the day we asked for."""
    return row.confirmed_on or row.requested_on


# --- prices and documents --------------------------------------------------------------------


def _customer_prices(product: Product, customer: Customer | None) -> list[PriceFact]:
    """Return the last prices to a customer who is in the user's sight."""
    if customer is None:
        return []
    kinds = (PriceFact.Kind.QUOTE, PriceFact.Kind.SALE)
    rows = PriceFact.objects.filter(product=product, customer=customer, kind__in=kinds)
    return list(rows.order_by("-on", "-id")[:MOST_LINES])


def _lines(model: Any, documents: Any, product: Product, user: User) -> list[Any]:
    """Return the newest lines of this part on documents in the user's sight."""
    seen = documents.objects.visible_to(user).order_by().values("pk")
    partner = "supplier" if documents is PurchaseOrder else "customer"
    rows = model.objects.filter(product=product, document__in=seen)
    rows = rows.select_related(f"document__{partner}", "document__owner", "unit")
    return list(rows.order_by("-document_id", "line_no")[:MOST_LINES])


def _trend(product: Product, sight: Sight, user: User) -> list[PriceFact]:
    """Return the prices this user may see, oldest first: no buying prices without the cost right.

    Whoever may not see every price sees list prices and those to customers of his own.
    """
    if not sight.prices:
        return []
    rows = PriceFact.objects.filter(product=product)
    if not sight.cost:
        rows = rows.exclude(kind__in=COST_KINDS)
    if not allowed(user, "products.view_pricefact"):
        own = Customer.objects.visible_to(user).order_by().values("pk")
        rows = rows.filter(Q(kind=PriceFact.Kind.LIST) | Q(customer__in=own))
    newest = rows.order_by("-on", "-id")[:MOST_FACTS]
    return sorted(newest, key=lambda fact: (fact.on, fact.pk))


def by_kind(facts: Iterable[PriceFact], currency: str) -> dict[str, Sequence[PriceFact]]:
    """Return the facts of one currency by kind."""
    found: dict[str, list[PriceFact]] = defaultdict(list)
    for fact in facts:
        if fact.currency_id == currency:
            found[fact.kind].append(fact)
    return dict(found)
