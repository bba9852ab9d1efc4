"""Deleting what somebody is just making use of, on the real database."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection  # noqa: F401 (the mark asks connection)

from accounts.models import User
from customers.models import Customer
from erp.core import deletion
from erp.core.deletion import delete_rows
from quotations.models import Quotation
from quotations.services import create_quotation
from tests import factories as f
from tests.racing import ON_MARIADB, ROUNDS, at_once, codes, without_lock
from tests.support import line, seller
from tests.test_merge_races import elsewhere

pytestmark = ON_MARIADB


def _customer() -> Customer:
    """One with a contact, which goes along."""
    made: Customer = f.CustomerFactory(owner=seller())
    f.ContactFactory(customer=made)
    return made


def _quoting(customer: Customer) -> Callable[[], Any]:
    boss, entered = seller(), [line(f.ProductFactory())]
    return lambda: create_quotation(customer.pk, entered, by=boss)


def _deleting(customer: Customer, by: User) -> Callable[[], Any]:
    return lambda: delete_rows(Customer, [customer.pk], by=by)


def test_a_customer_is_deleted_or_quoted_and_never_half() -> None:
    by = f.UserFactory()
    for _round in range(ROUNDS):
        customer = _customer()
        results = at_once(_deleting(customer, by), _quoting(customer))
        told = codes(results)
        assert told in (["in_use", "ok"], ["ok", "unknown_customer"]), told
        quoted = Quotation.objects.filter(customer=customer.pk).exists()
        assert quoted == Customer.objects.filter(pk=customer.pk).exists()


def test_two_delete_the_same_and_one_is_told() -> None:
    by = f.UserFactory()
    for _round in range(ROUNDS):
        customer = _customer()
        results = at_once(_deleting(customer, by), _deleting(customer, by))
        assert codes(results) == ["not_found", "ok"]


def test_without_the_lock_a_customer_is_quoted_between_look_and_deletion(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The database itself stops it, but nobody is told what stands against it."""
    customer = f.CustomerFactory(owner=seller())
    quote, forget = _quoting(customer), deletion._forget_files
    without_lock(monkeypatch, Customer)

    def meanwhile(files: Any) -> None:
        if not Quotation.objects.exists():
            elsewhere(quote)
        forget(files)

    monkeypatch.setattr(deletion, "_forget_files", meanwhile)

    with pytest.raises(IntegrityError):
        delete_rows(Customer, [customer.pk], by=f.UserFactory())
