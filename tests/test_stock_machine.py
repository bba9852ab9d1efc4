"""A trader against a plain model (CASES.md C10): stock and orders agree after every step.

Fixed tours meet every verb, refusal and planted bug; by chance the gate takes at least 2,000 steps,
``make proof`` at least 50,000, on each database.
"""

import itertools
import os
import secrets
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection
from hypothesis import HealthCheck, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from inventory import services as stock
from orders import services as orders
from tests import machine
from tests.machine.bugs import BUGS
from tests.machine.model import Refused
from tests.machine.tour import TOURS, walk
from tests.machine.trader import Trader
from tests.support import chart, person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]
STEPS = 100

# Services that are no verb of stock or orders by themselves: they draft what others go on with,
# or set what other files test.
ELSEWHERE = {
    *("copy_assembly", "copy_count", "copy_entry", "copy_transfer"),
    *("copy_purchase_order", "copy_sales_order", "create_order_from_quotation"),
    *("order_awards", "order_proposals", "order_shortages", "request_for_order"),
    *("apply_fill_plan", "change_order", "allow_credit"),
    *("archive_bin", "archive_warehouse"),
}


def trade(steps: int, *, first_seed: int) -> None:
    """Let it run, example after example, until it has taken so many steps.

    The same seeds draw the same in the same process only: which constants Hypothesis knows depends
    on the modules that are loaded. What must be met for certain is met by the tours.
    """
    chance = itertools.count(first_seed)
    while Trader.steps < steps:
        run_state_machine_as_test(
            seed(next(chance))(Trader),
            settings=settings(
                max_examples=10,
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
    for name in ("trader", "clerk"):
        person(name)
    Trader.told.clear()
    Trader.steps = Trader.examples = 0


def test_stock_and_orders_agree_on_every_tour(monkeypatch: pytest.MonkeyPatch) -> None:
    """And the tours meet every verb of the services and every refusal the model knows of."""
    verbs: set[str] = set()
    done: set[str] = set()
    for module in (stock, orders):
        for name in module.__all__:
            verb = getattr(module, name)
            if hasattr(verb, "__wrapped__"):
                verbs.add(name)
                monkeypatch.setattr(module, name, _noted(name, verb, done))
    Refused.met.clear()
    for tour in TOURS.values():
        walk(tour)
    assert verbs - done == ELSEWHERE
    assert _refusals() - Refused.met == set()


def _refusals() -> set[tuple[str, int]]:
    return {
        (path.name, number)
        for path in Path(machine.__file__).parent.glob("*.py")
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if "raise Refused(" in line
    }


def _noted(name: str, verb: Callable[..., Any], done: set[str]) -> Callable[..., Any]:
    def run(*told: Any, **more: Any) -> Any:
        made = verb(*told, **more)
        done.add(name)
        return made

    return run


def test_stock_and_orders_agree_by_chance() -> None:
    trade(2000, first_seed=0)


@pytest.mark.proof
def test_stock_and_orders_agree_for_long(capsys: pytest.CaptureFixture[str]) -> None:
    first_seed, began = secrets.randbelow(10**9), time.monotonic()
    trade(int(os.environ.get("MACHINE_STEPS", "50000")), first_seed=first_seed)
    with capsys.disabled():
        print(  # noqa: T201 -- `make proof` keeps it
            f"\nstock machine on {connection.vendor}: {Trader.steps} steps in {Trader.examples}"
            f" examples from seed {first_seed}, {time.monotonic() - began:.0f} s\n"
            + ", ".join(f"{told} {n}" for told, n in sorted(Trader.told.items()))
        )


@pytest.mark.parametrize("bug", BUGS)
def test_the_model_sees_a_planted_bug(bug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    place, name, broken, tour = BUGS[bug]
    monkeypatch.setattr(place, name, broken, raising=False)
    with pytest.raises((AssertionError, IntegrityError, pytest.fail.Exception)):
        walk(TOURS[tour])
