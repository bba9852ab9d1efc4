"""What is offered for what: direction, grade, validity, chains, forbidden brands."""

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from erp.core.periods import company_today
from products.models import Interchange, Product
from products.offers import offers, offers_with_hops
from products.search import Match, Query, match
from tests.factories import (
    CustomerFactory,
    ForbiddenBrandFactory,
    InterchangeFactory,
    ProductFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
Grade = Interchange.Grade
TODAY = date(2026, 11, 24)


def part(brand: str, designation: str) -> Product:
    return ProductFactory(brand__code=brand, designation=designation)


def approved(one: Product, other: Product, grade: str = Grade.IDENTICAL, **more: Any) -> Any:
    more.setdefault("one_way", grade == Grade.SUPERSEDED)
    more.setdefault("approved_by", UserFactory())
    return InterchangeFactory(from_product=one, to_product=other, grade=grade, **more)


def chain(*designations: str) -> list[Product]:
    parts = [part("SKF", designation) for designation in designations]
    for one, other in pairwise(parts):
        approved(one, other, Grade.SUPERSEDED)
    return parts


def offered(product: Product) -> list[tuple[str, str]]:
    found = offers([product.pk], on=TODAY).get(product.pk, [])
    names = Product.objects.in_bulk([one.product_id for one in found])
    return [(names[one.product_id].designation, one.grade) for one in found]


# --- direction and validity ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("grade", "back"),
    [
        (Grade.IDENTICAL, Grade.IDENTICAL),
        (Grade.DIMENSIONAL, Grade.DIMENSIONAL),
        (Grade.UPGRADE, Grade.DOWNGRADE),
        (Grade.DOWNGRADE, Grade.UPGRADE),
    ],
)
def test_a_way_back_turns_the_grade(grade: str, back: str) -> None:
    row = approved(part("SKF", "X1"), part("NSK", "Y1"), grade)
    assert offered(row.from_product) == [("Y1", grade)]
    assert offered(row.to_product) == [("X1", back)]


def test_one_way_is_one_way() -> None:
    row = approved(part("SKF", "X1"), part("NSK", "Y1"), one_way=True)
    assert offered(row.from_product) == [("Y1", Grade.IDENTICAL)]
    assert offered(row.to_product) == []


@pytest.mark.parametrize(
    "state",
    [
        {"approved_by": None},
        {"approved_by": None, "rejected_at": timezone.now()},
        {"archived_at": timezone.now()},
        {"valid_until": TODAY - timedelta(days=1)},
    ],
)
def test_only_what_is_in_force_is_offered(state: dict[str, Any]) -> None:
    row = approved(part("SKF", "X1"), part("NSK", "Y1"), **state)
    assert offered(row.from_product) == []
    assert offered(row.to_product) == []


def test_the_last_day_of_validity_counts() -> None:
    row = approved(part("SKF", "X1"), part("NSK", "Y1"), valid_until=TODAY)
    assert len(offered(row.from_product)) == 1


def test_the_better_grade_comes_first() -> None:
    asked = part("SKF", "X1")
    for name, grade in (("D", Grade.DOWNGRADE), ("S", Grade.DIMENSIONAL), ("I", Grade.IDENTICAL)):
        approved(asked, part("NSK", f"{name}1"), grade)
    assert [name for name, _grade in offered(asked)] == ["I1", "S1", "D1"]


# --- supersession ----------------------------------------------------------------------------


def test_who_asks_for_the_first_of_a_chain_is_offered_its_end() -> None:
    first, second, third = chain("A100", "B100", "C100")
    (offer,) = offers([first.pk], on=TODAY)[first.pk]
    assert (offer.product_id, offer.grade, offer.way) == (third.pk, Grade.SUPERSEDED, (second.pk,))
    assert offered(second) == [("C100", Grade.SUPERSEDED)]


def test_who_asks_for_the_end_is_never_offered_what_gave_way() -> None:
    first, _second, third = chain("A100", "B100", "C100")
    approved(first, third, Grade.DIMENSIONAL)
    assert offered(third) == []


def test_a_chain_ends_where_it_is_no_longer_valid() -> None:
    first, second, third = chain("A100", "B100", "C100")
    Interchange.objects.filter(to_product=third).update(valid_until=TODAY - timedelta(days=1))
    assert offered(first) == [("B100", Grade.SUPERSEDED)]
    assert offered(second) == []


