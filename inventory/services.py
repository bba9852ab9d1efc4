"""Stock: every movement and every promise goes through here.

Locks are taken before anything is decided: balances by key, then values by key. Each function
handles a whole document's lines in a fixed number of queries. Call them inside the service of the
document that moves the goods; they take part in its transaction.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q, Sum
from django.utils.translation import gettext_lazy as _

from erp.core.errors import DomainError
from erp.core.money import ZERO, plain, round_money, round_price
from erp.core.periods import assert_open
from erp.core.registry import ValueEvent, publish_value_events
from inventory.models import Bin, Inbound, Reservation, StockBalance, StockMove, StockValue
from products.models import Product


@dataclass(frozen=True, slots=True)
class Source:
    """The document a ledger row points at."""

    type: str
    id: int

    @classmethod
    def of(cls, document: Any) -> "Source":
        return cls(document.source_type, document.pk)


@dataclass(frozen=True, slots=True)
class Movement:
    """One movement asked for. ``value`` is what comes in; goods going out go at the average."""

    line_id: int
    product_id: int
    quantity: Decimal
    from_bin: Bin | None = None
    to_bin: Bin | None = None
    value: Decimal | None = None


class _Locked:
    """Balances and values of one posting, locked, changed in memory, written back once."""

    def __init__(self, movements: Sequence[Movement]) -> None:
        bins = {b.pk: b for m in movements for b in (m.from_bin, m.to_bin) if b is not None}
        places = {
            (m.product_id, b.pk) for m in movements for b in (m.from_bin, m.to_bin) if b is not None
        }
        accounts = {(product, bins[place].warehouse_id) for product, place in places}
        self.balances: dict[tuple[int, int], StockBalance] = _locked_rows(
            StockBalance, ("product_id", "bin_id"), places
        )
        self.values: dict[tuple[int, int], StockValue] = _locked_rows(
            StockValue, ("product_id", "warehouse_id"), accounts
        )

    def save(self) -> None:
        StockBalance.objects.bulk_update(self.balances.values(), ["on_hand"], batch_size=500)
        StockValue.objects.bulk_update(self.values.values(), ["quantity", "value"], batch_size=500)


def _locked_rows(model: Any, names: tuple[str, str], keys: set[tuple[int, int]]) -> dict[Any, Any]:
    """Return rows by key, missing ones created, all locked in the order of their primary key."""
    first, second = names
    wanted = Q(**{f"{first}__in": {k[0] for k in keys}, f"{second}__in": {k[1] for k in keys}})
    existing = {
        (a, b): pk
        for a, b, pk in model.objects.filter(wanted).values_list(first, second, "pk")
        if (a, b) in keys
    }
    missing = sorted(keys - existing.keys())
    if missing:
        model.objects.bulk_create(
            [model(**{first: a, second: b}) for a, b in missing], ignore_conflicts=True
        )
        pks = [
            pk
            for a, b, pk in model.objects.filter(wanted).values_list(first, second, "pk")
            if (a, b) in keys
        ]
    else:
        pks = list(existing.values())
    rows = model.objects.select_for_update().filter(pk__in=pks).order_by("pk")
    return {(getattr(row, first), getattr(row, second)): row for row in rows}


def post_movements(
    movements: Sequence[Movement], *, source: Source, kind: str, on: date, by: Any
) -> list[StockMove]:
    """Post movements of one document: balances, values, ledger rows, and one value event.

    Locks balances then values by primary key. Goods leave at the moving average of their warehouse
    before the move; the last unit takes the remaining value. Raises DomainError period_closed,
    insufficient_stock.
    """
    assert_open(on, "stock")
    locked = _Locked(movements)
    moves, gained = [], ZERO
    for movement in movements:
        value = _value_out(locked, movement) if movement.from_bin else movement.value or ZERO
        gained += (value if movement.to_bin else ZERO) - (value if movement.from_bin else ZERO)
        if movement.to_bin:
            _put(locked, movement, movement.to_bin, value)
        moves.append(
            StockMove(
                product_id=movement.product_id,
                from_bin=movement.from_bin,
                to_bin=movement.to_bin,
                quantity=movement.quantity,
                unit_cost=round_price(value / movement.quantity),
                value=value,
                kind=kind,
                on=on,
                source_type=source.type,
                source_id=source.id,
                source_line_id=movement.line_id,
            )
        )
    locked.save()
    StockMove.objects.bulk_create(moves, batch_size=500)
    if gained:
        event = ValueEvent(kind, gained, on, source.type, source.id)
        publish_value_events([event], by=by)
    return moves


def _value_out(locked: _Locked, movement: Movement) -> Decimal:
    """Take the quantity out of its bin and warehouse; return the value that leaves with it."""
    place = movement.from_bin
    if place is None:
        raise ValueError("a movement out needs a bin")
    balance = locked.balances[movement.product_id, place.pk]
    if balance.available < movement.quantity:
        raise insufficient_stock(movement.product_id, movement.quantity, balance.available)
    account = locked.values[movement.product_id, place.warehouse_id]
    if movement.quantity == account.quantity:
        value = account.value
    else:
        value = round_money(account.value * movement.quantity / account.quantity)
    balance.on_hand -= movement.quantity
    account.quantity -= movement.quantity
    account.value -= value
    return value


def _put(locked: _Locked, movement: Movement, place: Bin, value: Decimal) -> None:
    locked.balances[movement.product_id, place.pk].on_hand += movement.quantity
    account = locked.values[movement.product_id, place.warehouse_id]
    account.quantity += movement.quantity
    account.value += value


def insufficient_stock(product_id: int, wanted: Decimal, available: Decimal) -> DomainError:
    product = Product.objects.select_related("brand").get(pk=product_id)
    return DomainError(
        _("%(product)s: %(wanted)s wanted, %(available)s available.")
        % {"product": product, "wanted": plain(wanted), "available": plain(available)},
        code="insufficient_stock",
        field=str(product),
    )


# --- reservations ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Need:
    """A quantity of a product that a document's line wants promised."""

    line_id: int
    product_id: int
    quantity: Decimal


