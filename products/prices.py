"""Prices seen: recording facts, and what they say about a customer and a product."""

from collections.abc import Collection, Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from erp.core import bulk
from erp.core.money import net_unit_price
from products.models import PriceFact, source_of
from products.models.prices import PriceFactQuerySet


def record_price_facts(
    kind: str, document: Any, lines: Iterable[Any], *, on: date, **partner: Any
) -> None:
    """Add one fact per line of a document that took effect.

    ``partner`` is customer= or supplier=.
    """
    bulk.insert(
        [
            PriceFact(
                product_id=line.product_id,
                kind=kind,
                on=on,
                quantity=line.quantity,
                net_unit_price=net_unit_price(
                    line.unit_price, line.tax_rate, price_includes_tax=line.price_includes_tax
                ),
                currency_id=document.currency_id,
                **source_of(document, line),
                **partner,
            )
            for line in lines
        ]
    )


def last_prices(product_ids: Iterable[int], *, customer_id: int | None) -> dict[int, PriceFact]:
    """Return the last price quoted or sold to this customer per product id."""
    if customer_id is None:
        return {}
    return _told_to(set(product_ids), customer_id).latest_by_product()


def _told_to(ids: Collection[int], customer_id: int) -> PriceFactQuerySet:
    kinds = [PriceFact.Kind.QUOTE, PriceFact.Kind.SALE]
    return PriceFact.objects.filter(product_id__in=ids, kind__in=kinds, customer_id=customer_id)


def suggested_prices(
    product_ids: Iterable[int], *, customer_id: int | None, currency: str
) -> dict[int, tuple[Decimal, PriceFact]]:
    """Return a net unit price per product id and the fact it rests on (one query).

    The last price to this customer in this currency, otherwise the list price.
    """
    ids = set(product_ids)
    listed = PriceFact.objects.filter(
        product_id__in=ids, kind=PriceFact.Kind.LIST, currency_id=currency
    )
    told = [] if customer_id is None else [_told_to(ids, customer_id)]
    found: dict[int, PriceFact] = {}
    for fact in listed.newest(*told):
        if fact.kind == PriceFact.Kind.LIST:
            found.setdefault(fact.product_id, fact)
        elif fact.currency_id == currency:
            found[fact.product_id] = fact
    return {key: (fact.net_unit_price, fact) for key, fact in found.items()}
