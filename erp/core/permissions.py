"""Rights over the company's own tables. Everybody reads the lists documents refer to."""

_LISTS = ["currency", "exchangerate", "taxrate", "unit", "paymentterm", "company", "period"]
# To add an export is to export: any role may, of what it sees.
_EXPORT = ["core.add_export", "core.view_export"]
_READ = [*(f"core.view_{name}" for name in _LISTS), *_EXPORT]
_WRITE = [f"core.{verb}_{name}" for verb in ("add", "change") for name in _LISTS]

ROLES = {
    "administrator": [*_READ, *_WRITE, "core.view_job"],
    "manager": [*_READ, "core.view_job"],
    "sales": _READ,
    "purchaser": _READ,
    "storekeeper": _READ,
    "accountant": [
        *_READ,
        "core.add_exchangerate",
        "core.change_exchangerate",
        "core.change_period",
    ],
}
