"""An account is put away and taken back; nobody does it to himself."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.services import deactivate_user, reactivate_user
from tests import factories as f
from tests.support import actions, refused

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]


@pytest.fixture
def boss() -> User:
    user: User = f.UserFactory(role="administrator", language="en")
    return user


def test_who_left_signs_in_no_more_and_comes_back_with_his_roles(boss: User) -> None:
    user = f.UserFactory(role="sales")
    client = Client()
    client.force_login(user)

    deactivate_user(user.pk, by=boss)
    gone = client.get("/").status_code
    user.refresh_from_db()
    left = user.left_on
    reactivate_user(user.pk, by=boss)

    user.refresh_from_db()
    assert gone == 302
    assert left is not None
    assert (user.is_active, user.left_on) == (True, None)
    assert list(user.groups.values_list("name", flat=True)) == ["sales"]
    assert actions(user) == ["accounts.user.deactivated", "accounts.user.reactivated"]


def test_nobody_puts_himself_or_a_superuser_away(boss: User) -> None:
    root = f.UserFactory(is_superuser=True)
    with refused("own_account"):
        deactivate_user(boss.pk, by=boss)
    with refused("not_yours"):
        deactivate_user(root.pk, by=boss)
    with refused("not_found"):
        deactivate_user(987_654, by=boss)


def test_ticked_employees_are_put_away_after_a_look(boss: User) -> None:
    users = [f.UserFactory(), boss]
    client = Client()
    client.force_login(boss)
    page = reverse("admin:accounts_user_changelist")
    data = {"action": "deactivate", "_selected_action": [user.pk for user in users]}

    asked = client.post(page, data)
    previews = {one.row.pk: one for one in asked.context["previews"]}
    seen = {f"seen-{pk}": one.version for pk, one in previews.items()}
    done = client.post(page, {**data, **seen, "post": "yes", "go": [user.pk for user in users]})

    assert previews[boss.pk].against
    assert previews[users[0].pk].effects == [("may sign in", "yes", "no")]
    assert sorted(one.kind for one in done.context["outcomes"]) == ["done", "refused"]
    users[0].refresh_from_db()
    assert not users[0].is_active
