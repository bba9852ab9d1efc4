"""Rights over customers and suppliers. Sales see their own customers, purchasers all suppliers."""

_DETAILS = ["contact", "address", "invoiceprofile"]


def _edit(*names: str) -> list[str]:
    return [f"customers.{verb}_{name}" for name in names for verb in ("view", "add", "change")]


_REMOVE_DETAILS = [f"customers.delete_{name}" for name in _DETAILS]
_FOLLOW_UPS = [*_edit("followup"), "customers.delete_followup"]
_EVERYTHING = [
    *_edit("customer", "supplier", *_DETAILS),
    *_REMOVE_DETAILS,
    *_FOLLOW_UPS,
    *(
        f"customers.{verb}_{name}"
        for name in ("customer", "supplier")
        for verb in ("delete", "view_all", "block", "merge", "share_tax_id")
    ),
    "customers.grant_credit_customer",
    "customers.view_all_followup",
]

ROLES = {
    "administrator": _EVERYTHING,
    "manager": _EVERYTHING,
    "sales": [*_edit("customer", *_DETAILS), *_REMOVE_DETAILS, *_FOLLOW_UPS],
    "purchaser": [
        *_edit("supplier", *_DETAILS),
        *_REMOVE_DETAILS,
        *_FOLLOW_UPS,
        "customers.view_all_supplier",
    ],
    "storekeeper": [],
    "accountant": [
        *(f"customers.view_{name}" for name in ("customer", "supplier", *_DETAILS)),
        *_FOLLOW_UPS,
        "customers.change_invoiceprofile",
        "customers.view_all_customer",
        "customers.view_all_supplier",
    ],
}
