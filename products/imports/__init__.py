"""The kinds of import the catalogue owns; contract: ``imports.kinds``."""

from imports.kinds import register
from products.imports.products import ProductKind


def register_kinds() -> None:
    register(ProductKind)
