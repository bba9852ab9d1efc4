"""Who may change whose rights in the admin (CASES AZ10, AZ11, AZ13)."""

from typing import Any

import pytest
from django.contrib.admin import site
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse

from accounts.models import User
from audit.models import AuditEntry
from tests import factories as f

pytestmark = pytest.mark.django_db
KEEPS_USERS = ["accounts.view_user", "accounts.add_user", "accounts.change_user"]


@pytest.fixture
def keeper() -> Any:
    """Keeps employees; no superuser."""
    return f.UserFactory(rights=[*KEEPS_USERS, "orders.view_salesorder"])


def page(user: Any) -> str:
    return reverse("admin:accounts_user_change", args=[user.pk])


def form(user: Any, **changes: Any) -> dict[str, Any]:
    stored = User.objects.get(pk=user.pk)
    return {
        "seen_version": site.get_model_admin(User).version_of(stored),  # type: ignore[attr-defined]
        "username": user.username,
        "display_name": user.display_name,
        "language": user.language,
        "time_zone": user.time_zone,
        "is_active": "on",
        "is_staff": "on",
        "-1-TOTAL_FORMS": 0,
        "-1-INITIAL_FORMS": 0,
        **changes,
    }


def client_of(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def role(name: str, *rights: str) -> Group:
    group = Group.objects.create(name=name)
    for right in rights:
        app, codename = right.split(".")
        group.permissions.add(
            Permission.objects.get(content_type__app_label=app, codename=codename)
        )
    return group


def test_nobody_becomes_a_superuser(keeper: Any) -> None:
    clerk = f.UserFactory()

    client_of(keeper).post(page(clerk), form(clerk, is_superuser="on", title="Chief"))

    clerk.refresh_from_db()
    assert clerk.title == "Chief"
    assert not clerk.is_superuser


def test_a_superuser_is_out_of_reach(keeper: Any) -> None:
    root = f.UserFactory(is_superuser=True)
    password = reverse("admin:auth_user_password_change", args=[root.pk])
    client = client_of(keeper)

    assert client.post(page(root), form(root, email="evil@example.com")).status_code == 403
    answer = client.post(password, {"password1": "x1y2z3w4v5", "password2": "x1y2z3w4v5"})

    before = root.password
    root.refresh_from_db()
    assert answer.status_code == 403
    assert (root.email, root.password) == ("", before)


def test_a_role_is_granted_only_by_whoever_holds_all_its_rights(keeper: Any) -> None:
    clerk = f.UserFactory()
    small = role("small", "orders.view_salesorder")
    big = role("big", "orders.view_salesorder", "orders.confirm_salesorder")
    client = client_of(keeper)

    refused = client.post(page(clerk), form(clerk, groups=[big.pk]))
    granted = client.post(page(clerk), form(clerk, groups=[small.pk]))

    assert (refused.status_code, granted.status_code) == (200, 302)
    assert [group.name for group in clerk.groups.all()] == ["small"]
    entry = AuditEntry.objects.get(action="accounts.user.changed")
    assert entry.changes["groups"] == [[], ["small"]]


def test_roles_out_of_reach_stay_as_they_are(keeper: Any) -> None:
    big = role("big", "orders.confirm_salesorder")
    clerk = f.UserFactory()
    clerk.groups.add(big)

    client_of(keeper).post(page(clerk), form(clerk, title="Chief"))

    assert list(clerk.groups.all()) == [big]


@pytest.mark.parametrize("superuser", [True, False])
def test_nobody_changes_his_own_rights(keeper: Any, *, superuser: bool) -> None:
    small = role("small", "orders.view_salesorder")
    User.objects.filter(pk=keeper.pk).update(is_superuser=superuser)

    client_of(keeper).post(page(keeper), form(keeper, groups=[small.pk], title="Boss"))

    keeper.refresh_from_db()
    assert keeper.title == "Boss"
    assert not keeper.groups.exists()
    assert keeper.is_superuser is superuser


def test_no_page_shows_a_password_hash(keeper: Any) -> None:
    clerk = f.UserFactory()
    text = client_of(keeper).get(page(clerk)).content.decode()
    assert clerk.password not in text
    assert "md5" not in text.lower()


def test_a_new_employee_may_sign_in_and_is_recorded(keeper: Any) -> None:
    data = {
        "username": "wang.li",
        "display_name": "王丽",
        "usable_password": "true",
        "password1": "correct-horse-9",
        "password2": "correct-horse-9",
    }

    answer = client_of(keeper).post(reverse("admin:accounts_user_add"), data)

    assert answer.status_code == 302
    user = User.objects.get(username="wang.li")
    assert user.is_staff
    assert user.check_password("correct-horse-9")
    entry = AuditEntry.objects.get(action="accounts.user.added")
    assert "password" not in entry.changes


def test_a_user_name_that_only_looks_different_is_refused(keeper: Any) -> None:
    f.UserFactory(username="wang.li")
    data = {"username": "ＷＡＮＧ.li", "usable_password": "false"}

    answer = client_of(keeper).post(reverse("admin:accounts_user_add"), data)

    assert answer.status_code == 200
    assert User.objects.filter(username_key="wang.li").count() == 1


def test_a_password_set_for_somebody_is_recorded(keeper: Any) -> None:
    clerk = f.UserFactory()
    url = reverse("admin:auth_user_password_change", args=[clerk.pk])
    data = {"usable_password": "true", "password1": "new-horse-77", "password2": "new-horse-77"}

    client_of(keeper).post(url, data | {"set-password": "1"})

    clerk.refresh_from_db()
    assert clerk.check_password("new-horse-77")
    assert AuditEntry.objects.get().action == "accounts.user.password_changed"


def test_the_six_roles_come_from_the_code() -> None:
    root = f.UserFactory(is_superuser=True)
    f.UserFactory(role="sales")
    group = Group.objects.get(name="sales")
    held = group.permissions.count()
    url = reverse("admin:auth_group_change", args=[group.pk])

    answer = client_of(root).post(url, {"name": "sales", "permissions": []})

    assert answer.status_code == 403
    assert group.permissions.count() == held


def test_the_log_in_page_and_the_language_switch_work() -> None:
    user = f.UserFactory()
    client = Client()

    assert client.get(reverse("admin:login")).status_code == 200
    data = {"username": user.username, "password": f.PASSWORD, "next": "/admin/"}
    assert client.post(reverse("admin:login"), data)["Location"] == "/admin/"
    client.post(reverse("set_language"), {"language": "zh-hans", "next": "/admin/"})

    assert 'lang="zh-cn"' in client.get("/admin/").content.decode().lower()
