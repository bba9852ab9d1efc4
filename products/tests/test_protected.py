"""Whose protected item a part is: the part, its other spellings and makers, and for how long."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone, translation
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from customers.models import Customer
from erp.core.periods import company_today
from products.models import Product, ProtectedItem
from products.protected import owners_of, protections, warning, warnings_json
from tests.factories import (
    BrandFactory,
    CustomerFactory,
    InterchangeFactory,
    ProductFactory,
    ProtectedItemFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def wang() -> User:
    return UserFactory(display_name="王芳")


@pytest.fixture
def theirs(wang: User) -> Customer:
    return CustomerFactory(owner=wang, name="苏州秘密机械有限公司")


@pytest.fixture
def ours() -> Customer:
    return CustomerFactory()


def owners(product: Product, customer: Customer | None) -> list[str]:
    found = protections([product], customer_id=customer.pk if customer else None)
    return owners_of(found.get(product.pk, ()))


def test_another_customers_item_names_its_salesperson(theirs: Customer, ours: Customer) -> None:
    item = ProtectedItemFactory(customer=theirs)
    assert owners(item.product, ours) == ["王芳"]
    assert owners(item.product, None) == ["王芳"]


def test_the_customers_own_item_warns_of_nothing(theirs: Customer) -> None:
    item = ProtectedItemFactory(customer=theirs)
    assert owners(item.product, theirs) == []


def test_several_customers_may_protect_one_part(theirs: Customer, ours: Customer) -> None:
    item = ProtectedItemFactory(customer=theirs)
    li = UserFactory(display_name="李强")
    ProtectedItemFactory(product=item.product, customer=CustomerFactory(owner=li))
    ProtectedItemFactory(product=item.product, customer=ours)
    assert owners(item.product, CustomerFactory()) == sorted(["王芳", "李强", str(ours.owner)])
    # A protection of his own does not open everybody else's.
    assert owners(item.product, ours) == sorted(["王芳", "李强"])


def test_a_salesperson_without_a_name_is_told_by_his_user_name(ours: Customer) -> None:
    nameless = UserFactory(username="zhao", display_name="")
    item = ProtectedItemFactory(customer=CustomerFactory(owner=nameless))
    assert owners(item.product, ours) == ["zhao"]


def _ended(item: ProtectedItem) -> None:
    item.valid_until = company_today() - timedelta(days=1)


def _not_begun(item: ProtectedItem) -> None:
    item.since = company_today() + timedelta(days=1)


def _archived(item: ProtectedItem) -> None:
    item.archived_at = timezone.now()


@pytest.mark.parametrize("change", [_ended, _not_begun, _archived])
def test_what_is_not_in_force_protects_nothing(
    change: Any, theirs: Customer, ours: Customer
) -> None:
    item = ProtectedItemFactory(customer=theirs)
    change(item)
    item.save()
    assert owners(item.product, ours) == []


def test_the_first_and_the_last_day_count(theirs: Customer, ours: Customer) -> None:
    today = company_today()
    item = ProtectedItemFactory(customer=theirs, since=today, valid_until=today)
    assert owners(item.product, ours) == ["王芳"]


def test_an_archived_customer_protects_nothing(theirs: Customer, ours: Customer) -> None:
    item = ProtectedItemFactory(customer=theirs)
    Customer.objects.filter(pk=theirs.pk).update(archived_at=timezone.now())
    assert owners(item.product, ours) == []


def test_the_same_designation_of_another_maker_is_protected_too(
    theirs: Customer, ours: Customer
) -> None:
    ProtectedItemFactory(product__designation="6205-2RS1/C3", customer=theirs)
    nsk = ProductFactory(designation="6205DDUC3", brand=BrandFactory(code="NSK"))
    other = ProductFactory(designation="6205-2RS1", brand=BrandFactory(code="NSK"))
    assert owners(nsk, ours) == ["王芳"]
    assert owners(other, ours) == [], "the clearance differs"


def test_what_says_nothing_is_like_nothing_else(theirs: Customer, ours: Customer) -> None:
    """Parts whose designation no rule reads share an empty key."""
    greases = [ProductFactory(designation=name) for name in ("LGMT", "ARCANOL")]
    Product.objects.update(form_key="")
    for grease in greases:
        grease.refresh_from_db()
    ProtectedItemFactory(product=greases[0], customer=theirs)
    assert owners(greases[0], ours) == ["王芳"]
    assert owners(greases[1], ours) == []


@pytest.mark.parametrize("from_protected", [True, False])
def test_an_identical_interchange_is_protected_either_way(
    from_protected: bool, theirs: Customer, ours: Customer
) -> None:
    item = ProtectedItemFactory(customer=theirs)
    ends = {"from_product" if from_protected else "to_product": item.product}
    link = InterchangeFactory(**ends, approved_by=theirs.owner)
    other = link.to_product if from_protected else link.from_product
    assert owners(other, ours) == ["王芳"]
    assert owners(other, theirs) == []


@pytest.mark.parametrize(
    "link", [{"approved_by": None}, {"grade": "upgrade"}, {"archived_at": timezone.now()}]
)
def test_only_an_approved_identical_interchange_carries_it(
    link: dict[str, Any], theirs: Customer, ours: Customer
) -> None:
    item = ProtectedItemFactory(customer=theirs)
    values = {"approved_by": theirs.owner} | link
    other = InterchangeFactory(from_product=item.product, **values).to_product
    assert owners(other, ours) == []


def test_links_of_other_parts_are_not_mixed_up(theirs: Customer, ours: Customer) -> None:
    """A part with several links, of which one leads to what is protected."""
    item = ProtectedItemFactory(customer=theirs)
    asked, bystander = ProductFactory(), ProductFactory()
    InterchangeFactory(from_product=asked, to_product=item.product, approved_by=theirs.owner)
    InterchangeFactory(from_product=asked, to_product=bystander, approved_by=theirs.owner)
    InterchangeFactory(from_product=item.product, to_product=bystander, grade="upgrade")
    found = protections([asked, bystander, item.product], customer_id=ours.pk)
    assert found.keys() == {asked.pk, item.product.pk}


def test_a_set_takes_one_query(
    theirs: Customer, ours: Customer, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    products = [ProductFactory() for _number in range(30)]
    for product in products[::2]:
        ProtectedItemFactory(product=product, customer=theirs)
    with django_assert_num_queries(1):
        assert len(protections(products, customer_id=ours.pk)) == 15
    with django_assert_num_queries(0):
        assert protections([], customer_id=ours.pk) == {}


def test_the_warning_tells_the_salesperson_and_nothing_else(
    theirs: Customer, ours: Customer
) -> None:
    item = ProtectedItemFactory(customer=theirs, reason="年采购两百万")
    found = protections([item.product], customer_id=ours.pk)[item.product.pk]
    with translation.override("en"):
        assert warnings_json(found) == [
            {
                "code": "protected_item",
                "message": "Protected item of a customer of 王芳.",
                "owners": ["王芳"],
            }
        ]
        assert warning(["a", "b"]) == "Protected item of customers of a, b."
    assert "秘密" not in str(item)
    assert warnings_json(()) == []


def test_one_protection_per_customer_and_part(theirs: Customer) -> None:
    item = ProtectedItemFactory(customer=theirs)
    twin = ProtectedItem(product=item.product, customer=theirs)
    with translation.override("en"), pytest.raises(ValidationError, match="protected for this"):
        twin.full_clean()


def test_it_does_not_end_before_it_begins(theirs: Customer) -> None:
    today = company_today()
    item = ProtectedItem(
        product=ProductFactory(), customer=theirs, since=today, valid_until=today - timedelta(1)
    )
    with translation.override("en"), pytest.raises(ValidationError, match="before the beginning"):
        item.full_clean()
