"""One step of one document taken by sixteen at once is taken once; without its lock it is not.

Every document whose steps move stock, money or a number; ``tests/lives`` says how it gets there.
"""

import os
from collections import Counter
from functools import partial
from typing import Any

import pytest

from erp.core.workflow import Workflow
from tests import factories
from tests.lives import Life, Verb, buying, selling, stock
from tests.racing import (
    ON_MARIADB,
    THREADS,
    Rendezvous,
    at_once,
    codes,
    end_of,
    meet_after,
    without_lock,
)
from tests.support import (
    accountant,
    assert_books_ok,
    buyer,
    keeper,
    manager,
    seller,
)

pytestmark = [*ON_MARIADB, pytest.mark.case("C07")]
# Twenty documents: a round of each in the gate.
ROUNDS = int(os.environ.get("RACE_ROUNDS", "1"))
STEPS = [
    (stock.LIVES, "transfer", "ship_transfer"),
    (stock.LIVES, "transfer", "receive_transfer"),
    (stock.LIVES, "transfer", "reverse_transfer"),
    (stock.LIVES, "transfer within", "post_transfer"),
    (stock.LIVES, "stock count", "post_count"),
    (stock.LIVES, "stock count", "reverse_count"),
    (stock.LIVES, "stock entry", "post_entry"),
    (stock.LIVES, "stock entry", "reverse_entry"),
    (stock.LIVES, "assembly", "post_assembly"),
    (stock.LIVES, "assembly", "reverse_assembly"),
    (buying.LIVES, "purchase order", "submit_purchase_order"),
    (buying.LIVES, "purchase order", "send_purchase_order"),
    (buying.LIVES, "receipt", "post_receipt"),
    (buying.LIVES, "receipt", "reverse_receipt"),
    (buying.LIVES, "supplier return", "post_supplier_return"),
    (buying.LIVES, "supplier return", "reverse_supplier_return"),
    (buying.LIVES, "landed cost", "post_landed_cost"),
    (buying.LIVES, "landed cost", "reverse_landed_cost"),
    (selling.LIVES, "sales order", "confirm_order"),
    (selling.LIVES, "delivery", "ship_delivery"),
    (selling.LIVES, "delivery", "reverse_delivery"),
    (selling.LIVES, "customer's return", "post_return"),
    (selling.LIVES, "customer's return", "reverse_return"),
    (selling.LIVES, "invoice", "post_invoice"),
    (selling.LIVES, "payment", "post_payment"),
]


@pytest.fixture(autouse=True)
def _hired() -> None:
    for hire in (accountant, buyer, keeper, manager, seller):
        hire()
    factories.BankAccountFactory()


def _step(lives: tuple[Life, ...], name: str, verb: str) -> tuple[Life, Verb]:
    life = next(one for one in lives if one.name == name)
    return life, life.named(verb)


def _ready(life: Life, verb: Verb) -> Any:
    return life.in_status(next(status for status in verb.moves if status in life.ways()))


@pytest.mark.parametrize(("lives", "name", "verb"), STEPS, ids=[step[2] for step in STEPS])
def test_a_step_taken_by_many_at_once_is_taken_once(lives: Any, name: str, verb: str) -> None:
    life, step = _step(lives, name, verb)
    for _round in range(ROUNDS):
        document = _ready(life, step)
        told = Counter(codes(at_once(*[partial(step, document)] * THREADS)))
        assert told == {"ok": 1, "invalid_transition": THREADS - 1}
    assert_books_ok()


@pytest.mark.parametrize(("lives", "name", "verb"), STEPS, ids=[step[2] for step in STEPS])
def test_without_the_lock_nobody_is_told_that_it_was_taken(
    monkeypatch: pytest.MonkeyPatch, caplog: Any, lives: Any, name: str, verb: str
) -> None:
    """Both have seen that it may be taken; then both take it, or the database breaks in.

    Where a constraint stops the second, running it again shows him what the first did.
    """
    caplog.set_level("INFO", logger="erp.core.service")
    life, step = _step(lives, name, verb)
    document = _ready(life, step)
    without_lock(monkeypatch, life.model)
    meet_after(monkeypatch, Workflow, "check", Rendezvous(2))

    ends = sorted(end_of(one) for one in at_once(*[partial(step, document)] * 2))

    assert ends != ["invalid_transition", "ok"] or "Duplicate entry" in caplog.text
