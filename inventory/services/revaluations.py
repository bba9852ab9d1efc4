"""Changes of value without quantity: landed cost, price differences, revaluation."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from erp.core.money import ZERO, round_money, round_price
from inventory.models import Bin, StockMove
from inventory.services.movements import Movement, Posting, Source


@dataclass(frozen=True, slots=True)
class Revaluation:
    """An amount by which so many pieces that came into a bin are dearer, or cheaper below zero."""

    line_id: int
    product_id: int
    bin: Bin
    quantity: Decimal
    amount: Decimal


def revalue(
    changes: Sequence[Revaluation], *, source: Source, kind: str, on: date, by: Any
) -> list[StockMove]:
    """Change the value of products in their warehouses: what is on hand bears its share.

    The pieces count as on hand as far as the warehouse still holds so many of the product; the
    share of those that are gone goes on to the cost of goods sold. Both parts are moves without
    quantity: the whole amount of ``kind``, and what passes on as COST_OF_GOODS. No value falls
    below zero. Locks balances then values by primary key. Raises DomainError period_closed.
    """
    posting = Posting([(change.product_id, change.bin) for change in changes], source, on)
    wanted: dict[tuple[int, int], Decimal] = defaultdict(lambda: ZERO)
    for change in changes:
        wanted[change.product_id, change.bin.warehouse_id] += change.quantity
    for change in changes:
        if change.amount:
            _revalue(posting, change, kind, wanted[change.product_id, change.bin.warehouse_id])
    return posting.write(by=by) if posting.moves else []


def _revalue(posting: Posting, change: Revaluation, kind: str, wanted: Decimal) -> None:
    account = posting.stock.account(change.product_id, change.bin)
    on_hand = min(account.spare, wanted)
    kept = round_money(change.amount * on_hand / wanted) if wanted else ZERO
    kept = max(kept, -account.spare_value)
    per_unit = round_price(abs(kept) / account.quantity) if account.quantity else ZERO
    passed_on = change.amount - kept
    posting.add(_shift(change, change.amount), kind, abs(change.amount), unit_cost=per_unit)
    if passed_on:
        move = _shift(change, -passed_on)
        posting.add(move, StockMove.Kind.COST_OF_GOODS, abs(passed_on))


def _shift(change: Revaluation, amount: Decimal) -> Movement:
    place = change.bin
    return Movement(
        change.line_id,
        change.product_id,
        ZERO,
        from_bin=place if amount < 0 else None,
        to_bin=place if amount > 0 else None,
    )
