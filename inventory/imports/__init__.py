"""The kinds of import of stock and of goods on their way; contract: ``imports.kinds``."""

from imports.kinds import register
from inventory.imports.inbound import InboundKind
from inventory.imports.stock import StockKind


def register_kinds() -> None:
    register(StockKind)
    register(InboundKind)
