"""A trader's fixed way through every verb and every refusal: nothing of it is left to chance."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from tests.machine.trader import Trader

ONE = Decimal(1)


def tour() -> None:
    """Walk it; after each step the model must agree, at the end the books must."""
    trader = Trader()
    try:
        for verb, told in _steps(trader):
            verb(**told)
            trader.balances_are_the_models()
            trader.values_are_the_models()
            trader.orders_are_as_far_as_the_models()
    finally:
        trader.teardown()


def _steps(trader: Trader) -> list[tuple[Callable[..., None], dict[str, Any]]]:
    t, whole, third = trader, {"seed": 0, "share": ONE}, {"seed": 0, "share": Decimal("0.333")}
    six = {"seed": 0, "quantity": Decimal(6), "more": ONE, "home": 0}
    first, last = {"seed": 0}, {"seed": -1}
    return [
        (t.buy, {"seed": 0, "quantity": Decimal("7.5"), "price": Decimal("3.3333"), "rejected": 1}),
        (t.order, six),
        (t.confirm, {"seed": 0, "partial": False}),
        (t.deliver, third),
        (t.cancel, first),  # refused, as the next: it has a delivery
        (t.close, first),
        (t.ship, first),
        (t.close, first),
        (t.give_back, {"seed": 0, "quantity": ONE}),
        (t.give_back, {"seed": 0, "quantity": Decimal(9)}),
        (t.order, six),
        (t.confirm, {"seed": 0, "partial": False}),
        (t.cancel, last),
        (t.order, {**six, "quantity": Decimal(9)}),
        (t.confirm, {"seed": 0, "partial": False}),
        (t.confirm, {"seed": 0, "partial": True}),
        (t.deliver, whole),
        (t.ship, first),
        (t.reverse_delivery, last),
        (t.cancel, last),
        (t.surplus, {"seed": 0, "quantity": ONE, "cost": Decimal("0.005")}),
        (t.move_bin, {"seed": 0, "quantity": Decimal("0.7")}),
        (t.scrap, {"seed": 0, "quantity": Decimal("0.3")}),
        (t.scrap, {"seed": 0, "quantity": Decimal(99)}),
        (t.reverse_receipt, first),  # refused: some of it is gone
        (t.buy, {"seed": 7, "quantity": ONE, "price": Decimal("0.01"), "rejected": 0}),
        (t.reverse_receipt, last),
        (t.deal, whole),  # the last unit of a bin, then of the warehouse
        (t.deal, {"seed": 15, "share": ONE}),
    ]
