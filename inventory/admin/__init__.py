"""Warehouses and bins; the ledger and what is derived from it, to look at."""

from inventory.admin import ageing, places, reorder, staff, stock

__all__ = ["ageing", "places", "reorder", "staff", "stock"]
