"""Stock as it was at the end of any day."""

from datetime import date
from decimal import Decimal

import pytest

from inventory.models import Bin, StockMove
from inventory.services import Movement, Source, post_movements, stock_as_of
from products.models import Product
from tests import factories
from tests.support import chart, main_bin, main_warehouse, stock

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]


def day(number: int) -> date:
    return date(2026, 1, number)


def move(product: Product, number: int, quantity: int, *, kind: str, to: Bin | None = None) -> None:
    movement = Movement(1, product.pk, Decimal(quantity), from_bin=main_bin(), to_bin=to)
    source = Source("test.document", 1)
    post_movements([movement], source=source, kind=kind, on=day(number), by=None)


@pytest.fixture
def product() -> Product:
    """Ten for 75.00 on the 2nd, four sold on the 5th, three to the east on the 7th."""
    product: Product = factories.ProductFactory()
    chart()
    stock(product, 10, "75.00", on=day(2))
    move(product, 5, 4, kind=StockMove.Kind.DELIVERY)
    east = Bin.objects.get(warehouse__code="EAST")
    move(product, 7, 3, kind=StockMove.Kind.TRANSFER, to=east)
    return product


def test_each_day_has_the_stock_it_ended_with(product: Product) -> None:
    main, east = main_warehouse().pk, Bin.objects.get(warehouse__code="EAST").warehouse_id
    told = {number: stock_as_of([product.pk], day(number)) for number in (1, 2, 4, 5, 7, 30)}
    assert told[1] == {}
    assert told[2] == told[4] == {(product.pk, main): (Decimal(10), Decimal("75.00"))}
    assert told[5] == {(product.pk, main): (Decimal(6), Decimal("45.00"))}
    half = (Decimal(3), Decimal("22.50"))
    assert told[7] == told[30] == {(product.pk, main): half, (product.pk, east): half}


def test_one_warehouse_is_told_alone(product: Product) -> None:
    main = main_warehouse().pk
    half = (Decimal(3), Decimal("22.50"))
    assert stock_as_of([product.pk], day(9), main) == {(product.pk, main): half}


def test_without_products_there_is_no_stock(product: Product) -> None:
    assert stock_as_of([], day(9)) == {}
    assert stock_as_of([product.pk + 1], day(9)) == {}
