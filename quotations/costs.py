"""What the goods of a quotation cost, and the margin it leaves. Company currency, net."""

from collections.abc import Collection, Iterable
from datetime import timedelta
from decimal import Decimal

from erp.core.models import Company, rate_on
from erp.core.money import ZERO, round_money, round_price
from erp.core.periods import company, company_today
from inventory.services import average_costs
from products.models import PriceFact
from quotations.models import Quotation, QuotationLine

_OFFER_LASTS = timedelta(days=90)


def unit_costs(
    product_ids: Iterable[int], *, within: Collection[int] | None = None
) -> dict[int, Decimal]:
    """Return per product id the average cost of what is on hand, otherwise the latest one paid.

    What was never bought costs what the cheapest supplier asked lately. Only for those who may see
    cost, and for what the company decides by it. ``within``: in these warehouses.
    """
    ids = set(product_ids)
    costs = average_costs(ids, within=within)
    costs = {**_latest_costs(ids - costs.keys()), **costs}
    return {**_offered_costs(ids - costs.keys()), **costs}


def _latest_costs(ids: set[int]) -> dict[int, Decimal]:
    if not ids:
        return {}
    facts = PriceFact.objects.filter(product_id__in=ids, kind=PriceFact.Kind.PURCHASE)
    latest = facts.latest_by_product()
    if not latest:
        return {}
    rates = _rates({fact.currency_id for fact in latest.values()}, company())
    return {
        key: round_price(fact.net_unit_price * rate)
        for key, fact in latest.items()
        if (rate := rates[fact.currency_id]) is not None
    }


def _offered_costs(ids: set[int]) -> dict[int, Decimal]:
    """Return the lowest of what each supplier asked last, as far as that is not long ago."""
    if not ids:
        return {}
    facts = PriceFact.objects.filter(
        product_id__in=ids, kind=PriceFact.Kind.RFQ, on__gt=company_today() - _OFFER_LASTS
    )
    last: dict[tuple[int, int | None], PriceFact] = {}
    for fact in facts.order_by("on", "pk"):
        last[fact.product_id, fact.supplier_id] = fact
    if not last:
        return {}
    rates = _rates({fact.currency_id for fact in last.values()}, company())
    found: dict[int, Decimal] = {}
    for fact in last.values():
        rate = rates[fact.currency_id]
        if rate is not None:
            cost = round_price(fact.net_unit_price * rate)
            found[fact.product_id] = min(cost, found.get(fact.product_id, cost))
    return found


def _rates(currencies: Iterable[str], us: Company) -> dict[str, Decimal | None]:
    return {code: rate_on(code, us, company_today()) for code in currencies}


def line_cost(line: QuotationLine) -> Decimal | None:
    """Return what a line's goods cost, None where that is unknown."""
    return None if line.unit_cost is None else round_money(line.unit_cost * line.quantity)


def cost_of(lines: Iterable[QuotationLine]) -> Decimal | None:
    """Return what the counted lines cost together, None while one of them is unknown."""
    costs = [line_cost(line) for line in lines if line.counts]
    known = [cost for cost in costs if cost is not None]
    return sum(known, ZERO) if costs and len(known) == len(costs) else None


def margin(net: Decimal, cost: Decimal | None, rate: Decimal) -> Decimal | None:
    """Return net less cost in the company's currency; ``rate`` turns net into it."""
    return None if cost is None else round_money(net * rate) - cost


def margin_rate(net: Decimal, cost: Decimal | None, rate: Decimal) -> Decimal | None:
    """Return the margin as a part of net, 4 decimals; None where it says nothing."""
    own = round_money(net * rate)
    if cost is None or own <= 0:
        return None
    return ((own - cost) / own).quantize(Decimal("0.0001"))


def quotation_margin(quotation: Quotation) -> Decimal | None:
    return margin(quotation.net_total, quotation.cost_total, quotation.exchange_rate)


def quotation_margin_rate(quotation: Quotation) -> Decimal | None:
    return margin_rate(quotation.net_total, quotation.cost_total, quotation.exchange_rate)
