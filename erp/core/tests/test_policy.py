"""Who may do and see what: rights by role, rows by owner, shared rows, nothing by default."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404
from guardian.shortcuts import assign_perm

from customers.models import Customer
from erp.core.policy import allowed, authorize
from products.models import Product
from tests import factories

pytestmark = pytest.mark.django_db
VIEW = "customers.view_customer"


def _seen(user: Any) -> set[int]:
    return set(Customer.objects.visible_to(user).values_list("pk", flat=True))


def test_without_the_right_to_view_nothing_is_seen() -> None:
    user = factories.UserFactory()
    factories.CustomerFactory(owner=user)
    assert _seen(user) == set()
    assert not allowed(user, VIEW)


def test_with_the_right_one_s_own_rows_are_seen() -> None:
    user = factories.UserFactory(rights=[VIEW])
    mine = factories.CustomerFactory(owner=user)
    factories.CustomerFactory()
    assert _seen(user) == {mine.pk}


def test_view_all_shows_every_row() -> None:
    user = factories.UserFactory(rights=[VIEW, "customers.view_all_customer"])
    one, other = factories.CustomerFactory(), factories.CustomerFactory()
    assert _seen(user) == {one.pk, other.pk}


def test_view_all_without_view_shows_nothing() -> None:
    user = factories.UserFactory(rights=["customers.view_all_customer"])
    factories.CustomerFactory()
    assert _seen(user) == set()


def test_a_shared_row_is_seen_beside_one_s_own() -> None:
    user = factories.UserFactory(rights=[VIEW])
    shared, _hidden = factories.CustomerFactory(), factories.CustomerFactory()
    assign_perm("view_customer", user, shared)
    assert _seen(user) == {shared.pk}


def test_sharing_does_not_replace_the_right_to_view() -> None:
    user = factories.UserFactory()
    assign_perm("view_customer", user, factories.CustomerFactory())
    assert _seen(user) == set()


def test_models_without_owner_are_seen_whole() -> None:
    user = factories.UserFactory(rights=["products.view_product"])
    product = factories.ProductFactory()
    assert list(Product.objects.visible_to(user)) == [product]


@pytest.mark.parametrize("inactive", [True, False], ids=["inactive", "anonymous"])
def test_whoever_may_not_sign_in_sees_nothing(inactive: bool) -> None:
    user: Any = AnonymousUser()
    if inactive:
        user = factories.UserFactory(is_active=False, rights=[VIEW, "customers.view_all_customer"])
    factories.CustomerFactory()
    assert _seen(user) == set()
    assert not allowed(user, VIEW)


def test_a_superuser_may_do_and_see_all() -> None:
    user = factories.UserFactory(is_superuser=True)
    customer = factories.CustomerFactory()
    assert allowed(user, VIEW)
    assert _seen(user) == {customer.pk}


def test_an_action_without_the_right_is_denied() -> None:
    with pytest.raises(PermissionDenied):
        authorize(factories.UserFactory(), VIEW)


def test_an_action_on_a_row_out_of_sight_is_not_found() -> None:
    user = factories.UserFactory(rights=[VIEW])
    authorize(user, VIEW, factories.CustomerFactory(owner=user))
    with pytest.raises(Http404):
        authorize(user, VIEW, factories.CustomerFactory())


def test_a_hidden_and_a_missing_row_are_answered_alike() -> None:
    user = factories.UserFactory(rights=[VIEW])
    hidden = factories.CustomerFactory()
    answers = []
    for pk in (hidden.pk, hidden.pk + 1000):
        with pytest.raises(Http404) as missing:
            Customer.objects.get_visible(user, pk)
        answers.append(str(missing.value))
    assert answers[0] == answers[1]


def test_a_right_taken_away_counts_from_the_next_request_on() -> None:
    user = factories.UserFactory(role="sales")
    assert allowed(user, VIEW)
    user.groups.clear()
    again = type(user).objects.get(pk=user.pk)  # every request reads its user anew
    assert not allowed(again, VIEW)
