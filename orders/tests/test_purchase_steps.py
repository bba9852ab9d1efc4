"""Purchase orders: edited as drafts, warned of prices, limited, confirmed, closed short."""
# mypy: disable-error-code="comparison-overlap"
# (a Decimal and the same whole number are equal)

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from erp.core.models import Company
from inventory.models import Inbound, InboundPromise
from orders import services
from orders.models import PurchaseOrder
from orders.promises import confirmed_lines, history_of
from orders.services import Confirmed, PurchaseLineInput
from tests import factories
from tests.support import (
    actions,
    assert_books_ok,
    buyer,
    draft_order,
    line,
    main_warehouse,
    manager,
    posted_receipt,
    refused,
    sent_purchase,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]


def draft(price: Any = "8.00", quantity: Any = 20, **more: Any) -> PurchaseOrder:
    product = more.pop("product", None) or factories.ProductFactory()
    entered = [PurchaseLineInput(product.pk, Decimal(quantity), Decimal(price))]
    supplier = more.pop("supplier", None) or factories.SupplierFactory(owner=buyer())
    return services.create_purchase_order(
        supplier.pk, entered, warehouse_id=main_warehouse().pk, by=buyer(), **more
    )


# --- drafts ------------------------------------------------------------------------------------


def test_a_draft_is_changed_with_its_head_and_says_so() -> None:
    order = draft()
    entered = [PurchaseLineInput(order.lines.get().product_id, Decimal(5), Decimal(9))]
    changed = services.change_purchase_order(
        order.pk,
        entered,
        version=order.version,
        requested_on=date(2026, 12, 24),
        partner_reference="Q-77",
        notes="by sea",
        by=buyer(),
    )
    assert (changed.version, changed.net_total) == (2, Decimal("45.00"))
    assert (changed.requested_on, changed.partner_reference) == (date(2026, 12, 24), "Q-77")
    assert actions(order)[-1] == "purchase_order.changed"
    assert_books_ok()


def test_two_tabs_the_second_is_refused() -> None:
    order = draft()
    entered = [PurchaseLineInput(order.lines.get().product_id, Decimal(5), Decimal(9))]
    services.change_purchase_order(order.pk, entered, version=1, by=buyer())
    with refused("stale_version"):
        services.change_purchase_order(order.pk, entered, version=1, by=buyer())


def test_what_is_handed_in_is_edited_no_more() -> None:
    order = services.submit_purchase_order(draft().pk, by=buyer())
    entered = [PurchaseLineInput(order.lines.get().product_id, Decimal(5), Decimal(9))]
    with refused("not_a_draft"):
        services.change_purchase_order(order.pk, entered, version=None, by=buyer())


def test_a_line_without_a_price_takes_what_was_last_paid_to_this_supplier() -> None:
    product, supplier = factories.ProductFactory(), factories.SupplierFactory(owner=buyer())
    factories.ProductCodeFactory(product=product, supplier=supplier, customer=None, code="X-1")
    posted_receipt(sent_purchase(product, 20, "8.25", supplier=supplier))
    order = services.create_purchase_order(
        supplier.pk,
        [
            PurchaseLineInput(product.pk, Decimal(1), None),
            PurchaseLineInput(product.pk, Decimal(1), None, price_includes_tax=True),
        ],
        warehouse_id=main_warehouse().pk,
        by=buyer(),
    )
    assert [row.unit_price for row in order.lines.all()] == [Decimal("8.25"), Decimal("9.32")]
    assert order.lines.first().partner_wording == "X-1"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "verb",
    [
        services.submit_purchase_order,
        services.approve_purchase_order,
        services.refuse_purchase_order,
        services.send_purchase_order,
        services.confirm_purchase_order,
        services.cancel_purchase_order,
    ],
)
def test_every_verb_checks_the_version_it_was_decided_on(verb: Any) -> None:
    order, by = draft(), manager()
    with refused("stale_version"):
        verb(order.pk, version=9, by=by)
    with refused("stale_version"):
        services.close_purchase_order(order.pk, version=9, reason="x", by=by)


