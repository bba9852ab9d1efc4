"""Stock counts: places are listed, counted while trade goes on, looked over and posted.

A line's difference is what was counted less what the books said at the moment of counting; moves
after that moment change neither (docs/adr/0015).
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from erp.core.errors import DomainError
from erp.core.money import MAX_QUANTITY, ZERO, plain, round_quantity
from erp.core.periods import company_today
from erp.core.record import record
from erp.core.service import service
from inventory.models import Bin, StockBalance, StockCount, StockCountLine, StockMove
from inventory.services.lines import (
    check_bins,
    check_products,
    line_field,
    number_lines,
    stocking_warehouse,
)
from inventory.services.staff import keepers_of
from inventory.services.steps import finish, opened, require_status
from messaging.services import notify

MAX_COUNT_LINES = 20_000
UNSEEN = object()  # the caller does not say what stood in the line before


@dataclass(frozen=True, slots=True)
class CountInput:
    """What somebody counted: of a line, or of a product in a bin that may not be listed yet.

    Without a quantity the line is uncounted again. ``seen``: what stood there when he wrote, to
    tell two people who count the same line of each other. ``at``: when, if not just now.
    """

    quantity: Decimal | None
    line_id: int | None = None
    product_id: int | None = None
    bin_id: int | None = None
    at: datetime | None = None
    note: str | None = None
    seen: Any = UNSEEN


# --- listing the places ----------------------------------------------------------------------


@service("stock_count.create")
def create_count(
    warehouse_id: int,
    *,
    by: User,
    zone: str = "",
    product_ids: Sequence[int] = (),
    is_blind: bool = False,
    notes: str = "",
) -> StockCount:
    """Draft a count of a warehouse, of the bins whose code begins so, or of some products.

    Raises DomainError unknown_warehouse, unknown_product, nothing_to_count,
    too_many_lines.
    """
    warehouse = stocking_warehouse(warehouse_id)
    check_products(dict(enumerate(product_ids, 1)))
    count = StockCount(
        warehouse=warehouse,
        zone=zone.strip().upper(),
        by_product=bool(product_ids),
        is_blind=is_blind,
        created_by=by,
        dated_on=company_today(),
        notes=notes,
    )
    places = _places(count, product_ids)
    if not places:
        raise DomainError(
            _("Nothing lies there that could be counted."), code="nothing_to_count", field="zone"
        )
    count.save()
    _add_lines(count, places)
    record("stock_count.created", count, by=by)
    return count


def _places(count: StockCount, product_ids: Iterable[int]) -> list[StockBalance]:
    """Return the balances a count is about, in the order one walks past the bins."""
    balances = StockBalance.objects.filter(bin__warehouse=count.warehouse_id, on_hand__gt=0)
    if count.by_product:
        balances = balances.filter(product_id__in=set(product_ids))
    if count.zone:
        balances = balances.filter(bin__code__istartswith=count.zone)
    ordered = balances.order_by("bin__code", "product__search_key", "pk")
    found = list(ordered[: MAX_COUNT_LINES + 1])
    if len(found) > MAX_COUNT_LINES:
        raise DomainError(
            _("These are more than %(most)d places; count zone by zone.")
            % {"most": MAX_COUNT_LINES},
            code="too_many_lines",
            field="zone",
        )
    return found


def _add_lines(count: StockCount, places: Sequence[StockBalance], after: int = 0) -> None:
    rows = number_lines(
        StockCountLine(
            document=count,
            product_id=place.product_id,
            bin_id=place.bin_id,
            snapshot_quantity=place.on_hand if count.started_at else None,
        )
        for place in places
    )
    for row in rows:
        row.line_no += after
    StockCountLine.objects.bulk_create(rows, batch_size=500)


@service("stock_count.copy")
def copy_count(count_id: int, *, by: User) -> StockCount:
    """Draft a count of the same places as they are today."""
    old = StockCount.objects.locked(count_id)
    products = old.lines.values_list("product_id", flat=True) if old.by_product else ()
    return create_count(
        old.warehouse_id,
        zone=old.zone,
        product_ids=sorted(set(products)),
        is_blind=old.is_blind,
        notes=old.notes,
        by=by,
    )


@service("stock_count.start")
def start_count(count_id: int, *, by: User, version: int | None = None) -> StockCount:
    """Take the snapshot: list the places anew, with what the books say now."""
    count = opened(StockCount, count_id, version)
    require_status(count, StockCount.Status.DRAFT)
    old = count.move_to(StockCount.Status.COUNTING)
    count.started_at = timezone.now()
    products = set(count.lines.values_list("product_id", flat=True)) if count.by_product else set()
    places = _places(count, products)
    count.lines.all().delete()
    _add_lines(count, places)
    return finish(count, "stock_count.started", old, by=by)


# --- counting --------------------------------------------------------------------------------


@service("stock_count.count")
def record_counts(
    count_id: int, entries: Sequence[CountInput], *, by: User, version: int | None = None
) -> StockCount:
    """Write down what was counted; several people may count at once, each his lines.

    Locks the count and the balances of these lines, so that what the books say belongs to the
    moment. Raises DomainError invalid_transition, unknown_line, unknown_product, unknown_bin,
    bad_quantity, bad_moment, counted_meanwhile, naming the line.
    """
    count = opened(StockCount, count_id, version)
    require_status(count, StockCount.Status.COUNTING)
    now = timezone.now()
    pairs = _lines_for(count, entries)
    for line, entry in pairs:
        _check_entry(count, line, entry, now)
    expected = _books_at(pairs)
    # Only now: what moved while this waited for the lock is in the books it read.
    now = timezone.now()
    for line, entry in pairs:
        counted = entry.quantity is not None
        line.counted_quantity = entry.quantity
        line.expected_quantity = expected[line.product_id, line.bin_id] if counted else None
        line.counted_at = (entry.at or now) if counted else None
        line.counted_by = by if counted else None
        line.note = line.note if entry.note is None else entry.note[:200]
    names = ["counted_quantity", "expected_quantity", "counted_at", "counted_by", "note"]
    StockCountLine.objects.bulk_update([line for line, _e in pairs], names, batch_size=200)
    told = {
        f"line {line.line_no}": (
            None,
            "–" if line.counted_quantity is None else plain(line.counted_quantity),
        )
        for line, _entry in pairs
    }
    record("stock_count.counted", count, by=by, changes=told)
    return count


def _lines_for(
    count: StockCount, entries: Sequence[CountInput]
) -> list[tuple[StockCountLine, CountInput]]:
    """Return the line of each entry; what was found where nothing was listed gets a new one."""
    if not entries:
        raise DomainError(_("Nothing was counted."), code="no_lines", field="lines")
    ids = {entry.line_id for entry in entries if entry.line_id is not None}
    places = {(e.product_id, e.bin_id) for e in entries if e.line_id is None}
    rows = count.lines.filter(
        Q(pk__in=ids)
        | Q(product_id__in={p for p, _b in places}, bin_id__in={b for _p, b in places})
    )
    by_id = {line.pk: line for line in rows}
    by_place = {(line.product_id, line.bin_id): line for line in by_id.values()}
    _add_found(count, [place for place in places if place not in by_place], by_place)
    pairs = []
    for number, entry in enumerate(entries, 1):
        line = (
            by_id.get(entry.line_id)
            if entry.line_id is not None
            else by_place[entry.product_id or 0, entry.bin_id or 0]
        )
        if line is None:
            raise DomainError(
                _("There is no such line."),
                code="unknown_line",
                field=line_field(number, "line_id"),
            )
        pairs.append((line, entry))
    if len({line.pk for line, _entry in pairs}) < len(pairs):
        raise DomainError(
            _("A line is there twice."), code="unknown_line", field=line_field(1, "line_id")
        )
    return pairs


def _add_found(
    count: StockCount,
    places: Sequence[tuple[int | None, int | None]],
    by_place: dict[tuple[int, int], StockCountLine],
) -> None:
    if not places:
        return
    check_products({number: place[0] or 0 for number, place in enumerate(places, 1)})
    check_bins(
        (number, "bin_id", place[1] or 0, count.warehouse_id)
        for number, place in enumerate(places, 1)
    )
    last = count.lines.order_by("-line_no").values_list("line_no", flat=True).first() or 0
    for number, (product_id, bin_id) in enumerate(places, last + 1):
        by_place[product_id or 0, bin_id or 0] = StockCountLine.objects.create(
            document=count,
            line_no=number,
            product_id=product_id or 0,
            bin_id=bin_id or 0,
            snapshot_quantity=ZERO,
        )


def _check_entry(count: StockCount, line: StockCountLine, entry: CountInput, now: datetime) -> None:
    quantity, field = entry.quantity, line_field(line.line_no, "counted")
    if quantity is not None and not (
        quantity.is_finite()
        and 0 <= quantity <= MAX_QUANTITY
        and round_quantity(quantity) == quantity
    ):
        raise DomainError(
            _("%(value)s is no quantity: 0 or more, at most 3 decimals.") % {"value": quantity},
            code="bad_quantity",
            field=field,
        )
    if entry.seen is not UNSEEN and entry.seen != line.counted_quantity:
        stored = "–" if line.counted_quantity is None else plain(line.counted_quantity)
        raise DomainError(
            _("%(who)s counted %(stored)s here meanwhile.")
            % {"who": line.counted_by or _("Somebody"), "stored": stored},
            code="counted_meanwhile",
            field=field,
        )
    if entry.at is not None and not (count.started_at or now) <= entry.at <= now:
        raise DomainError(
            _("Counted before the count began, or in the future."), code="bad_moment", field=field
        )


def _books_at(
    pairs: Sequence[tuple[StockCountLine, CountInput]],
) -> dict[tuple[int, int], Decimal]:
    """Return what the books said of each place at its moment: on hand now less what moved since.

    Locks the balances by key: nothing moves there until the transaction ends.
    """
    places = {(line.product_id, line.bin_id): entry.at for line, entry in pairs}
    wanted = Q(product_id__in={p for p, _b in places}, bin_id__in={b for _p, b in places})
    keys = sorted(StockBalance.objects.filter(wanted).order_by().values_list("pk", flat=True))
    books: dict[tuple[int, int], Decimal] = dict.fromkeys(places, ZERO)
    for row in StockBalance.objects.select_for_update().filter(pk__in=keys).order_by("pk"):
        if (row.product_id, row.bin_id) in books:
            books[row.product_id, row.bin_id] = row.on_hand
    earlier = {place: at for place, at in places.items() if at is not None}
    if earlier:
        for place, change in _moved_since(earlier, min(earlier.values())).items():
            books[place] -= change
    return books


def _moved_since(
    places: dict[tuple[int, int], datetime], earliest: datetime
) -> dict[tuple[int, int], Decimal]:
    """Return by how much each place grew since its moment."""
    bins = {bin_id for _p, bin_id in places}
    grown: dict[tuple[int, int], Decimal] = defaultdict(lambda: ZERO)
    moves = StockMove.objects.filter(
        Q(from_bin__in=bins) | Q(to_bin__in=bins),
        product__in={product_id for product_id, _b in places},
        posted_at__gt=earliest,
    ).order_by()
    for product_id, from_bin, to_bin, quantity, posted_at in moves.values_list(
        "product_id", "from_bin_id", "to_bin_id", "quantity", "posted_at"
    ):
        for bin_id, change in ((to_bin, quantity), (from_bin, -quantity)):
            at = places.get((product_id, bin_id))
            if at is not None and posted_at > at:
                grown[product_id, bin_id] += change
    return grown


# --- looking it over -------------------------------------------------------------------------


@service("stock_count.review")
def review_count(
    count_id: int, *, by: User, version: int | None = None, reason: str = ""
) -> StockCount:
    """Close the counting; lines nobody counted are left out of it, never taken for nothing.

    Raises DomainError invalid_transition, nothing_counted.
    """
    count = opened(StockCount, count_id, version)
    old = count.move_to(StockCount.Status.REVIEWED)
    if not count.lines.exclude(counted_quantity=None).exists():
        raise DomainError(_("Nothing was counted."), code="nothing_counted", field="lines")
    count.reviewed_by = by
    finish(count, "stock_count.reviewed", old, by=by, reason=reason)
    notify(
        "stock_count.reviewed", count, keepers_of("inventory.post_stockcount", count.warehouse_id)
    )
    return count


@service("stock_count.recount")
def recount(count_id: int, *, by: User, version: int | None = None, reason: str = "") -> StockCount:
    """Open the counting again; what was counted stays."""
    count = opened(StockCount, count_id, version)
    require_status(count, StockCount.Status.REVIEWED)
    old = count.move_to(StockCount.Status.COUNTING)
    count.reviewed_by = None
    return finish(count, "stock_count.reopened", old, by=by, reason=reason)


@service("stock_count.cancel")
def cancel_count(
    count_id: int, *, by: User, version: int | None = None, reason: str = ""
) -> StockCount:
    count = opened(StockCount, count_id, version)
    old = count.move_to(StockCount.Status.CANCELLED)
    return finish(count, "stock_count.cancelled", old, by=by, reason=reason)


def bins_of(lines: Iterable[StockCountLine]) -> dict[int, Bin]:
    return Bin.objects.in_bulk({line.bin_id for line in lines})
