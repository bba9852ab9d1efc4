"""Latest and reference cost of a product, and who sees them."""

from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from audit.models import AuditEntry
from inventory.models import ReferenceCost
from inventory.services.reference_costs import Costs, costs_of, set_reference_cost
from orders.services import reverse_receipt
from products.models import Product
from tests import factories
from tests.support import manager, posted_receipt, refused, sent_purchase, stock

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]


@pytest.fixture
def product() -> Product:
    """Ten at 7.00, then ten received at 9.00; it should cost 8.50."""
    product: Product = factories.ProductFactory()
    stock(product, 10, "70.00")
    posted_receipt(sent_purchase(product, 10, "9.00"))
    set_reference_cost(product.pk, Decimal("8.50"), by=manager())
    return product


def test_latest_and_reference(product: Product) -> None:
    assert costs_of(product.pk) == Costs(Decimal(9), Decimal("8.50"))


def test_a_receipt_taken_back_is_not_the_latest(product: Product) -> None:
    receipt = posted_receipt(sent_purchase(product, 10, "12.00"))
    assert costs_of(product.pk).latest == Decimal(12)
    reverse_receipt(receipt.pk, reason="wrong goods", by=manager())
    assert costs_of(product.pk).latest == Decimal(9)


def test_a_reference_is_changed_and_forgotten(product: Product) -> None:
    set_reference_cost(product.pk, Decimal(9), by=manager())
    set_reference_cost(product.pk, None, by=manager())
    assert not ReferenceCost.objects.exists()
    told = AuditEntry.objects.filter(action="reference_cost.set").order_by("pk")
    assert [entry.changes["unit_cost"] for entry in told][-1][1] is None
    with refused("bad_price"):
        set_reference_cost(product.pk, Decimal(-1), by=manager())


def test_of_a_product_unknown_nothing_is_known() -> None:
    assert costs_of(10**9) == Costs(None, None)


@pytest.mark.parametrize(("role", "sees"), [("manager", True), ("sales", False)])
def test_only_with_the_right_cost_is_seen(
    client: Any, product: Product, role: str, sees: bool
) -> None:
    client.force_login(factories.UserFactory(role=role))
    doors = [
        reverse("admin:products_product_change", args=(product.pk,)),
        reverse("parts:part", args=(product.pk,)),
        f"/api/v1/products/{product.pk}/cockpit",
    ]
    for door in doors:
        text = client.get(door).content.decode()
        assert ("8.50" in text or '"8.5"' in text) is sees, door


def test_a_manager_sets_it_on_the_page(client: Any, product: Product) -> None:
    client.force_login(factories.UserFactory(role="manager"))
    door = reverse("admin:products_product_do", args=(product.pk, "reference_cost"))
    assert client.get(door).status_code == 200
    version = Product.objects.get(pk=product.pk)
    seen = getattr(version, "version", "")
    assert client.post(door, {"unit_cost": "8.25", "version": seen}).status_code == 302
    assert costs_of(product.pk).reference == Decimal("8.25")
