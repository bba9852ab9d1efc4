"""Kind stock: what was counted is what is there, and the books agree."""

from decimal import Decimal
from pathlib import Path

import pytest

from erp.core.errors import DomainError
from imports import services
from inventory.models import StockBalance, StockMove, StockValue
from products.models import Product
from tests import factories as f
from tests.importing import Importing, counts, told
from tests.support import assert_books_ok, chart, main_bin, stock

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]
HEAD = "品牌,型号,仓库,库位,数量,成本"


@pytest.fixture
def stocks(tmp_path: Path) -> Importing:
    chart()
    return Importing("stock", tmp_path)


@pytest.fixture
def product() -> Product:
    return f.ProductFactory(designation="6205-2RS1/C3")


def on_hand(product: Product) -> tuple[Decimal, Decimal]:
    quantity = StockBalance.objects.get(product=product).on_hand
    return quantity, StockValue.objects.get(product=product).value


def test_new_stock_is_opened_at_its_cost(stocks: Importing, product: Product) -> None:
    path = stocks.file(HEAD, "SKF,6205 2rs1 c3,MAIN,A-010101,10,8.125")
    of = stocks.apply(path)
    assert on_hand(product) == (Decimal(10), Decimal("81.25"))
    move = StockMove.objects.get()
    assert (move.kind, move.source_type, move.source_id) == ("opening", "imports.import", of.pk)
    assert counts(of) == {"new": 1}
    assert_books_ok()
    assert counts(stocks.apply(path)) == {"unchanged": 1}
    assert StockMove.objects.count() == 1


def test_a_difference_becomes_an_adjustment(stocks: Importing, product: Product) -> None:
    stock(product, 10, "80.00")
    stocks.apply(stocks.file(HEAD, "SKF,6205-2RS1/C3,MAIN,A-010101,12,11"))
    assert on_hand(product) == (Decimal(12), Decimal("102.00"))
    of = stocks.apply(stocks.file(HEAD, "SKF,6205-2RS1/C3,MAIN,A-010101,4,"))
    assert on_hand(product) == (Decimal(4), Decimal("34.00"))
    assert counts(of) == {"changed": 1}
    stocks.apply(stocks.file(HEAD, "SKF,6205-2RS1/C3,MAIN,A-010101,6,"))
    assert on_hand(product) == (Decimal(6), Decimal("51.00"))
    stocks.apply(stocks.file(HEAD, "SKF,6205-2RS1/C3,MAIN,A-010101,0,"))
    assert on_hand(product) == (Decimal(0), Decimal("0.00"))
    assert set(StockMove.objects.values_list("kind", flat=True)) == {"opening", "adjustment"}
    assert_books_ok()


def test_undoing_books_everything_back(stocks: Importing, product: Product) -> None:
    other = f.ProductFactory()
    stock(other, 10, "80.00")
    of = stocks.apply(
        stocks.file(
            HEAD,
            "SKF,6205-2RS1/C3,MAIN,A-010101,10,8.125",
            f"SKF,{other.designation},MAIN,A-010101,7,",
        )
    )
    services.undo_import(of.pk, by=None)
    assert on_hand(product) == (Decimal(0), Decimal("0.00"))
    assert on_hand(other) == (Decimal(10), Decimal("80.00"))
    assert_books_ok()


def test_goods_that_moved_since_stand_against_undoing(stocks: Importing, product: Product) -> None:
    of = stocks.apply(stocks.file(HEAD, "SKF,6205-2RS1/C3,MAIN,A-010101,10,8"))
    stock(product, 5, "40.00")
    with pytest.raises(DomainError) as refusal:
        services.undo_import(of.pk, by=None)
    assert refusal.value.code == "undo_blocked"
    assert on_hand(product) == (Decimal(15), Decimal("120.00"))


def test_every_refusal_is_told(stocks: Importing, product: Product) -> None:
    f.ProductFactory(brand__code="NSK", designation="6205-2RS1/C3")
    held = f.ProductFactory(designation="NU 208")
    stock(held, 10, "80.00")
    StockBalance.objects.filter(product=held).update(reserved=4)
    path = stocks.file(
        HEAD,
        "XKF,6205-2RS1/C3,MAIN,A-010101,1,1",
        ",6205-2RS1/C3,MAIN,A-010101,1,1",
        "SKF,9999,MAIN,A-010101,1,1",
        "SKF,,MAIN,A-010101,1,1",
        "SKF,6205-2RS1/C3,WEST,A-010101,1,1",
        "SKF,6205-2RS1/C3,,A-010101,1,1",
        "SKF,6205-2RS1/C3,MAIN,Z-1,1,1",
        "SKF,6205-2RS1/C3,MAIN,A-010101,-1,1",
        "SKF,6205-2RS1/C3,MAIN,A-010101,,1",
        "SKF,6205-2RS1/C3,MAIN,A-010101,1,x",
        "SKF,6205-2RS1/C3,MAIN,A-010101,1,",
        "SKF,NU208,MAIN,A-010101,3,",
    )
    assert told(stocks.check(path)) == [
        (2, "unknown_brand"),
        (3, "ambiguous_product"),
        (4, "unknown_product"),
        (5, "missing_model"),
        (6, "unknown_warehouse"),
        (7, "which_warehouse"),
        (8, "unknown_bin"),
        (9, "bad_quantity"),
        (10, "missing_quantity"),
        (11, "bad_cost"),
        (12, "missing_cost"),
        (13, "reserved"),
    ]


def test_a_bin_need_not_be_named_where_there_is_one(stocks: Importing, product: Product) -> None:
    f.BinFactory(code="A-010102")
    path = stocks.file("品牌,型号,仓库,数量,成本", "SKF,6205-2RS1/C3,MAIN,1,1")
    assert told(stocks.check(path)) == [(2, "which_bin")]
    path = stocks.file("品牌,型号,仓库,数量,成本", "SKF,6205-2RS1/C3,东仓,1,1")
    stocks.apply(path)
    assert StockBalance.objects.get().bin != main_bin()


def test_two_counts_of_one_bin_contradict_each_other(stocks: Importing, product: Product) -> None:
    lines = [f"SKF,{product.designation},MAIN,A-010101,{n},1" for n in (1, 2)]
    assert told(stocks.check(stocks.file(HEAD, *lines))) == [(3, "duplicate_conflict")]
