"""Cost and margin of what was shipped, on its pages, to those who may see cost."""

from typing import Any

import pytest
from django.urls import reverse

from orders.margins import order_margin
from orders.models import Delivery
from orders.services import reverse_delivery
from tests import factories
from tests.support import line, seller, shipped_delivery, stock

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]


@pytest.fixture
def delivery() -> Delivery:
    """Four at 10.00 net that cost 7.50 each: 40.00 less 30.00."""
    product = factories.ProductFactory()
    stock(product, 10, "75.00")
    return shipped_delivery(line(product, 4, "11.30"))


def page(client: Any, user: Any, obj: Any) -> str:
    client.force_login(user)
    name = f"admin:{obj._meta.app_label}_{obj._meta.model_name}_change"
    answer = client.get(reverse(name, args=(obj.pk,)))
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_whoever_may_see_cost_sees_the_margin(client: Any, delivery: Delivery) -> None:
    boss = factories.UserFactory(role="manager")
    assert "10.00 (25%)" in page(client, boss, delivery)
    assert "10.00 (25%)" in page(client, boss, delivery.sales_order)


def test_nobody_else_does(client: Any, delivery: Delivery) -> None:
    salesman = factories.UserFactory(role="sales")
    for obj in (delivery, delivery.sales_order):
        type(obj).objects.filter(pk=obj.pk).update(owner=salesman)
        text = page(client, salesman, obj)
        assert "25%" not in text
        assert "30.00" not in text


def test_what_was_taken_back_earned_nothing(delivery: Delivery) -> None:
    assert order_margin(delivery.sales_order) is not None
    reverse_delivery(delivery.pk, reason="wrong goods", by=seller())
    assert order_margin(delivery.sales_order) is None
