"""What must hold between the stock ledger and everything derived from it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.db.models import F

from erp.core.aggregates import ExactSum
from erp.core.invariants import Check, differences, invariant
from erp.core.money import ZERO
from inventory.models import Bin, Reservation, StockBalance, StockDay, StockMove, StockValue


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


@invariant("stock of each day = sum of moves up to it")
def stock_days_are_sums_of_moves(check: Check) -> Iterator[str]:
    warehouses = dict(Bin.objects.values_list("pk", "warehouse_id"))
    last = 0
    while rows := list(StockValue.objects.filter(pk__gt=last).order_by("pk")[:1000]):
        yield from _days(check, rows, warehouses)
        last = rows[-1].pk


def _days(
    check: Check, values: Sequence[StockValue], warehouses: Mapping[int, int]
) -> Iterator[str]:
    accounts = {(row.product_id, row.warehouse_id): row for row in values}
    moved = _moved_by_day(accounts, warehouses)
    days: dict[int, dict[date, StockDay]] = defaultdict(dict)
    for row in StockDay.objects.filter(account__in=[value.pk for value in values]):
        days[row.account_id][row.on] = row
    for key, account in accounts.items():
        quantity = value = ZERO
        changes, known = moved.get(key, {}), days[account.pk]
        for on in sorted(changes.keys() | known.keys()):
            check.rows += 1
            quantity += changes.get(on, (ZERO, ZERO))[0]
            value += changes.get(on, (ZERO, ZERO))[1]
            day = known.get(on)
            if day is None or (day.quantity, day.value) != (quantity, value):
                had = f"{day.quantity} for {day.value}" if day else "nothing"
                at = _product_at("warehouse")(key)
                yield f"{at} on {on}: {had} instead of {quantity} for {value}"
        if account.moved_on != max(known, default=None):
            yield f"{_product_at('warehouse')(key)}: last moved {account.moved_on}"


def _moved_by_day(
    accounts: Iterable[tuple[int, int]], warehouses: Mapping[int, int]
) -> dict[tuple[int, int], dict[date, tuple[Decimal, Decimal]]]:
    found: dict[Any, dict[date, tuple[Decimal, Decimal]]] = {key: {} for key in accounts}
    for end, sign in (("to_bin_id", 1), ("from_bin_id", -1)):
        ends = StockMove.objects.filter(product__in={product for product, _w in found})
        sums = ends.exclude(**{end: None}).order_by().values_list("product_id", end, "on")
        for product, place, on, quantity, value in sums.annotate(
            quantity_total=ExactSum(F("quantity"), places=3), value_total=ExactSum(F("value"))
        ).iterator():
            days = found.get((product, warehouses[place]))
            if days is not None:
                was = days.get(on, (ZERO, ZERO))
                days[on] = (was[0] + sign * quantity, was[1] + sign * value)
    return found


@invariant("a reversal mirrors the move it takes back")
def reversals_mirror_their_moves(check: Check) -> Iterator[str]:
    back: dict[int, tuple[Decimal, Decimal]] = defaultdict(lambda: (ZERO, ZERO))
    moves: dict[int, StockMove] = {}
    rows = StockMove.objects.exclude(reverses=None).select_related("reverses").order_by("pk")
    for row in rows.iterator():
        check.rows += 1
        move = row.reverses
        if move is None or move.reverses_id is not None:
            yield f"move {row.pk} reverses a reversal"
        elif row.kind == StockMove.Kind.RESIDUAL != move.kind:
            continue  # what the stock no longer carried of the value
        elif _is_mirrored(row, move):
            moves[move.pk] = move
            quantity, value = back[move.pk]
            back[move.pk] = (quantity + row.quantity, value + row.value)
        else:
            yield f"move {row.pk} does not mirror move {move.pk}"
    for pk, (quantity, value) in back.items():
        move = moves[pk]
        whole = quantity == move.quantity and value == move.value
        if not whole and (quantity >= move.quantity or value > move.value):
            told = f"{quantity} for {value} taken back of {move.quantity} for {move.value}"
            yield f"move {pk}: {told}"


def _is_mirrored(back: StockMove, move: StockMove) -> bool:
    return (back.product_id, back.from_bin_id, back.to_bin_id, back.kind) == (
        move.product_id,
        move.to_bin_id,
        move.from_bin_id,
        move.kind,
    )


@invariant("a reversed document is taken back whole")
def reversed_documents_are_taken_back_whole(check: Check) -> Iterator[str]:
    for model in apps.get_models():
        status = getattr(model, "Status", None)
        if "reversed" not in getattr(status, "values", ()) or not hasattr(model, "number_series"):
            continue
        gone = model._default_manager.filter(status="reversed").order_by()
        own = StockMove.objects.filter(
            source_type=model._meta.label_lower, source_id__in=gone.values("pk"), reverses=None
        )
        moved = _amounts(own, "pk")
        # The residual of a reversal is a figure of its own: what the stock no longer carried.
        mirrors = StockMove.objects.filter(reverses__in=own.values("pk"), kind=F("reverses__kind"))
        back = _amounts(mirrors, "reverses")
        check.rows += gone.count()
        for pk in sorted(moved):
            have = back.get(pk, (ZERO, ZERO))
            if have != moved[pk]:
                want = f"{moved[pk][0]} for {moved[pk][1]}"
                yield f"{model._meta.label} move {pk}: {have[0]} for {have[1]} back of {want}"


def _amounts(moves: Any, key: str) -> dict[int, tuple[Decimal, Decimal]]:
    sums = (
        moves.order_by()
        .values_list(key)
        .annotate(
            quantity_total=ExactSum(F("quantity"), places=3), value_total=ExactSum(F("value"))
        )
    )
    return {pk: (quantity, value) for pk, quantity, value in sums.iterator()}