def test_a_chain_that_goes_in_a_circle_still_ends() -> None:
    first, _second, third = chain("A100", "B100", "C100")
    approved(third, part("SKF", "D100"), Grade.SUPERSEDED)
    last = Product.objects.get(designation="D100")
    approved(last, first, Grade.SUPERSEDED)
    assert offered(first) == []


def test_a_long_list_takes_as_many_queries_as_a_short_one() -> None:
    def counted(size: int) -> int:
        rows = [chain(f"A{size}{k}", f"B{size}{k}", f"C{size}{k}") for k in range(size)]
        with CaptureQueriesContext(connection) as queries:
            offers([parts[0].pk for parts in rows], on=TODAY)
        return len(queries)

    assert counted(8) == counted(2)


def test_the_search_names_the_chain() -> None:
    chain("A100", "B100", "C100")
    (found,) = match(["A100"])
    hit = next(h for h in found.hits if h.match == "interchange")
    assert hit.product.designation == "C100"
    assert "A100 → SKF B100 → C100" in hit.reason


# --- further steps ---------------------------------------------------------------------------


def test_identical_carries_on_and_names_its_way() -> None:
    one, two, three = part("SKF", "F-1"), part("NSK", "G-1"), part("NTN", "H-1")
    approved(one, two)
    approved(two, three)
    by_product = {offer.product_id: offer for offer in offers_with_hops(one, on=TODAY)}
    assert by_product[three.pk].way == (two.pk,)
    assert offered(one) == [("G-1", Grade.IDENTICAL)]


def test_the_same_dimensions_do_not_carry_on() -> None:
    one, two, three = part("SKF", "F-1"), part("NSK", "G-1"), part("NTN", "H-1")
    approved(one, two)
    approved(two, three, Grade.DIMENSIONAL)
    assert [offer.product_id for offer in offers_with_hops(one, on=TODAY)] == [two.pk]


def test_steps_that_add_up_to_a_difference_are_no_longer_identical() -> None:
    one, two = part("SKF", "6205-2RSH"), part("NSK", "BD-77")
    three = part("NTN", "6205LLUC3")
    approved(one, two)
    approved(two, three)
    assert [offer.product_id for offer in offers_with_hops(one, on=TODAY)] == [two.pk]


# --- forbidden brands ------------------------------------------------------------------------


@pytest.fixture
def picky() -> Any:
    """A customer who does not take NSK."""
    return ForbiddenBrandFactory(brand__code="NSK", reason="house rule").customer


def find(text: str, customer: Any, brand: str = "") -> Match:
    (found,) = match([Query(text, brand=brand)], customer_id=customer.pk, limit=20)
    return found


def test_a_forbidden_brand_is_not_offered(picky: Any) -> None:
    row = approved(part("SKF", "6205-2RSH"), part("NSK", "BD-77"))
    found = find("6205-2RSH", picky)
    assert [hit.product for hit in found.hits] == [row.from_product]
    other = find("6205-2RSH", CustomerFactory())
    assert row.to_product in [hit.product for hit in other.hits]


def test_a_forbidden_brand_is_not_chosen_where_another_is_the_same(picky: Any) -> None:
    part("NSK", "6205-2RS")
    skf = part("SKF", "6205-2RS")
    found = find("6205-2RS", picky)
    assert found.chosen is not None
    assert found.chosen.product == skf
    assert find("6205-2RS", CustomerFactory()).chosen is None


def test_what_is_asked_for_is_shown_with_the_reason_and_not_chosen(picky: Any) -> None:
    asked = part("NSK", "6205DDU")
    for brand in ("NSK", ""):
        found = find("6205DDU", picky, brand)
        (hit,) = [one for one in found.hits if one.product == asked]
        assert "NSK" in hit.reason
        assert "house rule" in hit.reason
        assert found.chosen is None


def test_the_search_offers_nothing_expired() -> None:
    row = approved(part("SKF", "X100"), part("NSK", "Y100"))
    assert len(match(["X100"])[0].hits) == 2
    row.valid_until = company_today() - timedelta(days=1)
    row.save()
    assert len(match(["X100"])[0].hits) == 1
