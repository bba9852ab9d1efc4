"""Kind employees: who works here; no rights beyond the importer's, no passwords."""

from pathlib import Path

import pytest
from django.contrib.auth.models import Group, Permission

from accounts.models import Department, User
from accounts.services import sync_roles
from erp.core.errors import DomainError
from imports import services
from tests import factories as f
from tests.importing import Importing, counts, told

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]
HEAD = "用户名,姓名,工号,部门,职务,角色,手机"


@pytest.fixture
def employees(tmp_path: Path) -> Importing:
    sync_roles()
    return Importing("employees", tmp_path)


def test_an_employee_comes_with_department_and_role_and_cannot_sign_in_yet(
    employees: Importing,
) -> None:
    path = employees.file(HEAD, "wangmin,王敏,0042,销售部,经理,销售,13800000000")
    of = employees.apply(path)
    user = User.objects.get(username="wangmin")
    assert (user.display_name, user.employee_number, user.mobile) == (
        "王敏",
        "0042",
        "13800000000",
    )
    assert (user.username_key, str(user.department), user.is_staff) == ("wangmin", "销售部", True)
    assert [group.name for group in user.groups.all()] == ["sales"]
    assert not user.has_usable_password()
    assert counts(of) == {"new": 1}
    assert counts(employees.apply(path)) == {"unchanged": 1}
    services.undo_import(of.pk, by=None)
    assert not User.objects.filter(username="wangmin").exists()
    assert not Department.objects.exists()


def test_values_given_are_taken_over_and_undone(employees: Importing) -> None:
    user = f.UserFactory(username="wangmin", title="助理", role="sales")
    path = employees.file(HEAD, "wangmin,,,采购部,采购主管,采购,")
    of = employees.apply(path)
    user.refresh_from_db()
    assert (user.title, str(user.department)) == ("采购主管", "采购部")
    assert {group.name for group in user.groups.all()} == {"sales", "purchaser"}
    assert counts(of) == {"changed": 1}
    assert counts(employees.apply(path)) == {"unchanged": 1}
    services.undo_import(of.pk, by=None)
    user.refresh_from_db()
    assert (user.title, user.department) == ("助理", None)
    assert {group.name for group in user.groups.all()} == {"sales"}


def test_every_refusal_is_told(employees: Importing) -> None:
    f.UserFactory(username="Lihua", employee_number="7")
    path = employees.file(
        "用户名,工号,角色,邮箱,密码",
        ",8,销售,a@b.cn,",
        "lihua,9,,,",
        "zhao,7,,,",
        "qian,10,国王,,",
        "sun,11,,none,",
        "li,12,,,secret",
    )
    assert told(employees.check(path)) == [
        (2, "missing_username"),
        (3, "twin_username"),
        (4, "duplicate_number"),
        (5, "bad_role"),
        (6, "bad_email"),
        (7, "password_in_file"),
    ]


def test_nobody_gives_rights_he_lacks_or_touches_those_above_him(employees: Importing) -> None:
    keeper = f.UserFactory(username="hr")
    rights = ("add_user", "change_user", "view_user")
    keeper.user_permissions.add(*Permission.objects.filter(codename__in=rights))
    Group.objects.create(name="empty")
    f.UserFactory(username="root", is_superuser=True)
    path = employees.file(
        "用户名,部门,角色,职务",
        "zhao,,系统管理员,a",
        "qian,新部门,,a",
        "root,,,boss",
        "hr,,销售,a",
    )
    by = User.objects.get(pk=keeper.pk)
    assert told(employees.check(path, by=by)) == [
        (2, "role_not_yours_to_give"),
        (3, "unknown_department"),
        (4, "superuser"),
        (5, "role_not_yours_to_give"),
        (5, "own_rights"),
    ]
    with pytest.raises(DomainError):
        employees.apply(path, by=by)
    assert not User.objects.filter(username="zhao").exists()


def test_an_administrator_gives_the_roles_whose_rights_he_holds(employees: Importing) -> None:
    chief = f.UserFactory(username="chief", is_superuser=True)
    employees.apply(employees.file("用户名,角色", "zhao,系统管理员"), by=chief)
    assert [g.name for g in User.objects.get(username="zhao").groups.all()] == ["administrator"]
