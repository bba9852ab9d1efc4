"""Merging and hand-over reach every table: a new one that is left out fails here."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models

from accounts.models import User
from customers.models import Contact, Customer, Supplier
from erp.core.registry import followers_of, handed_over
from products.models import Product, ProtectedItem

# Rows of these two may become one; whoever adds a foreign key to them says what it does then.
MERGED: tuple[type[models.Model], ...] = (Customer, Supplier, Contact, Product, ProtectedItem)


def _foreign_keys() -> Iterator[Any]:
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, models.ForeignKey):
                yield field


@pytest.mark.parametrize("target", MERGED)
def test_every_foreign_key_to_a_table_that_merges_says_how_it_follows(
    target: type[models.Model],
) -> None:
    pointing = {
        f"{field.model._meta.label}.{field.name}"
        for field in _foreign_keys()
        if field.remote_field.model is target
    }
    assert pointing
    assert pointing - followers_of(target) == set()


# What belongs to a person and to nobody after him, and why.
KEPT_TO_HIMSELF = {"core.Export"}  # a file made for the one who asked for it


def test_everything_with_an_owner_changes_hands_with_him() -> None:
    ours = set(settings.FIRST_PARTY_APPS)
    owned = {
        field.model._meta.label
        for field in _foreign_keys()
        if field.name == "owner"
        and field.remote_field.model is User
        and field.model._meta.app_config.name in ours
    }
    assert len(owned) > 5
    assert owned - KEPT_TO_HIMSELF == handed_over()
    assert owned >= KEPT_TO_HIMSELF
