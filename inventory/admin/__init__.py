"""Warehouses and bins; the ledger and what is derived from it, to look at."""

from inventory.admin import ageing, costs, places, reorder, staff, stock

__all__ = ["ageing", "costs", "places", "reorder", "staff", "stock"]
