"""The kinds of import of partners; contract: ``imports.kinds``."""

from customers.imports.partners import CustomerKind, SupplierKind
from imports.exports import register_export
from imports.kinds import register

_PATHS = {
    name: name for name in ("code", "name", "short_name", "tax_id", "phone", "email", "notes")
}


def register_kinds() -> None:
    register(CustomerKind)
    register(SupplierKind)
    register_export("customers", "customers.customer", _PATHS)
    register_export("suppliers", "customers.supplier", _PATHS)
