"""What of stock documents comes along when they are copied; see ``erp.core.copying``."""

from erp.core.copying import copies
from inventory.models import (
    Assembly,
    AssemblyLine,
    StockCount,
    StockCountLine,
    StockEntry,
    StockEntryLine,
    Transfer,
    TransferLine,
)

_RESET = ("id", "number", "version", "status")
_ANEW = ("created_by", "created_at", "updated_at", "dated_on")
_LINE_ANEW = ("document", "line_no")

copies(
    Transfer,
    copied=("warehouse", "to_warehouse", "notes"),
    anew=_ANEW,
    reset=(*_RESET, "shipped_on", "received_on"),
)
copies(
    TransferLine,
    copied=("product", "quantity", "from_bin", "to_bin", "note"),
    anew=_LINE_ANEW,
    reset=("id", "received_quantity", "lost_quantity", "loss_reason"),
)
copies(
    StockEntry,
    copied=("warehouse", "kind", "reason", "customer", "notes"),
    anew=_ANEW,
    reset=(*_RESET, "posted_by"),
)
copies(
    StockEntryLine,
    copied=("product", "quantity", "bin", "unit_cost", "note"),
    anew=_LINE_ANEW,
    reset=("id", "value"),
)
copies(
    Assembly,
    copied=("product", "quantity", "bin", "kind", "labour_amount", "notes"),
    anew=(*_ANEW, "warehouse"),
    reset=(*_RESET, "value"),
)
copies(
    AssemblyLine,
    copied=("product", "quantity", "bin", "note"),
    anew=_LINE_ANEW,
    reset=("id", "value"),
)
# Its lines are listed anew: what stands in the places today.
copies(
    StockCount,
    copied=("warehouse", "zone", "by_product", "is_blind", "notes"),
    anew=_ANEW,
    reset=(*_RESET, "started_at", "reviewed_by", "posted_by"),
)
copies(
    StockCountLine,
    anew=(*_LINE_ANEW, "product", "bin"),
    reset=(
        *("id", "note", "snapshot_quantity", "counted_quantity", "expected_quantity"),
        *("counted_at", "counted_by", "variance_value"),
    ),
)
