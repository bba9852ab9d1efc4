"""Roles as data: the six groups hold exactly what the code says."""

import pytest
from django.contrib.auth.models import Group

from accounts.models import User, username_key
from accounts.policy import working_user
from accounts.services import ROLES, role_table, sync_roles
from tests import factories
from tests.support import actions

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]


def _held(role: str) -> set[str]:
    group = Group.objects.get(name=role)
    return {
        f"{p.content_type.app_label}.{p.codename}"
        for p in group.permissions.select_related("content_type")
    }


def test_each_role_holds_exactly_what_the_code_says() -> None:
    counts = sync_roles()
    assert set(counts) == set(ROLES)
    for role, wanted in role_table().items():
        assert _held(role) == wanted
        assert counts[role] == len(wanted)


def test_a_second_run_changes_and_records_nothing() -> None:
    sync_roles()
    group = Group.objects.get(name="sales")
    sync_roles()
    assert actions(group) == ["role.synced"]


def test_rights_given_and_taken_by_hand_are_set_right_and_recorded() -> None:
    sync_roles()
    group = Group.objects.get(name="sales")
    group.permissions.clear()
    sync_roles()
    assert _held("sales") == role_table()["sales"]
    assert actions(group) == ["role.synced", "role.synced"]


def test_maker_and_checker_are_two_roles() -> None:
    table = role_table()
    assert "quotations.submit_quotation" in table["sales"]
    for right in ("approve_quotation", "approve_own_quotation", "view_all_quotation"):
        assert f"quotations.{right}" not in table["sales"]
    assert "orders.approve_purchaseorder" not in table["purchaser"]
    for rights in table.values():  # somebody must be given it by name
        assert not rights & {
            "quotations.approve_own_quotation",
            "orders.approve_own_purchaseorder",
        }


def test_sales_and_storekeepers_do_not_see_cost() -> None:
    table = role_table()
    for role in ("sales", "storekeeper"):
        assert not table[role] & {
            "products.view_cost",
            "inventory.view_stockvalue",
            "finance.view_journalentry",
        }


@pytest.mark.parametrize("twin", ["ALICE", "ａｌｉｃｅ", " alice ", "a lice"])
def test_no_two_user_names_differ_only_in_case_width_or_blanks(twin: str) -> None:
    assert username_key(twin) == username_key("alice")


def test_a_user_is_found_by_his_exact_name_while_he_works_here() -> None:
    factories.UserFactory(username="alice")
    factories.UserFactory(username="bob", is_active=False)
    assert isinstance(working_user("alice"), User)
    assert working_user("Alice") is None
    assert working_user("bob") is None
