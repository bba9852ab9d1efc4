"""What may still be promised: never what a later day would miss, never on goods without a date."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from erp.core.periods import company_today
from inventory.models import Bin, Reservation, StockBalance
from inventory.services import available_to_promise, earliest_dates, promises
from inventory.services.promise import promises_by_place
from orders.models import SalesOrder
from tests import factories as f
from tests.support import confirmed_order, line, main_warehouse, stock

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]


def ahead(number: int) -> date:
    return company_today() + timedelta(days=number)


def test_free_stock_is_promised_now_and_inbound_from_its_day_on() -> None:
    product = f.ProductFactory()
    stock(product, 10, "80.00")
    f.InboundFactory(product=product, quantity=20, requested_on=ahead(5), confirmed_on=ahead(8))
    f.InboundFactory(product=product, quantity=5, requested_on=ahead(3))
    known = promises([product.pk])[product.pk]
    assert known.now == 10
    assert [known.on(ahead(n)) for n in (2, 3, 7, 8, 30)] == [10, 15, 15, 35, 35]
    assert known.earliest(Decimal(12)) == ahead(3)
    assert known.earliest(Decimal(16)) == ahead(8)
    assert known.earliest(Decimal(36)) is None
    assert known.days == [(ahead(n), Decimal(free)) for n, free in ((0, 10), (3, 15), (8, 35))]
    assert available_to_promise([product.pk], on=ahead(3)) == {product.pk: 15}
    assert available_to_promise([product.pk]) == {product.pk: 10}
    assert earliest_dates({product.pk: Decimal(11)}) == {product.pk: ahead(3)}


def test_no_date_is_promised_on_goods_that_are_late_or_have_none() -> None:
    product = f.ProductFactory()
    f.InboundFactory(product=product, quantity=7, requested_on=None)
    f.InboundFactory(product=product, quantity=3, requested_on=ahead(-1))
    known = promises([product.pk])[product.pk]
    assert known.earliest(Decimal(1)) is None
    assert [known.now, known.inbound, known.undated, known.ever] == [0, 10, 10, 10]


def test_what_is_sold_and_not_reserved_is_not_promised_twice() -> None:
    product = f.ProductFactory()
    stock(product, 10, "80.00")
    order = confirmed_order(line(product, 8))
    assert promises([product.pk])[product.pk].now == 2, "reserved"
    SalesOrder.objects.filter(pk=order.pk).update(requested_on=ahead(4))
    Reservation.objects.update(quantity=3)
    StockBalance.objects.update(reserved=3)  # as if only part had been there
    known = promises([product.pk])[product.pk]
    assert [known.available, known.demand] == [7, 5]
    assert known.now == 2, "what is wanted later is kept for it"
    f.InboundFactory(product=product, quantity=6, requested_on=ahead(4))
    assert promises([product.pk])[product.pk].now == 7, "but comes in time"
    (own,) = order.lines.all()
    key = (product.pk, main_warehouse().pk)
    assert promises_by_place([product.pk], without_lines={own.pk})[key].now == 7
    assert promises_by_place([product.pk], without_lines={own.pk})[key].demand == 0


def test_a_warehouse_is_asked_alone_and_the_user_s_together() -> None:
    product = f.ProductFactory()
    east = Bin.objects.get(warehouse__code="EAST")
    stock(product, 4, "8.00")
    stock(product, 6, "8.00", east)
    assert available_to_promise([product.pk]) == {product.pk: 10}
    assert available_to_promise([product.pk], warehouse_id=east.warehouse_id) == {product.pk: 6}
    here = {main_warehouse().pk}
    assert available_to_promise([product.pk], within=here) == {product.pk: 4}
    there = available_to_promise([product.pk], within=here, warehouse_id=east.warehouse_id)
    assert there == {product.pk: 0}


def test_queries_do_not_grow_with_the_products() -> None:
    products = [f.ProductFactory() for _number in range(12)]
    for product in products:
        stock(product, 10, "80.00")
        f.InboundFactory(product=product)
    confirmed_order(*(line(product, 10) for product in products))
    counted = []
    for number in (1, 12):
        with CaptureQueriesContext(connection) as queries:
            promises([product.pk for product in products[:number]])
        counted.append(len(queries))
    assert counted == [4, 4]
