"""A sales order by hand: drafted, its lines and its head changed while it is a draft."""
# mypy: disable-error-code="comparison-overlap"
# (a Decimal and the same whole number are equal)

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from erp.core.errors import StaleVersionError
from orders import services
from orders.models import SalesOrder
from orders.services import OrderLineInput
from products.models import PriceFact
from tests import factories
from tests.support import (
    actions,
    assert_books_ok,
    draft_order,
    line,
    main_warehouse,
    refused,
    seller,
    sent_quotation,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]


def entry(product: Any = None, quantity: Any = 10, price: Any = "11.30", **more: Any) -> Any:
    product = product or factories.ProductFactory()
    return OrderLineInput(
        product.pk, Decimal(quantity), None if price is None else Decimal(price), **more
    )


def made(*lines: OrderLineInput, **header: Any) -> SalesOrder:
    customer = factories.CustomerFactory(owner=seller())
    return services.create_order(customer.pk, lines, header=header, by=seller())


def test_an_order_by_hand_takes_what_is_usual_with_the_customer() -> None:
    term = factories.PaymentTermFactory(code="net30", name="月结 30 天")
    customer = factories.CustomerFactory(owner=seller(), payment_term=term)
    factories.AddressFactory(
        customer=customer, text="大港五路 88 号", recipient="王工", is_default=True
    )
    contact = factories.ContactFactory(customer=customer, is_default=True)

    order = services.create_order(customer.pk, [entry(quantity=3, price="9.99")], by=seller())

    assert (order.contact, order.payment_term, order.owner) == (contact, term, seller())
    assert order.delivery_address.startswith("大港五路 88 号 王工")
    assert (order.status, order.number, order.gross_total) == ("draft", None, Decimal("29.97"))
    assert actions(order) == ["order.created"]
    assert_books_ok()


def test_an_empty_draft_can_be_begun() -> None:
    order = made(partner_reference="PO-1")
    assert (order.lines.count(), order.partner_reference) == (0, "PO-1")


def test_without_a_price_the_suggested_one_is_taken() -> None:
    product = factories.ProductFactory()
    factories.PriceFactFactory(
        product=product, kind=PriceFact.Kind.LIST, net_unit_price=Decimal(100), customer=None
    )
    order = made(entry(product, price=None), entry(product, price=None, issue="sample"))
    assert [row.unit_price for row in order.lines.all()] == [113, 0]


def test_lines_are_replaced_and_those_that_stay_keep_their_row_and_source() -> None:
    offered = [line(factories.ProductFactory(), n) for n in (1, 2, 3)]
    order = draft_order(*offered)
    first, second, third = order.lines.all()
    product = factories.ProductFactory()

    changed = services.replace_lines(
        order.pk,
        [
            entry(third.product, 30, line_id=third.pk),
            entry(product, 4),
            entry(product, 5, line_id=first.pk),
        ],
        version=1,
        by=seller(),
    )

    rows = list(changed.lines.all())
    assert [row.line_no for row in rows] == [1, 2, 3]
    assert [row.pk for row in rows][::2] == [third.pk, first.pk]
    assert [row.source_line_id for row in rows] == [third.source_line_id, None, None]
    assert rows[2].designation == product.designation
    assert [row.quantity for row in rows] == [30, 4, 5]
    assert not order.lines.filter(pk=second.pk).exists()
    assert changed.version == 2
    assert actions(order) == ["order.created", "order.changed"]
    assert_books_ok()


def test_a_line_of_the_order_s_own_warehouse_follows_it() -> None:
    other = factories.WarehouseFactory(code="W2")
    order = made(
        entry(warehouse_id=main_warehouse().pk),
        entry(warehouse_id=other.pk),
        warehouse_id=main_warehouse().pk,
    )
    assert [row.warehouse for row in order.lines.all()] == [None, other]
    assert [row.ships_from_id for row in order.lines.all()] == [main_warehouse().pk, other.pk]


@pytest.mark.parametrize(
    ("wrong", "code", "field"),
    [
        ({"quantity": 0}, "bad_quantity", "lines[1].quantity"),
        ({"quantity": "-1"}, "bad_quantity", "lines[1].quantity"),
        ({"quantity": "0.0001"}, "bad_quantity", "lines[1].quantity"),
        ({"quantity": "NaN"}, "bad_quantity", "lines[1].quantity"),
        ({"quantity": "1e15"}, "bad_quantity", "lines[1].quantity"),
        ({"price": "-0.01"}, "bad_price", "lines[1].unit_price"),
        ({"price": "0.0000001"}, "bad_price", "lines[1].unit_price"),
        ({"price": "Infinity"}, "bad_price", "lines[1].unit_price"),
        (
            {"quantity": "999999999", "price": "999999999"},
            "amount_too_large",
            "lines[1].unit_price",
        ),
        ({"issue": "theft"}, "bad_issue", "lines[1].issue"),
        ({"warehouse_id": 10**9}, "no_warehouse", "lines[1].warehouse"),
        ({"line_id": 10**9}, "unknown_line", "lines[1].line_id"),
    ],
)
def test_a_wrong_line_is_named_and_nothing_is_left(
    wrong: dict[str, Any], code: str, field: str
) -> None:
    customer = factories.CustomerFactory(owner=seller())
    lines = [entry(**wrong)]
    with refused(code, field=field):
        services.create_order(customer.pk, lines, by=seller())


