"""The fill plan of a sales order: where each line that waits can come from, and when.

First what lies in the line's own warehouse, then in others, then what comes in by its day; what is
left is to be bought. Beside it, approved interchanges that are on hand. Nothing is changed here;
lines of one order do not count the same goods twice.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from customers.models import Supplier
from erp.core.money import ZERO
from erp.core.periods import company_today
from inventory.models import Warehouse
from inventory.services.promise import Promise, promises_by_place
from orders.models import SalesOrder, SalesOrderLine
from orders.services.sales import reserved_by_line
from products.models import PriceFact, Product
from products.offers import offers


class Way(TextChoices):
    ON_HAND = "on_hand", _("on hand")
    TRANSFER = "transfer", _("on hand elsewhere")
    INBOUND = "inbound", _("inbound")
    PURCHASE = "purchase", _("to be bought")
    INTERCHANGE = "interchange", _("interchange on hand")


@dataclass(frozen=True, slots=True)
class Part:
    """So much of a line can come this way by this day; no day: none can be named."""

    way: Way
    quantity: Decimal
    on: date | None
    warehouse: Warehouse | None = None
    product: Product | None = None  # an interchange

    def key(self, line: SalesOrderLine) -> str:
        """Name the part as the page sends it back."""
        product = self.product.pk if self.product else line.product_id
        place = self.warehouse.pk if self.warehouse else 0
        return f"{line.pk}:{place}:{product}:{self.quantity.normalize():f}"


@dataclass(slots=True)
class FillLine:
    line: SalesOrderLine
    waiting: Decimal
    parts: list[Part] = field(default_factory=list)
    interchanges: list[Part] = field(default_factory=list)

    @property
    def is_ready(self) -> bool:
        return all(part.way == Way.ON_HAND for part in self.parts)

    @property
    def choices(self) -> list[tuple[str, Part]]:
        """The parts that can be applied: shipped from elsewhere, or another product."""
        parts = [part for part in self.parts if part.way == Way.TRANSFER]
        return [(part.key(self.line), part) for part in (*parts, *self.interchanges)]


class _Pool:
    """What is free, by product and place, less what lines before took."""

    def __init__(self, found: Mapping[tuple[int, int], Promise]) -> None:
        self.promises = found
        self.taken: dict[tuple[int, int], Decimal] = defaultdict(lambda: ZERO)

    def now(self, product_id: int, place: int) -> Decimal:
        promise = self.promises.get((product_id, place))
        if promise is None:
            return ZERO
        return max(ZERO, promise.now - self.taken[product_id, place])

    def take(self, product_id: int, place: int, most: Decimal) -> Decimal:
        part = min(most, self.now(product_id, place))
        self.taken[product_id, place] += part
        return part

    def coming(self, product_id: int) -> list[tuple[date | None, Decimal, int]]:
        """Return what comes in anywhere: day (the undated last), quantity, warehouse."""
        found: list[tuple[date | None, Decimal, int]] = []
        for (product, place), promise in self.promises.items():
            if product != product_id:
                continue
            before = promise.now
            for day, free in promise.days[1:]:
                found.append((day, free - before, place))
                before = free
            if promise.ever > before:
                found.append((None, promise.ever - before, place))
        return sorted(found, key=lambda one: (one[0] is None, one[0] or date.max))


def fill_plan(order: SalesOrder, *, user: User) -> list[FillLine]:
    """Return the plan of the lines that still wait for stock; queries do not grow with lines."""
    held = reserved_by_line(order)
    waiting = []
    for line in order.lines.select_related("product__brand", "unit"):
        quantity = line.open_quantity - held.get(line.pk, ZERO)
        if quantity > 0:
            waiting.append(FillLine(line, quantity))
    if not waiting:
        return []
    today = company_today()
    ids = {row.line.product_id for row in waiting}
    offered = offers(ids, on=today)
    others = {one.product_id for found in offered.values() for one in found}
    products = Product.objects.visible_to(user).active().select_related("brand").in_bulk(others)
    places = Warehouse.objects.visible_to(user).active().in_bulk()
    pool = _Pool(
        promises_by_place(
            ids | others, within=list(places), without_lines=[row.line.pk for row in waiting]
        )
    )
    days = _purchase_days(ids)
    for row in waiting:
        _plan(row, order, pool, places, days.get(row.line.product_id), today)
    for row in waiting:
        if not row.is_ready:
            row.interchanges = _interchanges(row, offered, products, pool, places, today)
    return waiting


def _plan(
    row: FillLine,
    order: SalesOrder,
    pool: _Pool,
    places: Mapping[int, Warehouse],
    lead_days: int | None,
    today: date,
) -> None:
    product_id, rest = row.line.product_id, row.waiting
    own = row.line.warehouse_id or order.warehouse_id
    elsewhere = sorted(set(places) - {own}, key=lambda pk: -pool.now(product_id, pk))
    for place in (own, *elsewhere):
        part = pool.take(product_id, place, rest) if place in places else ZERO
        if part:
            way = Way.ON_HAND if place == own else Way.TRANSFER
            row.parts.append(Part(way, part, today, places[place]))
            rest -= part
    for day, quantity, place in pool.coming(product_id):
        free = quantity - pool.taken[product_id, -place]  # what comes is counted apart
        part = min(rest, free)
        if part > 0:
            pool.taken[product_id, -place] += part
            row.parts.append(Part(Way.INBOUND, part, day, places.get(place)))
            rest -= part
    if rest:
        on = today + timedelta(days=lead_days) if lead_days is not None else None
        row.parts.append(Part(Way.PURCHASE, rest, on))


def _interchanges(
    row: FillLine,
    offered: Mapping[int, Sequence[Any]],
    products: Mapping[int, Product],
    pool: _Pool,
    places: Mapping[int, Warehouse],
    today: date,
) -> list[Part]:
    ready = sum((part.quantity for part in row.parts if part.way == Way.ON_HAND), ZERO)
    found = []
    for offer in offered.get(row.line.product_id, ()):
        product = products.get(offer.product_id)
        for place, warehouse in places.items() if product else ():
            free = min(row.waiting - ready, pool.now(offer.product_id, place))
            if free > 0:
                found.append(Part(Way.INTERCHANGE, free, today, warehouse, product))
    return found[:5]


def _purchase_days(product_ids: Collection[int]) -> dict[int, int]:
    """Return the lead time of whom each product was bought from last, where it is known."""
    facts = PriceFact.objects.filter(product_id__in=product_ids, kind=PriceFact.Kind.PURCHASE)
    last = facts.latest_by_product()
    named = {fact.supplier_id for fact in last.values() if fact.supplier_id is not None}
    suppliers = Supplier.objects.filter(pk__in=named).values_list("pk", "lead_time_days")
    days = {pk: lead for pk, lead in suppliers if lead is not None}
    return {pk: days[fact.supplier_id] for pk, fact in last.items() if fact.supplier_id in days}