# --- prices above the known ones, limits -------------------------------------------------------


def known_product() -> Any:
    """A part of which 10 lie at 8.00 and the last was paid with 8.00."""
    product = factories.ProductFactory()
    posted_receipt(sent_purchase(product, 10, "8.00"))
    return product


def test_a_price_above_the_last_and_the_average_has_to_be_accepted() -> None:
    order = draft("9.00", product=known_product())
    with refused("price_warning") as refusal:
        services.submit_purchase_order(order.pk, by=buyer())
    assert [(one["kind"], one["known"], one["percent"]) for one in refusal.value.details] == [
        ("last", "8", "12.5"),
        ("average", "8", "12.5"),
    ]
    services.submit_purchase_order(order.pk, accept_prices=True, by=buyer())
    assert actions(order)[-2:] == ["purchase_order.submitted", "purchase_order.prices_accepted"]


def test_the_best_offer_counts_too_and_old_offers_do_not() -> None:
    product = factories.ProductFactory()
    supplier = factories.SupplierFactory(owner=buyer())
    for day, price in ((date(2020, 1, 1), "1.00"), (date.today(), "7.00")):  # noqa: DTZ011
        factories.PriceFactFactory(
            product=product,
            customer=None,
            supplier=supplier,
            kind="rfq",
            on=day,
            net_unit_price=Decimal(price),
        )
    order = draft("8.00", product=product)
    with refused("price_warning") as refusal:
        services.submit_purchase_order(order.pk, by=buyer())
    assert [(one["kind"], one["known"]) for one in refusal.value.details] == [("rfq", "7")]


def test_within_the_company_s_share_nobody_is_warned() -> None:
    product = known_product()
    assert (
        services.submit_purchase_order(draft("8.80", product=product).pk, by=buyer()).number is None
    )
    Company.objects.update(purchase_price_warning=Decimal("0.2"))
    services.submit_purchase_order(draft("9.60", product=product).pk, by=buyer())


def test_above_the_limit_it_takes_a_right_of_its_own() -> None:
    Company.objects.update(purchase_approval_limit=Decimal("159.99"))
    order = services.submit_purchase_order(draft("8.00", 20).pk, by=buyer())
    by = manager()
    with refused("above_limit"):
        services.approve_purchase_order(order.pk, by=by)
    chief = factories.UserFactory(rights=["orders.approve_large_purchaseorder"])
    assert services.approve_purchase_order(order.pk, by=chief).status == "approved"


# --- bought for a sales order line -------------------------------------------------------------


def test_a_sales_order_line_is_not_bought_twice() -> None:
    product = factories.ProductFactory()
    sold = draft_order(line(product, 10)).lines.get()
    supplier = factories.SupplierFactory(owner=buyer())
    by, place = buyer(), main_warehouse().pk

    def buy(quantity: int) -> PurchaseOrder:
        entered = PurchaseLineInput(
            product.pk, Decimal(quantity), Decimal(8), source_line_id=sold.pk
        )
        return services.create_purchase_order(supplier.pk, [entered], warehouse_id=place, by=by)

    first = buy(6)
    with refused("bought_twice", field="lines[1].source_line_id"):
        buy(5)
    buy(4)
    with refused("bought_twice"):
        buy(1)
    services.cancel_purchase_order(first.pk, by=by)
    buy(6)


# --- what the supplier confirms ----------------------------------------------------------------


def test_the_confirmed_day_and_quantity_are_kept_with_every_change() -> None:
    product = factories.ProductFactory()
    order = sent_purchase(product, 20)
    row = order.lines.get()
    first, later = date(2026, 12, 1), date(2026, 12, 10)
    services.confirm_purchase_order(
        order.pk, lines=[Confirmed(row.pk, first, Decimal(20))], by=buyer()
    )
    order.refresh_from_db()
    assert order.status == "confirmed"
    services.confirm_purchase_order(
        order.pk,
        version=order.version,
        lines=[Confirmed(row.pk, later, Decimal(15))],
        said_on=date(2026, 11, 20),
        by=buyer(),
    )
    said = history_of(order)
    assert [(one.confirmed_on, one.previous_on, one.quantity) for one in said] == [
        (later, first, 15),
        (first, None, 20),
    ]
    assert (said[0].noted_by, said[0].noted_on, said[0].moved_days) == (
        buyer(),
        date(2026, 11, 20),
        9,
    )
    assert confirmed_lines([row.pk])[row.pk].quantity == 15
    there = [(one.quantity, one.confirmed_on) for one in Inbound.objects.order_by("pk")]
    assert there == [(15, later), (5, None)]
    assert actions(order)[-1] == "purchase_order.dates_noted"
    assert_books_ok()


