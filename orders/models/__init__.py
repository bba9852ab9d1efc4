"""Sales orders, deliveries, purchase orders and goods receipts.

Invariants: per order line delivered + closed ≤ ordered (within the tolerance) and delivered is the
sum of its shipped delivery lines; the same for purchase lines and posted receipts; no more comes
back of a delivery line than was shipped; what was posted is never changed, only reversed.
"""

from orders.models.awarded import AwardOrder
from orders.models.deliveries import Delivery, DeliveryLine, DeliveryQuerySet, DeliveryStatus
from orders.models.landed import (
    LandedCost,
    LandedCostLine,
    LandedCostQuerySet,
    LandedCostStatus,
)
from orders.models.purchasing import (
    PurchaseOrder,
    PurchaseOrderLine,
    PurchaseOrderQuerySet,
    PurchaseOrderStatus,
)
from orders.models.receipts import Receipt, ReceiptLine, ReceiptQuerySet, ReceiptStatus
from orders.models.returns import Return, ReturnLine, ReturnQuerySet, ReturnStatus
from orders.models.sales import (
    Issue,
    SalesOrder,
    SalesOrderLine,
    SalesOrderQuerySet,
    SalesOrderStatus,
)
from orders.models.supplier_returns import (
    SupplierReturn,
    SupplierReturnLine,
    SupplierReturnQuerySet,
    SupplierReturnStatus,
)
from orders.models.tolerances import DeliveryTolerance

__all__ = [
    "AwardOrder",
    "Delivery",
    "DeliveryLine",
    "DeliveryQuerySet",
    "DeliveryStatus",
    "DeliveryTolerance",
    "Issue",
    "LandedCost",
    "LandedCostLine",
    "LandedCostQuerySet",
    "LandedCostStatus",
    "PurchaseOrder",
    "PurchaseOrderLine",
    "PurchaseOrderQuerySet",
    "PurchaseOrderStatus",
    "Receipt",
    "ReceiptLine",
    "ReceiptQuerySet",
    "ReceiptStatus",
    "Return",
    "ReturnLine",
    "ReturnQuerySet",
    "ReturnStatus",
    "SalesOrder",
    "SalesOrderLine",
    "SalesOrderQuerySet",
    "SalesOrderStatus",
    "SupplierReturn",
    "SupplierReturnLine",
    "SupplierReturnQuerySet",
    "SupplierReturnStatus",
]
