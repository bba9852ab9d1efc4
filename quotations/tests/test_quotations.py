"""A quotation's way: drafted, submitted, approved by another, sent, accepted or lost."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from erp.core.money import MAX_QUANTITY, MAX_UNIT_PRICE
from erp.core.periods import company_today
from messaging.models import Notification
from products.models import PriceFact
from quotations import services
from quotations.models import Enquiry, Quotation
from quotations.services import MAX_LINES, LineInput
from tests import factories
from tests.support import (
    actions,
    approved_quotation,
    assert_books_ok,
    draft_quotation,
    line,
    manager,
    refused,
    seller,
    sent_quotation,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]


# --- drafting ----------------------------------------------------------------------------------


def test_a_draft_adds_up_its_lines_and_has_no_number() -> None:
    lines = [line(factories.ProductFactory(), 3, "9.99") for _number in range(2)]
    quotation = draft_quotation(*lines)

    assert (quotation.status, quotation.number) == ("draft", None)
    assert quotation.ref == f"QUO-D{quotation.pk}"
    assert [str(row.net_amount) for row in quotation.lines.all()] == ["26.52", "26.52"]
    assert (quotation.net_total, quotation.tax_total, quotation.gross_total) == (
        Decimal("53.04"),
        Decimal("6.90"),
        Decimal("59.94"),
    )
    assert actions(quotation) == ["quotation.created"]
    assert_books_ok()


def test_a_hundred_lines_of_1_05_are_93_and_12() -> None:
    product = factories.ProductFactory()
    quotation = draft_quotation(*[line(product, 1, "1.05")] * 100)
    assert (quotation.net_total, quotation.tax_total) == (Decimal("93.00"), Decimal("12.00"))


def test_a_line_keeps_the_product_as_it_was_and_the_customer_s_wording() -> None:
    product = factories.ProductFactory(designation="6205-2RS1", name="深沟球轴承")
    quotation = draft_quotation(line(product, partner_wording="6205 2rs 老款"))
    product.designation, product.name = "6205-2RSH", "other"
    product.save()

    row = quotation.lines.get()
    assert (row.brand_name, row.designation, row.description) == ("SKF", "6205-2RS1", "深沟球轴承")
    assert row.partner_wording == "6205 2rs 老款"


def test_it_is_valid_as_long_as_the_company_says() -> None:
    assert draft_quotation().valid_until == company_today() + timedelta(days=7)


def test_without_a_price_the_last_one_to_this_customer_is_proposed() -> None:
    product, customer = factories.ProductFactory(), factories.CustomerFactory(owner=seller())
    factories.PriceFactFactory(product=product, customer=customer, net_unit_price=Decimal("10"))
    factories.PriceFactFactory(product=product, net_unit_price=Decimal("1"))  # to somebody else

    included = draft_quotation(LineInput(product.pk, Decimal(2)), customer=customer).lines.get()

    assert (included.unit_price, included.price_includes_tax) == (Decimal("11.30"), True)
    assert included.suggested_price == Decimal("11.30")
    assert included.net_amount == Decimal("20.00")


def test_without_a_last_price_the_list_price_is_proposed_on_the_customer_s_side() -> None:
    product = factories.ProductFactory()
    customer = factories.CustomerFactory(owner=seller(), price_includes_tax=False)
    factories.PriceFactFactory(
        product=product, kind="list", customer=None, net_unit_price=Decimal("0.123456")
    )
    row = draft_quotation(LineInput(product.pk, Decimal(2)), customer=customer).lines.get()
    assert (row.unit_price, row.price_includes_tax) == (Decimal("0.1235"), False)


def test_a_price_in_another_currency_is_not_proposed() -> None:
    product, customer = factories.ProductFactory(), factories.CustomerFactory(owner=seller())
    eur = factories.CurrencyFactory(code="EUR")
    factories.PriceFactFactory(product=product, customer=customer, currency=eur)
    row = draft_quotation(LineInput(product.pk, Decimal(2)), customer=customer).lines.get()
    assert (row.unit_price, row.suggested_price) == (Decimal(0), None)


def test_a_product_s_own_tax_rate_counts_before_the_general_one() -> None:
    low = factories.TaxRateFactory(code="low", rate=Decimal("0.0900"))
    quotation = draft_quotation(line(factories.ProductFactory(tax_rate=low), 1, "109.00"))
    assert (quotation.net_total, quotation.tax_total) == (Decimal("100.00"), Decimal("9.00"))


def test_a_foreign_customer_is_quoted_in_his_currency_at_the_day_s_rate() -> None:
    eur = factories.CurrencyFactory(code="EUR")
    today = company_today()
    for day, rate in [(today, "7.80"), (today + timedelta(days=1), "9.99")]:
        factories.ExchangeRateFactory(currency=eur, on=day, rate=Decimal(rate))
    quotation = draft_quotation(customer=factories.CustomerFactory(owner=seller(), currency=eur))
    assert (quotation.currency_id, quotation.exchange_rate) == ("EUR", Decimal("7.80"))


def test_without_an_exchange_rate_nothing_is_quoted() -> None:
    customer = factories.CustomerFactory(
        owner=seller(), currency=factories.CurrencyFactory(code="EUR")
    )
    entered = [line(factories.ProductFactory())]
    with refused("no_exchange_rate", field="currency"):
        services.create_quotation(customer.pk, entered, by=seller())


def test_an_unknown_or_archived_customer_is_refused() -> None:
    by, entered = seller(), [line(factories.ProductFactory())]
    gone = factories.CustomerFactory(archived_at=datetime(2026, 1, 1, tzinfo=UTC))
    for pk in (gone.pk, 10**9):
        with refused("unknown_customer", field="customer"):
            services.create_quotation(pk, entered, by=by)


def _wrong_lines() -> list[tuple[str, str, list[dict[str, Any]]]]:
    fine: dict[str, Any] = {}
    return [
        ("bad_line_count", "lines", []),
        ("bad_line_count", "lines", [fine] * (MAX_LINES + 1)),
        ("bad_quantity", "lines[2].quantity", [fine, {"quantity": Decimal(-1)}]),
        ("bad_quantity", "lines[1].quantity", [{"quantity": Decimal(0)}]),
        ("bad_quantity", "lines[1].quantity", [{"quantity": Decimal("1e30")}]),
        ("bad_quantity", "lines[1].quantity", [{"quantity": Decimal("0.0001")}]),
        ("bad_price", "lines[1].unit_price", [{"unit_price": Decimal("-0.01")}]),
        ("bad_price", "lines[1].unit_price", [{"unit_price": Decimal("1.0000001")}]),
        ("bad_price", "lines[1].unit_price", [{"unit_price": Decimal("NaN")}]),
        ("unknown_product", "lines[2].product_id", [fine, {"product_id": 10**9}]),
        (
            "amount_too_large",
            "lines[1].unit_price",
            [{"quantity": MAX_QUANTITY, "unit_price": MAX_UNIT_PRICE}],
        ),
        (
            "amount_too_large",
            "lines",
            [{"quantity": Decimal(9000), "unit_price": MAX_UNIT_PRICE}] * 2,
        ),
        ("unknown_source_line", "lines[1].source_line_id", [{"source_line_id": 10**9}]),
    ]


@pytest.mark.parametrize(
    ("code", "field", "changes"),
    _wrong_lines(),
    ids=[f"{c}-{n}" for n, (c, _f, _l) in enumerate(_wrong_lines())],
)
def test_a_wrong_line_is_named_and_nothing_is_drafted(
    code: str, field: str, changes: list[dict[str, Any]]
) -> None:
    product, customer = factories.ProductFactory(), factories.CustomerFactory(owner=seller())
    entered = [
        LineInput(
            **{
                "product_id": product.pk,
                "quantity": Decimal(1),
                "unit_price": Decimal(1),
                **change,
            }
        )
        for change in changes
    ]
    with refused(code, field=field):
        services.create_quotation(customer.pk, entered, by=seller())


# --- changing a draft --------------------------------------------------------------------------


def test_the_lines_of_a_draft_can_be_replaced() -> None:
    quotation = draft_quotation()
    product = factories.ProductFactory()

    services.replace_lines(quotation.pk, [line(product, 2, "113.00")], version=1, by=seller())

    quotation.refresh_from_db()
    assert [row.product for row in quotation.lines.all()] == [product]
    assert (quotation.gross_total, quotation.version) == (Decimal("226.00"), 2)
    assert actions(quotation) == ["quotation.created", "quotation.changed"]
    assert_books_ok()


def test_whoever_saw_an_older_version_is_refused() -> None:
    quotation = draft_quotation()
    entered = [line(factories.ProductFactory())]
    services.replace_lines(quotation.pk, entered, version=1, by=seller())
    with refused("stale_version"):
        services.replace_lines(quotation.pk, entered, version=1, by=seller())


def test_a_wrong_line_leaves_the_old_ones() -> None:
    quotation = draft_quotation()
    wrong = [line(factories.ProductFactory(), -1)]
    with refused("bad_quantity"):
        services.replace_lines(quotation.pk, wrong, version=1, by=seller())


@pytest.mark.parametrize("status", [s for s in Quotation.Status.values if s != "draft"])
def test_only_a_draft_can_be_edited(status: str) -> None:
    quotation = factories.QuotationFactory(status=status)
    entered = [line(factories.ProductFactory())]
    by = seller()
    with refused("not_a_draft"):
        services.replace_lines(quotation.pk, entered, version=None, by=by)


# --- its way -----------------------------------------------------------------------------------


def test_submitting_tells_those_who_may_approve() -> None:
    boss = factories.UserFactory(role="manager")
    quotation = draft_quotation()

    services.submit_quotation(quotation.pk, by=seller())

    quotation.refresh_from_db()
    assert (quotation.status, quotation.version) == ("submitted", 2)
    assert [(n.recipient, n.kind) for n in Notification.objects.all()] == [
        (boss, "quotation.submitted")
    ]


def test_a_line_without_a_price_cannot_be_submitted() -> None:
    priced, unpriced = factories.ProductFactory(), factories.ProductFactory()
    quotation = draft_quotation(line(priced), LineInput(unpriced.pk, Decimal(1)))
    with refused("missing_price", field="lines[2].unit_price"):
        services.submit_quotation(quotation.pk, by=seller())


def test_nobody_approves_his_own_quotation() -> None:
    quotation = draft_quotation()
    services.submit_quotation(quotation.pk, by=seller())
    with refused("own_document"):
        services.approve_quotation(quotation.pk, by=seller())


def test_the_owner_does_not_approve_what_another_wrote_for_him() -> None:
    owner, writer = factories.UserFactory(), factories.UserFactory()
    quotation = factories.QuotationFactory(owner=owner, created_by=writer, status="submitted")
    for person in (owner, writer):
        with refused("own_document"):
            services.approve_quotation(quotation.pk, by=person)


def test_with_the_right_to_it_one_may_approve_one_s_own() -> None:
    by = factories.UserFactory(rights=["quotations.approve_own_quotation"])
    quotation = factories.QuotationFactory(owner=by, status="submitted")
    assert services.approve_quotation(quotation.pk, by=by).status == "approved"


def test_approving_tells_the_owner() -> None:
    quotation = approved_quotation()
    told = Notification.objects.get(kind="quotation.approved")
    assert (told.recipient, told.object_id) == (quotation.owner, quotation.pk)


def test_a_refused_quotation_is_a_draft_again_and_tells_why() -> None:
    quotation = draft_quotation()
    services.submit_quotation(quotation.pk, by=seller())
    services.refuse_quotation(quotation.pk, by=manager(), reason="too cheap")

    quotation.refresh_from_db()
    assert quotation.status == "draft"
    assert actions(quotation)[-1] == "quotation.refused"
    assert Notification.objects.filter(kind="quotation.refused", recipient=seller()).exists()


def test_sending_draws_the_number_and_freezes_the_partner() -> None:
    customer = factories.CustomerFactory(owner=seller(), name="old name")
    factories.InvoiceProfileFactory(customer=customer, is_default=True, tax_id="9132X")
    factories.ContactFactory(customer=customer, is_default=True, name="王经理")

    quotation = sent_quotation(customer=customer)
    customer.name = "new name"
    customer.save()

    quotation.refresh_from_db()
    assert quotation.number == f"QUO-{company_today().year}-000001"
    assert quotation.partner_snapshot["name"] == "old name"
    assert quotation.partner_snapshot["tax_id"] == "9132X"
    assert quotation.partner_snapshot["contact"] == "王经理"
    assert_books_ok()


def test_sending_records_each_net_price_once() -> None:
    product, customer = factories.ProductFactory(), factories.CustomerFactory(owner=seller())
    approved = approved_quotation(line(product, 3, "9.99"), customer=customer)
    assert not PriceFact.objects.exists()  # what was not sent was not offered

    services.send_quotation(approved.pk, by=seller())

    fact = PriceFact.objects.get()
    assert (fact.kind, fact.product, fact.customer) == ("quote", product, customer)
    assert (fact.quantity, fact.net_unit_price) == (Decimal(3), Decimal("8.840708"))
    assert (fact.source_type, fact.source_id) == ("quotations.quotation", approved.pk)


def test_an_expired_quotation_is_not_sent() -> None:
    quotation = approved_quotation()
    Quotation.objects.update(valid_until=company_today() - timedelta(days=1))
    with refused("quotation_expired"):
        services.send_quotation(quotation.pk, by=seller())


def test_on_its_last_day_it_is_still_valid() -> None:
    quotation = approved_quotation()
    Quotation.objects.update(valid_until=company_today())
    assert services.send_quotation(quotation.pk, by=seller()).status == "sent"


def test_the_day_is_the_company_s_not_the_server_s() -> None:
    with time_machine.travel(datetime(2026, 12, 31, 16, 30, tzinfo=UTC), tick=False):
        quotation = sent_quotation()  # half past midnight in Shanghai
    assert quotation.dated_on == date(2027, 1, 1)
    assert quotation.number == "QUO-2027-000001"


def test_the_enquiry_goes_along() -> None:
    enquiry = factories.EnquiryFactory(status="matching", customer__owner=seller())
    enquiry.lines.update(product=factories.ProductFactory())
    factories.PriceFactFactory(product=enquiry.lines.get().product, kind="list", customer=None)
    quotation = services.create_quotation_from_enquiry(enquiry.pk, by=seller())
    services.submit_quotation(quotation.pk, by=seller())
    services.approve_quotation(quotation.pk, by=manager())
    services.send_quotation(quotation.pk, by=seller())
    assert Enquiry.objects.get().status == "quoted"

    services.lose_quotation(quotation.pk, by=seller(), reason="price")

    assert Enquiry.objects.get().status == "lost"
    assert actions(enquiry) == ["enquiry.quoted", "enquiry.lost"]


def test_an_accepted_quotation_is_ordered() -> None:
    quotation = sent_quotation()
    services.accept_quotation(quotation.pk, by=seller())
    assert Quotation.objects.get().status == "ordered"
    assert actions(quotation)[-2:] == ["quotation.accepted", "quotation.ordered"]


def test_an_expired_quotation_is_not_accepted() -> None:
    quotation = sent_quotation()
    Quotation.objects.update(valid_until=company_today() - timedelta(days=1))
    with refused("quotation_expired"):
        services.accept_quotation(quotation.pk, by=seller())


# Each verb and the only statuses it starts from; from every other it is refused.
VERBS: dict[str, tuple[Callable[..., Any], set[str]]] = {
    "submit": (services.submit_quotation, {"draft"}),
    "approve": (services.approve_quotation, {"submitted"}),
    "refuse": (services.refuse_quotation, {"submitted"}),
    "send": (services.send_quotation, {"approved"}),
    "accept": (services.accept_quotation, {"sent", "accepted"}),
    "revise": (services.revise_quotation, {"sent"}),
    "lose": (services.lose_quotation, {"sent", "accepted"}),
    "cancel": (services.cancel_quotation, {"draft", "submitted", "approved", "sent"}),
}


@pytest.mark.parametrize(
    ("verb", "status"),
    [(v, s) for v, (_f, ok) in VERBS.items() for s in Quotation.Status.values if s not in ok],
)
def test_a_move_that_is_not_drawn_is_refused(verb: str, status: str) -> None:
    quotation = factories.QuotationFactory(status=status)
    by = manager()
    with refused("invalid_transition"):
        VERBS[verb][0](quotation.pk, by=by)


@pytest.mark.parametrize("verb", VERBS)
def test_from_where_it_is_drawn_it_works_and_raises_the_version(verb: str) -> None:
    service, starts = VERBS[verb]
    for status in starts:
        quotation = factories.QuotationFactory(status=status)
        changed = service(quotation.pk, by=manager())
        assert changed.pk != quotation.pk or changed.version > quotation.version


@pytest.mark.parametrize("verb", [verb for verb in VERBS if verb != "accept"])
def test_every_verb_refuses_a_stale_version(verb: str) -> None:
    service, starts = VERBS[verb]
    quotation = factories.QuotationFactory(status=min(starts), version=3)
    by = manager()
    with refused("stale_version"):
        service(quotation.pk, by=by, version=2)


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_refuses_a_quotation_that_does_not_exist(verb: str) -> None:
    by = manager()
    with refused("not_found"):
        VERBS[verb][0](10**9, by=by)
