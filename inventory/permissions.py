"""Rights over stock. Its value is seen with the cost right only (view_stockvalue)."""

_STOCK = ["warehouse", "bin", "stockbalance", "reservation", "inbound"]
# Whoever is named for none works in all; a storekeeper only where he is named (WarehouseStaff).
_EVERYWHERE = "inventory.view_all_warehouse"
_STAFF = [f"inventory.{verb}_warehousestaff" for verb in ("view", "add", "delete")]
_READ = [f"inventory.view_{name}" for name in _STOCK]
_PLACES = [
    f"inventory.{verb}_{name}" for verb in ("add", "change", "delete") for name in _STOCK[:2]
]
_LEDGER = ["inventory.view_stockmove", "inventory.view_stockvalue"]
_INBOUND = ["inventory.add_inbound", "inventory.change_inbound"]

ROLES = {
    "administrator": [*_READ, _EVERYWHERE, *_PLACES, *_STAFF],
    "manager": [
        *_READ,
        _EVERYWHERE,
        *_PLACES,
        *_STAFF,
        *_LEDGER,
        "inventory.import_stock",
        *_INBOUND,
    ],
    "sales": [*_READ, _EVERYWHERE],
    "purchaser": [*_READ, _EVERYWHERE, *_LEDGER, *_INBOUND],
    "storekeeper": [*_READ, "inventory.view_stockmove"],
    "accountant": [*_READ, _EVERYWHERE, *_LEDGER],
}
