"""Landed costs: drafted over receipts, posted to stock and cost of goods, reversed."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from customers.models import Supplier
from erp.core.errors import DomainError
from erp.core.money import MAX_AMOUNT, ZERO, round_money
from erp.core.numbering import draw_number
from erp.core.periods import company_today
from erp.core.record import record
from erp.core.service import service
from inventory.models import StockMove
from inventory.services import Revaluation, Source, revalue, reverse_movements
from messaging.services import holders_of, notify
from orders.models import LandedCost, LandedCostLine, Receipt, ReceiptLine
from orders.services.sales import check_reason

Spread = LandedCost.Spread


@service("landed_cost.create")
def create_landed_cost(
    receipt_ids: Collection[int],
    charges: Mapping[str, Decimal],
    *,
    spread_by: str = Spread.VALUE,
    supplier_id: int | None = None,
    reference: str = "",
    by: User,
) -> LandedCost:
    """Draft a landed cost over posted receipts; ``charges`` are freight, duty, insurance, other.

    Locks the receipts. Raises DomainError bad_amount, bad_spread, not_posted, unknown_supplier,
    no_weight, nothing_to_bear.
    """
    if spread_by not in Spread.values:
        raise DomainError(_("Spread it otherwise."), code="bad_spread", field="spread_by")
    if supplier_id is not None and not Supplier.objects.filter(pk=supplier_id).exists():
        raise DomainError(
            _("There is no such supplier."), code="unknown_supplier", field="supplier"
        )
    lines = _received(receipt_ids)
    cost = LandedCost(
        spread_by=spread_by,
        supplier_id=supplier_id,
        reference=reference,
        created_by=by,
        dated_on=company_today(),
        **_charges(charges),
    )
    cost.amount = cost.total()
    if not 0 < cost.amount <= MAX_AMOUNT:
        raise DomainError(_("Enter what it cost."), code="bad_amount", field="freight")
    shares = _spread(cost.amount, [_weight(line, spread_by) for line in lines])
    cost.save()
    LandedCostLine.objects.bulk_create(
        LandedCostLine(document=cost, line_no=number, receipt_line=line, amount=share)
        for number, (line, share) in enumerate(zip(lines, shares, strict=True), 1)
    )
    record("landed_cost.created", cost, by=by)
    return cost


def _charges(charges: Mapping[str, Decimal]) -> dict[str, Decimal]:
    for name, amount in charges.items():
        known = name in LandedCost.CHARGES and amount.is_finite()
        if not known or not 0 <= amount <= MAX_AMOUNT or amount != round_money(amount):
            raise DomainError(
                _("Charges are amounts in whole cents, not below 0."),
                code="bad_amount",
                field=name,
            )
    return dict(charges)


def _received(receipt_ids: Collection[int]) -> list[ReceiptLine]:
    """Lock the receipts and return their lines."""
    found = Receipt.objects.select_for_update().filter(pk__in=receipt_ids).order_by("pk")
    receipts = list(found)
    posted = [one for one in receipts if one.status == Receipt.Status.POSTED]
    if not posted or len(posted) != len(set(receipt_ids)):
        raise DomainError(
            _("Only posted goods receipts bear landed cost."), code="not_posted", field="receipts"
        )
    documents = {one.pk: one for one in posted}
    lines = ReceiptLine.objects.filter(document__in=documents, quantity__gt=0)
    rows = list(lines.select_related("product", "bin").order_by("document_id", "line_no"))
    for row in rows:
        row.document = documents[row.document_id]
    return rows


def _weight(line: ReceiptLine, spread_by: str) -> Decimal:
    """How much of the whole a line bears, in whatever measure."""
    if spread_by == Spread.VALUE:
        return round_money(line.net_amount * line.document.exchange_rate)
    if spread_by == Spread.QUANTITY:
        return line.quantity
    if line.product.mass_kg is None:
        raise DomainError(
            _("%(product)s has no weight.") % {"product": line},
            code="no_weight",
            field="spread_by",
        )
    return line.quantity * line.product.mass_kg


def _spread(amount: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """Return shares in whole cents whose sum is the amount."""
    total = sum(weights, ZERO)
    if not total:
        raise DomainError(
            _("There is nothing to spread it by; choose otherwise."),
            code="nothing_to_bear",
            field="spread_by",
        )
    shares, given, seen = [], ZERO, ZERO
    for weight in weights:
        seen += weight
        upto = round_money(amount * seen / total)
        shares.append(upto - given)
        given = upto
    return shares


@service("landed_cost.post")
def post_landed_cost(
    cost_id: int, *, by: User, on: date | None = None, version: int | None = None
) -> LandedCost:
    """Post a draft: goods on hand become dearer, the share of goods sold is cost of goods sold.

    Locks the cost, its receipts, stock by key, ledger, number. Raises DomainError
    invalid_transition, not_posted, period_closed.
    """
    cost = LandedCost.objects.locked(cost_id)
    cost.check_version(version)
    old = cost.move_to(LandedCost.Status.POSTED)
    shares = {line.receipt_line_id: line for line in cost.lines.all()}
    rows = ReceiptLine.objects.filter(pk__in=shares).order_by()
    received = _received(set(rows.values_list("document_id", flat=True)))
    cost.dated_on = on or company_today()
    revalue(
        [
            Revaluation(
                shares[line.pk].pk, line.product_id, line.bin, line.quantity, shares[line.pk].amount
            )
            for line in received
            if line.pk in shares
        ],
        source=Source.of(cost),
        kind=StockMove.Kind.LANDED_COST,
        on=cost.dated_on,
        by=by,
    )
    cost.number = draw_number(LandedCost.number_series, cost.dated_on)
    cost.save()
    record("landed_cost.posted", cost, by=by, changes={"status": (old, cost.status)})
    notify("landed_cost.posted", cost, holders_of("finance.post_invoice"))
    return cost


@service("landed_cost.reverse")
def reverse_landed_cost(
    cost_id: int, *, reason: str, by: User, on: date | None = None, version: int | None = None
) -> LandedCost:
    """Take a posted landed cost back out of stock and cost of goods sold.

    Goods that left since keep theirs: it becomes a price difference. Raises DomainError
    invalid_transition, reason_missing, period_closed.
    """
    cost = LandedCost.objects.locked(cost_id)
    cost.check_version(version)
    old = cost.move_to(LandedCost.Status.REVERSED)
    check_reason(reason)
    reverse_movements(Source.of(cost), on=on or company_today(), by=by)
    cost.save()
    changes = {"status": (old, cost.status)}
    record("landed_cost.reversed", cost, by=by, changes=changes, reason=reason)
    return cost


@service("landed_cost.cancel")
def cancel_landed_cost(cost_id: int, *, by: User, version: int | None = None) -> LandedCost:
    """Give up a draft."""
    cost = LandedCost.objects.locked(cost_id)
    cost.check_version(version)
    old = cost.move_to(LandedCost.Status.CANCELLED)
    cost.save()
    record("landed_cost.cancelled", cost, by=by, changes={"status": (old, cost.status)})
    return cost
