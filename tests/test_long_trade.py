"""Many days of trade in random order: whatever succeeds or is refused, the books stay right."""

import random
from collections import Counter
from decimal import Decimal
from typing import Any

import pytest

from erp.core.errors import DomainError
from finance import services as finance
from orders import services as orders
from tests import factories
from tests.support import (
    accountant,
    assert_books_ok,
    chart,
    draft_order,
    keeper,
    line,
    main_bin,
    posted_payment,
    posted_receipt,
    seller,
    sent_purchase,
)

STEPS = 300
CHECK_EVERY = 25


class Trade:
    """A trader with three products and two customers who does one random thing after another."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.products = [factories.ProductFactory() for _number in range(3)]
        self.customers = [factories.CustomerFactory(owner=seller()) for _number in range(2)]
        self.confirmed: list[int] = []
        self.drafts: list[int] = []
        self.told: Counter[str] = Counter()

    def quantity(self) -> Decimal:
        return Decimal(self.random.randint(1, 12_000)) / 1000

    def price(self) -> Decimal:
        return Decimal(self.random.randint(1, 9_999_999)) / 10_000

    def lines(self) -> list[Any]:
        chosen = self.random.sample(self.products, self.random.randint(1, 3))
        return [line(product, self.quantity(), self.price()) for product in chosen]

    def buy(self) -> None:
        product = self.random.choice(self.products)
        receipt = posted_receipt(sent_purchase(product, self.quantity() * 3, self.price()))
        invoice = finance.invoice_receipt(receipt.pk, by=accountant())
        finance.post_invoice(invoice.pk, by=accountant())

    def order(self) -> None:
        customer = self.random.choice(self.customers)
        self.drafts.append(draft_order(*self.lines(), customer=customer).pk)

    def confirm(self) -> None:
        order = self.drafts.pop()
        orders.confirm_order(order, by=seller())
        self.confirmed.append(order)

    def cancel(self) -> None:
        orders.cancel_order(self.confirmed.pop(), by=seller())

    def sell(self) -> None:
        """Ship, invoice and have part of it paid."""
        delivery = orders.create_delivery(self.confirmed.pop(0), by=keeper())
        delivery = orders.ship_delivery(delivery.pk, by=keeper())
        invoice = finance.invoice_delivery(delivery.pk, by=accountant())
        invoice = finance.post_invoice(invoice.pk, by=accountant())
        payment = posted_payment(
            self.quantity().quantize(Decimal("0.01")) + 1, partner=delivery.customer
        )
        amount = min(payment.amount, invoice.gross_total)
        finance.allocate_payment(payment.pk, invoice.pk, amount, by=accountant())

    def step(self) -> None:
        acts = [self.buy, self.order, self.order]
        acts += [self.confirm, self.confirm] if self.drafts else []
        acts += [self.sell, self.sell, self.cancel] if self.confirmed else []
        act = self.random.choice(acts)
        try:
            act()
        except DomainError as refusal:
            self.told[refusal.code] += 1
        else:
            self.told[act.__name__] += 1


@pytest.mark.proof
@pytest.mark.django_db
@pytest.mark.usefixtures("company")
@pytest.mark.parametrize("seed", range(5))
def test_the_books_stay_right_through_random_trade(seed: int) -> None:
    chart()
    main_bin()
    trade = Trade(seed)
    for number in range(1, STEPS + 1):
        trade.step()
        if number % CHECK_EVERY == 0:
            assert_books_ok()
    # Each thing happened, refusals too: a walk that only refuses would prove nothing.
    assert {"buy", "order", "confirm", "sell", "cancel", "insufficient_stock"} <= trade.told.keys()
