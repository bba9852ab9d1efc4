"""Rights over stock. Its value is seen with the cost right only (view_stockvalue)."""

_STOCK = [
    "warehouse",
    "bin",
    "stockbalance",
    "stockage",
    "reservation",
    "inbound",
    "inboundpromise",
]
# Whoever is named for none works in all; a storekeeper only where he is named (WarehouseStaff).
_EVERYWHERE = "inventory.view_all_warehouse"
_STAFF = [f"inventory.{verb}_warehousestaff" for verb in ("view", "add", "delete")]
_RULES = [f"inventory.{verb}_reorderrule" for verb in ("view", "add", "change")]
_READ = [f"inventory.view_{name}" for name in _STOCK]
_PLACES = [
    f"inventory.{verb}_{name}" for verb in ("add", "change", "delete") for name in _STOCK[:2]
]
_LEDGER = ["inventory.view_stockmove", "inventory.view_stockvalue"]
_INBOUND = ["inventory.add_inbound", "inventory.change_inbound"]


def _documents(*names: str, verbs: tuple[str, ...] = ("view", "add", "change")) -> list[str]:
    return [f"inventory.{verb}_{name}" for name in names for verb in verbs]


_DOCUMENTS = ("transfer", "stockcount", "stockentry", "assembly")
_SEE_DOCUMENTS = _documents(*_DOCUMENTS, "recipe", "usualbin", verbs=("view",))
# Whoever keeps the goods moves and counts them; large corrections and undoing are for managers.
_KEEP = [
    *_documents(*_DOCUMENTS, "recipe", "usualbin"),
    "inventory.delete_usualbin",
    "inventory.ship_transfer",
    "inventory.receive_transfer",
    "inventory.post_stockcount",
    "inventory.post_stockentry",
    "inventory.post_assembly",
]
_CHECK = [
    "inventory.approve_stockcount",
    "inventory.approve_stockentry",
    "inventory.reverse_transfer",
    "inventory.reverse_stockcount",
    "inventory.reverse_stockentry",
    "inventory.reverse_assembly",
]

ROLES = {
    "administrator": [*_READ, _EVERYWHERE, *_PLACES, *_STAFF, *_RULES],
    "manager": [
        *_READ,
        _EVERYWHERE,
        *_PLACES,
        *_STAFF,
        *_RULES,
        *_LEDGER,
        "inventory.import_stock",
        "inventory.set_referencecost",
        *_INBOUND,
        *_KEEP,
        *_CHECK,
    ],
    "sales": [*_READ, _EVERYWHERE, "inventory.view_transfer"],
    "purchaser": [*_READ, _EVERYWHERE, *_LEDGER, *_INBOUND, *_RULES, *_SEE_DOCUMENTS],
    "storekeeper": [*_READ, "inventory.view_stockmove", *_KEEP],
    "accountant": [*_READ, _EVERYWHERE, *_LEDGER, *_SEE_DOCUMENTS],
}
