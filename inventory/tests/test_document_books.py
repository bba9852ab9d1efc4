"""``verify_books`` finds and names every fault planted in the stock documents."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db.models import F

from erp.core.invariants import verify
from inventory.models import (
    Assembly,
    AssemblyLine,
    Reservation,
    StockBalance,
    StockCountLine,
    StockEntryLine,
    StockMove,
    TransferLine,
)
from inventory.services import (
    CountInput,
    Reception,
    StockLineInput,
    create_assembly,
    create_count,
    create_entry,
    create_transfer,
    post_assembly,
    post_count,
    post_entry,
    receive_transfer,
    record_counts,
    reserve_transfer,
    review_count,
    ship_transfer,
    start_count,
)
from tests import factories
from tests.support import assert_books_ok, keeper, main_bin, main_warehouse, stock

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]

ROAD = "transfers: what is on the road is held there, sent = received + lost + open"
COUNTS = "stock counts: moves = counted − expected per line"
ENTRIES = "other receipts and issues: moves = lines"
ASSEMBLIES = "assemblies: components + labour = set"


def one_of_each() -> None:
    """A transfer half on the road, a posted count, a posted issue and a posted assembly."""
    product, made = factories.ProductFactory(), factories.ProductFactory()
    stock(product, 100, "750.00")
    east = factories.BinFactory(warehouse__code="EAST", code="B-010101")
    lines = [StockLineInput(product.pk, Decimal(4), to_bin_id=east.pk)]
    transfer = create_transfer(main_warehouse().pk, east.warehouse_id, lines, by=keeper())
    reserve_transfer(transfer.pk, by=keeper())
    ship_transfer(transfer.pk, by=keeper())
    row = transfer.lines.get()
    receive_transfer(transfer.pk, [Reception(row.pk, Decimal(1))], by=keeper())
    count = create_count(main_warehouse().pk, by=keeper())
    start_count(count.pk, by=keeper())
    entry = CountInput(Decimal(90), line_id=count.lines.get().pk)
    record_counts(count.pk, [entry], by=keeper())
    review_count(count.pk, by=keeper())
    post_count(count.pk, by=keeper())
    taken = [StockLineInput(product.pk, Decimal(2), main_bin().pk)]
    issue = create_entry("scrap", main_warehouse().pk, taken, reason="锈", by=keeper())
    post_entry(issue.pk, by=keeper())
    assembly = create_assembly(made.pk, Decimal(1), bin_id=main_bin().pk, lines=taken, by=keeper())
    post_assembly(assembly.pk, by=keeper())


def _held() -> tuple[str, str]:
    road = Reservation.objects.get(source_type="inventory.transfer")
    StockBalance.objects.filter(product=road.product_id, bin=road.bin_id).update(reserved=0)
    road.delete()
    return ROAD, "transfer line"


def _received() -> tuple[str, str]:
    TransferLine.objects.update(received_quantity=F("received_quantity") + 1)
    return ROAD, "transfer line"


def _road_balance() -> tuple[str, str]:
    road = Reservation.objects.get(source_type="inventory.transfer")
    rows = StockBalance.objects.filter(product=road.product_id, bin=road.bin_id)
    rows.update(on_hand=F("on_hand") + 1)
    return ROAD, "on the road: 4.000 there, 3.000 held"


def _counted() -> tuple[str, str]:
    StockCountLine.objects.update(counted_quantity=F("counted_quantity") + 1)
    return COUNTS, "stock count line"


def _variance_value() -> tuple[str, str]:
    StockCountLine.objects.update(variance_value=F("variance_value") + 1)
    return COUNTS, "stock count line"


def _count_move() -> tuple[str, str]:
    StockMove.objects.filter(kind="count").delete()
    return COUNTS, "stock count line"


def _issued() -> tuple[str, str]:
    StockEntryLine.objects.update(quantity=F("quantity") + 1)
    return ENTRIES, "stock entry line"


def _issue_value() -> tuple[str, str]:
    StockEntryLine.objects.update(value=F("value") + 1)
    return ENTRIES, "stock entry line"


def _component() -> tuple[str, str]:
    AssemblyLine.objects.update(quantity=F("quantity") + 1)
    return ASSEMBLIES, "assembly line"


def _set_value() -> tuple[str, str]:
    Assembly.objects.update(value=F("value") + 1)
    return ASSEMBLIES, "assembly "


def _labour() -> tuple[str, str]:
    Assembly.objects.update(labour_amount=F("labour_amount") + 1)
    return ASSEMBLIES, "assembly "


PLANTED = [
    _held,
    _received,
    _road_balance,
    _counted,
    _variance_value,
    _count_move,
    _issued,
    _issue_value,
    _component,
    _set_value,
    _labour,
]


@pytest.mark.parametrize("plant", PLANTED, ids=lambda plant: plant.__name__.strip("_"))
def test_a_planted_fault_is_found_and_named(plant: Callable[[], tuple[str, str]]) -> None:
    one_of_each()
    assert_books_ok()
    checks = {outcome.name: outcome for outcome in verify()}
    assert all(checks[name].rows for name in (ROAD, COUNTS, ENTRIES, ASSEMBLIES))

    name, told = plant()

    found = {outcome.name: outcome.first_difference or "" for outcome in verify()}
    assert told in found[name]
