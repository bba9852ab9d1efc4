"""Warehouses and bins; the ledger and what is derived from it, to look at."""

from inventory.admin import places, staff, stock

__all__ = ["places", "staff", "stock"]
