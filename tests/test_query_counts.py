"""How many queries a deal of ten lines takes, step by step: none may grow with the lines.

A change of a figure is a change to look at: raise it on purpose, never by accident.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from finance import services as finance
from orders import services as orders
from quotations import services as quotations
from quotations.services import LineInput
from tests import factories
from tests.support import chart, line, main_warehouse, stock

pytestmark = pytest.mark.django_db

PER_STEP = {
    "quote": 10,
    "submit": 9,
    "approve": 6,
    "send": 9,
    "order": 12,
    "confirm": 14,
    "deliver": 6,
    "ship": 26,
    "invoice": 7,
    "post": 8,
    "pay": 4,
    "post payment": 7,
    "allocate": 5,
}
# The eight steps of the main job; the others are approval, planning and allocation.
MAIN_JOB = ("quote", "send", "order", "confirm", "ship", "invoice", "post", "pay", "post payment")
MOST = 120


def _walk(by: User, boss: User, lines: list[LineInput]) -> dict[str, int]:
    """Walk a deal from quotation to allocated payment; return the queries of each step."""
    customer = factories.CustomerFactory(owner=by)
    account, place = factories.BankAccountFactory(), main_warehouse().pk
    counts: dict[str, int] = {}

    def step(name: str, run: Callable[[], Any]) -> Any:
        with CaptureQueriesContext(connection) as queries:
            result = run()
        # Savepoints are the test's: outside it the service's transaction is the outermost.
        counts[name] = sum("SAVEPOINT" not in query["sql"] for query in queries)
        return result

    quotation = step("quote", lambda: quotations.create_quotation(customer.pk, lines, by=by))
    step("submit", lambda: quotations.submit_quotation(quotation.pk, by=by))
    step("approve", lambda: quotations.approve_quotation(quotation.pk, by=boss))
    step("send", lambda: quotations.send_quotation(quotation.pk, by=by))
    order = step(
        "order",
        lambda: orders.create_order_from_quotation(quotation.pk, warehouse_id=place, by=by),
    )
    step("confirm", lambda: orders.confirm_order(order.pk, by=by))
    delivery = step("deliver", lambda: orders.create_delivery(order.pk, by=by))
    step("ship", lambda: orders.ship_delivery(delivery.pk, by=by))
    invoice = step("invoice", lambda: finance.invoice_delivery(delivery.pk, by=by))
    step("post", lambda: finance.post_invoice(invoice.pk, by=by))
    payment = step(
        "pay",
        lambda: finance.create_payment(
            "in", customer, Decimal("100.00"), bank_account_id=account.pk, by=by
        ),
    )
    step("post payment", lambda: finance.post_payment(payment.pk, by=by))
    step(
        "allocate",
        lambda: finance.allocate_payment(payment.pk, invoice.pk, Decimal("100.00"), by=by),
    )
    return counts


@pytest.fixture
def deal() -> Callable[[int], dict[str, int]]:
    chart()
    by, boss = factories.UserFactory(role="sales"), factories.UserFactory(role="manager")
    for role in ("storekeeper", "accountant"):
        factories.UserFactory(role=role)

    def walk(size: int) -> dict[str, int]:
        products = [factories.ProductFactory() for _number in range(size)]
        for product in products:
            stock(product, 100, "800.00")
        return _walk(by, boss, [line(product, 10, "11.30") for product in products])

    walk(1)  # the year's number series are opened
    return walk


def test_a_deal_of_ten_lines_takes_this_many_queries(
    deal: Callable[[int], dict[str, int]],
) -> None:
    counts = deal(10)
    assert counts == PER_STEP
    assert sum(counts[name] for name in MAIN_JOB) <= MOST
    assert counts["confirm"] <= 25


def test_a_deal_of_fifty_lines_takes_no_more_than_one_of_ten(
    deal: Callable[[int], dict[str, int]],
) -> None:
    assert deal(50) == deal(10)
