"""Warehouses and bins; documents that move goods; the ledger and what is derived from it."""

from inventory.admin import (
    ageing,
    assemblies,
    costs,
    counts,
    entries,
    places,
    reorder,
    staff,
    stock,
    transfers,
)

__all__ = [
    "ageing",
    "assemblies",
    "costs",
    "counts",
    "entries",
    "places",
    "reorder",
    "staff",
    "stock",
    "transfers",
]
