"""What is known of a product's purchase price, and which prices of an order lie above it.

All in the company's currency, net, per unit; a fixed number of queries whatever the lines.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from erp.core.models import rate_on
from erp.core.money import net_unit_price, plain, round_price
from erp.core.periods import company
from inventory.services import average_costs
from orders.models import PurchaseOrder, PurchaseOrderLine
from products.models import PriceFact

# A supplier's quotation older than this says little of today's price.
RFQ_DAYS = 180


@dataclass(frozen=True, slots=True)
class KnownPrices:
    """Of one product: what was paid last (and to whom), its average cost, the best RFQ price."""

    last: Decimal | None = None
    last_fact: PriceFact | None = None
    average: Decimal | None = None
    best_rfq: Decimal | None = None


@dataclass(frozen=True, slots=True)
class PriceWarning:
    """A line's price lies above a known one by ``percent``."""

    line_no: int
    designation: str
    kind: str
    known: Decimal
    percent: Decimal

    @property
    def label(self) -> str | Promise:
        return _KINDS[self.kind]

    @property
    def text(self) -> str:
        return _("%(percent)s %% above %(kind)s %(known)s") % {
            "percent": plain(self.percent),
            "kind": self.label,
            "known": plain(self.known),
        }

    def as_json(self) -> dict[str, str | int]:
        return {
            "line_no": self.line_no,
            "designation": self.designation,
            "kind": self.kind,
            "known": plain(self.known),
            "percent": plain(self.percent),
            "message": self.text,
        }


_KINDS = {
    "last": _("the last price"),
    "average": _("the average cost"),
    "rfq": _("the best offer"),
}


def known_prices(product_ids: Collection[int], *, on: date) -> dict[int, KnownPrices]:
    """Return what is known of each product's price on a day."""
    ids = set(product_ids)
    facts = PriceFact.objects.filter(product_id__in=ids)
    last = facts.filter(kind=PriceFact.Kind.PURCHASE).select_related("supplier")
    newest = last.latest_by_product()
    offers = facts.filter(kind=PriceFact.Kind.RFQ, on__gt=on - timedelta(days=RFQ_DAYS))
    offered = list(offers.order_by().values_list("product_id", "net_unit_price", "currency_id"))
    currencies = {fact.currency_id for fact in newest.values()} | {c for _p, _n, c in offered}
    rates = _rates(currencies, on)
    best: dict[int, Decimal] = {}
    for product_id, price, currency in offered:
        if currency in rates and price > 0:
            ours = round_price(price * rates[currency])
            best[product_id] = min(best.get(product_id, ours), ours)
    averages = average_costs(ids)
    return {
        key: KnownPrices(
            last=_ours(newest.get(key), rates),
            last_fact=newest.get(key),
            average=averages.get(key),
            best_rfq=best.get(key),
        )
        for key in ids
    }


def _rates(currencies: Iterable[str], on: date) -> dict[str, Decimal]:
    us = company()
    found = {currency: rate_on(currency, us, on) for currency in currencies}
    return {currency: rate for currency, rate in found.items() if rate is not None}


def _ours(fact: PriceFact | None, rates: Mapping[str, Decimal]) -> Decimal | None:
    if fact is None or fact.currency_id not in rates:
        return None
    return round_price(fact.net_unit_price * rates[fact.currency_id])


def price_warnings(
    order: PurchaseOrder,
    lines: Collection[PurchaseOrderLine],
    known: Mapping[int, KnownPrices] | None = None,
) -> list[PriceWarning]:
    """Return every price of an order that lies above a known one by more than the company's share.

    Each line is held against the last price paid, the average cost and the best offer.
    """
    if known is None:
        known = known_prices({line.product_id for line in lines}, on=order.dated_on)
    share = company().purchase_price_warning
    return [
        warning
        for line in lines
        for warning in warnings_of(line, order.exchange_rate, known.get(line.product_id), share)
    ]


def warnings_of(
    line: PurchaseOrderLine, exchange_rate: Decimal, known: KnownPrices | None, share: Decimal
) -> list[PriceWarning]:
    if known is None:
        return []
    net = net_unit_price(line.unit_price, line.tax_rate, price_includes_tax=line.price_includes_tax)
    asked = net * exchange_rate
    found = []
    for kind, price in (("last", known.last), ("average", known.average), ("rfq", known.best_rfq)):
        if price and asked > price * (1 + share):
            percent = ((asked / price - 1) * 100).quantize(Decimal("0.1"))
            found.append(PriceWarning(line.line_no, line.designation, kind, price, percent))
    return found