def test_unknown_products_and_too_many_lines_are_refused() -> None:
    order = made(entry())
    with refused("unknown_product", field="lines[1].product_id"):
        services.replace_lines(
            order.pk, [OrderLineInput(10**9, Decimal(1))], version=1, by=seller()
        )
    with refused("bad_line_count", field="lines"):
        services.replace_lines(
            order.pk, [OrderLineInput(1, Decimal(1))] * 1001, version=1, by=seller()
        )


def test_a_stale_or_confirmed_order_is_not_edited() -> None:
    order, lines = made(entry()), [entry()]
    with refused("stale_version") as refusal:
        services.replace_lines(order.pk, lines, version=7, by=seller())
    assert isinstance(refusal.value, StaleVersionError)
    SalesOrder.objects.update(status="confirmed")
    with refused("not_a_draft"):
        services.replace_lines(order.pk, lines, version=1, by=seller())


def test_a_line_somebody_buys_for_is_not_taken_away() -> None:
    order = made(entry(), entry())
    first, second = order.lines.all()
    factories.PurchaseOrderLineFactory(source_line=first, product=first.product)
    by, kept = seller(), [entry(second.product, line_id=second.pk)]
    with refused("line_in_use", field="lines"):
        services.replace_lines(order.pk, kept, version=1, by=by)


@pytest.mark.parametrize("blocked", [False, True])
def test_nobody_orders_for_who_is_gone_or_blocked(blocked: bool) -> None:
    by = seller()
    customer = factories.CustomerFactory(owner=by, blocked_reason="欠款" if blocked else "")
    pk = customer.pk if blocked else 10**9
    with refused("partner_blocked" if blocked else "unknown_customer"):
        services.create_order(pk, [], by=by)


def test_a_currency_without_a_rate_is_refused() -> None:
    customer = factories.CustomerFactory(
        owner=seller(), currency=factories.CurrencyFactory(code="JPY")
    )
    with refused("no_exchange_rate", field="currency"):
        services.create_order(customer.pk, [], by=seller())


# --- the head --------------------------------------------------------------------------------


def test_the_head_is_changed_and_told() -> None:
    order = made(entry())
    contact = factories.ContactFactory(customer=order.customer)
    changed = services.change_order(
        order.pk,
        {
            "partner_reference": "PO-4711",
            "requested_on": date(2026, 12, 5),
            "contact_id": contact.pk,
            "delivery_address": "宁波",
            "notes": "加急",
            "warehouse_id": factories.WarehouseFactory(code="W2").pk,
            "payment_term_id": factories.PaymentTermFactory(code="cod").pk,
        },
        version=1,
        by=seller(),
    )
    assert (changed.partner_reference, changed.contact, changed.version) == ("PO-4711", contact, 2)
    assert changed.warehouse.code == "W2"
    again = services.change_order(order.pk, {"notes": "加急"}, version=2, by=seller())
    assert again.version == 2
    assert actions(order) == ["order.created", "order.changed"]


@pytest.mark.parametrize(
    ("header", "code", "field"),
    [
        ({"number": "SO-1"}, "unknown_field", "number"),
        ({"status": "done"}, "unknown_field", "status"),
        ({"partner_reference": "x" * 61}, "too_long", "partner_reference"),
        ({"notes": None}, "too_long", "notes"),
        ({"requested_on": "soon"}, "bad_date", "requested_on"),
        ({"warehouse_id": 10**9}, "no_warehouse", "warehouse"),
        ({"contact_id": 10**9}, "unknown_contact", "contact"),
        ({"payment_term_id": 10**9}, "unknown_payment_term", "payment_term"),
    ],
)
def test_a_wrong_head_is_refused(header: dict[str, Any], code: str, field: str) -> None:
    order = made(entry())
    with refused(code, field=field):
        services.change_order(order.pk, header, version=1, by=seller())


def test_what_was_agreed_stays_once_confirmed_and_nothing_changes_once_done() -> None:
    order = made(entry())
    SalesOrder.objects.update(status="confirmed")
    term = factories.PaymentTermFactory(code="cod").pk
    with refused("not_a_draft"):
        services.change_order(order.pk, {"payment_term_id": term}, version=1, by=seller())
    services.change_order(order.pk, {"partner_reference": "PO-2"}, version=1, by=seller())
    SalesOrder.objects.update(status="done")
    with refused("order_not_open"):
        services.change_order(order.pk, {"notes": "x"}, version=2, by=seller())


def test_the_lead_time_offered_is_taken_over() -> None:
    quotation = sent_quotation(line(factories.ProductFactory(), 1, lead_time_days=14))
    order = services.create_order_from_quotation(quotation.pk, by=seller())
    assert order.lines.get().lead_time_days == 14
