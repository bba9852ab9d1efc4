"""Sales orders, deliveries, purchase orders and goods receipts.

Invariants: per order line delivered + closed ≤ ordered (within the tolerance) and delivered is the
sum of its shipped delivery lines; the same for purchase lines and posted receipts; what was posted
is never changed, only reversed.
"""

from orders.models.deliveries import Delivery, DeliveryLine, DeliveryQuerySet, DeliveryStatus
from orders.models.purchasing import (
    PurchaseOrder,
    PurchaseOrderLine,
    PurchaseOrderQuerySet,
    PurchaseOrderStatus,
)
from orders.models.receipts import Receipt, ReceiptLine, ReceiptQuerySet, ReceiptStatus
from orders.models.sales import SalesOrder, SalesOrderLine, SalesOrderQuerySet, SalesOrderStatus

__all__ = [
    "Delivery",
    "DeliveryLine",
    "DeliveryQuerySet",
    "DeliveryStatus",
    "PurchaseOrder",
    "PurchaseOrderLine",
    "PurchaseOrderQuerySet",
    "PurchaseOrderStatus",
    "Receipt",
    "ReceiptLine",
    "ReceiptQuerySet",
    "ReceiptStatus",
    "SalesOrder",
    "SalesOrderLine",
    "SalesOrderQuerySet",
    "SalesOrderStatus",
]
