"""A random trader against a plain model (CASES.md C10): stock and orders agree after every step.

The gate takes at least 2,000 steps, ``make proof`` at least 50,000, on each database.
"""

import itertools
import secrets
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError
from hypothesis import HealthCheck, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from erp.core.money import CENT, ZERO, round_money
from inventory.services.accounts import Account
from orders.services import customer_returns, sales
from tests.machine.tour import tour
from tests.machine.trader import Trader
from tests.support import chart

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]
STEPS = 50
EVERY_VERB = {
    *("buy", "reverse receipt", "order", "confirm", "cancel", "deliver", "ship"),
    *("reverse delivery", "give back", "close", "move", "surplus", "scrap"),
    *(
        "confirm: insufficient_stock",
        "scrap: insufficient_stock",
        "reverse receipt: insufficient_stock",
    ),
    *("give back: over_return", "cancel: has_deliveries", "close: has_deliveries"),
}


def trade(steps: int, *, first_seed: int) -> None:
    """Let it run, example after example, until it has taken so many steps.

    The same seeds draw the same in the same process only: which constants Hypothesis knows depends
    on the modules that are loaded. What must be met for certain is met by the tour.
    """
    chance = itertools.count(first_seed)
    while sum(Trader.told.values()) < steps:
        run_state_machine_as_test(
            seed(next(chance))(Trader),
            settings=settings(
                max_examples=20,
                stateful_step_count=STEPS,
                deadline=None,
                database=None,
                derandomize=False,
                suppress_health_check=list(HealthCheck),
                print_blob=True,
            ),
        )


@pytest.fixture(autouse=True)
def _books(db: None) -> None:
    chart()
    Trader.told.clear()


def test_every_verb_agrees_with_the_model() -> None:
    tour()
    assert Trader.told.keys() >= EVERY_VERB


def test_stock_and_orders_agree_with_the_model() -> None:
    trade(2000, first_seed=0)


@pytest.mark.proof
def test_stock_and_orders_agree_for_long() -> None:
    trade(50_000, first_seed=secrets.randbelow(10**9))


def _forgets_the_rest(account: Account, quantity: Decimal) -> Decimal:
    return round_money(account.value * quantity / account.quantity) - CENT * (
        quantity == account.quantity
    )


BUGS: dict[str, tuple[Any, str, Any]] = {
    "the last unit leaves a cent": (Account, "cost_of", _forgets_the_rest),
    "cancelling keeps the promise": (sales, "release", lambda *_told: []),
    "closing keeps the promise": (sales, "trim_reservations", lambda *_told: None),
    "goods come back worth nothing": (
        customer_returns,
        "_part",
        lambda amount, quantity, of: ZERO,
    ),
}


@pytest.mark.parametrize("bug", BUGS)
def test_the_machine_sees_a_planted_bug(bug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    place, name, broken = BUGS[bug]
    monkeypatch.setattr(place, name, broken)
    with pytest.raises((AssertionError, IntegrityError)):
        tour()
