"""What sales orders lack: open, neither reserved nor bought for them, nor free in stock.

Per line of a draft or open order: need = open − reserved − still to come of what is bought for it.
What is free in the line's warehouse is given to the lines in the order they were written; what no
line has is lacking. Goods on their way that nobody is bound to are shown beside, not given away.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import F, Min, Q, Sum

from accounts.models import User
from erp.core.aggregates import ExactSum
from erp.core.money import ZERO
from inventory.models import Inbound, Reservation, StockBalance
from orders.models import (
    PurchaseOrderLine,
    PurchaseOrderStatus,
    SalesOrder,
    SalesOrderLine,
    SalesOrderStatus,
)
from products.models import PriceFact, ProductCode

_WANTING = (SalesOrderStatus.DRAFT, SalesOrderStatus.CONFIRMED, SalesOrderStatus.IN_PROGRESS)
MOST_LINES = 5000


@dataclass(frozen=True, slots=True)
class Shortage:
    """What one sales order line lacks, and what is known of where to buy it."""

    line: SalesOrderLine
    lack: Decimal
    bought: Decimal  # for this line, still to come
    inbound: Decimal  # of the part, bound to nobody
    inbound_on: date | None
    supplier_id: int | None
    supplier_name: str

    @property
    def order(self) -> SalesOrder:
        return self.line.document


def shortages(
    user: User | None,
    *,
    order_ids: Collection[int] | None = None,
    line_ids: Collection[int] | None = None,
    warehouses: Collection[int] | None = None,
    only_open: bool = False,
) -> list[Shortage]:
    """Return what lines in the user's sight lack (None: all), oldest order first.

    ``warehouses``: only what these lack (None: all). ``only_open`` leaves drafts out. Nine queries
    whatever the lines.
    """
    statuses = _WANTING[1:] if only_open else _WANTING
    open_lines = SalesOrderLine.objects.filter(
        document__status__in=statuses, quantity__gt=F("delivered_quantity") + F("closed_quantity")
    )
    asked = open_lines
    if user is not None:
        asked = asked.filter(document__in=SalesOrder.objects.visible_to(user))
    if order_ids is not None:
        asked = asked.filter(document__in=order_ids)
    if line_ids is not None:
        asked = asked.filter(pk__in=line_ids)
    if warehouses is not None:
        header = Q(warehouse=None, document__warehouse__in=warehouses)
        asked = asked.filter(Q(warehouse__in=warehouses) | header)
    named: dict[int, int] = dict(asked.order_by("pk").values_list("pk", "product_id")[:MOST_LINES])
    # Elder lines take what is free before those that were asked for.
    rivals = open_lines.filter(product__in=set(named.values()), pk__lte=max(named, default=0))
    wanted = list(
        rivals.select_related("document__customer", "product__brand", "unit").order_by("pk")
    )
    return [shortage for shortage in _lacking(wanted) if shortage.line.pk in named]


def _lacking(wanted: list[SalesOrderLine]) -> list[Shortage]:
    products = {line.product_id for line in wanted}
    reserved = _reserved([line.pk for line in wanted])
    bought = still_to_come([line.pk for line in wanted])
    free = _free(products)
    coming = _unbound_inbound(products)
    suppliers = preferred_suppliers(products)
    found = []
    for line in wanted:
        need = line.open_quantity - reserved.get(line.pk, ZERO) - bought.get(line.pk, ZERO)
        if need <= 0:
            continue
        place = (line.product_id, line.ships_from_id)
        taken = min(need, free.get(place, ZERO))
        free[place] = free.get(place, ZERO) - taken
        if need > taken:
            inbound, day = coming.get(line.product_id, (ZERO, None))
            supplier_id, name = suppliers.get(line.product_id, (None, ""))
            found.append(
                Shortage(
                    line=line,
                    lack=need - taken,
                    bought=bought.get(line.pk, ZERO),
                    inbound=inbound,
                    inbound_on=day,
                    supplier_id=supplier_id,
                    supplier_name=name,
                )
            )
    return found


def _reserved(line_ids: Collection[int]) -> dict[int, Decimal]:
    rows = Reservation.objects.filter(
        source_type=SalesOrder._meta.label_lower, source_line_id__in=line_ids
    )
    sums = rows.order_by().values_list("source_line_id")
    return dict(sums.annotate(n=ExactSum(F("quantity"), places=3)))


def still_to_come(line_ids: Collection[int]) -> dict[int, Decimal]:
    """Return what live purchase orders still have to bring for sales order lines."""
    lines = PurchaseOrderLine.objects.filter(source_line__in=line_ids)
    lines = lines.exclude(document__status=PurchaseOrderStatus.CANCELLED)
    coming: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for line in lines:
        if line.source_line_id is not None:
            coming[line.source_line_id] += line.open_quantity
    return coming


def _free(products: Collection[int]) -> dict[tuple[int, int], Decimal]:
    rows = StockBalance.objects.filter(product__in=products).order_by()
    sums = rows.values_list("product_id", "bin__warehouse_id").annotate(
        n=Sum(F("on_hand") - F("reserved"))
    )
    return {(product, warehouse): n for product, warehouse, n in sums}


def _unbound_inbound(products: Collection[int]) -> dict[int, tuple[Decimal, date | None]]:
    bound = PurchaseOrderLine.objects.filter(product__in=products).exclude(source_line=None)
    rows = Inbound.objects.filter(product__in=products).exclude(
        source_type="orders.purchaseorder", source_line_id__in=bound.values("pk")
    )
    sums = rows.order_by().values_list("product_id")
    told: Any = sums.annotate(n=ExactSum(F("quantity"), places=3), day=Min("confirmed_on"))
    return {product: (n, day) for product, n, day in told}


def preferred_suppliers(products: Collection[int]) -> dict[int, tuple[int, str]]:
    """Return from whom each part was last bought, else last offered, else who has a code for it."""
    found: dict[int, tuple[int, str]] = {}
    codes = ProductCode.objects.active().filter(product__in=products, supplier__archived_at=None)
    for code in codes.exclude(supplier=None).select_related("supplier").order_by("-pk"):
        if code.supplier is not None:
            found[code.product_id] = (code.supplier.pk, str(code.supplier))
    facts = PriceFact.objects.filter(product__in=products, supplier__archived_at=None)
    for kind in (PriceFact.Kind.RFQ, PriceFact.Kind.PURCHASE):
        newest = facts.filter(kind=kind).exclude(supplier=None).select_related("supplier")
        for product, fact in newest.latest_by_product().items():
            if fact.supplier is not None:
                found[product] = (fact.supplier.pk, str(fact.supplier))
    return found
