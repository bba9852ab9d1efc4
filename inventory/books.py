"""What must hold between the stock ledger and everything derived from it."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.db.models import F

from erp.core.aggregates import ExactSum
from erp.core.invariants import Check, differences, invariant
from erp.core.money import ZERO
from inventory.models import Bin, Reservation, StockBalance, StockMove, StockValue


def _product_at(kind: str) -> Any:
    return lambda key: f"product {key[0]}, {kind} {key[1]}"


def _sums(rows: Any, keys: tuple[str, str], value: str, places: int) -> Iterator[Any]:
    summed = rows.order_by().values_list(*keys).annotate(total=ExactSum(F(value), places=places))
    yield from summed.iterator()


@invariant("on hand = sum of moves")
def on_hand_is_sum_of_moves(check: Check) -> Iterator[str]:
    expected: dict[Any, Decimal] = defaultdict(lambda: ZERO)
    for end, sign in (("to_bin_id", 1), ("from_bin_id", -1)):
        moves = StockMove.objects.exclude(**{end: None})
        for product, place, total in _sums(moves, ("product_id", end), "quantity", 3):
            expected[product, place] += sign * total
    rows = StockBalance.objects.values_list("product_id", "bin_id", "on_hand")
    actual = {(product, place): on_hand for product, place, on_hand in rows.iterator()}
    yield from differences(check, expected, actual, label=_product_at("bin"))


@invariant("0 <= reserved = sum of reservations <= on hand")
def reserved_is_sum_of_reservations(check: Check) -> Iterator[str]:
    keys = ("product_id", "bin_id")
    held = _sums(Reservation.objects.all(), keys, "quantity", 3)
    expected = {(product, place): total for product, place, total in held}
    actual = {}
    rows = StockBalance.objects.values_list("product_id", "bin_id", "on_hand", "reserved")
    for product, place, on_hand, reserved in rows.iterator():
        actual[product, place] = reserved
        if not 0 <= reserved <= on_hand:
            yield f"product {product}, bin {place}: reserved {reserved} of {on_hand}"
    yield from differences(check, expected, actual, label=_product_at("bin"))


@invariant("stock quantity and value per warehouse = sums of moves")
def stock_value_is_sum_of_moves(check: Check) -> Iterator[str]:
    warehouses = dict(Bin.objects.values_list("pk", "warehouse_id"))
    quantities: dict[Any, Decimal] = defaultdict(lambda: ZERO)
    values: dict[Any, Decimal] = defaultdict(lambda: ZERO)
    for end, sign in (("to_bin_id", 1), ("from_bin_id", -1)):
        moves = StockMove.objects.exclude(**{end: None}).order_by()
        sums = moves.values_list("product_id", end).annotate(
            quantity_total=ExactSum(F("quantity"), places=3), value_total=ExactSum(F("value"))
        )
        for product, place, quantity, value in sums.iterator():
            quantities[product, warehouses[place]] += sign * quantity
            values[product, warehouses[place]] += sign * value
    actual_quantities, actual_values = {}, {}
    for row in StockValue.objects.all().iterator():
        key = (row.product_id, row.warehouse_id)
        actual_quantities[key], actual_values[key] = row.quantity, row.value
        if not row.quantity and row.value:
            yield f"product {key[0]}, warehouse {key[1]}: value {row.value} at quantity 0"
    label = _product_at("warehouse")
    yield from differences(check, quantities, actual_quantities, label=label)
    yield from differences(check, values, actual_values, label=label)
