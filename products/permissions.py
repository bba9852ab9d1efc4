"""Rights over the catalogue. Everybody reads it; cost is for managers, purchasers, accountants."""

_TABLES = ["brand", "category", "product", "productcode", "interchange"]
_READ = [f"products.view_{name}" for name in _TABLES]
_FORBID = [f"products.{verb}_forbiddenbrand" for verb in ("view", "add", "change", "delete")]
_ALL_FORBIDDEN = "products.view_all_forbiddenbrand"
# Whoever approves interchanges has proposals derived and works through them.
_APPROVE = ["products.approve_interchange", "products.view_derivation"]
_WRITE = [f"products.{verb}_{name}" for verb in ("add", "change", "delete") for name in _TABLES]

# Salespeople protect the items of their own customers; managers see all and may quote them.
_STOP_WORDS = [f"products.{verb}_stopword" for verb in ("view", "add", "change", "delete")]
_PROTECT = [f"products.{verb}_protecteditem" for verb in ("view", "add", "change")]
_PROTECTED = ["products.view_protecteditem", "products.view_all_protecteditem"]

ROLES = {
    "administrator": [
        *_READ,
        *_WRITE,
        *_STOP_WORDS,
        *_PROTECTED,
        *_APPROVE,
        *_FORBID,
        _ALL_FORBIDDEN,
        "products.merge_product",
    ],
    "manager": [
        *_READ,
        *_WRITE,
        *_STOP_WORDS,
        *_PROTECT,
        *_PROTECTED,
        "products.delete_protecteditem",
        "products.quote_protected",
        "products.merge_product",
        *_APPROVE,
        *_FORBID,
        _ALL_FORBIDDEN,
        "products.view_pricefact",
        "products.view_cost",
    ],
    "sales": [*_READ, *_PROTECT, *_FORBID, "products.add_productcode"],
    "purchaser": [
        *_READ,
        *(f"products.{verb}_{name}" for verb in ("add", "change") for name in _TABLES[2:]),
        "products.view_pricefact",
        "products.view_cost",
    ],
    "storekeeper": _READ,
    "accountant": [
        *_READ,
        "products.view_forbiddenbrand",
        _ALL_FORBIDDEN,
        "products.view_pricefact",
        "products.view_cost",
    ],
}