def reserve(needs: Sequence[Need], *, warehouse_id: int, source: Source) -> None:
    """Promise stock of one warehouse to the lines of a document, all or nothing.

    Locks the balances of these products by primary key and takes from the bins in that order.
    Raises DomainError insufficient_stock naming the first product that falls short.
    """
    products = {need.product_id for need in needs}
    balances: dict[int, list[StockBalance]] = defaultdict(list)
    rows = StockBalance.objects.filter(product_id__in=products, bin__warehouse_id=warehouse_id)
    keys = list(rows.order_by().values_list("pk", flat=True))
    for row in StockBalance.objects.select_for_update().filter(pk__in=keys).order_by("pk"):
        balances[row.product_id].append(row)
    reservations: list[Reservation] = []
    changed: dict[int, StockBalance] = {}
    for need in needs:
        for balance, quantity in _spread(need, balances[need.product_id]):
            balance.reserved += quantity
            changed[balance.pk] = balance
            reservations.append(
                Reservation(
                    product_id=need.product_id,
                    bin_id=balance.bin_id,
                    quantity=quantity,
                    source_type=source.type,
                    source_id=source.id,
                    source_line_id=need.line_id,
                )
            )
    Reservation.objects.bulk_create(reservations, batch_size=500)
    StockBalance.objects.bulk_update(changed.values(), ["reserved"], batch_size=500)


def _spread(need: Need, balances: Iterable[StockBalance]) -> list[tuple[StockBalance, Decimal]]:
    rest, parts = need.quantity, []
    for balance in balances:
        part = min(rest, balance.available)
        if part > 0:
            parts.append((balance, part))
            rest -= part
        if not rest:
            return parts
    raise insufficient_stock(need.product_id, need.quantity, need.quantity - rest)


