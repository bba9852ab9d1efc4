"""Purchase orders of awards, requests for what an order lacks, and what leads to what."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from erp.core.models import ExchangeRate
from erp.core.periods import company_today
from inventory.models import Warehouse
from orders import services
from orders.models import AwardOrder, PurchaseOrder
from quotations import services as quotations
from quotations.models import Rfq, RfqAward, RfqReply
from quotations.services import AwardInput, ReplyInput
from quotations.sourcing import propose_suppliers
from tests import factories as f
from tests.support import assert_books_ok, confirmed_order, line, main_warehouse, refused, stock

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]


@pytest.fixture
def buyer() -> User:
    return f.UserFactory(role="manager")


@pytest.fixture
def place() -> Warehouse:
    return main_warehouse()


def answered(buyer: User, rfq: Rfq | None = None, *, suppliers: int = 2) -> Rfq:
    """A request that every supplier answered, the first in dollars."""
    f.CurrencyFactory(code="USD")
    ExchangeRate.objects.get_or_create(
        currency_id="USD", on=company_today(), defaults={"rate": Decimal("7.1")}
    )
    rfq = rfq or quotations.create_rfq(
        [quotations.RfqLineInput(f.ProductFactory().pk, Decimal(10)) for _ in range(2)], by=buyer
    )
    asked = [f.SupplierFactory().pk for _ in range(suppliers)]
    quotations.invite_suppliers(rfq.pk, asked, by=buyer)
    quotations.send_rfq(rfq.pk, by=buyer)
    for number, row in enumerate(rfq.suppliers.all()):
        replies = [ReplyInput(one.pk, Decimal(number + 2)) for one in rfq.lines.all()]
        terms: Any = {"currency": "USD", "price_includes_tax": False, "reference": "Q-1"}
        quotations.record_replies(row.pk, replies, terms={} if number else terms, by=buyer)
    rfq.refresh_from_db()
    return rfq


def award(rfq: Rfq, *shares: tuple[int, int, int], by: User) -> None:
    """Award (which line, which supplier, how much) each."""
    lines, asked = list(rfq.lines.all()), list(rfq.suppliers.all())
    found: dict[int, list[AwardInput]] = {}
    for which, supplier, quantity in shares:
        reply = RfqReply.objects.get(line=lines[which], invitation=asked[supplier])
        found.setdefault(lines[which].pk, []).append(AwardInput(reply.pk, Decimal(quantity)))
    quotations.award_lines(rfq.pk, found, by=by)
    rfq.refresh_from_db()


def test_each_supplier_gets_one_order_of_what_he_was_awarded(buyer: User, place: Any) -> None:
    rfq = answered(buyer)
    award(rfq, (0, 0, 4), (0, 1, 6), (1, 1, 10), by=buyer)

    orders = services.order_awards(rfq.pk, warehouse_id=place.pk, by=buyer)

    assert [order.supplier_id for order in orders] == list(
        rfq.suppliers.values_list("supplier", flat=True)
    )
    first, second = orders
    assert [row.quantity for row in first.lines.all()] == [4]
    assert [row.quantity for row in second.lines.all()] == [6, 10]
    assert (first.currency_id, first.exchange_rate) == ("USD", Decimal("7.1"))
    assert first.partner_reference == "Q-1"
    row = first.lines.get()
    assert (row.unit_price, row.price_includes_tax) == (Decimal(2), False)
    assert AwardOrder.objects.count() == 3
    rfq.refresh_from_db()
    assert rfq.status == "ordered"
    assert not RfqAward.objects.filter(ordered_at=None).exists()
    assert_books_ok()


def test_awards_are_ordered_once(buyer: User, place: Any) -> None:
    rfq = answered(buyer)
    with refused("invalid_transition"):
        services.order_awards(rfq.pk, warehouse_id=place.pk, by=buyer)
    award(rfq, (0, 0, 4), by=buyer)
    with refused("stale_version"):
        services.order_awards(rfq.pk, warehouse_id=place.pk, version=1, by=buyer)
    with refused("no_warehouse"):
        services.order_awards(rfq.pk, warehouse_id=987654, by=buyer)
    services.order_awards(rfq.pk, warehouse_id=place.pk, by=buyer)
    with refused("invalid_transition"):
        services.order_awards(rfq.pk, warehouse_id=place.pk, by=buyer)


def test_what_was_offered_instead_is_what_is_ordered(buyer: User, place: Any) -> None:
    other = f.ProductFactory()
    rfq = answered(buyer, suppliers=1)
    first = rfq.lines.all()[0]
    row = rfq.suppliers.get()
    quotations.record_replies(
        row.pk, [ReplyInput(first.pk, Decimal(3), offered_id=other.pk)], by=buyer
    )
    award(rfq, (0, 0, 10), by=buyer)
    (order,) = services.order_awards(rfq.pk, warehouse_id=place.pk, by=buyer)
    assert order.lines.get().product == other


def test_what_an_order_lacks_is_asked_for_and_bought_for_its_lines(buyer: User, place: Any) -> None:
    product, other = f.ProductFactory(), f.ProductFactory()
    stock(product, 10, "80.00")
    stock(other, 5, "40.00")
    order = confirmed_order(line(product, 10), line(other, 5))
    with refused("nothing_short"):
        services.request_for_order(order.pk, by=buyer)
    order.lines.filter(product=other).update(quantity=8)

    rfq = services.request_for_order(order.pk, by=buyer)

    asked = rfq.lines.get()
    assert (asked.product, asked.quantity) == (other, Decimal(3))
    assert (rfq.origin_type, rfq.origin_id) == ("orders.salesorder", order.pk)
    rfq = answered(buyer, rfq)
    award(rfq, (0, 0, 3), by=buyer)
    (bought,) = services.order_awards(rfq.pk, warehouse_id=place.pk, by=buyer)
    assert bought.lines.get().source_line == order.lines.get(product=other)


def test_the_pages_lead_from_award_to_order_and_back(buyer: User, place: Any) -> None:
    rfq = answered(buyer)
    award(rfq, (0, 0, 4), (1, 1, 5), by=buyer)
    client = Client()
    client.force_login(buyer)
    url = reverse("orders:from-rfq", args=[rfq.pk])
    data = {"token": "t", "version": rfq.version, "warehouse": place.pk}

    refusal = client.post(url, {**data, "token": "u", "warehouse": ""})
    first, again = client.post(url, data), client.post(url, data)

    assert refusal["Location"] == first["Location"] == again["Location"]
    assert PurchaseOrder.objects.count() == 2
    page = client.get(reverse("admin:quotations_rfq_change", args=[rfq.pk])).content.decode()
    made = PurchaseOrder.objects.first()
    assert made is not None
    assert made.ref in page
    back = client.get(reverse("admin:orders_purchaseorder_change", args=[made.pk]))
    assert rfq.ref in back.content.decode()


def test_the_admins_verb_asks_for_the_warehouse(buyer: User, place: Any) -> None:
    rfq = answered(buyer)
    award(rfq, (0, 0, 4), by=buyer)
    client = Client()
    client.force_login(buyer)
    url = reverse("admin:quotations_rfq_do", args=[rfq.pk, "order"])
    assert client.get(url).status_code == 200
    client.post(url, {"version": rfq.version, "warehouse": place.pk})
    assert PurchaseOrder.objects.count() == 1


def test_proposed_suppliers_say_how_punctual_they_are(buyer: User) -> None:
    receipt = f.ReceiptFactory()
    type(receipt).objects.filter(pk=receipt.pk).update(status="posted")
    order = receipt.purchase_order
    PurchaseOrder.objects.filter(pk=order.pk).update(requested_on=company_today())
    product = f.ProductFactory()
    f.ProductCodeFactory(product=product, customer=None, supplier=order.supplier)

    (proposed,) = propose_suppliers([product.pk], user=buyer)

    assert proposed.supplier == order.supplier
    assert proposed.reliability.on_time_percent == 100
