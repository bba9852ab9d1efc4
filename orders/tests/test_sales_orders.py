"""A sales order: made of a quotation, whole or in part, confirmed with its stock, or cancelled."""
# mypy: disable-error-code="comparison-overlap"
# (a Decimal and the same whole number are equal)

from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from erp.core.periods import company_today
from inventory.models import Reservation, StockBalance
from messaging.models import Notification
from orders import services
from orders.models import SalesOrder
from products.models import PriceFact
from quotations.models import ORDERABLE, Quotation
from tests import factories
from tests.support import (
    actions,
    assert_books_ok,
    confirmed_order,
    draft_order,
    keeper,
    line,
    main_warehouse,
    refused,
    seller,
    sent_quotation,
    stock,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]


def stocked(quantity: Any = 10) -> Any:
    product = factories.ProductFactory()
    stock(product, quantity, "80.00")
    return product


# --- from a quotation --------------------------------------------------------------------------


def test_an_order_takes_over_the_lines_as_they_were_offered() -> None:
    product = factories.ProductFactory()
    quotation = sent_quotation(line(product, 3, "9.99", partner_wording="客户写法"))
    product.designation = "changed"
    product.save()

    order = services.create_order_from_quotation(quotation.pk, by=seller())

    (row,), (offered,) = order.lines.all(), quotation.lines.all()
    assert row.source_line == offered
    assert (row.designation, row.partner_wording) == (offered.designation, "客户写法")
    assert (row.net_amount, row.tax_amount, row.gross_amount) == (
        Decimal("26.52"),
        Decimal("3.45"),
        Decimal("29.97"),
    )
    assert (order.status, order.number, order.gross_total) == ("draft", None, Decimal("29.97"))
    assert Quotation.objects.get().status == "ordered"
    assert actions(order) == ["order.created"]
    assert_books_ok()


def test_some_lines_of_a_quotation_can_be_accepted() -> None:
    lines = [line(factories.ProductFactory(), n, "11.30") for n in (1, 2, 3)]
    quotation = sent_quotation(*lines)
    first, _second, third = quotation.lines.all()

    order = services.create_order_from_quotation(
        quotation.pk, line_ids=[third.pk, first.pk], by=seller()
    )

    assert [(row.line_no, row.source_line) for row in order.lines.all()] == [(1, first), (2, third)]
    assert order.gross_total == Decimal("45.20")
    assert_books_ok()


@pytest.mark.parametrize("chosen", ["none", "foreign", "one foreign"])
def test_lines_that_are_not_the_quotation_s_are_refused(chosen: str) -> None:
    quotation, other = sent_quotation(), sent_quotation()
    foreign = other.lines.get().pk
    line_ids = {"none": [], "foreign": [foreign]}.get(chosen, [quotation.lines.get().pk, foreign])
    with refused("unknown_line", field="line_ids"):
        services.create_order_from_quotation(quotation.pk, line_ids=line_ids, by=seller())


def test_a_quotation_is_ordered_once() -> None:
    quotation = sent_quotation()
    services.create_order_from_quotation(quotation.pk, by=seller())
    with refused("invalid_transition"):
        services.create_order_from_quotation(quotation.pk, by=seller())


def test_an_expired_quotation_is_not_ordered() -> None:
    quotation = sent_quotation()
    Quotation.objects.update(valid_until=company_today() - timedelta(days=1))
    with refused("quotation_expired"):
        services.create_order_from_quotation(quotation.pk, by=seller())


def test_an_unknown_warehouse_is_refused_and_the_quotation_stays_open() -> None:
    quotation = sent_quotation()
    with refused("no_warehouse", field="warehouse"):
        services.create_order_from_quotation(quotation.pk, warehouse_id=10**9, by=seller())


@pytest.mark.parametrize("status", [s for s in Quotation.Status.values if s not in ORDERABLE])
def test_only_a_sent_quotation_is_ordered(status: str) -> None:
    quotation = factories.QuotationFactory(status=status)
    by = seller()
    with refused("invalid_transition"):
        services.create_order_from_quotation(quotation.pk, by=by)


# --- confirming --------------------------------------------------------------------------------


def test_confirming_reserves_numbers_freezes_and_tells_the_storekeepers() -> None:
    storekeeper = factories.UserFactory(role="storekeeper")
    product = stocked()

    order = confirmed_order(line(product, 4))

    assert (order.status, order.number) == ("confirmed", f"SO-{company_today().year}-000001")
    assert order.partner_snapshot["code"] == order.customer.code
    held = Reservation.objects.get()
    assert (held.source_type, held.source_id, held.quantity) == ("orders.salesorder", order.pk, 4)
    assert StockBalance.objects.get(product=product).available == 6
    assert Notification.objects.filter(recipient=storekeeper, kind="order.confirmed").count() == 1
    assert actions(order) == ["order.created", "order.confirmed"]
    assert_books_ok()


