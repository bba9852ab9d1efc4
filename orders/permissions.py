"""Rights over orders, deliveries and receipts. Storekeepers move goods; sales and buyers do not."""


def _all(*names: str) -> list[str]:
    return [f"orders.{verb}_{name}" for name in names for verb in ("view", "view_all")]


_SELL = [
    "orders.view_salesorder",
    "orders.add_salesorder",
    "orders.change_salesorder",
    "orders.confirm_salesorder",
    "orders.cancel_salesorder",
    "orders.view_delivery",
    "orders.add_delivery",
]
_BUY = [
    *_all("purchaseorder", "receipt"),
    "orders.add_purchaseorder",
    "orders.change_purchaseorder",
    "orders.send_purchaseorder",
]
_MOVE = [
    *_all("delivery", "receipt"),
    "orders.add_delivery",
    "orders.ship_delivery",
    "orders.add_receipt",
    "orders.change_receipt",
    "orders.post_receipt",
]

ROLES = {
    "manager": [
        *_SELL,
        *_BUY,
        *_MOVE,
        "orders.view_all_salesorder",
        "orders.reverse_delivery",
        "orders.approve_purchaseorder",
    ],
    "sales": _SELL,
    "purchaser": _BUY,
    "storekeeper": [
        *_MOVE,
        *_all("salesorder"),
        "orders.view_purchaseorder",
        "orders.view_all_purchaseorder",
    ],
    "accountant": _all("salesorder", "delivery", "purchaseorder", "receipt"),
}
