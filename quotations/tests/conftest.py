"""A seller, his manager, his customer, a part in stock and a draft quotation."""

from decimal import Decimal

import pytest

from accounts.models import User
from customers.models import Customer
from products.models import PriceFact, Product
from quotations.models import Quotation
from tests.factories import (
    CustomerFactory,
    PriceFactFactory,
    ProductFactory,
    QuotationFactory,
    StockFactory,
    UserFactory,
)


@pytest.fixture
def seller() -> User:
    return UserFactory(role="sales")


@pytest.fixture
def boss() -> User:
    return UserFactory(role="manager")


@pytest.fixture
def customer(seller: User) -> Customer:
    return CustomerFactory(owner=seller, price_includes_tax=True)


@pytest.fixture
def part(customer: Customer) -> Product:
    """In stock, listed at 10.00 net."""
    product = ProductFactory(designation="6205-2RS1/C3")
    StockFactory(product=product, on_hand=120)
    PriceFactFactory(
        product=product, kind=PriceFact.Kind.LIST, customer=None, net_unit_price=Decimal(10)
    )
    return product


@pytest.fixture
def draft(seller: User, customer: Customer) -> Quotation:
    return QuotationFactory(owner=seller, customer=customer, lines=2)
