"""A blocked partner gets nothing: no door of quotations, orders or purchasing is open."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from customers.models import Customer, Supplier
from orders import services as orders
from quotations import services as quotations
from tests import factories as f
from tests.support import (
    approved_quotation,
    buyer,
    confirmed_order,
    draft_order,
    draft_quotation,
    keeper,
    line,
    main_warehouse,
    manager,
    planned_delivery,
    refused,
    seller,
    sent_quotation,
    stock,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]


def _block(partner: Customer | Supplier) -> None:
    type(partner).objects.filter(pk=partner.pk).update(blocked_reason="逾期未付")


def _stocked() -> Any:
    product = f.ProductFactory()
    stock(product, 50, "400.00")
    return line(product)


def _create(customer: Customer) -> Any:
    product = f.ProductFactory()
    return lambda: quotations.create_quotation(customer.pk, [line(product)], by=seller())


def _submit(customer: Customer) -> Any:
    pk = draft_quotation(customer=customer).pk
    return lambda: quotations.submit_quotation(pk, by=seller())


def _send(customer: Customer) -> Any:
    pk = approved_quotation(customer=customer).pk
    return lambda: quotations.send_quotation(pk, by=seller())


def _order(customer: Customer) -> Any:
    pk = sent_quotation(customer=customer).pk
    return lambda: orders.create_order_from_quotation(pk, by=seller())


def _confirm(customer: Customer) -> Any:
    pk = draft_order(_stocked(), customer=customer).pk
    return lambda: orders.confirm_order(pk, by=seller())


def _deliver(customer: Customer) -> Any:
    pk = confirmed_order(_stocked(), customer=customer).pk
    return lambda: orders.create_delivery(pk, by=keeper())


def _ship(customer: Customer) -> Any:
    pk = planned_delivery(_stocked(), customer=customer).pk
    return lambda: orders.ship_delivery(pk, by=keeper())


@pytest.mark.parametrize(
    "door", [_create, _submit, _send, _order, _confirm, _deliver, _ship], ids=lambda d: d.__name__
)
def test_a_blocked_customer_is_neither_quoted_nor_ordered_for_nor_delivered_to(
    door: Callable[[Customer], Callable[[], Any]],
) -> None:
    customer = f.CustomerFactory(owner=seller())
    keeper()
    attempt = door(customer)
    _block(customer)
    with refused("partner_blocked", field="customer") as refusal:
        attempt()
    assert "逾期未付" in refusal.value.message


def test_nothing_is_bought_of_a_blocked_supplier() -> None:
    supplier, product = f.SupplierFactory(owner=buyer()), f.ProductFactory()
    entered = [orders.PurchaseLineInput(product.pk, Decimal(5), Decimal(8))]
    warehouse = main_warehouse().pk

    def create() -> Any:
        return orders.create_purchase_order(
            supplier.pk, entered, warehouse_id=warehouse, by=buyer()
        )

    draft, submitted = create(), create()
    orders.submit_purchase_order(submitted.pk, by=buyer())
    orders.approve_purchase_order(submitted.pk, by=manager())
    _block(supplier)
    with refused("partner_blocked", field="supplier"):
        create()
    with refused("partner_blocked"):
        orders.submit_purchase_order(draft.pk, by=buyer())
    with refused("partner_blocked"):
        orders.send_purchase_order(submitted.pk, by=buyer())
