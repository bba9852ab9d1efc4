"""The page for working through proposals, and deriving them."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from erp.core import jobs
from products.models import DERIVED, Derivation, Interchange, Product
from products.services import (
    Seen,
    reject_interchanges,
    run_derivation,
    start_derivation,
)
from tests.factories import InterchangeFactory, ProductFactory, UserFactory
from tests.support import actions, refused

pytestmark = pytest.mark.django_db
Grade = Interchange.Grade
PAGE, DECIDE = "/interchanges/proposals/", "/interchanges/proposals/decide/"


@pytest.fixture
def boss() -> User:
    return UserFactory(role="manager")


@pytest.fixture
def client(boss: User) -> Client:
    client = Client()
    client.force_login(boss)
    return client


def part(brand: str, designation: str, **more: Any) -> Product:
    return ProductFactory(brand__code=brand, designation=designation, **more)


def proposal(one: Product, other: Product, grade: str = Grade.IDENTICAL, **more: Any) -> Any:
    return InterchangeFactory(from_product=one, to_product=other, grade=grade, **more)


def sent(*rows: Interchange, **more: str) -> dict[str, Any]:
    return {"row": [f"{r.pk}:{r.version}:{r.grade}" for r in rows], "token": "once"} | more


# --- the page --------------------------------------------------------------------------------


def test_it_shows_both_sides_and_what_differs(client: Client) -> None:
    size = {"bore_mm": 25, "outside_mm": 52, "width_mm": 15}
    proposal(part("SKF", "6205-2RSH", **size), part("NSK", "6205DDUC3"))
    text = client.get(PAGE).content.decode()
    assert "6205-2RSH" in text
    assert "6205DDUC3" in text
    assert "25 × 52 × 15" in text
    assert 'class="refused"' in text
    assert "C3" in text


def test_it_pages_by_key_and_filters(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("products.views.proposals.ROWS_PER_PAGE", 2)
    rows = [proposal(part("SKF", f"X{k}"), part("NSK", f"Y{k}")) for k in range(3)]
    rows.append(proposal(part("FAG", "Z1"), part("NTN", "W1"), Grade.UPGRADE, source=DERIVED))
    proposal(part("SKF", "X9"), part("NSK", "Y9"), approved_by=UserFactory())

    def shown(**query: Any) -> list[int]:
        return [item.row.pk for item in client.get(PAGE, query).context["rows"]]

    first = client.get(PAGE)
    assert [item.row.pk for item in first.context["rows"]] == [rows[0].pk, rows[1].pk]
    second = client.get(f"{PAGE}?{first.context['following']}")
    assert [item.row.pk for item in second.context["rows"]] == [rows[2].pk, rows[3].pk]
    assert second.context["following"] is None
    assert shown(grade="upgrade") == [rows[3].pk]
    assert shown(source="derived") == [rows[3].pk]
    assert shown(source="entered") == [rows[0].pk, rows[1].pk]
    assert shown(brand=rows[3].to_product.brand_id) == [rows[3].pk]
    assert shown(q="y 1") == [rows[1].pk]
    assert shown(q="ø%", brand="x", grade="no") is not None


def test_the_number_of_queries_does_not_grow_with_the_rows(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    for k in range(12):
        proposal(part("SKF", f"X{k}"), part("NSK", f"Y{k}"))
    with django_assert_max_num_queries(12):
        client.get(PAGE)


# --- deciding --------------------------------------------------------------------------------


def test_first_the_effects_are_told_and_nothing_changes(client: Client) -> None:
    good = proposal(part("SKF", "6205-2RSH"), part("NSK", "6205DDU"))
    bad = proposal(part("SKF", "6305"), part("NSK", "6305C3"))
    answer = client.post(DECIDE, sent(good, bad, decision="approve"))
    assert answer.status_code == 200
    assert answer.context["going"] == [good]
    assert [one.refusal.code for one in answer.context["refused"]] == ["not_identical"]
    assert not Interchange.objects.approved().exists()


def test_confirmed_it_is_done_once(client: Client, boss: User) -> None:
    row = proposal(part("SKF", "6205-2RSH"), part("NSK", "6205DDU"))
    form = sent(row, decision="approve", confirm="1", valid_until="2030-12-31", query="grade=x")
    for _time in range(2):
        answer = client.post(DECIDE, form)
        assert answer["Location"] == f"{PAGE}?grade=x"
    row.refresh_from_db()
    assert (row.approved_by, str(row.valid_until), row.version) == (boss, "2030-12-31", 2)
    assert actions(row) == ["interchange.approved"]


def test_rejecting_and_regrading(client: Client) -> None:
    one = proposal(part("SKF", "X1"), part("NSK", "Y1"))
    other = proposal(part("SKF", "X2"), part("NSK", "Y2"))
    client.post(DECIDE, sent(one, decision="reject", reason="no", confirm="1", token="1"))
    client.post(
        DECIDE, sent(other, decision="regrade", new_grade="upgrade", confirm="1", token="2")
    )
    one.refresh_from_db()
    other.refresh_from_db()
    assert (one.rejected_at is not None, one.reject_reason) == (True, "no")
    assert (other.grade, other.is_proposal) == ("upgrade", True)


@pytest.mark.parametrize(
    "form",
    [
        {"decision": "burn", "row": "1:1"},
        {"decision": "approve"},
        {"decision": "approve", "row": "nonsense"},
        {"decision": "approve", "row": "99999999999999999999:1"},
        {"decision": "approve", "row": "1:1", "valid_until": "tomorrow"},
        {"decision": "regrade", "row": "1:1", "new_grade": "x", "confirm": "1", "token": "t"},
    ],
)
def test_nonsense_is_refused_on_the_page(client: Client, form: dict[str, str]) -> None:
    answer = client.post(DECIDE, form, follow=True)
    assert answer.status_code == 200
    assert 'role="alert"' in answer.content.decode()


# --- deriving --------------------------------------------------------------------------------


def derive(**more: Any) -> Derivation:
    return run_derivation(start_derivation(queue=False, by=None, **more).pk)


def graded() -> set[tuple[str, str, str]]:
    rows = Interchange.objects.proposals().values_list(
        "from_product__designation", "to_product__designation", "grade"
    )
    return set(rows)


def test_equal_parts_of_different_makers_are_proposed() -> None:
    for brand, designation in (
        ("SKF", "6205-2RSH/C3"),
        ("NSK", "6205DDUC3"),
        ("NTN", "6205LLU"),
        ("SKF", "6206-2RSH/C3"),
    ):
        part(brand, designation)
    run = derive(full=True)
    assert graded() == {("6205-2RSH/C3", "6205DDUC3", "identical")}
    assert (run.total, run.done, run.proposed) == (4, 4, 1)
    assert run.finished_at is not None
    assert Interchange.objects.get().source == DERIVED


def test_an_upgrade_is_proposed_one_way_and_never_as_identical() -> None:
    plain, better = part("SKF", "7008 CD/P4A"), part("SKF", "7008 CD/HCP4A")
    derive(full=True)
    row = Interchange.objects.get()
    assert (row.from_product, row.to_product) == (plain, better)
    assert (row.grade, row.one_way) == (Grade.UPGRADE, True)


def test_stored_sizes_that_differ_are_no_proposal() -> None:
    part("SKF", "6205", width_mm=15)
    part("NSK", "6205", width_mm=16)
    derive(full=True)
    assert not Interchange.objects.exists()


def test_again_nothing_is_proposed_twice_and_what_was_rejected_stays_so(boss: User) -> None:
    part("SKF", "6205-2RSH")
    part("NSK", "6205DDU")
    derive(full=True)
    row = Interchange.objects.get()
    reject_interchanges([Seen(row.pk, 1)], by=boss)
    assert derive(full=True).proposed == 0
    assert Interchange.objects.get().rejected_at is not None


def test_a_second_run_reads_the_numbers_of_what_changed() -> None:
    part("SKF", "6205-2RSH")
    part("SKF", "6305-2RSH")
    part("NSK", "6305DDU")
    assert derive(full=True).proposed == 1
    part("NTN", "6205LLU")
    run = derive()
    assert (run.total, run.proposed) == (1, 1)


def test_a_run_over_one_brand_reads_its_numbers() -> None:
    part("SKF", "6205-2RSH")
    nsk = part("NSK", "6205DDU")
    part("SKF", "6305-2RSH")
    part("NTN", "6305LLU")
    derive(brand_id=nsk.brand_id)
    assert graded() == {("6205-2RSH", "6205DDU", "identical")}


def test_pages_do_not_lose_what_stands_at_their_edge(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("products.deriving._PAGE", 2)
    for brand in ("SKF", "NSK", "NTN", "FAG", "KOYO"):
        part(brand, "6205")
    assert derive(full=True).proposed == 10


def test_one_run_at_a_time(boss: User) -> None:
    start_derivation(queue=False, by=boss)
    with refused("derivation_running"):
        start_derivation(queue=False, by=boss)
    Derivation.objects.all().delete()
    with refused("unknown_brand"):
        start_derivation(brand_id=987_654_321, by=boss)


def test_a_run_that_fails_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_parts: Any) -> Any:
        raise ValueError("the tables are gone")

    part("SKF", "6205")
    monkeypatch.setattr("products.services.derivations.proposals_among", broken)
    run = start_derivation(queue=False, by=None)
    with pytest.raises(ValueError, match="gone"):
        run_derivation(run.pk)
    run.refresh_from_db()
    assert (run.error, run.finished_at is not None) == ("the tables are gone", True)


def test_the_page_begins_a_run_and_tells_how_far_it_is(
    client: Client, django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    queued = []
    monkeypatch.setattr(jobs, "_dispatch", lambda name, _kind, args: queued.append((name, args)))
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/interchanges/derive/", {"token": "once"})
    run = Derivation.objects.get()
    assert queued == [("products.derive_interchanges", (run.pk,))]
    Derivation.objects.update(done=1, total=4)
    told = client.get(reverse("products:derivation")).content.decode()
    assert 'value="25"' in told
    assert "hx-get" in told
    run_derivation(run.pk)
    assert "hx-get" not in client.get(reverse("products:derivation")).content.decode()
