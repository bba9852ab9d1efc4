"""Cost and margin on the pages of deliveries and sales orders, to those who may see cost."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from erp.core.admin import add_facts, may_see_cost, price
from orders.admin.deliveries import margin_text
from orders.margins import Margin, delivery_margin, order_margin
from orders.models import Delivery, SalesOrder


def _told(of: Callable[[Any], Margin | None]) -> Any:
    def facts(obj: Any, request: HttpRequest) -> list[tuple[str, str]]:
        found = of(obj) if may_see_cost(request) else None
        if found is None:
            return []
        return [
            (_("cost of goods shipped"), price(found[0])),
            (_("margin"), margin_text(found) or ""),
        ]

    return facts


add_facts(Delivery, _told(delivery_margin))
add_facts(SalesOrder, _told(order_margin))
