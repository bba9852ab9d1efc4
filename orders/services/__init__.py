"""Every change of orders, deliveries and goods receipts, by noun."""

from orders.services.copying import copy_purchase_order
from orders.services.deliveries import (
    cancel_delivery,
    create_delivery,
    pick_delivery,
    ship_delivery,
)
from orders.services.purchasing import (
    PurchaseLineInput,
    approve_purchase_order,
    cancel_purchase_order,
    confirm_purchase_order,
    create_purchase_order,
    refuse_purchase_order,
    send_purchase_order,
    submit_purchase_order,
)
from orders.services.receipts import count_receipt, create_receipt, post_receipt
from orders.services.sales import cancel_order, confirm_order, create_order_from_quotation

__all__ = [
    "PurchaseLineInput",
    "approve_purchase_order",
    "cancel_delivery",
    "cancel_order",
    "cancel_purchase_order",
    "confirm_order",
    "confirm_purchase_order",
    "copy_purchase_order",
    "count_receipt",
    "create_delivery",
    "create_order_from_quotation",
    "create_purchase_order",
    "create_receipt",
    "pick_delivery",
    "post_receipt",
    "refuse_purchase_order",
    "send_purchase_order",
    "ship_delivery",
    "submit_purchase_order",
]
