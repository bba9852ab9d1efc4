"""What becomes of a sent quotation: ordered in parts, revised, expired, explained."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from erp.core.invariants import verify
from erp.core.jobs import run_due
from erp.core.periods import company_today
from messaging.models import Notification
from orders import services as orders
from quotations import services
from quotations.models import (
    Enquiry,
    LineOutcome,
    OutcomeReason,
    Quotation,
    QuotationLine,
    QuotationStatus,
)
from quotations.revisions import differences, head_differences
from quotations.services import LineInput, Outcome
from quotations.tasks import expire
from tests import factories
from tests.support import (
    actions,
    assert_books_ok,
    draft_quotation,
    line,
    main_warehouse,
    manager,
    refused,
    seller,
    sent_quotation,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]


def _products(number: int) -> list[Any]:
    return [factories.ProductFactory() for _number in range(number)]


def _outcomes(quotation: Quotation) -> list[str]:
    return list(quotation.lines.values_list("outcome", flat=True))


def _send(draft: Quotation) -> Quotation:
    services.submit_quotation(draft.pk, by=seller())
    services.approve_quotation(draft.pk, by=manager())
    return services.send_quotation(draft.pk, by=seller())


# --- ordered in parts --------------------------------------------------------------------------


def test_a_part_is_ordered_and_the_rest_later() -> None:
    quotation = sent_quotation(*[line(product) for product in _products(3)])
    first, second, third = quotation.lines.all()
    main_warehouse()

    order = orders.create_order_from_quotation(quotation.pk, line_ids=[second.pk], by=seller())

    quotation.refresh_from_db()
    assert quotation.status == "accepted"
    assert _outcomes(quotation) == ["open", "ordered", "open"]
    assert [row.source_line_id for row in order.lines.all()] == [second.pk]
    with refused("line_not_open", field="line_ids"):
        services.accept_lines(quotation.pk, [second.pk, third.pk], by=seller())

    rest = orders.create_order_from_quotation(quotation.pk, by=seller())

    quotation.refresh_from_db()
    assert quotation.status == "ordered"
    assert [row.source_line_id for row in rest.lines.all()] == [first.pk, third.pk]
    assert actions(quotation)[-3:] == [
        "quotation.accepted",
        "quotation.accepted",
        "quotation.ordered",
    ]
    with refused("invalid_transition"):
        services.accept_lines(quotation.pk, by=seller())
    assert_books_ok()


def test_the_rest_can_be_given_up() -> None:
    quotation = sent_quotation(*[line(product) for product in _products(2)])
    first = quotation.lines.all()[0]
    services.accept_lines(quotation.pk, [first.pk], by=seller())

    services.lose_quotation(quotation.pk, by=seller(), reason="bought elsewhere")

    quotation.refresh_from_db()
    assert (quotation.status, _outcomes(quotation)) == ("ordered", ["ordered", "lost"])
    assert actions(quotation)[-1] == "quotation.rest_lost"
    assert_books_ok()


def test_a_line_of_another_quotation_is_not_accepted() -> None:
    quotation, other = sent_quotation(), sent_quotation()
    with refused("unknown_line", field="line_ids"):
        services.accept_lines(quotation.pk, [other.lines.get().pk], by=seller())
    with refused("unknown_line", field="line_ids"):
        services.accept_lines(quotation.pk, [], by=seller())


def test_the_database_lets_no_line_be_ordered_twice() -> None:
    quotation = sent_quotation()
    services.accept_lines(quotation.pk, by=seller())
    with pytest.raises(IntegrityError), transaction.atomic():
        quotation.lines.update(ordered_quantity=Decimal(20))


# --- alternatives and optional lines -----------------------------------------------------------


def _with_choices() -> Quotation:
    """A firm line with an alternative, another firm one, and one on top: 100 and 100 net count."""
    one, other, second, extra = _products(4)
    return draft_quotation(
        line(one),
        line(other, price="9.04", alternative_to=1),
        line(second),
        line(extra, is_optional=True),
    )


def test_neither_an_alternative_nor_an_optional_line_counts_before_it_is_chosen() -> None:
    quotation = _with_choices()
    assert quotation.net_total == Decimal("200.00")
    assert list(quotation.lines.values_list("is_counted", flat=True)) == [True, False, True, False]
    assert_books_ok()


def test_accepting_chooses() -> None:
    quotation = _send(_with_choices())
    _main, alternative, _second, extra = quotation.lines.all()

    accepted = services.accept_lines(quotation.pk, [alternative.pk, extra.pk], by=seller())

    assert [row.pk for row in accepted.lines] == [alternative.pk, extra.pk]
    quotation.refresh_from_db()
    assert quotation.status == "accepted"
    assert _outcomes(quotation) == ["passed", "ordered", "open", "ordered"]
    assert quotation.net_total == Decimal("280.00")  # 80 instead of 100, 100, and 100 on top
    assert_books_ok()


def test_a_line_and_its_alternative_are_not_ordered_both() -> None:
    quotation = _send(_with_choices())
    main, alternative, *_others = quotation.lines.all()
    with refused("alternatives_exclude", field="line_ids"):
        services.accept_lines(quotation.pk, [main.pk, alternative.pk], by=seller())


def test_accepting_all_leaves_what_was_only_on_offer() -> None:
    quotation = _send(_with_choices())
    services.accept_lines(quotation.pk, by=seller())
    assert _outcomes(quotation) == ["ordered", "passed", "ordered", "passed"]
    assert Quotation.objects.get().status == "ordered"
    assert_books_ok()


@pytest.mark.parametrize(
    "kinds",
    [
        [{"alternative_to": 1}],
        [{}, {"alternative_to": 2}],
        [{}, {"alternative_to": 9}],
        [{}, {}, {"alternative_to": 1}],
        [{}, {"alternative_to": 1, "is_optional": True}],
        [{"is_optional": True}, {"alternative_to": 1}],
    ],
)
def test_an_alternative_stands_below_the_line_it_is_for(kinds: list[dict[str, Any]]) -> None:
    entered = [line(factories.ProductFactory(), **kind) for kind in kinds]
    customer, by = factories.CustomerFactory(owner=seller()), seller()
    with refused("bad_alternative", field=f"lines[{len(kinds)}].alternative_to"):
        services.create_quotation(customer.pk, entered, by=by)


def test_with_nothing_that_counts_it_is_not_submitted() -> None:
    quotation = draft_quotation(line(factories.ProductFactory(), is_optional=True))
    with refused("nothing_counts", field="lines"):
        services.submit_quotation(quotation.pk, by=seller())


# --- lines keep their keys ---------------------------------------------------------------------


def test_a_line_that_stays_keeps_its_key_wherever_it_moves() -> None:
    quotation = draft_quotation(*[line(product) for product in _products(3)])
    a, b, c = quotation.lines.all()
    entered = [
        line(c.product, 3, line_id=c.pk),
        line(factories.ProductFactory(), 9),
        line(a.product, line_id=a.pk),
    ]
    services.replace_lines(quotation.pk, entered, version=1, by=seller())
    now = list(quotation.lines.all())
    assert [(row.pk, row.line_no) for row in (now[0], now[2])] == [(c.pk, 1), (a.pk, 3)]
    assert now[0].quantity == Decimal(3)
    assert not QuotationLine.objects.filter(pk=b.pk).exists()
    assert_books_ok()


@pytest.mark.parametrize("twice", [True, False])
def test_a_key_is_of_this_quotation_and_named_once(twice: bool) -> None:
    quotation, other = draft_quotation(), draft_quotation()
    key = quotation.lines.get().pk if twice else other.lines.get().pk
    entered = [line(factories.ProductFactory(), line_id=key)] * (2 if twice else 1)
    with refused("unknown_line"):
        services.replace_lines(quotation.pk, entered, version=1, by=seller())


# --- the head ----------------------------------------------------------------------------------


def test_the_head_of_a_draft_is_changed_and_told() -> None:
    customer = factories.CustomerFactory(owner=seller())
    contact = factories.ContactFactory(customer=customer)
    term = factories.PaymentTermFactory()
    quotation = draft_quotation(customer=customer)
    day = company_today() + timedelta(days=30)
    head = {
        "valid_until": day,
        "contact_id": contact.pk,
        "partner_reference": "PO 7",
        "payment_term_id": term.pk,
        "terms": "ex works",
        "notes": "call him",
    }
    changed = services.change_quotation(quotation.pk, head=head, version=1, by=seller())
    assert {name: getattr(changed, name) for name in head} == head
    assert changed.version == 2
    assert actions(quotation) == ["quotation.created", "quotation.changed"]


@pytest.mark.parametrize(
    ("code", "name", "value"),
    [
        ("bad_validity", "valid_until", company_today() - timedelta(days=1)),
        ("unknown_contact", "contact_id", 10**9),
        ("unknown_payment_term", "payment_term_id", "nope"),
        ("too_long", "terms", "x" * 4001),
    ],
)
def test_a_wrong_field_of_the_head_is_named(code: str, name: str, value: Any) -> None:
    quotation = draft_quotation()
    with refused(code, field=name):
        services.change_quotation(quotation.pk, head={name: value}, version=1, by=seller())


def test_the_head_of_what_was_sent_stays() -> None:
    quotation = sent_quotation()
    with refused("not_a_draft"):
        services.change_quotation(quotation.pk, head={"notes": "x"}, version=None, by=seller())


# --- revisions ---------------------------------------------------------------------------------


def test_a_revision_replaces_the_sent_one_when_it_is_sent() -> None:
    old = sent_quotation()
    new = services.revise_quotation(old.pk, by=seller(), reason="wants 20")
    assert (new.status, new.revision, new.supersedes_id) == ("draft", 1, old.pk)
    old.refresh_from_db()
    assert old.status == "sent"  # the customer still has it

    _send(new)

    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.status, new.number) == ("revised", f"{old.number}-R1")
    with refused("invalid_transition"):
        services.accept_lines(old.pk, by=seller())
    again = _send(services.revise_quotation(new.pk, by=seller()))
    assert again.number == f"{old.number}-R2"
    other = sent_quotation()
    assert other.number == f"QUO-{company_today().year}-000002"  # revisions draw no number
    services.accept_lines(again.pk, by=seller())
    assert_books_ok()


def test_one_revision_at_a_time_and_another_when_it_was_cancelled() -> None:
    old = sent_quotation()
    first = services.revise_quotation(old.pk, by=seller())
    with refused("revision_exists"):
        services.revise_quotation(old.pk, by=seller())
    services.cancel_quotation(first.pk, by=seller())
    second = services.revise_quotation(old.pk, by=seller())
    assert second.revision == 1


def test_what_was_ordered_meanwhile_is_not_replaced() -> None:
    old = sent_quotation()
    new = services.revise_quotation(old.pk, by=seller())
    services.accept_lines(old.pk, by=seller())
    services.submit_quotation(new.pk, by=seller())
    services.approve_quotation(new.pk, by=manager())
    with refused("superseded_ordered"):
        services.send_quotation(new.pk, by=seller())


def test_what_expired_meanwhile_is_replaced_all_the_same() -> None:
    old = sent_quotation()
    new = services.revise_quotation(old.pk, by=seller())
    Quotation.objects.filter(pk=old.pk).update(valid_until=company_today() - timedelta(days=1))
    expire()
    assert _send(new).number == f"{old.number}-R1"
    old.refresh_from_db()
    assert old.status == "expired"
    assert_books_ok()


def test_the_difference_of_a_revision_tells_each_line_and_direction() -> None:
    a, b, c, d = _products(4)
    old = sent_quotation(line(a), line(b), line(c))
    new = services.revise_quotation(old.pk, by=seller())
    entered = [line(a, 20, "10.00"), line(c), line(d)]
    services.change_quotation(
        new.pk, lines=entered, head={"terms": "DDP"}, version=new.version, by=seller()
    )
    new.refresh_from_db()

    found = differences(old, new)

    assert [one.kind for one in found] == ["changed", "same", "added", "removed"]
    assert (found[0].quantity, found[0].price) == ("up", "down")
    assert found[3].line.product == b
    assert [after for _label, _before, after in head_differences(old, new)] == ["DDP"]


# --- expiry ------------------------------------------------------------------------------------


def test_what_is_no_longer_valid_expires_once_and_its_owner_hears() -> None:
    kept, due = sent_quotation(), sent_quotation()
    Quotation.objects.filter(pk=due.pk).update(valid_until=company_today() - timedelta(days=1))

    for _again in range(2):
        expire()

    due.refresh_from_db()
    kept.refresh_from_db()
    assert (due.status, kept.status, _outcomes(due)) == ("expired", "sent", ["expired"])
    assert actions(due).count("quotation.expired") == 1
    told = Notification.objects.filter(kind="quotation.expired")
    assert [(one.recipient, one.object_id) for one in told] == [(seller(), due.pk)]
    assert_books_ok()


def test_of_a_partly_ordered_one_the_rest_expires() -> None:
    quotation = sent_quotation(*[line(product) for product in _products(2)])
    first = quotation.lines.all()[0]
    services.accept_lines(quotation.pk, [first.pk], by=seller())
    Quotation.objects.update(valid_until=company_today() - timedelta(days=1))
    expire()
    quotation.refresh_from_db()
    assert (quotation.status, _outcomes(quotation)) == ("ordered", ["ordered", "expired"])
    assert_books_ok()


def test_its_owner_is_warned_once_before_it_expires() -> None:
    quotation = sent_quotation()
    Quotation.objects.update(valid_until=company_today() + timedelta(days=2))
    for _again in range(2):
        expire()
    assert Notification.objects.filter(kind="quotation.expires_soon").count() == 1
    quotation.refresh_from_db()
    assert quotation.status == "sent"


def test_the_schedule_runs_the_expiry() -> None:
    from django.utils import timezone  # noqa: PLC0415

    due = sent_quotation()
    Quotation.objects.update(valid_until=company_today() - timedelta(days=1))
    assert "quotations.expire" in run_due(timezone.now())
    due.refresh_from_db()
    assert due.status == "expired"


def test_an_enquiry_expires_with_its_last_hope() -> None:
    enquiry = factories.EnquiryFactory(status="quoted")
    one, other = (
        factories.QuotationFactory(enquiry=enquiry, status="sent", owner=seller())
        for _number in range(2)
    )
    services.lose_quotation(one.pk, by=seller())
    assert Enquiry.objects.get().status == "quoted"
    services.lose_quotation(other.pk, by=seller())
    assert Enquiry.objects.get().status == "lost"
    reopened = services.reopen_enquiry(enquiry.pk, by=seller())
    assert reopened.status == "new"
    services.cancel_enquiry(enquiry.pk, by=seller(), version=reopened.version)
    assert actions(enquiry)[-3:] == ["enquiry.lost", "enquiry.reopened", "enquiry.cancelled"]


def test_an_enquiry_with_an_open_quotation_is_not_cancelled() -> None:
    enquiry = factories.EnquiryFactory(status="quoted")
    factories.QuotationFactory(enquiry=enquiry, status="sent", owner=seller())
    with refused("has_quotations"):
        services.cancel_enquiry(enquiry.pk, by=seller())


# --- why ---------------------------------------------------------------------------------------


def test_why_it_was_lost_is_kept_with_who_got_it() -> None:
    reason = OutcomeReason.objects.filter(kind="lost").first()
    assert reason is not None
    quotation = sent_quotation()
    outcome = Outcome(reason.pk, "8 % too dear", "Rival", Decimal("10.40"))
    lost = services.lose_quotation(quotation.pk, by=seller(), outcome=outcome)
    assert (lost.outcome_reason, lost.competitor, lost.competitor_price) == (
        reason,
        "Rival",
        Decimal("10.40"),
    )
    assert lost.decided_on == company_today()


def test_a_reason_of_losing_does_not_explain_a_win() -> None:
    lost = OutcomeReason.objects.filter(kind="lost").first()
    won = OutcomeReason.objects.filter(kind="won").first()
    assert lost is not None
    assert won is not None
    quotation = sent_quotation()
    with refused("not_decided"):
        services.explain_outcome(quotation.pk, outcome=Outcome(won.pk), by=seller())
    services.accept_lines(quotation.pk, by=seller())
    with refused("unknown_reason", field="reason_id"):
        services.explain_outcome(quotation.pk, outcome=Outcome(lost.pk), by=seller())
    told = services.explain_outcome(quotation.pk, outcome=Outcome(won.pk), by=seller())
    assert told.outcome_reason == won
    assert told.status == QuotationStatus.ORDERED


def test_lines_without_a_suggested_price_and_cost_are_kept_so() -> None:
    quotation = draft_quotation(LineInput(factories.ProductFactory().pk, Decimal(1), Decimal(5)))
    row = quotation.lines.get()
    assert (row.suggested_price, row.unit_cost, quotation.cost_total) == (None, None, None)
    assert row.outcome == LineOutcome.OPEN


# --- faults in the books are found -------------------------------------------------------------


def _found() -> set[str]:
    return {outcome.name for outcome in verify() if not outcome.ok}


@pytest.mark.parametrize(
    ("fault", "name"),
    [
        ({"ordered_quantity": Decimal(1)}, "quotations: a line is ordered once"),
        ({"outcome": "lost"}, "quotations: what came of the lines"),
    ],
)
def test_a_fault_in_a_line_s_outcome_is_found(fault: dict[str, Any], name: str) -> None:
    quotation = sent_quotation()
    quotation.lines.update(**fault)
    assert any(found.startswith(name) for found in _found())


def test_two_counted_alternatives_are_found() -> None:
    quotation = _with_choices()
    quotation.lines.update(is_counted=True)
    assert any("alternatives" in found for found in _found())


def test_a_superseded_quotation_that_can_be_ordered_is_found() -> None:
    old = sent_quotation()
    _send(services.revise_quotation(old.pk, by=seller()))
    Quotation.objects.filter(pk=old.pk).update(status="sent")
    assert any("last revision" in found for found in _found())
