"""Warehouses and bins: archived when empty, named by convention, usual for a product."""
# mypy: disable-error-code="comparison-overlap"

from decimal import Decimal

import pytest

from inventory.models import Bin, Warehouse
from inventory.services import archive_bin, archive_warehouse, bins_named, usual_bins
from inventory.services.places import transit_bin
from tests import factories
from tests.support import keeper, main_bin, main_warehouse, refused, stock

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]


def test_an_empty_bin_is_archived() -> None:
    place = factories.BinFactory(code="A-020202")
    product = factories.ProductFactory()
    stock(product, 1, "8.00", place)
    with refused("bin_not_empty"):
        archive_bin(place.pk, by=keeper())
    empty = factories.BinFactory(code="A-030303")
    archived = archive_bin(empty.pk, by=keeper(), version=1)
    assert archived.archived_at
    assert archived.version == 2
    with refused("stale_version"):
        archive_bin(empty.pk, by=keeper(), version=1)
    with refused("not_found"):
        archive_bin(10**9, by=keeper())


def test_a_warehouse_with_goods_is_not_archived() -> None:
    product = factories.ProductFactory()
    stock(product, 1, "8.00")
    with refused("bin_not_empty"):
        archive_warehouse(main_warehouse().pk, by=keeper())
    east = Warehouse.objects.get(code="EAST")
    assert archive_warehouse(east.pk, by=keeper()).archived_at


def test_the_usual_bin_is_the_named_one_else_the_fullest() -> None:
    named, fullest, nowhere = (factories.ProductFactory() for _number in range(3))
    other = factories.BinFactory(code="A-020202")
    for product in (named, fullest):
        stock(product, 1, "8.00")
        stock(product, 5, "40.00", other)
    factories.UsualBinFactory(product=named, bin=main_bin())
    found = usual_bins([named.pk, fullest.pk, nowhere.pk], main_warehouse().pk)
    assert found == {named.pk: main_bin(), fullest.pk: other}


def test_an_archived_bin_is_nobody_s_usual_one() -> None:
    product = factories.ProductFactory()
    place = factories.BinFactory(code="A-020202")
    factories.UsualBinFactory(product=product, bin=place)
    archive_bin(place.pk, by=keeper())
    assert usual_bins([product.pk], main_warehouse().pk) == {}


@pytest.mark.parametrize(
    ("code", "is_good"),
    [
        ("A-010201", True),
        ("AB2-010201", True),
        ("a-010201", False),
        ("A010201", False),
        ("RACK 1", False),
    ],
)
def test_the_convention_is_known(code: str, *, is_good: bool) -> None:
    assert Bin(code=code).is_conventional is is_good


def test_bins_are_named_in_any_case() -> None:
    assert bins_named(["a-010101", " ", "Z-1"], main_warehouse().pk) == {"A-010101": main_bin()}


def test_the_road_is_one_and_no_place_to_put_goods() -> None:
    east = Warehouse.objects.get(code="EAST")
    road = transit_bin(east)
    assert transit_bin(east) == road
    assert road.code == "EAST"
    assert road.warehouse not in Warehouse.objects.active()
    assert road not in Bin.objects.active()
    assert main_warehouse().approval_limit == Decimal(500)
