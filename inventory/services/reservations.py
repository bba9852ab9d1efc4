"""Promises: stock held for the lines of a document."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Subquery
from django.utils.translation import gettext_lazy as _

from erp.core import bulk
from erp.core.errors import DomainError
from erp.core.money import ZERO
from inventory.models import Bin, Reservation, StockBalance, StockValue
from inventory.services.locked_stock import HeldStock, insufficient_stock
from inventory.services.movements import Source


@dataclass(frozen=True, slots=True)
class Need:
    """A quantity of a product that a document's line wants from a warehouse, or from one bin."""

    line_id: int
    product_id: int
    quantity: Decimal
    warehouse_id: int
    bin_id: int | None = None


def reserve(
    needs: Sequence[Need], *, source: Source, allow_partial: bool = False
) -> dict[int, Decimal]:
    """Promise stock to the lines of a document; return how much each line got, by its id.

    Each need is met in its own warehouse. Locks the balances of these products there by primary
    key and takes from the bins in that order, the needs in theirs. Raises DomainError
    insufficient_stock naming the first product that falls short, unless part is enough.
    """
    balances, promised_before = _lock_balances(needs, source)
    held: dict[tuple[int, int], Reservation] = {}
    if promised_before:  # in the same bin: that row grows
        rows_before = Reservation.objects.filter(source_type=source.type, source_id=source.id)
        held = {(row.source_line_id, row.bin_id): row for row in rows_before}
    promised: dict[int, Decimal] = {}
    rows: dict[tuple[int, int], Reservation] = {}
    changed: dict[int, StockBalance] = {}
    for need in needs:
        parts = _spread(need, balances[need.product_id, need.warehouse_id])
        covered = sum((quantity for _balance, quantity in parts), ZERO)
        if covered < need.quantity and not allow_partial:
            raise insufficient_stock(need.product_id, need.quantity, covered)
        promised[need.line_id] = promised.get(need.line_id, ZERO) + covered
        for balance, quantity in parts:
            balance.reserved += quantity
            changed[balance.pk] = balance
            key = (need.line_id, balance.bin_id)
            if key not in rows:
                rows[key] = held.get(key) or _reservation(need, balance, source)
            rows[key].quantity += quantity
    bulk.overwrite([row for row in rows.values() if row.pk is not None], ["quantity"])
    bulk.insert([row for row in rows.values() if row.pk is None])
    bulk.overwrite(list(changed.values()), ["reserved"])
    return promised


def _lock_balances(
    needs: Sequence[Need], source: Source
) -> tuple[dict[tuple[int, int], list[StockBalance]], bool]:
    """Return the locked balances per product and warehouse, each in the order of their key.

    And whether this document has something reserved in one of them already.
    """
    wanted = {(need.product_id, need.warehouse_id) for need in needs}
    bins = {need.bin_id for need in needs}
    own = Reservation.objects.filter(
        source_type=source.type, source_id=source.id, bin=OuterRef("bin")
    )
    rows = StockBalance.objects.filter(
        product_id__in={product for product, _warehouse in wanted},
        bin__warehouse_id__in={warehouse for _product, warehouse in wanted},
    ).order_by()
    if None not in bins:  # nothing but what they name is locked
        rows = rows.filter(bin__in=bins)
    places = {}
    held = False
    for pk, product, warehouse, has_own in rows.annotate(has_own=Exists(own)).values_list(
        "pk", "product_id", "bin__warehouse_id", "has_own"
    ):
        if (product, warehouse) in wanted:
            places[pk] = (product, warehouse)
            held = held or has_own
    balances: dict[tuple[int, int], list[StockBalance]] = defaultdict(list)
    for row in StockBalance.objects.select_for_update().filter(pk__in=places).order_by("pk"):
        balances[places[row.pk]].append(row)
    return balances, held


def _reservation(need: Need, balance: StockBalance, source: Source) -> Reservation:
    return Reservation(
        product_id=need.product_id,
        bin_id=balance.bin_id,
        quantity=ZERO,
        source_type=source.type,
        source_id=source.id,
        source_line_id=need.line_id,
    )


def _spread(need: Need, balances: Iterable[StockBalance]) -> list[tuple[StockBalance, Decimal]]:
    """Return what each bin gives to the need, until it is met or nothing is left."""
    rest, parts = need.quantity, []
    for balance in balances:
        part = min(rest, balance.available)
        if part > 0 and need.bin_id in {None, balance.bin_id}:
            parts.append((balance, part))
            rest -= part
    return parts


def release(
    source: Source,
    quantities: Mapping[int, Decimal] | None = None,
    *,
    bin_id: int | None = None,
) -> list[Reservation]:
    """Give up a document's reservations: all, or so much per line id; of one bin if it is named.

    Returns what was given up, one (unsaved) row per line and bin. See ``take_reserved``.
    """
    return take_reserved(source, quantities, bin_id=bin_id)[0]


def take_reserved(
    source: Source,
    quantities: Mapping[int, Decimal] | None = None,
    *,
    bin_id: int | None = None,
) -> tuple[list[Reservation], HeldStock]:
    """Give up a document's reservations, so that goods can leave from just there.

    Call it with the document locked. Locks its reservations, then the balances, and shrinks or
    deletes the reservations. Returns what was given up, one (unsaved) row per line and bin, and
    what is locked now, for ``post_movements``. Raises DomainError not_reserved when a line has
    less reserved than asked for.
    """
    held = Reservation.objects.filter(source_type=source.type, source_id=source.id)
    if quantities is not None:
        held = held.filter(source_line_id__in=quantities)
    if bin_id is not None:
        held = held.filter(bin=bin_id)
    there = StockBalance.objects.filter(product=OuterRef("product"), bin=OuterRef("bin"))
    place = Bin.objects.filter(pk=OuterRef("bin"))
    value = StockValue.objects.filter(product=OuterRef("product"), warehouse__bin=OuterRef("bin"))
    # The document's lock keeps its reservations as they are until their balances are locked.
    rows: list[Any] = list(
        held.order_by("pk")
        .annotate(
            balance=Subquery(there.values("pk")[:1]),
            warehouse=Subquery(place.values("warehouse")[:1]),
            code=Subquery(place.values("code")[:1]),
            account=Subquery(value.values("pk")[:1]),
        )
        .select_for_update()
    )
    if not rows and not quantities:
        return [], HeldStock({}, set())
    pks = {row.balance for row in rows}
    locked = StockBalance.objects.select_for_update().filter(pk__in=pks).order_by("pk")
    balances = {(row.product_id, row.bin_id): row for row in locked}
    for row in rows:  # joined to what is locked, the bins would be locked too
        row.bin = Bin(pk=row.bin_id, warehouse_id=row.warehouse, code=row.code)
    rest = dict(quantities) if quantities is not None else None
    freed = _take(rows, rest)
    if rest and any(rest.values()):
        raise DomainError(_("Less is reserved than is to be released."), code="not_reserved")
    for row in freed:
        balances[row.product_id, row.bin_id].reserved -= row.quantity
    bulk.overwrite(list(balances.values()), ["reserved"])
    bulk.delete(Reservation, [row.pk for row in rows if not row.quantity])
    bulk.overwrite([row for row in rows if row.quantity], ["quantity"])
    return freed, HeldStock(balances, {row.account for row in rows})


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
