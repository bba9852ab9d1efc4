"""Freight and duty: spread over receipts, on hand to stock, sold to cost of goods; reversed."""
# mypy: disable-error-code="comparison-overlap"
# (a Decimal and the same whole number are equal)

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from erp.core.invariants import verify
from erp.core.registry import blockers_of
from finance.ledger import Role, account_balance
from inventory.models import StockMove, StockValue
from orders.models import LandedCost, LandedCostLine, Receipt
from orders.services.landed import (
    cancel_landed_cost,
    create_landed_cost,
    post_landed_cost,
    reverse_landed_cost,
)
from products.models import Product
from tests import factories
from tests.support import (
    accountant,
    actions,
    assert_books_ok,
    buyer,
    counted_receipt,
    line,
    posted_receipt,
    refused,
    sent_purchase,
    shipped_delivery,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]


def received(quantity: int, price: str, **product: Any) -> Receipt:
    part = factories.ProductFactory(**product)
    return posted_receipt(sent_purchase(part, quantity, price))


def draft(*receipts: Receipt, spread_by: str = "value", freight: str = "20.00") -> LandedCost:
    keys = [receipt.pk for receipt in receipts]
    charges = {"freight": Decimal(freight)}
    return create_landed_cost(keys, charges, spread_by=spread_by, by=buyer())


def posted(*receipts: Receipt, **more: Any) -> LandedCost:
    return post_landed_cost(draft(*receipts, **more).pk, by=accountant())


def value_of(receipt: Receipt) -> Decimal:
    return StockValue.objects.get(product=receipt.lines.get().product).value


def part_of(receipt: Receipt) -> Product:
    return receipt.lines.get().product


@pytest.mark.parametrize(
    ("spread_by", "shares"),
    [("value", ["8.00", "12.00"]), ("quantity", ["16.00", "4.00"]), ("weight", ["10.00", "10.00"])],
)
def test_it_is_spread_over_several_receipts(spread_by: str, shares: list[str]) -> None:
    light = received(20, "2.00", mass_kg=Decimal("0.25"))
    heavy = received(5, "12.00", mass_kg=Decimal(1))
    cost = posted(light, heavy, spread_by=spread_by)
    told = list(cost.lines.order_by("line_no").values_list("amount", flat=True))
    assert told == [Decimal(share) for share in shares]
    assert [value_of(light), value_of(heavy)] == [
        Decimal("40.00") + Decimal(shares[0]),
        Decimal("60.00") + Decimal(shares[1]),
    ]
    assert account_balance(Role.LANDED_COST) == Decimal("-20.00")
    assert cost.number == f"LC-{cost.dated_on.year}-000001"
    assert actions(cost) == ["landed_cost.created", "landed_cost.posted"]
    assert_books_ok()


def test_no_cent_is_lost_in_spreading() -> None:
    receipts = [received(1, "1.00") for _n in range(3)]
    cost = posted(*receipts, freight="0.02")
    assert sum(line.amount for line in cost.lines.all()) == Decimal("0.02")
    assert_books_ok()


def test_goods_sold_take_their_share_to_cost_of_goods() -> None:
    receipt = received(20, "8.00")
    shipped_delivery(line(part_of(receipt), 5))
    posted(receipt)
    assert value_of(receipt) == Decimal("135.00")
    assert account_balance(Role.COST_OF_GOODS) == Decimal("45.00")
    assert_books_ok()


def test_charges_of_several_kinds_add_up() -> None:
    receipt = received(20, "8.00")
    charges = {"freight": Decimal("5.00"), "duty": Decimal("7.50"), "other": Decimal("0.50")}
    cost = create_landed_cost([receipt.pk], charges, reference="AWB 1", by=buyer())
    post_landed_cost(cost.pk, by=accountant())
    assert (cost.amount, value_of(receipt)) == (Decimal("13.00"), Decimal("173.00"))


