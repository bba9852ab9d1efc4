"""Warehouses and bins; the ledger and what is derived from it, to look at."""

from inventory.admin import places, reorder, staff, stock

__all__ = ["places", "reorder", "staff", "stock"]
