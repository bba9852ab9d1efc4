"""What may replace what: proposing, approving, rejecting, one or many at a time."""

from datetime import date
from itertools import pairwise
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from erp.core.registry import repoint_all
from products.models import DERIVED, ForbiddenBrand, Interchange, Product
from products.services import (
    Outcome,
    Seen,
    approve_interchange,
    approve_interchanges,
    preview,
    propose_interchange,
    regrade_interchanges,
    reject_interchange,
    reject_interchanges,
    reopen_interchange,
    set_validity,
)
from products.services.interchanges import MOST_AT_ONCE
from tests.factories import (
    CustomerFactory,
    ForbiddenBrandFactory,
    InterchangeFactory,
    ProductFactory,
    UserFactory,
)
from tests.support import actions, refused

pytestmark = pytest.mark.django_db
Grade = Interchange.Grade


@pytest.fixture
def boss() -> User:
    return UserFactory(role="manager")


def part(brand: str, designation: str, **more: Any) -> Product:
    return ProductFactory(brand__code=brand, designation=designation, **more)


def proposal(one: Product, other: Product, grade: str = Grade.IDENTICAL, **more: Any) -> Any:
    more.setdefault("one_way", grade == Grade.SUPERSEDED)
    return InterchangeFactory(from_product=one, to_product=other, grade=grade, **more)


def equals() -> Interchange:
    row: Interchange = proposal(part("SKF", "6205-2RSH/C3"), part("NSK", "6205DDUC3"))
    return row


def seen(*rows: Interchange) -> list[Seen]:
    return [Seen(row.pk, row.version, row.grade) for row in rows]


def told(outcomes: list[Outcome]) -> list[str]:
    return [one.refusal.code if one.refusal else "ok" for one in outcomes]


# --- proposing -------------------------------------------------------------------------------


def test_a_proposal_waits_for_approval(boss: User) -> None:
    one, other = part("SKF", "6205-2RSH"), part("NSK", "6205DDU")
    row = propose_interchange(one.pk, other.pk, Grade.IDENTICAL, source="catalogue", by=boss)
    assert row in Interchange.objects.proposals()
    assert actions(row) == ["interchange.proposed"]


def test_a_pair_is_one_fact_whichever_way_it_points(boss: User) -> None:
    row = equals()
    with refused("interchange_exists"):
        propose_interchange(row.to_product_id, row.from_product_id, Grade.DIMENSIONAL, by=boss)
    with pytest.raises(IntegrityError), transaction.atomic():
        proposal(row.to_product, row.from_product)


def test_a_product_does_not_replace_itself(boss: User) -> None:
    one = part("SKF", "6205")
    with refused("same_product"):
        propose_interchange(one.pk, one.pk, Grade.IDENTICAL, by=boss)


@pytest.mark.parametrize(
    ("missing", "grade", "code"),
    [(True, Grade.IDENTICAL, "unknown_product"), (False, "better", "unknown_grade")],
)
def test_what_is_unknown_is_refused(boss: User, missing: bool, grade: str, code: str) -> None:
    one = part("SKF", "6205")
    other = 987_654_321 if missing else part("FAG", "6205").pk
    with refused(code):
        propose_interchange(one.pk, other, grade, by=boss)


def test_a_supersession_is_one_way(boss: User) -> None:
    one, other = part("SKF", "6205-2RS1"), part("SKF", "6205-2RSH")
    assert propose_interchange(one.pk, other.pk, Grade.SUPERSEDED, by=boss).one_way
    with pytest.raises(IntegrityError), transaction.atomic():
        proposal(other, part("SKF", "6205"), Grade.SUPERSEDED, one_way=False)


# --- what is not identical -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "offered", "named"),
    [
        ("6205-2RSH", "6205DDUC3", "C3"),  # clearance
        ("6205-2RSH", "6205ZZ", "ZZ"),  # seal
        ("6205", "6206", "6206"),  # size
        ("6205/P6", "6205P5", "P5"),  # tolerance class
        ("2205 K", "2205", "K"),  # bore
    ],
)
def test_what_differs_is_not_identical(boss: User, asked: str, offered: str, named: str) -> None:
    row = proposal(part("SKF", asked), part("NSK", offered))
    with refused("not_identical", field="grade") as refusal:
        approve_interchange(row.pk, version=row.version, by=boss)
    assert named in refusal.value.message


def test_a_stored_size_that_differs_is_not_identical_nor_of_the_same_dimensions(
    boss: User,
) -> None:
    one = part("SKF", "BT1-0017", bore_mm=38, outside_mm=63, width_mm=17)
    other = part("FAG", "F-805", bore_mm=40, outside_mm=63, width_mm=17)
    for grade in (Grade.IDENTICAL, Grade.DIMENSIONAL):
        with refused(f"not_{grade}"):
            propose_interchange(one.pk, other.pk, grade, by=boss)