def test_reversed_it_leaves_what_it_brought() -> None:
    receipt = received(20, "8.00")
    shipped_delivery(line(part_of(receipt), 5))
    cost = posted(receipt)
    reverse_landed_cost(cost.pk, reason="wrong receipt", by=accountant())
    assert value_of(receipt) == Decimal("120.00")
    assert account_balance(Role.COST_OF_GOODS) == Decimal("40.00")
    assert account_balance(Role.LANDED_COST) == 0
    assert_books_ok()
    with refused("invalid_transition"):
        reverse_landed_cost(cost.pk, reason="again", by=accountant())


def test_while_it_lives_its_receipt_is_not_reversed() -> None:
    receipt = received(20, "8.00")
    cost = draft(receipt)
    assert any(cost.ref in reason for reason in blockers_of(receipt))
    cancel_landed_cost(cost.pk, by=buyer())
    assert not blockers_of(receipt)


def test_in_a_closed_period_nothing_is_posted_or_reversed() -> None:
    receipt = received(20, "8.00")
    cost, other = posted(receipt), draft(receipt)
    day = cost.dated_on
    factories.PeriodFactory(area="stock", starts_on=day, ends_on=day, closed_at=timezone.now())
    with refused("period_closed", field="date"):
        post_landed_cost(other.pk, by=accountant())
    with refused("period_closed", field="date"):
        reverse_landed_cost(cost.pk, reason="wrong", by=accountant())
    reverse_landed_cost(cost.pk, reason="wrong", on=date(2030, 1, 1), by=accountant())
    assert set(StockMove.objects.exclude(reverses=None).values_list("on", flat=True)) == {
        date(2030, 1, 1)
    }


def test_what_cannot_be_spread_is_refused() -> None:
    receipt = received(2, "8.00")
    gift = received(2, "0.00")
    counted = counted_receipt(sent_purchase(factories.ProductFactory()))
    by = buyer()
    ten = {"freight": Decimal(10)}
    with refused("not_posted", field="receipts"):
        create_landed_cost([receipt.pk, counted.pk], ten, by=by)
    with refused("not_posted"):
        create_landed_cost([], ten, by=by)
    with refused("no_weight"):
        create_landed_cost([receipt.pk], ten, spread_by="weight", by=by)
    with refused("nothing_to_bear"):
        create_landed_cost([gift.pk], ten, by=by)
    with refused("bad_spread"):
        create_landed_cost([receipt.pk], ten, spread_by="colour", by=by)
    with refused("unknown_supplier"):
        create_landed_cost([receipt.pk], ten, supplier_id=10**9, by=by)
    for charges in ({}, {"freight": Decimal(-1)}, {"duty": Decimal("0.001")}, {"tea": Decimal(1)}):
        with refused("bad_amount"):
            create_landed_cost([receipt.pk], charges, by=by)


def test_a_stale_version_is_not_posted() -> None:
    cost, by = draft(received(2, "8.00")), accountant()
    with refused("stale_version"):
        post_landed_cost(cost.pk, by=by, version=cost.version + 1)


# --- the books -----------------------------------------------------------------------------------


def _other_share(cost: LandedCost) -> str:
    LandedCostLine.objects.filter(document=cost).update(amount=Decimal("19.99"))
    return "landed cost = its charges = what its lines bear"


def _other_move(cost: LandedCost) -> str:
    StockMove.objects.filter(kind="landed_cost").update(value=Decimal("21.00"))
    return "landed cost posted = moved"


def _move_gone(cost: LandedCost) -> str:
    StockMove.objects.filter(kind="landed_cost").delete()
    return "landed cost posted = moved"


@pytest.mark.parametrize("plant", [_other_share, _other_move, _move_gone])
def test_a_fault_in_a_landed_cost_is_found(plant: Callable[[LandedCost], str]) -> None:
    cost = posted(received(20, "8.00"))
    assert_books_ok()
    name = plant(cost)
    assert name in {one.name for one in verify() if not one.ok}
