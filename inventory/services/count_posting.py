"""Posting a stock count: each difference as a move, at the cost of today."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from erp.core.errors import DomainError
from erp.core.money import ZERO, plain
from erp.core.periods import company_today
from erp.core.service import service
from erp.core.sources import refs_of
from inventory.models import Bin, Reservation, StockCount, StockCountLine, StockMove
from inventory.services.approval import check_approval
from inventory.services.costs import CurrentCosts
from inventory.services.counts import bins_of
from inventory.services.lines import line_field
from inventory.services.locked_stock import LockedStock
from inventory.services.movements import Movement, Posting, Source, ends
from inventory.services.reversals import reverse_movements
from inventory.services.steps import finish, opened

# What sets a place right by hand: a count from before it is out of date.
_CORRECTIONS = ("count", "adjustment", "surplus", "scrap", "opening")


@service("stock_count.post")
def post_count(
    count_id: int,
    *,
    by: User,
    version: int | None = None,
    on: date | None = None,
    reason: str = "",
) -> StockCount:
    """Post the differences: more at the current cost, less at the moving average.

    What is promised stays there: a difference that would leave less than is reserved is refused,
    naming the documents. Locks count, stock by key, number. Raises DomainError
    invalid_transition, count_below_reserved, corrected_since, approval_needed, period_closed,
    foreign_warehouse.
    """
    count = opened(StockCount, count_id, version)
    old = count.move_to(StockCount.Status.POSTED)
    count.dated_on = on or company_today()
    lines = list(count.lines.exclude(counted_quantity=None).select_related("product__brand"))
    differing = [line for line in lines if line.variance]
    bins = bins_of(differing)
    movements = {line.pk: _movement(line, bins[line.bin_id]) for line in differing}
    posting = Posting(ends(movements.values()), Source.of(count), count.dated_on)
    _check_not_corrected(differing, bins)
    _check_reserved(differing, posting.stock)
    costs = CurrentCosts(posting.stock, {line.product_id for line in differing})
    for line in differing:
        line.variance_value = _post(posting, costs, movements[line.pk])
    worth = sum((abs(line.variance_value or ZERO) for line in differing), ZERO)
    makers = {count.created_by_id, count.reviewed_by_id, *(line.counted_by_id for line in lines)}
    check_approval(count, worth, makers, by=by)
    if posting.moves:
        posting.write(by=by)
    StockCountLine.objects.bulk_update(differing, ["variance_value"], batch_size=200)
    count.posted_by = by
    return finish(count, "stock_count.posted", old, by=by, reason=reason, draws=True)


def _movement(line: StockCountLine, place: Bin) -> Movement:
    variance = line.variance or ZERO
    comes_from, goes_to = (None, place) if variance > 0 else (place, None)
    return Movement(line.pk, line.product_id, abs(variance), comes_from, goes_to)


def _post(posting: Posting, costs: CurrentCosts, asked: Movement) -> Decimal:
    """Add one difference to the posting; return what it is worth, negative where goods miss."""
    if asked.to_bin is not None:
        value = costs.value(asked.product_id, asked.to_bin, asked.quantity)
        posting.add(asked, StockMove.Kind.COUNT, value)
        return value
    place = asked.from_bin
    if place is None:
        raise ValueError("a difference lies in a bin")
    posting.stock.check_available(asked.product_id, place, asked.quantity)
    value = posting.stock.account(asked.product_id, place).cost_of(asked.quantity)
    posting.add(asked, StockMove.Kind.COUNT, value)
    return -value


def _check_not_corrected(lines: Sequence[StockCountLine], bins: dict[int, Bin]) -> None:
    """Refuse a line whose place was set right since it was counted: it would be done twice."""
    counted = {(line.product_id, line.bin_id): line for line in lines}
    moments = [line.counted_at for line in lines if line.counted_at is not None]
    if not moments:
        return
    moves = StockMove.objects.filter(
        Q(from_bin__in=bins) | Q(to_bin__in=bins),
        product__in={line.product_id for line in lines},
        kind__in=_CORRECTIONS,
        posted_at__gt=min(moments),
    ).order_by("pk")
    for product_id, from_bin, to_bin, posted_at in moves.values_list(
        "product_id", "from_bin_id", "to_bin_id", "posted_at"
    ):
        for bin_id in (from_bin, to_bin):
            line = counted.get((product_id, bin_id))
            if line is not None and line.counted_at is not None and posted_at > line.counted_at:
                raise DomainError(
                    _("%(product)s in %(bin)s was corrected since it was counted; count it again.")
                    % {"product": line.product, "bin": bins[line.bin_id]},
                    code="corrected_since",
                    field=line_field(line.line_no, "counted"),
                )


def _check_reserved(lines: Sequence[StockCountLine], stock: LockedStock) -> None:
    for line in lines:
        balance = stock.balances[line.product_id, line.bin_id]
        left = balance.on_hand + (line.variance or ZERO)
        if left < balance.reserved:
            raise DomainError(
                _(
                    "%(product)s in %(bin)s: %(left)s would be left, %(reserved)s are promised to"
                    " %(documents)s. Give those up or move them first."
                )
                % {
                    "product": line.product,
                    "bin": Bin.objects.get(pk=line.bin_id),
                    "left": plain(left),
                    "reserved": plain(balance.reserved),
                    "documents": _documents(line),
                },
                code="count_below_reserved",
                field=line_field(line.line_no, "counted"),
            )


def _documents(line: StockCountLine) -> str:
    held = Reservation.objects.filter(product_id=line.product_id, bin_id=line.bin_id)
    sources = sorted(set(held.order_by().values_list("source_type", "source_id")))
    names = refs_of(sources)
    return ", ".join(names.get(source, "–") for source in sources[:5])


@service("stock_count.reverse")
def reverse_count(
    count_id: int,
    *,
    by: User,
    version: int | None = None,
    reason: str = "",
    on: date | None = None,
) -> StockCount:
    """Take the differences back, in the same quantities and values.

    Raises DomainError invalid_transition, insufficient_stock, period_closed.
    """
    count = opened(StockCount, count_id, version)
    old = count.move_to(StockCount.Status.REVERSED)
    reverse_movements(Source.of(count), on=on or company_today(), by=by)
    return finish(count, "stock_count.reversed", old, by=by, reason=reason)
