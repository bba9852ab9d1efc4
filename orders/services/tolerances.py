"""How much more or less than ordered may be delivered."""

from collections.abc import Iterable
from decimal import Decimal

from django.db.models import Q

from erp.core.periods import company
from orders.models import DeliveryTolerance, SalesOrderLine

Rates = tuple[Decimal, Decimal]


def set_tolerances(lines: Iterable[SalesOrderLine], *, customer_id: int) -> list[SalesOrderLine]:
    """Set what holds today on each line; return the lines that changed (not saved)."""
    rows = list(lines)
    wanted = Q(customer=customer_id) | Q(product__in={line.product_id for line in rows})
    by_product: dict[int, Rates] = {}
    of_customer: Rates | None = None
    for found in DeliveryTolerance.objects.filter(wanted):
        if found.product_id is None:
            of_customer = found.over_rate, found.under_rate
        else:
            by_product[found.product_id] = found.over_rate, found.under_rate
    us = company()
    default = us.over_delivery_rate, us.under_delivery_rate
    changed = []
    for line in rows:
        rates = of_customer or by_product.get(line.product_id, default)
        if (line.over_rate, line.under_rate) != rates:
            line.over_rate, line.under_rate = rates
            changed.append(line)
    return changed
