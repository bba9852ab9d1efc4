"""Stock: every movement and every promise goes through here.

Locks are taken before anything is decided: balances by key, then values by key. Each function
handles a whole document's lines in a fixed number of queries. Call them inside the service of the
document that moves the goods; they take part in its transaction.
"""

from inventory.services.ageing import refresh_stock_ages
from inventory.services.assemblies import (
    cancel_assembly,
    copy_assembly,
    create_assembly,
    post_assembly,
    recipe_lines,
    replace_components,
    reverse_assembly,
)
from inventory.services.count_posting import (
    post_count,
    reverse_count,
)
from inventory.services.counts import (
    CountInput,
    cancel_count,
    copy_count,
    create_count,
    record_counts,
    recount,
    review_count,
    start_count,
)
from inventory.services.entries import (
    cancel_entry,
    copy_entry,
    create_entry,
    post_entry,
    refuse_entry,
    replace_entry_lines,
    reverse_entry,
    submit_entry,
)
from inventory.services.figures import (
    StockAt,
    available_by_product,
    average_costs,
    inbound_by_product,
    stock_as_of,
)
from inventory.services.inbound import (
    OpenLine,
    Promised,
    expect_inbound,
    latest_promises,
    note_promises,
    set_order_lines,
    spread_promises,
)
from inventory.services.lines import (
    StockLineInput,
)
from inventory.services.locked_stock import (
    HeldStock,
    insufficient_stock,
)
from inventory.services.movements import (
    Movement,
    Source,
    post_movements,
)
from inventory.services.places import (
    archive_bin,
    archive_warehouse,
    bin_codes,
    bins_named,
    usual_bins,
)
from inventory.services.promise import (
    available_to_promise,
    earliest_dates,
    promises,
)
from inventory.services.receiving import (
    Reception,
    receive_transfer,
)
from inventory.services.reorder import (
    Proposal,
    reorder_proposals,
)
from inventory.services.reservations import (
    Need,
    release,
    reserve,
    take_reserved,
)
from inventory.services.revaluations import (
    Revaluation,
    revalue,
)
from inventory.services.reversals import (
    reverse_movements,
)
from inventory.services.staff import (
    keepers_of,
)
from inventory.services.transfers import (
    cancel_transfer,
    copy_transfer,
    create_transfer,
    post_transfer,
    replace_transfer_lines,
    reserve_transfer,
    reverse_transfer,
    ship_transfer,
    unreserve_transfer,
)

__all__ = [
    "CountInput",
    "HeldStock",
    "Movement",
    "Need",
    "OpenLine",
    "Promised",
    "Proposal",
    "Reception",
    "Revaluation",
    "Source",
    "StockAt",
    "StockLineInput",
    "archive_bin",
    "archive_warehouse",
    "available_by_product",
    "available_to_promise",
    "average_costs",
    "bin_codes",
    "bins_named",
    "cancel_assembly",
    "cancel_count",
    "cancel_entry",
    "cancel_transfer",
    "copy_assembly",
    "copy_count",
    "copy_entry",
    "copy_transfer",
    "create_assembly",
    "create_count",
    "create_entry",
    "create_transfer",
    "earliest_dates",
    "expect_inbound",
    "inbound_by_product",
    "insufficient_stock",
    "keepers_of",
    "latest_promises",
    "note_promises",
    "post_assembly",
    "post_count",
    "post_entry",
    "post_movements",
    "post_transfer",
    "promises",
    "receive_transfer",
    "recipe_lines",
    "record_counts",
    "recount",
    "refresh_stock_ages",
    "refuse_entry",
    "release",
    "reorder_proposals",
    "replace_components",
    "replace_entry_lines",
    "replace_transfer_lines",
    "reserve",
    "reserve_transfer",
    "revalue",
    "reverse_assembly",
    "reverse_count",
    "reverse_entry",
    "reverse_movements",
    "reverse_transfer",
    "review_count",
    "set_order_lines",
    "ship_transfer",
    "spread_promises",
    "start_count",
    "stock_as_of",
    "submit_entry",
    "take_reserved",
    "unreserve_transfer",
    "usual_bins",
]
