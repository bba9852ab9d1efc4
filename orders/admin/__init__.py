"""Sales orders, deliveries, purchase orders and goods receipts."""

from orders.admin import deliveries, purchasing, receipts, sales, sourcing

__all__ = ["deliveries", "purchasing", "receipts", "sales", "sourcing"]