def release(source: Source, quantities: Mapping[int, Decimal] | None = None) -> list[Reservation]:
    """Give up a document's reservations: all, or so much per line id.

    Locks the balances, then shrinks or deletes the reservations. Returns what was given up, one
    (unsaved) row per line and bin, so that goods can leave from just there. Raises DomainError
    not_reserved when a line has less reserved than asked for.
    """
    held = Reservation.objects.filter(source_type=source.type, source_id=source.id)
    if quantities is not None:
        held = held.filter(source_line_id__in=quantities)
    places = list(held.values_list("product_id", "bin_id"))
    balances = {}
    if places:
        wanted = Q(product_id__in={p for p, _b in places}, bin_id__in={b for _p, b in places})
        pks = list(StockBalance.objects.filter(wanted).order_by().values_list("pk", flat=True))
        locked = StockBalance.objects.select_for_update().filter(pk__in=pks).order_by("pk")
        balances = {(row.product_id, row.bin_id): row for row in locked}
    rows = list(held.select_for_update().order_by("pk"))
    bins = Bin.objects.in_bulk({row.bin_id for row in rows})  # joined they would be locked too
    for row in rows:
        row.bin = bins[row.bin_id]
    rest = dict(quantities) if quantities is not None else None
    freed = _take(rows, rest)
    if rest and any(rest.values()):
        raise DomainError(_("Less is reserved than is to be released."), code="not_reserved")
    for row in freed:
        balances[row.product_id, row.bin_id].reserved -= row.quantity
    StockBalance.objects.bulk_update(balances.values(), ["reserved"], batch_size=500)
    Reservation.objects.filter(pk__in=[r.pk for r in rows if not r.quantity]).delete()
    Reservation.objects.bulk_update([r for r in rows if r.quantity], ["quantity"], batch_size=500)
    return freed


def _take(rows: Sequence[Reservation], rest: dict[int, Decimal] | None) -> list[Reservation]:
    """Reduce the rows by what is asked for (all without ``rest``); return the parts taken."""
    freed = []
    for row in rows:
        part = row.quantity if rest is None else min(row.quantity, rest[row.source_line_id])
        if not part:
            continue
        if rest is not None:
            rest[row.source_line_id] -= part
        row.quantity -= part
        freed.append(
            Reservation(
                product_id=row.product_id,
                bin=row.bin,
                quantity=part,
                source_line_id=row.source_line_id,
            )
        )
    return freed


# --- inbound goods ---------------------------------------------------------------------------


def expect_inbound(
    lines: Sequence[Need], *, warehouse_id: int, requested_on: date | None, source: Source
) -> None:
    """Replace what a purchase order still expects; lines without quantity disappear."""
    Inbound.objects.filter(source_type=source.type, source_id=source.id).delete()
    Inbound.objects.bulk_create(
        [
            Inbound(
                product_id=line.product_id,
                warehouse_id=warehouse_id,
                quantity=line.quantity,
                requested_on=requested_on,
                source_type=source.type,
                source_id=source.id,
                source_line_id=line.line_id,
            )
            for line in lines
            if line.quantity > 0
        ],
        batch_size=500,
    )


# --- questions -------------------------------------------------------------------------------


def available_by_product(
    product_ids: Iterable[int], *, warehouse_id: int | None = None
) -> dict[int, Decimal]:
    """Return on hand less reserved per product id (missing: nothing) in one or all warehouses."""
    rows = StockBalance.objects.filter(product_id__in=set(product_ids))
    if warehouse_id is not None:
        rows = rows.filter(bin__warehouse_id=warehouse_id)
    free: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for product_id, on_hand, reserved in rows.order_by().values_list(
        "product_id", "on_hand", "reserved"
    ):
        free[product_id] += on_hand - reserved
    return dict(free)


def inbound_by_product(product_ids: Iterable[int]) -> dict[int, Decimal]:
    """Return the quantity ordered and not yet arrived per product id."""
    rows = Inbound.objects.filter(product_id__in=set(product_ids)).order_by().values("product_id")
    return {row["product_id"]: row["total"] for row in rows.annotate(total=Sum("quantity"))}


def average_costs(product_ids: Iterable[int]) -> dict[int, Decimal]:
    """Return the average cost per product id over all warehouses, 6 decimals."""
    totals: dict[int, list[Decimal]] = defaultdict(lambda: [ZERO, ZERO])
    rows = StockValue.objects.filter(product_id__in=set(product_ids), quantity__gt=0)
    for product_id, quantity, value in rows.order_by().values_list(
        "product_id", "quantity", "value"
    ):
        totals[product_id][0] += quantity
        totals[product_id][1] += value
    return {key: round_price(value / quantity) for key, (quantity, value) in totals.items()}