def test_a_better_class_is_no_downgrade(boss: User) -> None:
    one, other = part("SKF", "7008 CD/P4A"), part("SKF", "7008 CD/HCP4A")
    with refused("not_downgrade"):
        propose_interchange(one.pk, other.pk, Grade.DOWNGRADE, by=boss)
    assert propose_interchange(one.pk, other.pk, Grade.UPGRADE, by=boss)


def test_what_the_grammar_does_not_know_a_person_may_know(boss: User) -> None:
    row = proposal(part("INA", "F-212543"), part("SKF", "BAH-0013"))
    assert approve_interchange(row.pk, version=row.version, by=boss).approved_by == boss


def test_what_is_not_identical_may_be_approved_as_what_it_is(boss: User) -> None:
    row = proposal(part("SKF", "6205-2RSH"), part("NSK", "6205DDUC3"))
    assert told(approve_interchanges(seen(row), grade=Grade.DIMENSIONAL, by=boss)) == ["ok"]
    row.refresh_from_db()
    assert row.grade == Grade.DIMENSIONAL
    assert row.approved_by == boss


# --- deciding --------------------------------------------------------------------------------


def test_an_approval_says_who_and_when(boss: User) -> None:
    row = equals()
    approve_interchange(row.pk, version=row.version, by=boss)
    row.refresh_from_db()
    assert (row.approved_by, row.version) == (boss, 2)
    assert row.approved_at is not None
    assert row in Interchange.objects.in_force(date(2030, 1, 1))
    assert actions(row) == ["interchange.approved"]


def test_an_approval_without_approver_is_impossible() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        InterchangeFactory(approved_at=timezone.now(), approved_by=None)


def test_approved_and_rejected_at_once_is_impossible(boss: User) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        InterchangeFactory(approved_by=boss, rejected_at=timezone.now())


def test_a_decision_is_taken_once(boss: User) -> None:
    row = equals()
    approve_interchange(row.pk, version=row.version, by=boss)
    with refused("not_a_proposal"):
        reject_interchange(row.pk, version=2, by=boss)


def test_what_was_changed_meanwhile_is_refused_with_what_is_stored(boss: User) -> None:
    row = equals()
    old = seen(row)
    regrade_interchanges(old, Grade.DIMENSIONAL, by=boss)
    (outcome,) = approve_interchanges(old, by=boss)
    assert outcome.refusal is not None
    assert outcome.refusal.code == "stale_version"
    assert str(Grade.DIMENSIONAL.label) in outcome.refusal.message
    row.refresh_from_db()
    assert row.approved_at is None


def test_in_a_bulk_every_row_is_decided_by_itself(boss: User) -> None:
    good, bad = equals(), proposal(part("SKF", "6305"), part("NSK", "6305C3"))
    stale = equals_of("6208")
    asked = [*seen(good, bad), Seen(stale.pk, 7, stale.grade)]
    outcomes = {one.row.pk: one for one in approve_interchanges(asked, by=boss)}
    assert told([outcomes[row.pk] for row in (good, bad, stale)]) == [
        "ok",
        "not_identical",
        "stale_version",
    ]
    assert list(Interchange.objects.approved()) == [good]
    bad.refresh_from_db()
    assert (bad.version, bad.grade) == (1, Grade.IDENTICAL)


def equals_of(number: str) -> Interchange:
    row: Interchange = proposal(part("SKF", f"{number}-2RSH"), part("NTN", f"{number}LLU"))
    return row


def test_a_preview_tells_the_same_and_writes_nothing(boss: User) -> None:
    good, bad = equals(), proposal(part("SKF", "6305"), part("NSK", "6305C3"))
    asked = seen(good, bad)
    assert told(preview(asked)) == ["ok", "not_identical"]
    assert told(preview(asked, grade=Grade.DIMENSIONAL)) == ["ok", "ok"]
    assert told(preview(asked, approving=False)) == ["ok", "ok"]
    assert not Interchange.objects.approved().exists()
    assert told(approve_interchanges(asked, by=boss)) == ["ok", "not_identical"]


def test_a_bulk_takes_the_same_queries_for_any_number_but_its_writes(boss: User) -> None:
    def counted(*numbers: str) -> int:
        rows = [equals_of(number) for number in numbers]
        with CaptureQueriesContext(connection) as queries:
            approve_interchanges(seen(*rows), by=boss)
        return sum(query["sql"].startswith("SELECT") for query in queries)

    assert counted("6010", "6011", "6012", "6013") == counted("6014")


def test_nothing_and_too_much_are_refused(boss: User) -> None:
    with refused("nothing_chosen"):
        approve_interchanges([], by=boss)
    with refused("too_many"):
        reject_interchanges([Seen(k, 1) for k in range(MOST_AT_ONCE + 1)], by=boss)


