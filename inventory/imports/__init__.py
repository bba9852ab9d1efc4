"""The kinds of import of stock and of goods on their way; contract: ``imports.kinds``."""

from functools import partial

from imports.exports import register_export
from imports.kinds import register
from inventory.imports.inbound import PLACES, InboundKind, place_of
from inventory.imports.stock import StockKind

_PRODUCT = {"brand": "product.brand.code", "designation": "product.designation"}


def register_kinds() -> None:
    register(StockKind)
    register(InboundKind)
    register_export(
        "stock",
        "inventory.stockbalance",
        {
            **_PRODUCT,
            "warehouse": "bin.warehouse.code",
            "bin": "bin.code",
            "quantity": "on_hand",
        },
        lambda rows: rows.filter(on_hand__gt=0),
    )
    register_export(
        "inbound",
        "inventory.inbound",
        {
            **_PRODUCT,
            **{name: partial(place_of, name=name) for name in PLACES},
            "quantity": "quantity",
            "requested_on": "requested_on",
            "confirmed_on": "confirmed_on",
            "warehouse": "warehouse.code",
        },
        # Lines of our own purchase orders have no maker's number.
        lambda rows: rows.exclude(reference=""),
    )
