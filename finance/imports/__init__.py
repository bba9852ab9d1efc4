"""The kind of import of opening balances; contract: ``imports.kinds``."""

from finance.imports.opening_balances import OpeningBalanceKind
from imports.kinds import register


def register_kinds() -> None:
    register(OpeningBalanceKind)
