"""Sales orders, deliveries, returns, purchase orders and goods receipts."""

from orders.admin import (
    deliveries,
    purchasing,
    receipts,
    returns,
    sales,
    shipped_margins,
    sourcing,
    spread_costs,
)

__all__ = [
    "deliveries",
    "purchasing",
    "receipts",
    "returns",
    "sales",
    "shipped_margins",
    "sourcing",
    "spread_costs",
]
