"""Rights over the catalogue. Everybody reads it; cost is for managers, purchasers, accountants."""

_TABLES = ["brand", "category", "product", "productcode", "interchange"]
_READ = [f"products.view_{name}" for name in _TABLES]
_WRITE = [f"products.{verb}_{name}" for verb in ("add", "change", "delete") for name in _TABLES]

ROLES = {
    "administrator": [*_READ, *_WRITE],
    "manager": [*_READ, *_WRITE, "products.view_pricefact", "products.view_cost"],
    "sales": [*_READ, "products.add_productcode"],
    "purchaser": [
        *_READ,
        *(f"products.{verb}_{name}" for verb in ("add", "change") for name in _TABLES[2:]),
        "products.view_pricefact",
        "products.view_cost",
    ],
    "storekeeper": _READ,
    "accountant": [*_READ, "products.view_pricefact", "products.view_cost"],
}