def test_saying_the_same_again_adds_nothing() -> None:
    order = sent_purchase(factories.ProductFactory(), 20)
    said = [Confirmed(order.lines.get().pk, date(2026, 12, 1), Decimal(20))]
    for _time in range(2):
        services.confirm_purchase_order(order.pk, lines=said, by=buyer())
    assert InboundPromise.objects.count() == 1


def test_a_line_of_another_order_or_a_wrong_quantity_is_not_confirmed() -> None:
    order = sent_purchase(factories.ProductFactory(), 20)
    other = sent_purchase(factories.ProductFactory(), 20)
    by = buyer()
    for code, said in [
        ("unknown_line", Confirmed(other.lines.get().pk, None, Decimal(1))),
        ("bad_quantity", Confirmed(order.lines.get().pk, None, Decimal(-1))),
    ]:
        with refused(code):
            services.confirm_purchase_order(order.pk, lines=[said], by=by)


def test_what_arrives_is_taken_from_the_first_promise() -> None:
    product = factories.ProductFactory()
    order = sent_purchase(product, 20)
    day = date(2026, 12, 1)
    row = order.lines.get()
    services.confirm_purchase_order(
        order.pk, lines=[Confirmed(row.pk, day, Decimal(12))], by=buyer()
    )
    posted_receipt(order, 12)
    assert [(one.quantity, one.confirmed_on) for one in Inbound.objects.all()] == [(8, None)]
    assert_books_ok()


# --- short close -------------------------------------------------------------------------------


def test_a_closed_line_expects_no_more_and_finishes_the_order() -> None:
    product = factories.ProductFactory()
    order = sent_purchase(product, 20)
    posted_receipt(order, 15)
    closed = services.close_purchase_order(order.pk, reason="out of production", by=buyer())
    row = closed.lines.get()
    assert (closed.status, row.closed_quantity, row.close_reason) == (
        "done",
        5,
        "out of production",
    )
    assert not Inbound.objects.exists()
    assert actions(order)[-2:] == ["purchase_order.closed", "purchase_order.done"]
    assert_books_ok()


def test_one_line_is_closed_and_the_others_stay_open() -> None:
    place, by = main_warehouse().pk, buyer()
    entered = [
        PurchaseLineInput(factories.ProductFactory().pk, Decimal(5), Decimal(8)) for _n in range(2)
    ]
    order = services.create_purchase_order(
        factories.SupplierFactory(owner=by).pk, entered, warehouse_id=place, by=by
    )
    services.submit_purchase_order(order.pk, by=by)
    services.approve_purchase_order(order.pk, by=manager())
    services.send_purchase_order(order.pk, by=by)
    first = order.lines.get(line_no=1)
    closed = services.close_purchase_order(order.pk, reason="x", line_ids=[first.pk], by=by)
    assert closed.status == "sent"
    assert Inbound.objects.get().source_line_id != first.pk
    with refused("nothing_open"):
        services.close_purchase_order(order.pk, reason="x", line_ids=[first.pk], by=by)


def test_closing_takes_a_reason_an_open_order_and_its_own_lines() -> None:
    order, by = sent_purchase(factories.ProductFactory()), buyer()
    for code, reason, lines in [("missing_reason", " ", None), ("unknown_line", "x", [10**9])]:
        with refused(code):
            services.close_purchase_order(order.pk, reason=reason, line_ids=lines, by=by)
    fresh = draft()
    with refused("invalid_transition"):
        services.close_purchase_order(fresh.pk, reason="x", by=by)
