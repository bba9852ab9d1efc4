"""The suppliers' replies side by side, line by line, in the company's currency and net.

Who may not see cost gets no price of a supplier and no supplier's name, but how soon the goods can
be had and what they would be sold at.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.utils import timezone

from accounts.models import User
from erp.core.models import Company
from erp.core.money import ZERO, round_money, round_price
from erp.core.periods import company, company_today
from erp.core.policy import allowed
from inventory.services import available_by_product
from products.models import PriceFact
from quotations.models import Rfq, RfqAward, RfqLine, RfqReply, RfqSupplier
from quotations.services import shown_price

COST = "products.view_cost"


@dataclass(slots=True)
class Offer:
    """One supplier's reply to one line. ``difference``: to the last purchase price, a part of it.

    ``earlier``: what he asked before, newest first.
    """

    reply: RfqReply
    invitation: RfqSupplier
    price: Decimal
    lead_time_days: int | None
    age_days: int
    is_expired: bool
    awarded: Decimal = ZERO
    is_cheapest: bool = False
    is_soonest: bool = False
    difference: Decimal | None = None
    earlier: list[PriceFact] = field(default_factory=list)

    @property
    def covers(self) -> bool:
        """Whether the supplier delivers as few as were asked for."""
        least = self.reply.minimum_quantity
        return least is None or least <= self.reply.line.quantity


@dataclass(slots=True)
class ComparedLine:
    line: RfqLine
    available: Decimal
    # By invitation; a supplier who did not answer is missing.
    offers: dict[int, Offer]
    last_price: Decimal | None = None
    last_on: date | None = None
    awarded: Decimal = ZERO
    suggested: Decimal | None = None

    @property
    def open_quantity(self) -> Decimal:
        return max(ZERO, self.line.quantity - self.awarded)

    @property
    def best(self) -> Offer | None:
        valid = [offer for offer in self.offers.values() if not offer.is_expired]
        return min(valid, key=lambda offer: offer.price, default=None)

    @property
    def soonest_days(self) -> int | None:
        days = [o.lead_time_days for o in self.offers.values() if o.lead_time_days is not None]
        return min(days, default=None)


@dataclass(slots=True)
class Comparison:
    """``sees_cost``: whether prices and suppliers may be shown to whoever asked."""

    rfq: Rfq
    suppliers: list[RfqSupplier]
    lines: list[ComparedLine]
    sees_cost: bool
    currency: str

    @property
    def totals(self) -> dict[int, Decimal]:
        """What each supplier's offers for the asked quantities come to."""
        sums: dict[int, Decimal] = {}
        for line in self.lines:
            for key, offer in line.offers.items():
                amount = round_money(offer.price * line.line.quantity)
                sums[key] = sums.get(key, ZERO) + amount
        return sums


def compare(rfq: Rfq, *, user: User) -> Comparison:
    """Return the replies to a request side by side; a fixed number of queries."""
    us = company()
    lines = list(rfq.lines.select_related("unit", "product"))
    suppliers = list(rfq.suppliers.select_related("supplier", "contact").order_by("pk"))
    replies = list(RfqReply.objects.filter(line__document=rfq).select_related("offered__brand"))
    awards = list(RfqAward.objects.filter(line__document=rfq))
    ids = {line.product_id for line in lines}
    stock, last = available_by_product(ids), _last_purchases(ids)
    earlier = _earlier_prices(rfq)
    by_pk = {row.pk: row for row in suppliers}
    offers: dict[int, dict[int, Offer]] = {line.pk: {} for line in lines}
    by_line = {line.pk: line for line in lines}
    for reply in replies:
        reply.line = by_line[reply.line_id]
        invitation = by_pk[reply.invitation_id]
        offers[reply.line_id][invitation.pk] = _offer(reply, invitation, awards, earlier)
    compared = [
        _line(line, offers[line.pk], stock.get(line.product_id, ZERO), last, us) for line in lines
    ]
    return Comparison(rfq, suppliers, compared, allowed(user, COST), us.currency_id)


def _last_purchases(ids: set[int]) -> dict[int, PriceFact]:
    facts = PriceFact.objects.filter(product_id__in=ids, kind=PriceFact.Kind.PURCHASE)
    return facts.latest_by_product()


def _earlier_prices(rfq: Rfq) -> dict[int, list[PriceFact]]:
    """Return every price each reply ever had, newest first."""
    found: dict[int, list[PriceFact]] = {}
    facts = PriceFact.objects.filter(source_type=rfq.source_type, source_id=rfq.pk)
    for fact in facts.order_by("-pk"):
        found.setdefault(fact.source_line_id, []).append(fact)
    return found


def _offer(
    reply: RfqReply,
    invitation: RfqSupplier,
    awards: Sequence[RfqAward],
    earlier: Mapping[int, list[PriceFact]],
) -> Offer:
    valid_until, days = invitation.valid_until, reply.lead_time_days
    return Offer(
        reply=reply,
        invitation=invitation,
        price=reply.base_price(invitation.exchange_rate),
        lead_time_days=days if days is not None else invitation.lead_time_days,
        age_days=(timezone.now() - reply.replied_at).days,
        is_expired=valid_until is not None and valid_until < company_today(),
        awarded=sum((one.quantity for one in awards if one.reply_id == reply.pk), ZERO),
        earlier=earlier.get(reply.pk, [])[1:],
    )


def _line(
    line: RfqLine,
    offers: dict[int, Offer],
    available: Decimal,
    last: Mapping[int, PriceFact],
    us: Company,
) -> ComparedLine:
    row = ComparedLine(line, available, offers)
    row.awarded = sum((offer.awarded for offer in offers.values()), ZERO)
    fact = last.get(line.product_id)
    if fact is not None and fact.currency_id == us.currency_id:
        row.last_price, row.last_on = fact.net_unit_price, fact.on
    best = row.best
    for offer in offers.values():
        offer.is_cheapest = best is not None and offer.price == best.price and not offer.is_expired
        offer.is_soonest = offer.lead_time_days is not None and (
            offer.lead_time_days == row.soonest_days
        )
        if row.last_price:
            offer.difference = (offer.price / row.last_price - 1).quantize(Decimal("0.0001"))
    chosen = next((offer for offer in offers.values() if offer.awarded), best)
    if chosen is not None:
        row.suggested = shown_price(round_price(chosen.price * (1 + us.markup_rate)))
    return row
