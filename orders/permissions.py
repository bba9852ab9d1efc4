"""Rights over orders, deliveries, receipts and returns.

Storekeepers move goods; sales and buyers do not.
"""


def _all(*names: str) -> list[str]:
    return [f"orders.{verb}_{name}" for name in names for verb in ("view", "view_all")]


_SELL = [
    "orders.view_salesorder",
    "orders.add_salesorder",
    "orders.change_salesorder",
    "orders.delete_salesorder",
    "orders.confirm_salesorder",
    "orders.cancel_salesorder",
    "orders.close_salesorder",
    "orders.view_delivery",
    "orders.add_delivery",
    "orders.view_return",
    "orders.add_return",
]
_BUY = [
    *_all("purchaseorder", "receipt"),
    "orders.add_purchaseorder",
    "orders.change_purchaseorder",
    "orders.delete_purchaseorder",
    "orders.send_purchaseorder",
    *_all("supplierreturn"),
    "orders.add_supplierreturn",
    "orders.change_supplierreturn",
]
_MOVE = [
    *_all("delivery", "receipt", "return"),
    "orders.add_delivery",
    "orders.change_delivery",
    "orders.ship_delivery",
    "orders.add_return",
    "orders.post_return",
    "orders.add_receipt",
    "orders.change_receipt",
    "orders.delete_receipt",
    "orders.post_receipt",
    *_all("supplierreturn"),
    "orders.add_supplierreturn",
    "orders.change_supplierreturn",
    "orders.post_supplierreturn",
]

_COST = ["orders.view_landedcost", "orders.add_landedcost", "orders.change_landedcost"]

ROLES = {
    "manager": [
        *_COST,
        "orders.post_landedcost",
        "orders.reverse_landedcost",
        *_SELL,
        *_BUY,
        *_MOVE,
        "orders.view_all_salesorder",
        "orders.override_credit",
        "orders.reverse_delivery",
        "orders.exceed_delivery",
        "orders.reverse_return",
        *(f"orders.{verb}_deliverytolerance" for verb in ("view", "add", "change", "delete")),
        "orders.approve_purchaseorder",
        "orders.approve_large_purchaseorder",
        "orders.exceed_receipt",
        "orders.reverse_receipt",
        "orders.reverse_supplierreturn",
    ],
    "sales": _SELL,
    "purchaser": [*_BUY, *_COST],
    "storekeeper": [
        *_MOVE,
        *_all("salesorder"),
        "orders.view_purchaseorder",
        "orders.view_all_purchaseorder",
    ],
    "accountant": [
        *_all("salesorder", "delivery", "purchaseorder", "receipt", "return", "supplierreturn"),
        *_COST,
        "orders.post_landedcost",
        "orders.reverse_landedcost",
    ],
}
