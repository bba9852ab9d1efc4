"""Warehouses, the stock ledger and what is derived from it.

Invariants (verify_books proves each):
- on hand of (product, bin) = moves in − moves out;
- 0 ≤ reserved ≤ on hand, and reserved = sum of the reservations of (product, bin);
- quantity and value of (product, warehouse) = sums of its moves, and value is 0.00 at quantity 0;
- a day's stock (StockDay) = the moves up to it, the last day's = the stock value;
- a move is never changed or deleted; a reversal is a move of its own that names the first.
- what a transfer has on the road lies in a warehouse of kind transit, reserved by the transfer.
Quantities are in the product's unit, values in the company's currency.
"""

from inventory.models.ageing import StockAge
from inventory.models.assemblies import (
    Assembly,
    AssemblyLine,
    AssemblyStatus,
    Recipe,
    RecipeLine,
)
from inventory.models.costs import ReferenceCost
from inventory.models.counts import (
    StockCount,
    StockCountLine,
    StockCountStatus,
)
from inventory.models.entries import (
    StockEntry,
    StockEntryKind,
    StockEntryLine,
    StockEntryStatus,
)
from inventory.models.inbound import (
    Inbound,
    InboundPromise,
)
from inventory.models.places import (
    Bin,
    UsualBin,
    Warehouse,
)
from inventory.models.reorder import (
    ReorderRule,
)
from inventory.models.staff import (
    WarehouseStaff,
)
from inventory.models.stock import (
    MoveKind,
    Reservation,
    StockBalance,
    StockDay,
    StockMove,
    StockValue,
)
from inventory.models.transfers import (
    Transfer,
    TransferLine,
    TransferStatus,
)

__all__ = [
    "Assembly",
    "AssemblyLine",
    "AssemblyStatus",
    "Bin",
    "Inbound",
    "InboundPromise",
    "MoveKind",
    "Recipe",
    "RecipeLine",
    "ReferenceCost",
    "ReorderRule",
    "Reservation",
    "StockAge",
    "StockBalance",
    "StockCount",
    "StockCountLine",
    "StockCountStatus",
    "StockDay",
    "StockEntry",
    "StockEntryKind",
    "StockEntryLine",
    "StockEntryStatus",
    "StockMove",
    "StockValue",
    "Transfer",
    "TransferLine",
    "TransferStatus",
    "UsualBin",
    "Warehouse",
    "WarehouseStaff",
]
