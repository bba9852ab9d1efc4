"""What should be bought again, and how much of it."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal
from typing import NamedTuple

from django.db.models import F, QuerySet

from erp.core.aggregates import ExactSum
from erp.core.money import ZERO
from erp.core.periods import company_today
from inventory.models import Bin, MoveKind, ReorderRule, StockMove
from inventory.services.promise import Promise, promises_by_place

DEMAND_DAYS = 90
_AT_ONCE = 1000
# Goods that went because they were wanted; what came back of them is taken off again.
_WANTED = (MoveKind.DELIVERY, MoveKind.SAMPLE, MoveKind.ASSEMBLY, MoveKind.CUSTOMER_RETURN)
Place = tuple[int, int]  # product id, warehouse id


class Planned(NamedTuple):
    """Being ordered: on a purchase order that the supplier does not have yet."""

    product_id: int
    warehouse_id: int
    quantity: Decimal


_planning: list[Callable[[Collection[int]], Iterable[Planned]]] = []


def tells_planned(
    asked: Callable[[Collection[int]], Iterable[Planned]],
) -> Callable[[Collection[int]], Iterable[Planned]]:
    """Register ``asked(product_ids)``: what is being ordered and not inbound yet."""
    _planning.append(asked)
    return asked


@dataclass(frozen=True, slots=True)
class Proposal:
    """How a rule stands today. ``quantity`` is what to buy, 0 where enough is there or coming."""

    rule: ReorderRule  # its product (brand, unit), warehouse and supplier are loaded
    on_hand: Decimal
    reserved: Decimal
    on_order: Decimal  # inbound, and on purchase orders not sent yet
    owed: Decimal  # sold and not reserved
    sold: Decimal  # in ``demand_days``
    demand_days: int
    point: Decimal
    quantity: Decimal

    @property
    def product_id(self) -> int:
        return self.rule.product_id

    @property
    def warehouse_id(self) -> int:
        return self.rule.warehouse_id

    @property
    def supplier_id(self) -> int | None:
        return self.rule.supplier_id

    @property
    def lead_time_days(self) -> int | None:
        supplier = self.rule.supplier
        return supplier.lead_time_days if supplier is not None else None

    @property
    def position(self) -> Decimal:
        """What there will be when all that is ordered has come and all that is sold has gone."""
        return self.on_hand - self.reserved + self.on_order - self.owed

    @property
    def days_left(self) -> int | None:
        """How long what is free lasts at this demand; None where nothing sells."""
        if self.sold <= 0:
            return None
        free = max(ZERO, self.on_hand - self.reserved)
        return int(free * self.demand_days / self.sold)


def reorder_proposals(
    *,
    rule_ids: Collection[int] | None = None,
    supplier_id: int | None = None,
    warehouse_id: int | None = None,
    within: Collection[int] | None = None,
    demand_days: int = DEMAND_DAYS,
    enough: bool = False,
) -> list[Proposal]:
    """Return what to buy: a ``Proposal`` per rule in use whose position is below its point.

    Take ``rule.product_id``, ``rule.warehouse_id``, ``supplier_id`` (None: nobody is preferred)
    and ``quantity`` (above 0, a multiple of the packing unit) for the lines of purchase orders.
    ``rule_ids`` are the chosen ones, asked again: what was ordered meanwhile is no longer
    proposed. ``within`` is ``warehouses_of(user)``. With ``enough`` those come, too, of which
    enough is there. By rule id; six queries for every thousand rules.
    """
    rules = ReorderRule.objects.active()
    for name, value in (
        ("pk__in", rule_ids),
        ("supplier", supplier_id),
        ("warehouse", warehouse_id),
        ("warehouse__in", within),
    ):
        if value is not None:
            rules = rules.filter(**{name: value})
    rules = rules.filter(product__archived_at=None, warehouse__archived_at=None)
    loaded = rules.select_related("product__brand", "product__unit", "warehouse", "supplier")
    found = []
    for chunk in _chunks(loaded):
        found += [
            one for one in proposals_of(chunk, demand_days=demand_days) if enough or one.quantity
        ]
    return found


def _chunks(rules: QuerySet[ReorderRule]) -> Iterator[list[ReorderRule]]:
    last = 0
    while chunk := list(rules.filter(pk__gt=last).order_by("pk")[:_AT_ONCE]):
        yield chunk
        last = chunk[-1].pk


def proposals_of(rules: Sequence[ReorderRule], *, demand_days: int = DEMAND_DAYS) -> list[Proposal]:
    """Return how each of these rules stands today, in their order."""
    products = {rule.product_id for rule in rules}
    standing = promises_by_place(products)
    planned: dict[Place, Decimal] = defaultdict(lambda: ZERO)
    for asked in _planning:
        for one in asked(products):
            planned[one.product_id, one.warehouse_id] += one.quantity
    sold = sold_since(products, company_today() - timedelta(days=demand_days))
    nothing = Promise(company_today())
    found = []
    for rule in rules:
        place = (rule.product_id, rule.warehouse_id)
        stock, wanted = standing.get(place, nothing), sold.get(place, ZERO)
        point = _point(rule, wanted / demand_days)
        position = stock.balance + planned[place]
        found.append(
            Proposal(
                rule=rule,
                on_hand=stock.on_hand,
                reserved=stock.reserved,
                on_order=stock.inbound + planned[place],
                owed=stock.demand,
                sold=wanted,
                demand_days=demand_days,
                point=point,
                quantity=_quantity(rule, point, position) if position < point else ZERO,
            )
        )
    return found


def _point(rule: ReorderRule, per_day: Decimal) -> Decimal:
    """What sells while the supplier delivers, in whole units, and never less than the minimum."""
    days = rule.supplier.lead_time_days if rule.supplier is not None else None
    meanwhile = (per_day * (days or 0)).quantize(Decimal(1), rounding=ROUND_CEILING)
    return max(rule.minimum, meanwhile)


def _quantity(rule: ReorderRule, point: Decimal, position: Decimal) -> Decimal:
    missing = rule.up_to(point) - position
    if rule.multiple is None:
        return missing
    return (missing / rule.multiple).quantize(Decimal(1), rounding=ROUND_CEILING) * rule.multiple


def sold_since(product_ids: Collection[int], day: date) -> dict[Place, Decimal]:
    """Return what was wanted of each product from each warehouse after a day; not below 0."""
    moves = StockMove.objects.filter(
        product_id__in=product_ids, on__gt=day, kind__in=_WANTED, quantity__gt=0
    ).order_by()
    sums = moves.values_list("product_id", "from_bin_id", "to_bin_id").annotate(
        moved=ExactSum(F("quantity"), places=3)
    )
    warehouses = dict(Bin.objects.values_list("pk", "warehouse_id"))
    found: dict[Place, Decimal] = defaultdict(lambda: ZERO)
    for product_id, source, target, quantity in sums:
        if source is not None and target is None:
            found[product_id, warehouses[source]] += quantity
        elif target is not None and source is None:
            found[product_id, warehouses[target]] -= quantity
    return {place: max(ZERO, quantity) for place, quantity in found.items()}
