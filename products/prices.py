"""Prices seen: recording facts, and what they say about a customer and a product."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from erp.core.money import net_unit_price
from products.models import PriceFact, source_of


def record_price_facts(
    kind: str, document: Any, lines: Iterable[Any], *, on: date, **partner: Any
) -> None:
    """Add one fact per line of a document that took effect.

    ``partner`` is customer= or supplier=.
    """
    PriceFact.objects.bulk_create(
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
        ],
        batch_size=500,
    )


def last_prices(product_ids: Iterable[int], *, customer_id: int | None) -> dict[int, PriceFact]:
    """Return the last price quoted or sold to this customer per product id."""
    if customer_id is None:
        return {}
    kinds = [PriceFact.Kind.QUOTE, PriceFact.Kind.SALE]
    return PriceFact.objects.filter(
        product_id__in=set(product_ids), kind__in=kinds, customer_id=customer_id
    ).latest_by_product()


def list_prices(product_ids: Iterable[int], *, currency: str) -> dict[int, PriceFact]:
    """Return the current list price per product id in one currency."""
    return PriceFact.objects.filter(
        product_id__in=set(product_ids), kind=PriceFact.Kind.LIST, currency_id=currency
    ).latest_by_product()


def suggested_prices(
    product_ids: Iterable[int], *, customer_id: int | None, currency: str
) -> dict[int, tuple[Decimal, PriceFact]]:
    """Return a net unit price per product id and the fact it rests on.

    The last price to this customer in this currency, otherwise the list price.
    """
    ids = set(product_ids)
    facts = list_prices(ids, currency=currency)
    last = last_prices(ids, customer_id=customer_id)
    facts.update({key: fact for key, fact in last.items() if fact.currency_id == currency})
    return {key: (fact.net_unit_price, fact) for key, fact in facts.items()}
