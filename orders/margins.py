"""What goods shipped earn: their net less the cost frozen when they left. Company currency."""

from collections.abc import Iterable
from decimal import Decimal

from erp.core.money import ZERO
from orders.models import Delivery, DeliveryLine, SalesOrder
from quotations.costs import margin, margin_rate

Margin = tuple[Decimal, Decimal, Decimal | None]


def line_margin(line: DeliveryLine) -> Margin | None:
    """Return cost, margin and its rate of a shipped line; None before it is shipped."""
    return _margin(line.net_amount, line.cost_amount, line.document.exchange_rate)


def delivery_margin(delivery: Delivery) -> Margin | None:
    return _of_lines(delivery.lines.all(), delivery.exchange_rate)


def order_margin(order: SalesOrder) -> Margin | None:
    """Return cost, margin and rate of what of an order was shipped and not taken back."""
    shipped = DeliveryLine.objects.filter(
        document__sales_order=order,
        document__status__in=[Delivery.Status.SHIPPED, Delivery.Status.DONE],
    )
    return _of_lines(shipped, order.exchange_rate)


def _of_lines(lines: Iterable[DeliveryLine], rate: Decimal) -> Margin | None:
    rows = [line for line in lines if line.cost_amount is not None]
    if not rows:
        return None
    net = sum((line.net_amount for line in rows), ZERO)
    cost = sum((line.cost_amount or ZERO for line in rows), ZERO)
    return _margin(net, cost, rate)


def _margin(net: Decimal, cost: Decimal | None, rate: Decimal) -> Margin | None:
    earned = margin(net, cost, rate)
    if cost is None or earned is None:
        return None
    return cost, earned, margin_rate(net, cost, rate)
