"""Promises: stock held for the lines of a document."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from erp.core.errors import DomainError
from inventory.models import Bin, Reservation, StockBalance
from inventory.services.movements import Source, insufficient_stock


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