def test_a_rejected_one_is_kept_with_its_reason(boss: User) -> None:
    row = equals()
    assert told(reject_interchanges(seen(row), reason="other grease", by=boss)) == ["ok"]
    row.refresh_from_db()
    assert (row.rejected_at is not None, row.reject_reason) == (True, "other grease")
    assert row in Interchange.objects.rejected()


def test_a_decision_can_be_taken_back(boss: User) -> None:
    row = equals()
    with refused("not_decided"):
        reopen_interchange(row.pk, version=1, by=boss)
    approve_interchange(row.pk, version=1, by=boss)
    again = reopen_interchange(row.pk, version=2, by=boss)
    assert again in Interchange.objects.proposals()
    assert actions(row)[-1] == "interchange.reopened"
    with refused("stale_version"):
        reopen_interchange(row.pk, version=2, by=boss)


def test_a_regraded_one_stays_a_proposal(boss: User) -> None:
    row = proposal(part("SKF", "6305"), part("NSK", "6305C3"), Grade.DIMENSIONAL)
    assert told(regrade_interchanges(seen(row), Grade.IDENTICAL, by=boss)) == ["not_identical"]
    assert told(regrade_interchanges(seen(row), Grade.UPGRADE, by=boss)) == ["ok"]
    row.refresh_from_db()
    assert row.is_proposal
    assert row.grade == Grade.UPGRADE


def test_what_is_past_its_validity_is_expired(boss: User) -> None:
    row = equals()
    approve_interchanges(seen(row), valid_until=date(2026, 12, 31), by=boss)
    last, after = date(2026, 12, 31), date(2027, 1, 1)
    assert row in Interchange.objects.in_force(last)
    assert row in Interchange.objects.expired(after)
    assert row not in Interchange.objects.in_force(after)
    set_validity(row.pk, None, version=2, by=boss)
    assert row in Interchange.objects.in_force(after)


# --- supersession ----------------------------------------------------------------------------


def chain(*numbers: str) -> list[Interchange]:
    """Propose that each gave way to the next."""
    parts = [part("SKF", number) for number in numbers]
    return [proposal(one, other, Grade.SUPERSEDED) for one, other in pairwise(parts)]


def test_a_cycle_of_supersessions_is_refused(boss: User) -> None:
    first, second = chain("6205-2RS", "6205-2RS1", "6205-2RSH")
    approve_interchanges(seen(first, second), by=boss)
    back = proposal(second.to_product, first.from_product, Grade.SUPERSEDED)
    with refused("supersession_cycle"):
        approve_interchange(back.pk, version=1, by=boss)


def test_a_cycle_within_one_bulk_is_refused(boss: User) -> None:
    rows = chain("6205-2RS", "6205-2RS1", "6205-2RSH")
    rows.append(proposal(rows[1].to_product, rows[0].from_product, Grade.SUPERSEDED))
    assert told(preview(seen(*rows))) == ["ok", "ok", "supersession_cycle"]
    assert told(approve_interchanges(seen(*rows), by=boss)) == ["ok", "ok", "supersession_cycle"]


# --- merging ---------------------------------------------------------------------------------


def test_of_two_interchanges_of_one_pair_the_decided_one_follows_a_merge(boss: User) -> None:
    kept, gone, other = part("SKF", "6205"), part("SKF", "6205 X"), part("NSK", "6205")
    proposal(kept, other, source=DERIVED)
    decided = proposal(gone, other, approved_by=boss)
    proposal(gone, kept)
    repoint_all(Product, gone.pk, kept.pk)
    (left,) = Interchange.objects.all()
    assert (left.pk, left.from_product, left.approved_by) == (decided.pk, kept, boss)


def test_a_merge_makes_no_cycle(boss: User) -> None:
    first, second = chain("6205-2RS", "6205-2RS1", "6205-2RSH")
    approve_interchanges(seen(first, second), by=boss)
    twin = part("SKF", "6205 2RS OLD")
    row = proposal(second.to_product, twin, Grade.SUPERSEDED, approved_by=boss)
    repoint_all(Product, twin.pk, first.from_product_id)
    row.refresh_from_db()
    assert row.to_product == first.from_product
    assert row.is_proposal


def test_forbidden_brands_follow_a_merge() -> None:
    kept, gone = CustomerFactory(), CustomerFactory()
    ForbiddenBrandFactory(customer=kept, brand__code="NSK")
    ForbiddenBrandFactory(customer=gone, brand__code="NSK")
    ForbiddenBrandFactory(customer=gone, brand__code="HRB")
    repoint_all(type(kept), gone.pk, kept.pk)
    left = ForbiddenBrand.objects.values_list("customer", "brand__code")
    assert sorted(left) == [(kept.pk, "HRB"), (kept.pk, "NSK")]
