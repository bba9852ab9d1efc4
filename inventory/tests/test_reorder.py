"""What is bought again: the position against the point, the fill, the packing unit."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from erp.core.periods import company_today
from inventory.models import Bin, ReorderRule, StockMove
from inventory.services import reorder_proposals
from inventory.services.reorder import sold_since
from orders import services as orders
from products.models import Product
from products.services import merge_products
from tests import factories as f
from tests.support import (
    confirmed_order,
    line,
    main_warehouse,
    manager,
    shipped_delivery,
    stock,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]


def rule(product: Product, minimum: int = 10, **more: Any) -> ReorderRule:
    return f.ReorderRuleFactory(
        product=product, warehouse=main_warehouse(), minimum=Decimal(minimum), **more
    )


def proposal() -> Any:
    (found,) = reorder_proposals(enough=True)
    return found


def test_below_the_minimum_it_is_filled_up() -> None:
    product = f.ProductFactory()
    stock(product, 4, "8.00")
    made = rule(product, 10, target=25)
    found = proposal()
    assert (found.rule, found.on_hand, found.position, found.point) == (made, 4, 4, 10)
    assert found.quantity == 21
    made.target = None
    made.save()
    assert proposal().quantity == 6, "without a target, up to the point"


def test_at_the_minimum_nothing_is_bought() -> None:
    product = f.ProductFactory()
    stock(product, 10, "8.00")
    rule(product, 10, target=25)
    assert reorder_proposals() == []
    assert proposal().quantity == 0


def test_it_is_bought_in_whole_packing_units() -> None:
    product = f.ProductFactory()
    rule(product, 10, multiple=12)
    assert proposal().quantity == 12
    ReorderRule.objects.update(multiple=4)
    assert proposal().quantity == 12
    ReorderRule.objects.update(multiple=5)
    assert proposal().quantity == 10


def test_what_is_on_order_counts_sent_or_not() -> None:
    product, supplier = f.ProductFactory(), f.SupplierFactory()
    rule(product, 10, supplier=supplier)
    entered = orders.PurchaseLineInput(product.pk, Decimal(6), Decimal(8))
    order = orders.create_purchase_order(
        supplier.pk, [entered], warehouse_id=main_warehouse().pk, by=manager()
    )
    assert (proposal().on_order, proposal().quantity) == (6, 4), "a draft"
    orders.submit_purchase_order(order.pk, by=manager())
    orders.approve_purchase_order(order.pk, by=f.UserFactory(role="manager"))
    orders.send_purchase_order(order.pk, by=manager())
    assert (proposal().on_order, proposal().quantity) == (6, 4), "inbound, and not twice"


def test_what_is_reserved_is_not_there() -> None:
    product = f.ProductFactory()
    stock(product, 15, "8.00")
    rule(product, 10)
    confirmed_order(line(product, 8))
    found = proposal()
    assert (found.reserved, found.position, found.quantity) == (8, 7, 3)


def test_a_slow_supplier_raises_the_point() -> None:
    product = f.ProductFactory()
    stock(product, 100, "800.00")
    shipped_delivery(line(product, 90))
    rule(product, 5, supplier=f.SupplierFactory(lead_time_days=21))
    found = proposal()
    assert found.sold == 90
    assert found.point == 21, "one a day, three weeks"
    assert found.quantity == 11
    assert found.days_left == 10
    ReorderRule.objects.update(supplier=None)
    assert proposal().point == 5


def test_what_came_back_was_not_wanted() -> None:
    product = f.ProductFactory()
    place = Bin.objects.get(warehouse__code="MAIN")
    for kind, ends in (
        (StockMove.Kind.DELIVERY, {"from_bin": place, "to_bin": None}),
        (StockMove.Kind.SAMPLE, {"from_bin": place, "to_bin": None}),
        (StockMove.Kind.SCRAP, {"from_bin": place, "to_bin": None}),
        (StockMove.Kind.CUSTOMER_RETURN, {"to_bin": place}),
    ):
        quantity = 4 if kind == StockMove.Kind.CUSTOMER_RETURN else 10
        f.StockMoveFactory(
            product=product, kind=kind, quantity=quantity, on=company_today(), **ends
        )
    day = company_today() - timedelta(days=1)
    assert sold_since([product.pk], day) == {(product.pk, place.warehouse_id): 16}
    assert sold_since([product.pk], company_today()) == {}


def test_the_chosen_are_asked_again_and_others_left_out() -> None:
    one, two = rule(f.ProductFactory()), rule(f.ProductFactory())
    east = f.ReorderRuleFactory(warehouse=Bin.objects.get(warehouse__code="EAST").warehouse)
    supplier = f.SupplierFactory()
    ReorderRule.objects.filter(pk=two.pk).update(supplier=supplier)

    def ids(**asked: Any) -> list[int]:
        return [found.rule.pk for found in reorder_proposals(**asked)]

    assert ids() == [one.pk, two.pk, east.pk]
    assert ids(rule_ids=[one.pk]) == [one.pk]
    assert ids(supplier_id=supplier.pk) == [two.pk]
    assert ids(warehouse_id=east.warehouse_id) == [east.pk]
    assert ids(within={east.warehouse_id}) == [east.pk]
    ReorderRule.objects.filter(pk=one.pk).update(archived_at="2026-11-02T00:00Z")
    Product.objects.filter(pk=two.product_id).update(archived_at="2026-11-02T00:00Z")
    assert ids() == [east.pk]


def test_queries_do_not_grow_with_the_rules() -> None:
    counted = []
    for number in (1, 11):
        for _more in range(number):
            product = f.ProductFactory()
            stock(product, 1, "8.00")
            rule(product)
        with CaptureQueriesContext(connection) as queries:
            assert len(reorder_proposals()) == ReorderRule.objects.count()
        counted.append(len(queries) - 1)
    assert counted[0] == counted[1] <= 9


@pytest.mark.parametrize("wrong", [{"minimum": -1}, {"target": 5}, {"multiple": 0}], ids=str)
def test_a_rule_that_makes_no_sense_is_refused(wrong: dict[str, int]) -> None:
    made = ReorderRule(
        product=f.ProductFactory(), warehouse=main_warehouse(), **{"minimum": Decimal(10), **wrong}
    )
    with pytest.raises(ValidationError):
        made.full_clean()


def test_rules_follow_a_merge() -> None:
    kept, gone = f.ProductFactory(), f.ProductFactory()
    east = Bin.objects.get(warehouse__code="EAST").warehouse
    rule(kept, 3)
    rule(gone, 7)
    f.ReorderRuleFactory(product=gone, warehouse=east, minimum=8)
    merge_products(kept.pk, gone.pk, on_purpose=True, by=manager())
    found: Any = ReorderRule.objects.order_by("minimum").values_list("product", "minimum")
    assert list(found) == [(kept.pk, 3), (kept.pk, 8)]
