"""Sales orders, deliveries, purchase orders and goods receipts."""

from orders.admin import (
    deliveries,
    purchasing,
    receipts,
    sales,
    shipped_margins,
    sourcing,
    spread_costs,
)

__all__ = [
    "deliveries",
    "purchasing",
    "receipts",
    "sales",
    "shipped_margins",
    "sourcing",
    "spread_costs",
]
