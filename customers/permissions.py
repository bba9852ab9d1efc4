"""Rights over customers and suppliers. Sales see their own customers, purchasers all suppliers."""

_DETAILS = ["contact", "address", "invoiceprofile"]


def _edit(*names: str) -> list[str]:
    return [f"customers.{verb}_{name}" for name in names for verb in ("view", "add", "change")]


_REMOVE_DETAILS = [f"customers.delete_{name}" for name in _DETAILS]
_EVERYTHING = [
    *_edit("customer", "supplier", *_DETAILS),
    *_REMOVE_DETAILS,
    "customers.delete_customer",
    "customers.delete_supplier",
    "customers.view_all_customer",
    "customers.view_all_supplier",
]

ROLES = {
    "administrator": _EVERYTHING,
    "manager": _EVERYTHING,
    "sales": [*_edit("customer", *_DETAILS), *_REMOVE_DETAILS],
    "purchaser": [
        *_edit("supplier", *_DETAILS),
        *_REMOVE_DETAILS,
        "customers.view_all_supplier",
    ],
    "storekeeper": [],
    "accountant": [
        *(f"customers.view_{name}" for name in ("customer", "supplier", *_DETAILS)),
        "customers.change_invoiceprofile",
        "customers.view_all_customer",
        "customers.view_all_supplier",
    ],
}
