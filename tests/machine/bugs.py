"""Planted bugs: what is broken, how, and the tour that must meet it."""

from collections import defaultdict
from decimal import Decimal
from typing import Any, NamedTuple

from erp.core import documents
from erp.core.money import CENT, ZERO, round_money
from finance.services.purchases import Purchase
from inventory.models import StockMove
from inventory.services import (
    accounts,
    assemblies,
    count_posting,
    counts,
    receiving,
    revaluations,
    reversals,
)
from orders.services import customer_returns, deliveries, landed, sales, supplier_returns


class Bug(NamedTuple):
    place: Any
    name: str
    broken: Any
    tour: str


def _keeps_a_cent(account: accounts.Account, quantity: Decimal) -> Decimal:
    last = quantity == account.quantity
    return round_money(account.value * quantity / account.quantity) - CENT * last


def _forgets_losses(transfer: Any, road: Any) -> dict[int, Decimal]:
    worth: dict[int, Decimal] = defaultdict(lambda: ZERO)
    moves = StockMove.objects.filter(source_type=transfer.source_type, source_id=transfer.pk)
    for move in moves.filter(kind="transfer"):
        worth[move.source_line_id] += move.value if move.to_bin_id == road.pk else -move.value
    return worth


def _by_pieces(worth: Decimal, lines: Any, _costs: Any) -> list[Decimal]:
    pieces = sum((line.quantity for line in lines), ZERO)
    most = [round_money(worth * line.quantity / pieces) for line in lines[1:]]
    return [worth - sum(most, ZERO), *most]


def _as_at_the_start(pairs: Any) -> dict[tuple[int, int], Decimal]:
    return {(line.product_id, line.bin_id): line.snapshot_quantity or ZERO for line, _e in pairs}


def _first_bears_it(amount: Decimal, weights: Any) -> list[Decimal]:
    return [amount, *([ZERO] * (len(weights) - 1))]


def _nothing(*_told: Any, **_more: Any) -> None:
    return None


BUGS = {
    "the last unit leaves a cent": Bug(accounts.Account, "cost_of", _keeps_a_cent, "entries"),
    "cancelling keeps the promise": Bug(sales, "release", lambda *_told: [True], "orders"),
    "closing keeps the promise": Bug(sales, "trim_reservations", _nothing, "orders"),
    "a stale version is taken": Bug(documents, "check_version", _nothing, "orders"),
    "goods come back worth nothing": Bug(
        customer_returns, "_part", lambda amount, quantity, of: ZERO, "returns"
    ),
    "what is too little to wait for waits": Bug(
        deliveries,
        "planned_by_line",
        lambda order, **_more: {n.pk: n for n in order.lines.all()},
        "tolerances",
    ),
    "goods go back to the supplier at the average": Bug(
        supplier_returns, "_set_costs", _nothing, "sending_back"
    ),
    "a count forgets what moved since the start": Bug(
        counts, "_books_at", _as_at_the_start, "counts"
    ),
    "a count takes what is promised": Bug(count_posting, "_check_reserved", _nothing, "counts"),
    "a count corrects twice": Bug(count_posting, "_check_not_corrected", _nothing, "counts"),
    "a part of a transfer is worth nothing": Bug(
        receiving, "round_money", lambda amount: ZERO, "roads"
    ),
    "what was lost on the road comes in too": Bug(
        receiving, "_worth_on_the_road", _forgets_losses, "roads"
    ),
    "labour adds nothing to a set": Bug(assemblies, "_labour", lambda kind, amount: ZERO, "sets"),
    "a set is shared out by pieces": Bug(assemblies, "shares", _by_pieces, "sets"),
    "the first line bears all of a landed cost": Bug(landed, "_spread", _first_bears_it, "costs"),
    "goods that are gone bear no landed cost": Bug(
        revaluations, "min", lambda there, wanted: wanted, "costs"
    ),
    "a landed cost is taken back from goods that left": Bug(
        reversals, "_spare_what_left", _nothing, "costs"
    ),
    "a supplier's invoice does not change the worth": Bug(
        Purchase, "revalue_stock", _nothing, "costs"
    ),
}