def test_confirming_records_the_agreed_price() -> None:
    product = stocked()
    order = confirmed_order(line(product, 4, "11.30"))
    fact = PriceFact.objects.get(kind="sale")
    assert (fact.customer, fact.net_unit_price) == (order.customer, Decimal("10.000000"))
    assert (fact.source_type, fact.source_id) == ("orders.salesorder", order.pk)


def test_a_short_line_refuses_the_whole_order() -> None:
    plenty, short = stocked(10), stocked(1)
    order = draft_order(line(plenty, 1), line(short, 2))
    with refused("insufficient_stock", field=str(short)):
        services.confirm_order(order.pk, by=seller())
    assert SalesOrder.objects.get().number is None


def test_a_refused_confirmation_leaves_no_gap_in_the_numbers() -> None:
    product = stocked(5)
    too_much = draft_order(line(product, 6))
    with refused("insufficient_stock"):
        services.confirm_order(too_much.pk, by=seller())
    order = confirmed_order(line(product, 5))
    assert order.number is not None
    assert order.number.endswith("-000001")
    assert_books_ok()


def test_an_order_without_lines_is_not_confirmed() -> None:
    order = factories.SalesOrderFactory(lines=0)
    by = seller()
    with refused("empty_order"):
        services.confirm_order(order.pk, by=by)


# --- cancelling --------------------------------------------------------------------------------


def test_cancelling_a_draft_and_a_confirmed_order_frees_their_stock() -> None:
    product = stocked()
    for order in (draft_order(line(product, 1)), confirmed_order(line(product, 4))):
        cancelled = services.cancel_order(order.pk, by=seller(), reason="changed his mind")
        assert cancelled.status == "cancelled"
        assert actions(order)[-1] == "order.cancelled"
    assert StockBalance.objects.get(product=product).reserved == 0
    assert_books_ok()


def test_an_order_with_a_delivery_is_not_cancelled() -> None:
    order = confirmed_order(line(stocked(), 4))
    delivery = services.create_delivery(order.pk, by=keeper())
    with refused("has_deliveries"):
        services.cancel_order(order.pk, by=seller())

    services.cancel_delivery(delivery.pk, by=keeper())
    assert services.cancel_order(order.pk, by=seller()).status == "cancelled"
    assert_books_ok()


# --- the state diagram -------------------------------------------------------------------------

VERBS: dict[str, tuple[Any, set[str]]] = {
    "confirm": (services.confirm_order, {"draft"}),
    "cancel": (services.cancel_order, {"draft", "confirmed"}),
    "reopen": (services.reopen_order, {"confirmed"}),
}
# These leave an open order open, or close what is left of it.
OPEN_VERBS: dict[str, Any] = {
    "reserve": services.reserve_waiting,
    "unreserve": services.unreserve_order,
    "close": partial(services.close_order, reason="x"),
    "deliver": services.create_delivery,
}


@pytest.mark.parametrize(
    ("verb", "status"),
    [(v, s) for v, (_f, ok) in VERBS.items() for s in SalesOrder.Status.values if s not in ok],
)
def test_a_move_that_is_not_drawn_is_refused(verb: str, status: str) -> None:
    order = factories.SalesOrderFactory(status=status, warehouse=main_warehouse())
    by = seller()
    with refused("invalid_transition"):
        VERBS[verb][0](order.pk, by=by)


@pytest.mark.parametrize("verb", OPEN_VERBS)
@pytest.mark.parametrize("status", ["draft", "done", "cancelled"])
def test_only_an_open_order_waits_is_closed_or_delivered(verb: str, status: str) -> None:
    order = factories.SalesOrderFactory(status=status, warehouse=main_warehouse())
    by = seller()
    with refused("order_not_open"):
        OPEN_VERBS[verb](order.pk, by=by)


@pytest.mark.parametrize("verb", VERBS)
def test_a_stale_version_and_a_missing_order_are_refused(verb: str) -> None:
    order = factories.SalesOrderFactory(version=3)
    by = seller()
    with refused("stale_version"):
        VERBS[verb][0](order.pk, by=by, version=2)
    with refused("not_found"):
        VERBS[verb][0](10**9, by=by)
