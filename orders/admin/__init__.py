"""Sales orders, deliveries, purchase orders and goods receipts."""

from orders.admin import deliveries, purchasing, receipts, sales

__all__ = ["deliveries", "purchasing", "receipts", "sales"]
