"""The pages of sales orders: list, new, grid, steps, fill plan, waiting."""
# mypy: disable-error-code="comparison-overlap"
# (a Decimal and the same whole number are equal)

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from orders import services
from orders.models import SalesOrder
from tests import factories
from tests.support import draft_order, line, main_warehouse, seller, stock

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]


@pytest.fixture
def boss() -> Any:
    return factories.UserFactory(role="manager", language="en")


@pytest.fixture
def client(boss: Any) -> Client:
    signed_in = Client(headers={"accept-language": "en"})
    signed_in.force_login(boss)
    return signed_in


def stocked(quantity: Any = 10) -> Any:
    product = factories.ProductFactory()
    stock(product, quantity, "80.00")
    return product


def url(name: str, order: SalesOrder, *args: Any) -> str:
    return reverse(f"orders:{name}", args=[order.pk, *args])


def sent(order: SalesOrder, *rows: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return what the page sends: the head as it is, these rows."""
    names = ("product", "line", "includes_tax", "wording", "quantity", "unit_price", "lead_time")
    blank = dict.fromkeys((*names, "ship_from"), "") | {"issue": "sale", "includes_tax": "1"}
    grid = {name: [str((blank | row)[name]) for row in rows] for name in blank}
    head = {
        "token": "t1",
        "partner_reference": order.partner_reference,
        "warehouse": main_warehouse().pk,
        "contact": "",
        "payment_term": "",
        "delivery_address": order.delivery_address,
        "notes": "",
        "requested_on": "",
    }
    return {"version": order.version, **head, **grid, **more}


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def test_an_order_is_begun_filled_and_confirmed_on_the_page(client: Client, boss: Any) -> None:
    customer, product = factories.CustomerFactory(owner=boss), stocked()
    new = reverse("orders:new-sales-order")
    assert "New sales order" in text_of(client.get(f"{new}?customer={customer.pk}"))
    assert client.post(new, {"token": "a", "customer": ""}).status_code == 400
    answer = client.post(new, {"token": "a", "customer": customer.pk, "partner_reference": "PO-9"})
    order = SalesOrder.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (302, url("sales-order", order))
    assert client.get(url("new-row", order), {"product": product.pk}).status_code == 200
    assert client.get(url("new-row", order), {"product": "x"}).status_code == 404

    row = {"product": product.pk, "quantity": "4", "unit_price": "11.30"}
    answer = client.post(url("sales-order", order), sent(order, row, notes="加急", then="confirm"))

    assert answer.status_code == 302
    order.refresh_from_db()
    assert (order.status, order.notes, order.gross_total) == ("confirmed", "加急", Decimal("45.20"))
    shown = text_of(client.get(url("sales-order", order)))
    assert "0 % delivered, 0 % invoiced" in shown
    assert "Make delivery" in shown
    listed = text_of(client.get(reverse("orders:sales-orders"), {"status": "confirmed"}))
    assert order.ref in listed
    assert "PO-9" in listed


def test_wrong_cells_stay_on_the_screen(client: Client) -> None:
    order = draft_order(line(stocked(), 1))
    page = url("sales-order", order)
    row = {"product": order.lines.get().product_id, "quantity": "1,5", "unit_price": "x"}
    answer = client.post(page, sent(order, row))
    assert answer.status_code == 400
    assert "1,5" in text_of(answer)
    row |= {"quantity": "0", "unit_price": "1"}
    answer = client.post(page, sent(order, row))
    assert answer.status_code == 409
    row |= {"quantity": "1", "lead_time": "1.5"}
    assert client.post(page, sent(order, row)).status_code == 400
    assert client.post(page, sent(order, row, quantity=["1", "2"])).status_code == 400
    order.refresh_from_db()
    assert order.version == 1


def test_two_tabs_the_second_sees_the_difference(client: Client) -> None:
    order = draft_order(line(stocked(), 1))
    first = order.lines.get()
    row = {"product": first.product_id, "line": first.pk, "quantity": "7", "unit_price": "5"}
    mine = sent(order, row)
    services.replace_lines(
        order.pk,
        [services.OrderLineInput(first.product_id, Decimal(3), Decimal(9), line_id=first.pk)],
        version=1,
        by=seller(),
    )
    answer = client.post(url("sales-order", order), mine)
    shown = text_of(answer)
    assert answer.status_code == 409
    assert "7 × 5.00" in shown
    assert "3 × 9.00" in shown
    again = mine | {"version": 2, "token": "t2"}
    assert client.post(url("sales-order", order), again).status_code == 302
    assert order.lines.get().quantity == 7


def test_the_head_of_a_confirmed_order_is_changed(client: Client) -> None:
    order = services.confirm_order(draft_order(line(stocked(), 1)).pk, by=seller())
    head = {"token": "h", "version": order.version, "partner_reference": "PO-77"}
    assert client.post(url("sales-order", order), head).status_code == 302
    order.refresh_from_db()
    assert order.partner_reference == "PO-77"


def test_steps_are_taken_and_refusals_told(client: Client) -> None:
    order = draft_order(line(stocked(4), 10))
    step = {"token": "s1", "version": 1}
    answer = client.post(url("step", order, "confirm"), step, follow=True)
    assert "10 wanted, 4 available" in text_of(answer)
    client.post(url("step", order, "confirm-part"), step | {"token": "s2"})
    order.refresh_from_db()
    assert order.status == "confirmed"
    answer = client.post(
        url("step", order, "deliver"), {"token": "s3", "version": order.version}, follow=True
    )
    assert "Deliveries of" in text_of(answer)
    assert client.post(url("step", order, "burn"), step).status_code == 404


def test_the_plan_shows_where_goods_come_from_and_splits_what_is_ticked(client: Client) -> None:
    product = stocked(4)
    east = factories.BinFactory(warehouse__code="EAST", code="B-010101")
    stock(product, 6, "48.00", east)
    order = draft_order(line(product, 10))
    row = order.lines.get()
    shown = text_of(client.get(url("fill", order)))
    key = f"{row.pk}:{east.warehouse_id}:{product.pk}:6"
    assert key in shown
    answer = client.post(url("fill", order), {"token": "f", "version": 1}, follow=True)
    assert "Nothing was chosen" in text_of(answer)
    client.post(url("fill", order), {"token": "g", "version": 1, "part": [key, "rubbish"]})
    assert [(one.quantity, one.ships_from_id) for one in order.lines.all()] == [
        (4, main_warehouse().pk),
        (6, east.warehouse_id),
    ]


def test_what_waits_is_listed_the_oldest_first_with_what_is_ready(client: Client) -> None:
    product = stocked(1)
    orders = [
        services.confirm_order(draft_order(line(product, 5)).pk, partial=True, by=seller())
        for _ in range(2)
    ]
    stock(product, 6, "48.00")
    shown = text_of(client.get(reverse("orders:waiting")))
    assert shown.index(orders[0].ref) < shown.index(orders[1].ref)
    answer = client.post(
        url("step", orders[0], "reserve"), {"token": "w", "version": orders[0].version}
    )
    assert answer.status_code == 302
    client.get(reverse("orders:waiting"))  # says what was done
    assert orders[0].ref not in text_of(client.get(reverse("orders:waiting")))


def test_three_hundred_lines_take_no_more_queries_than_three(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    products = [factories.ProductFactory() for _ in range(3)]
    order = draft_order(*[line(one, 1) for one in products])
    rows = [{"product": products[n % 3].pk, "quantity": "2", "unit_price": "3"} for n in range(300)]
    with django_assert_max_num_queries(60):
        assert client.post(url("sales-order", order), sent(order, *rows)).status_code == 302
    assert order.lines.count() == 300
    with django_assert_max_num_queries(40):
        client.get(url("sales-order", order))
