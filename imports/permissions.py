"""Rights over imports. What a person may import the rights of each kind say (``Kind.rights``)."""

_OWN = ["imports.view_import", "imports.add_import", "imports.change_import"]

ROLES = {
    "administrator": [*_OWN, "imports.view_all_import"],
    "manager": [*_OWN, "imports.view_all_import"],
    "sales": _OWN,
    "purchaser": _OWN,
    "storekeeper": _OWN,
    "accountant": _OWN,
}
