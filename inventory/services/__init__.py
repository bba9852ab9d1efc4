"""Stock: every movement and every promise goes through here.

Locks are taken before anything is decided: balances by key, then values by key. Each function
handles a whole document's lines in a fixed number of queries. Call them inside the service of the
document that moves the goods; they take part in its transaction.
"""

from inventory.services.figures import (
    StockAt,
    available_by_product,
    average_costs,
    inbound_by_product,
    stock_as_of,
)
from inventory.services.inbound import expect_inbound
from inventory.services.locked_stock import insufficient_stock
from inventory.services.movements import Movement, Source, post_movements
from inventory.services.promise import available_to_promise, earliest_dates, promises
from inventory.services.reservations import Need, release, reserve
from inventory.services.revaluations import Revaluation, revalue
from inventory.services.reversals import reverse_movements
from inventory.services.staff import keepers_of

__all__ = [
    "Movement",
    "Need",
    "Revaluation",
    "Source",
    "StockAt",
    "available_by_product",
    "available_to_promise",
    "average_costs",
    "earliest_dates",
    "expect_inbound",
    "inbound_by_product",
    "insufficient_stock",
    "keepers_of",
    "post_movements",
    "promises",
    "release",
    "reserve",
    "revalue",
    "reverse_movements",
    "stock_as_of",
]
