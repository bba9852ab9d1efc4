"""Requests for quotation: drafted, sent to several suppliers, answered, awarded."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts.models import User
from audit.models import AuditEntry
from customers.models import Supplier
from erp.core.models import ExchangeRate
from erp.core.periods import company_today
from messaging.models import Notification
from products.models import PriceFact, Product
from quotations import services
from quotations.models import Rfq, RfqAward, RfqReply, RfqStatus, RfqSupplier
from quotations.services import AwardInput, ReplyInput, RfqLineInput
from tests import factories as f
from tests.support import actions, assert_books_ok, refused

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]


@pytest.fixture
def buyer() -> User:
    return f.UserFactory(role="purchaser")


@pytest.fixture
def suppliers() -> list[Supplier]:
    return [f.SupplierFactory() for _ in range(3)]


@pytest.fixture
def parts() -> list[Product]:
    return [f.ProductFactory() for _ in range(3)]


@pytest.fixture
def rfq(buyer: User, suppliers: list[Supplier], parts: list[Product]) -> Rfq:
    lines = [RfqLineInput(part.pk, Decimal(10)) for part in parts]
    return services.create_rfq(lines, supplier_ids=[s.pk for s in suppliers], by=buyer)


@pytest.fixture
def sent(rfq: Rfq, buyer: User) -> Rfq:
    return services.send_rfq(rfq.pk, by=buyer)


def asked(rfq: Rfq, number: int = 0) -> RfqSupplier:
    return list(rfq.suppliers.all())[number]


def answer(
    rfq: Rfq, *prices: Any, number: int = 0, by: User, terms: Any = None, **more: Any
) -> services.ReplyOutcome:
    """Let a supplier answer the first lines at these prices."""
    lines = list(rfq.lines.all())
    replies = [
        ReplyInput(line.pk, None if price is None else Decimal(price), **more)
        for line, price in zip(lines, prices, strict=False)
    ]
    return services.record_replies(asked(rfq, number).pk, replies, terms=terms, by=by)


@pytest.fixture
def answered(sent: Rfq, buyer: User) -> Rfq:
    answer(sent, "11.30", "22.60", by=buyer)
    answer(sent, "10.17", number=1, by=buyer)
    sent.refresh_from_db()
    return sent


def award(rfq: Rfq, *shares: tuple[int, Any], by: User, line: int = 0, **more: Any) -> Rfq:
    """Award a line: (which supplier, how much) each."""
    row = list(rfq.lines.all())[line]
    awards = [
        AwardInput(RfqReply.objects.get(invitation=asked(rfq, number), line=row).pk, Decimal(much))
        for number, much in shares
    ]
    return services.award_line(rfq.pk, row.pk, awards, by=by, **more)


# --- drafted and sent -------------------------------------------------------------------------


def test_a_request_asks_several_suppliers_for_several_parts(rfq: Rfq, parts: Any) -> None:
    assert (rfq.status, rfq.number, rfq.ref) == ("draft", None, f"RFQ-D{rfq.pk}")
    assert [line.product for line in rfq.lines.all()] == parts
    assert rfq.lines.all()[0].designation == parts[0].designation
    assert [row.sent_at for row in rfq.suppliers.all()] == [None] * 3
    assert rfq.due_on == company_today() + timedelta(days=3)
    assert actions(rfq) == ["rfq.created"]


def test_sending_numbers_it_and_keeps_the_suppliers_details(sent: Rfq, suppliers: Any) -> None:
    assert sent.status == "sent"
    assert sent.number
    assert sent.number.startswith("RFQ-")
    first = asked(sent)
    assert first.sent_at is not None
    assert first.partner_snapshot["name"] == suppliers[0].name
    assert_books_ok()


def test_who_may_not_send_hands_it_to_those_who_may(parts: Any, buyer: User) -> None:
    sales = f.UserFactory(role="sales")

    made = services.create_rfq([RfqLineInput(parts[0].pk, Decimal(1))], by=sales)

    told = Notification.objects.get(recipient=buyer)
    assert (told.kind, told.object_id) == ("rfq.created", made.pk)


@pytest.mark.parametrize(
    ("code", "lines", "more"),
    [
        ("bad_line_count", [], {}),
        ("unknown_product", [(987654, 1)], {}),
        ("bad_quantity", [(0, 0)], {}),
        ("unknown_supplier", [(0, 1)], {"supplier_ids": [987654]}),
        ("bad_due_date", [(0, 1)], {"due_on": -1}),
    ],
)
def test_a_wrong_request_is_refused(
    code: str, lines: Any, more: dict[str, Any], parts: Any, buyer: User
) -> None:
    given = [RfqLineInput(pk or parts[0].pk, Decimal(quantity)) for pk, quantity in lines]
    if "due_on" in more:
        more = {"due_on": company_today() + timedelta(days=more["due_on"])}
    with refused(code):
        services.create_rfq(given, by=buyer, **more)


def test_a_blocked_supplier_is_not_asked(parts: Any, buyer: User) -> None:
    blocked = f.SupplierFactory(blocked_reason="质量")
    with refused("partner_blocked"):
        services.create_rfq(
            [RfqLineInput(parts[0].pk, Decimal(1))], supplier_ids=[blocked.pk], by=buyer
        )


def test_a_supplier_blocked_meanwhile_stops_the_sending(rfq: Rfq, buyer: User) -> None:
    Supplier.objects.filter(pk=asked(rfq).supplier_id).update(blocked_reason="质量")
    with refused("partner_blocked"):
        services.send_rfq(rfq.pk, by=buyer)


def test_a_request_without_suppliers_is_not_sent(parts: Any, buyer: User) -> None:
    made = services.create_rfq([RfqLineInput(parts[0].pk, Decimal(1))], by=buyer)
    with refused("no_suppliers"):
        services.send_rfq(made.pk, by=buyer)


def test_a_currency_without_a_rate_cannot_be_asked_for(parts: Any, buyer: User) -> None:
    foreign = f.SupplierFactory(currency=f.CurrencyFactory(code="JPY"))
    with refused("no_exchange_rate"):
        services.create_rfq(
            [RfqLineInput(parts[0].pk, Decimal(1))], supplier_ids=[foreign.pk], by=buyer
        )


def test_only_a_draft_is_changed(rfq: Rfq, parts: Any, buyer: User) -> None:
    made = services.change_rfq(
        rfq.pk,
        lines=[RfqLineInput(parts[1].pk, Decimal(5))],
        notes=" 急 ",
        due_on=company_today(),
        version=1,
        by=buyer,
    )
    assert (made.version, made.notes, made.lines.count()) == (2, "急", 1)
    with refused("stale_version"):
        services.change_rfq(rfq.pk, notes="", version=1, by=buyer)
    services.send_rfq(rfq.pk, by=buyer)
    with refused("not_a_draft"):
        services.change_rfq(rfq.pk, notes="", version=None, by=buyer)


def test_suppliers_are_added_and_taken_off(rfq: Rfq, suppliers: Any, buyer: User) -> None:
    late = f.SupplierFactory()
    services.drop_supplier(rfq.pk, asked(rfq).pk, by=buyer)
    services.send_rfq(rfq.pk, by=buyer)

    services.invite_suppliers(rfq.pk, [late.pk, suppliers[1].pk], by=buyer)

    assert set(rfq.suppliers.values_list("supplier", flat=True)) == {
        suppliers[1].pk,
        suppliers[2].pk,
        late.pk,
    }
    added = rfq.suppliers.get(supplier=late)
    assert added.sent_at is not None
    assert added.partner_snapshot["code"] == late.code
    with refused("not_a_draft"):
        services.drop_supplier(rfq.pk, added.pk, by=buyer)


def test_a_copy_asks_the_same_and_takes_no_answers(answered: Rfq, suppliers: Any) -> None:
    other = f.UserFactory(role="purchaser")
    Supplier.objects.filter(pk=suppliers[2].pk).update(blocked_reason="质量")

    made = services.copy_rfq(answered.pk, by=other)

    assert (made.status, made.number, made.owner, made.version) == ("draft", None, other, 1)
    assert made.lines.count() == 3
    assert set(made.suppliers.values_list("supplier", "sent_at")) == {
        (suppliers[0].pk, None),
        (suppliers[1].pk, None),
    }
    assert not RfqReply.objects.filter(line__document=made).exists()


# --- the way ----------------------------------------------------------------------------------

VERBS: dict[str, Callable[[Rfq, User], Any]] = {
    "send": lambda rfq, by: services.send_rfq(rfq.pk, by=by),
    "reply": lambda rfq, by: answer(rfq, "9.04", by=by),
    "reject": lambda rfq, by: services.reject_rfq(rfq.pk, by=by),
    "reopen": lambda rfq, by: services.reopen_rfq(rfq.pk, by=by),
    "award": lambda rfq, by: award(rfq, (0, 10), by=by),
    "unaward": lambda rfq, by: services.award_line(rfq.pk, rfq.lines.all()[0].pk, [], by=by),
    "order": lambda rfq, by: services.take_awards(rfq.pk, by=by),
    "cancel": lambda rfq, by: services.cancel_rfq(rfq.pk, by=by),
}
WAYS = {
    "draft": [],
    "sent": ["send"],
    "received": ["send", "reply"],
    "rejected": ["send", "reply", "reject"],
    "awarded": ["send", "reply", "award"],
    "ordered": ["send", "reply", "award", "order"],
    "cancelled": ["cancel"],
}
LEADS_TO = {
    ("draft", "send"): "sent",
    ("draft", "cancel"): "cancelled",
    ("sent", "reply"): "received",
    ("sent", "cancel"): "cancelled",
    ("received", "reply"): "received",
    ("received", "reject"): "rejected",
    ("received", "award"): "awarded",
    ("received", "unaward"): "received",
    ("rejected", "reopen"): "received",
    ("awarded", "award"): "awarded",
    ("awarded", "unaward"): "received",
    ("awarded", "order"): "ordered",
}


def test_the_ways_reach_every_status_and_every_move_of_the_workflow() -> None:
    assert set(WAYS) == set(RfqStatus.values)
    moves = {(old, new) for old, news in Rfq.WORKFLOW.moves.items() for new in news}
    taken = {(old, new) for (old, _verb), new in LEADS_TO.items() if old != new}
    assert taken == moves


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("status", WAYS)
def test_a_verb_leads_where_the_workflow_says_or_is_refused(
    status: str, verb: str, rfq: Rfq, buyer: User
) -> None:
    for step in WAYS[status]:
        VERBS[step](rfq, buyer)
        rfq.refresh_from_db()
    assert rfq.status == status
    if verb == "award" and not RfqReply.objects.filter(line__document=rfq).exists():
        f.RfqReplyFactory(invitation=asked(rfq), line=rfq.lines.all()[0])
    target = LEADS_TO.get((status, verb))
    if target is None:
        closed = verb in {"reply", "award", "unaward"}
        with refused("rfq_closed" if closed else "invalid_transition"):
            VERBS[verb](rfq, buyer)
        return

    VERBS[verb](rfq, buyer)

    rfq.refresh_from_db()
    assert rfq.status == target
    assert_books_ok()


def test_what_is_decided_on_an_older_version_is_refused(answered: Rfq, buyer: User) -> None:
    line = answered.lines.all()[0]
    for verb in (
        lambda: services.reject_rfq(answered.pk, version=1, by=buyer),
        lambda: services.award_line(answered.pk, line.pk, [], version=1, by=buyer),
        lambda: services.record_replies(asked(answered).pk, [], version=1, by=buyer),
        lambda: services.invite_suppliers(answered.pk, [], version=1, by=buyer),
    ):
        with refused("stale_version"):
            verb()


# --- replies ----------------------------------------------------------------------------------


def test_a_reply_is_a_price_fact_and_the_owner_hears_of_it(sent: Rfq, parts: Any) -> None:
    other = f.UserFactory(role="purchaser")

    outcome = answer(sent, "11.30", None, by=other, lead_time_days=7)

    assert (outcome.added, outcome.not_offered) == (1, 1)
    fact = PriceFact.objects.get(kind="rfq")
    assert (fact.product, fact.net_unit_price, fact.supplier) == (
        parts[0],
        Decimal("10.000000"),
        asked(sent).supplier,
    )
    assert fact.source_type == "quotations.rfq"
    assert Notification.objects.get(recipient=sent.owner).kind == "rfq.replied"
    sent.refresh_from_db()
    assert sent.status == "received"
    assert asked(sent).answered_at is not None


def test_the_same_answer_again_changes_nothing(sent: Rfq, buyer: User) -> None:
    answer(sent, "11.30", "22.60", by=buyer)
    before = (AuditEntry.objects.count(), PriceFact.objects.count())

    outcome = answer(sent, "11.30", "22.60", by=buyer)

    assert (outcome.added, outcome.changed, outcome.unchanged) == (0, 0, 2)
    assert (AuditEntry.objects.count(), PriceFact.objects.count()) == before


def test_a_changed_price_replaces_the_reply_and_keeps_its_history(sent: Rfq, buyer: User) -> None:
    answer(sent, "11.30", by=buyer)

    outcome = answer(sent, "12.43", by=buyer)

    assert (outcome.added, outcome.changed) == (0, 1)
    reply = RfqReply.objects.get()
    assert reply.net_price == Decimal("11.000000")
    facts = PriceFact.objects.filter(source_line_id=reply.pk, kind="rfq").order_by("pk")
    assert [fact.net_unit_price for fact in facts] == [Decimal(10), Decimal(11)]
    entry = AuditEntry.objects.filter(action="rfq.replied").latest("pk")
    assert entry.object_type == "quotations.rfqsupplier"


def test_a_line_without_a_price_is_taken_back_only_when_asked(sent: Rfq, buyer: User) -> None:
    answer(sent, "11.30", "22.60", by=buyer)
    lines = list(sent.lines.all())
    blank = [ReplyInput(line.pk) for line in lines]

    kept = services.record_replies(asked(sent).pk, blank[:1], by=buyer)
    gone = services.record_replies(asked(sent).pk, blank[:1], withdraw_blank=True, by=buyer)

    assert (kept.withdrawn, gone.withdrawn) == (0, 1)
    assert [reply.line for reply in RfqReply.objects.all()] == [lines[1]]
    assert PriceFact.objects.filter(kind="rfq").count() == 2


def test_another_currency_is_kept_with_the_rate_of_the_day(sent: Rfq, buyer: User) -> None:
    f.CurrencyFactory(code="USD")
    ExchangeRate.objects.create(currency_id="USD", on=company_today(), rate=Decimal("7.1"))

    answer(sent, "2", by=buyer, terms={"currency": "USD", "price_includes_tax": False})

    invitation = asked(sent)
    assert (invitation.currency_id, invitation.exchange_rate) == ("USD", Decimal("7.1"))
    assert RfqReply.objects.get().base_price(invitation.exchange_rate) == Decimal("14.200000")
    assert PriceFact.objects.get(kind="rfq").currency_id == "USD"
    with refused("unknown_currency"):
        answer(sent, "2", by=buyer, terms={"currency": "XXX"})


def test_what_is_offered_instead_has_a_grade(sent: Rfq, buyer: User, parts: Any) -> None:
    other = f.ProductFactory()
    f.InterchangeFactory(
        from_product=parts[0],
        to_product=other,
        grade="dimensional",
        approved_by=buyer,
        approved_at=timezone.now(),
    )

    answer(sent, "5", by=buyer, offered_id=other.pk)
    judged = RfqReply.objects.get()
    answer(sent, "5", by=buyer, offered_id=other.pk, grade="upgrade")
    stated = RfqReply.objects.get()
    answer(sent, "5", by=buyer, offered_id=parts[0].pk)
    same = RfqReply.objects.get()

    assert (judged.offered, judged.grade) == (other, "dimensional")
    assert stated.grade == "upgrade"
    assert (same.offered, same.grade) == (None, "")
    assert PriceFact.objects.filter(kind="rfq").first().product == other  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("code", "price", "more"),
    [
        ("bad_price", "0", {}),
        ("bad_price", "-1", {}),
        ("bad_price", "1.1234567", {}),
        ("bad_quantity", "1", {"minimum_quantity": Decimal(-1)}),
        ("bad_lead_time", "1", {"lead_time_days": 9999}),
        ("unknown_product", "1", {"offered_id": 987654}),
    ],
)
def test_a_wrong_reply_is_refused(code: str, price: str, more: Any, sent: Rfq, buyer: User) -> None:
    with refused(code):
        answer(sent, price, by=buyer, **more)


def test_a_line_of_another_request_is_refused(sent: Rfq, buyer: User) -> None:
    strange = f.RfqLineFactory()
    with refused("unknown_line"):
        services.record_replies(asked(sent).pk, [ReplyInput(strange.pk, Decimal(1))], by=buyer)


def test_who_declines_has_answered(sent: Rfq, buyer: User) -> None:
    services.record_replies(asked(sent).pk, [], terms={"declined": True}, by=buyer)
    assert asked(sent).answered_at is not None
    assert Rfq.objects.waiting().filter(pk=sent.pk).exists()  # two are silent yet
    answer(sent, "1", by=buyer)
    assert not asked(sent).declined


# --- awards -----------------------------------------------------------------------------------


def test_a_line_is_split_between_suppliers(answered: Rfq, buyer: User) -> None:
    award(answered, (0, 4), (1, 6), by=buyer)

    quantities = RfqAward.objects.order_by("reply__invitation").values_list("quantity", flat=True)
    assert list(quantities) == [Decimal(4), Decimal(6)]
    award(answered, (1, 10), by=buyer)
    assert RfqAward.objects.get().quantity == 10
    assert_books_ok()


def test_more_than_was_asked_for_needs_the_right_and_a_reason(answered: Rfq, buyer: User) -> None:
    boss = f.UserFactory(role="manager")
    with refused("award_too_large"):
        award(answered, (0, 6), (1, 5), by=boss)
    with pytest.raises(PermissionDenied):
        award(answered, (0, 6), (1, 5), by=buyer, override_reason="整箱")

    award(answered, (0, 6), (1, 5), by=boss, override_reason="整箱")

    assert {row.override_reason for row in RfqAward.objects.all()} == {"整箱"}
    entry = AuditEntry.objects.filter(action="rfq.awarded").latest("pk")
    assert entry.reason == "整箱"
    assert_books_ok()


def test_an_offer_that_has_run_out_needs_the_right_and_a_reason(answered: Rfq, buyer: User) -> None:
    boss = f.UserFactory(role="manager")
    first = asked(answered)
    yesterday = company_today() - timedelta(days=1)
    services.record_replies(first.pk, [], terms={"valid_until": yesterday}, by=buyer)
    with refused("reply_expired"):
        award(answered, (0, 10), by=boss)

    award(answered, (0, 10), by=boss, override_reason="电话确认")

    assert RfqAward.objects.get().override_reason == "电话确认"


def test_an_offer_is_good_until_its_last_day(answered: Rfq, buyer: User) -> None:
    services.record_replies(
        asked(answered).pk, [], terms={"valid_until": company_today()}, by=buyer
    )
    assert award(answered, (0, 10), by=buyer).status == "awarded"


def test_less_than_the_suppliers_minimum_is_refused(sent: Rfq, buyer: User) -> None:
    answer(sent, "1", by=buyer, minimum_quantity=Decimal(8))
    with refused("below_minimum"):
        award(sent, (0, 7), by=buyer)
    assert award(sent, (0, 8), by=buyer).status == "awarded"


def test_a_reply_to_another_line_is_not_awarded(answered: Rfq, buyer: User) -> None:
    lines = list(answered.lines.all())
    reply = RfqReply.objects.filter(line=lines[1]).get()
    with refused("unknown_reply"):
        services.award_line(answered.pk, lines[0].pk, [AwardInput(reply.pk, Decimal(1))], by=buyer)
    strange = f.RfqLineFactory()
    with refused("unknown_line"):
        services.award_line(answered.pk, strange.pk, [], by=buyer)
