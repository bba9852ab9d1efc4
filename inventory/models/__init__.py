"""Warehouses, the stock ledger and what is derived from it.

Invariants (verify_books proves each):
- on hand of (product, bin) = moves in − moves out;
- 0 ≤ reserved ≤ on hand, and reserved = sum of the reservations of (product, bin);
- quantity and value of (product, warehouse) = sums of its moves, and value is 0.00 at quantity 0;
- a day's stock (StockDay) = the moves up to it, the last day's = the stock value;
- a move is never changed or deleted; a reversal is a move of its own that names the first.
Quantities are in the product's unit, values in the company's currency.
"""

from inventory.models.inbound import Inbound
from inventory.models.places import Bin, Warehouse
from inventory.models.staff import WarehouseStaff
from inventory.models.stock import Reservation, StockBalance, StockDay, StockMove, StockValue

__all__ = [
    "Bin",
    "Inbound",
    "Reservation",
    "StockBalance",
    "StockDay",
    "StockMove",
    "StockValue",
    "Warehouse",
    "WarehouseStaff",
]
