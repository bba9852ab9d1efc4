"""Sizes in any wording."""

from decimal import Decimal

import pytest

from products.models import Product
from products.search import Query, match
from products.search.sizes import read_sizes
from tests.factories import BrandFactory, ProductFactory

A_6205 = ("25", "52", "15")
AN_INCH = ("25.4", "50.8", "14.288")


@pytest.mark.parametrize(
    ("text", "sizes"),
    [
        *(
            (text, A_6205)
            for text in (
                "25x52x15",
                "25*52*15",
                "25×52×15mm",
                "２５＊５２＊１５",
                "25 X 52 X 15 mm",
                "φ25×φ52×15",
                "25mm x 52mm x 15mm",
                "25х52х15",  # Cyrillic
                "25-52-15",
                "25/52/15",
                "52x25x15",
                "d25 D52 B15",
                "D25 D52 B15",
                "d=25, D=52, T=15",
                "内径25外径52宽15",
                "内径:25mm 外径:52mm 厚度:15mm",
                "外径52 内孔25 高15",
                "ID 25 OD 52 W 15",
                "inner diameter 25, outer diameter 52, width 15",
            )
        ),
        *(
            (text, AN_INCH)
            for text in ("1 x 2 x 9/16 in", '1"x2"x9/16"', "1*2*9/16英寸", "1 x 2 x 0.5625 inch")
        ),
        ("1-1/4 x 2 1/2 x 5/8", ("31.75", "63.5", "15.875")),
        ("1½ x 3 x ¾", ("38.1", "76.2", "19.05")),
        ("40,5x72,25x12,5", ("40.5", "72.25", "12.5")),
        ("40.5*72*12", ("40.5", "72", "12")),
        ("25x52", ("25", "52", None)),
        ("内径25", ("25", None, None)),
        ("外径52,宽15", (None, "52", "15")),
    ],
)
def test_sizes_are_read(text: str, sizes: tuple[str | None, ...]) -> None:
    measured = read_sizes(text)
    assert measured is not None
    assert measured.sizes == tuple(None if size is None else Decimal(size) for size in sizes)


@pytest.mark.parametrize(
    "text",
    [
        "6205",
        "6205*10",
        "6205 2*10",
        "K25X30X20",
        "618/8",
        "23/500 x 10",
        "B7008 D15",
        "D25B3",
        "25*52*0",
        "0x0x0",
        "LM11949/LM11910",
        "M8x20",
        "",
    ],
)
def test_what_is_no_size_is_none(text: str) -> None:
    assert read_sizes(text) is None


@pytest.mark.django_db
def test_a_part_is_found_by_what_is_known_of_its_size() -> None:
    inch = ProductFactory(
        brand=BrandFactory(code="TIMKEN"),
        designation="R16",
        bore_mm=Decimal("25.4"),
        outside_mm=Decimal("50.8"),
        width_mm=Decimal("14.3"),  # rounded by its maker
    )
    metric = ProductFactory(designation="6205", **_size(*A_6205))
    wide = ProductFactory(designation="62205", **_size("25", "52", "18"))

    def found(text: str, tolerance: str = "0.01") -> set[Product]:
        (answer,) = match([Query(text, tolerance=Decimal(tolerance))])
        assert {hit.match for hit in answer.hits} <= {"dimension"}
        return {hit.product for hit in answer.hits}

    assert found("1 x 2 x 9/16 in") == {inch}
    assert found("25x52") == {metric, wide}
    assert found("SKF 25x52x18") == {wide}
    assert found("内径25外径52") == {metric, wide}
    assert found("外径52") == {metric, wide}
    assert found("25.2x52x15") == set()
    assert found("25.2x52x15", "0.2") == {metric}
    assert found("25x52x99") == set()


@pytest.mark.django_db
def test_a_number_beside_its_size_is_the_part() -> None:
    part = ProductFactory(designation="6205", **_size(*A_6205))
    ProductFactory(designation="62205", **_size(*A_6205))
    (found,) = match(["6205 25x52x15"])
    assert [hit.product for hit in found.equals] == [part]
    cage = ProductFactory(designation="K 25x30x20")
    (found,) = match(["K25X30X20"])
    assert [hit.product for hit in found.equals] == [cage]
    (found,) = match(["k 25 x 30 x 20"])
    assert [hit.product for hit in found.equals] == [cage]


def _size(bore: str, outside: str, width: str) -> dict[str, Decimal]:
    return {
        "bore_mm": Decimal(bore),
        "outside_mm": Decimal(outside),
        "width_mm": Decimal(width),
    }
