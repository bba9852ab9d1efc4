"""The kinds of import of partners; contract: ``imports.kinds``."""

from customers.imports.partners import CustomerKind, SupplierKind
from imports.kinds import register


def register_kinds() -> None:
    register(CustomerKind)
    register(SupplierKind)
