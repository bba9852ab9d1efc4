"""Rights over stock. Its value is seen with the cost right only (view_stockvalue)."""

_STOCK = ["warehouse", "bin", "stockbalance", "reservation", "inbound"]
_READ = [f"inventory.view_{name}" for name in _STOCK]
_PLACES = [
    f"inventory.{verb}_{name}" for verb in ("add", "change", "delete") for name in _STOCK[:2]
]
_LEDGER = ["inventory.view_stockmove", "inventory.view_stockvalue"]
_INBOUND = ["inventory.add_inbound", "inventory.change_inbound"]

ROLES = {
    "administrator": [*_READ, *_PLACES],
    "manager": [*_READ, *_PLACES, *_LEDGER, "inventory.import_stock", *_INBOUND],
    "sales": _READ,
    "purchaser": [*_READ, *_LEDGER, *_INBOUND],
    "storekeeper": [*_READ, "inventory.view_stockmove"],
    "accountant": [*_READ, *_LEDGER],
}
