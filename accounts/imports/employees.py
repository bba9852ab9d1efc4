"""Kind ``employees``: who works here, in which department and role. No passwords.

Nobody gives by a file what he could not give on the page: only roles whose every right he holds,
nothing to superusers, nothing to himself. A role is added; none is taken away. Whoever is new signs
in by invitation or after somebody has set a password.
"""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, User, username_key
from accounts.services import ROLES, grantable_groups
from erp.core.policy import allowed
from imports.diffs import Diff
from imports.kinds import CHANGED, NEW, UNCHANGED, Column, Kind, Row, Run, Unfit
from imports.parsing import choice, text

_FIELDS = ("display_name", "employee_number", "title", "mobile", "email")
_ROLE_WORDS = {
    "administrator": ("administrator", "admin", "系统管理员", "管理员"),
    "manager": ("manager", "经理", "总经理", "主管"),
    "sales": ("sales", "salesperson", "销售", "销售员", "业务员"),
    "purchaser": ("purchaser", "buyer", "采购", "采购员"),
    "storekeeper": ("storekeeper", "warehouse", "仓管", "仓库", "库管", "仓库管理员"),
    "accountant": ("accountant", "finance", "财务", "会计"),
}
_NO_SECRET = "password_in_file"  # noqa: S105 (a code)


def _email(cell: str, _run: Run) -> str:
    try:
        validate_email(cell)
    except ValidationError:
        raise Unfit("bad_email") from None
    return cell


def _password(_cell: str, _run: Run) -> str:
    raise Unfit(_NO_SECRET)


class EmployeeKind(Kind):
    name = "employees"
    label = _("Employees")
    rights = ("accounts.add_user", "accounts.change_user")
    naming = "username"
    columns: ClassVar = (
        Column(
            "username",
            _("user name"),
            text(150, code="bad_username"),
            "用户名|登录名|账号|帐号|user|user name|login|login name",
            required=True,
            missing="missing_username",
            is_text=True,
        ),
        Column("display_name", _("name"), text(60), "姓名|名字|员工姓名|name|full name|employee"),
        Column(
            "employee_number",
            _("employee number"),
            text(20),
            "工号|员工编号|员工号|编号|number|employee no|employee number|employee id|staff no",
            is_text=True,
        ),
        Column("department", _("department"), text(60), "部门|所属部门|department|dept"),
        Column("title", _("title"), text(60), "职务|职位|岗位|job title|position"),
        Column(
            "role",
            _("role"),
            choice(
                {w: role for role, words in _ROLE_WORDS.items() for w in words}, code="bad_role"
            ),
            "角色|权限|系统角色|role|roles|group",
        ),
        Column("mobile", _("mobile"), text(30), "手机|手机号|电话|mobile|phone|cell phone"),
        Column("email", _("e-mail"), _email, "邮箱|电子邮箱|email|e-mail|mail"),
        Column(
            "password",
            _("password"),
            _password,
            "密码|初始密码|口令|password|pwd|passwd",
            is_secret=True,
        ),
    )
    messages: ClassVar = {
        "missing_username": _("The user name is missing."),
        "bad_username": _("“%(value)s” can be no user name."),
        "bad_role": _("There is no role “%(value)s”."),
        "bad_email": _("“%(value)s” is no e-mail address."),
        _NO_SECRET: _("No passwords in files: set it on the page, or invite the employee."),
        "role_not_yours_to_give": _("You may not give the role “%(value)s”."),
        "unknown_department": _("There is no department “%(value)s”."),
        "twin_username": _("There is such a user name already: %(value)s."),
        "duplicate_number": _("%(value)s has this employee number."),
        "superuser": _("You may not change this employee."),
        "own_rights": _("Nobody changes his own role."),
    }

    def __init__(self, run: Run) -> None:
        super().__init__(run)
        self.groups = {g.name: g.pk for g in Group.objects.filter(name__in=ROLES)}
        by = run.by
        granted = Group.objects.all() if by is None else grantable_groups(by)
        self.grantable = set(granted.values_list("name", flat=True))
        self.adds_departments = by is None or allowed(by, "accounts.add_department")
        self.departments = dict(Department.objects.values_list("name", "pk"))

    # --- check ---

    def check(self, rows: Sequence[Row]) -> None:
        people = self._people(rows)
        numbers = self._numbers(rows)
        for row in rows:
            values = row.values
            if row.has("role") and values["role"] not in self.grantable:
                row.refuse("role", "role_not_yours_to_give", values["role"])
            department = values.get("department")
            if department and department not in self.departments and not self.adds_departments:
                row.refuse("department", "unknown_department", department)
            if row.has("username"):
                row.key = username_key(values["username"])
                row.spelling = values["username"]
                self._check_person(row, people.get(row.key), numbers)

    def _check_person(self, row: Row, person: User | None, numbers: dict[str, User]) -> None:
        values, by = row.values, self.run.by
        holder = numbers.get(values.get("employee_number") or "")
        if holder is not None and (person is None or holder.pk != person.pk):
            row.refuse("employee_number", "duplicate_number", holder)
        if person is None:
            return
        if person.username != values["username"]:
            row.refuse("username", "twin_username", person.username)
        if by is not None and person.is_superuser and not by.is_superuser:
            row.refuse("username", "superuser")
        if by is not None and person.pk == by.pk and row.has("role"):
            held = {group.name for group in person.groups.all()}
            if values["role"] not in held:
                row.refuse("role", "own_rights")

    @staticmethod
    def _people(rows: Sequence[Row]) -> dict[str, User]:
        keys = {username_key(row.values["username"]) for row in rows if row.has("username")}
        found = User.objects.filter(username_key__in=keys).prefetch_related("groups")
        return {user.username_key: user for user in found}

    @staticmethod
    def _numbers(rows: Sequence[Row]) -> dict[str, User]:
        numbers = {row.values["employee_number"] for row in rows if row.has("employee_number")}
        found = User.objects.filter(employee_number__in=numbers)
        return {user.employee_number or "": user for user in found}

    # --- compare ---

    def compare(self, rows: Sequence[Row], *, lock: bool) -> None:
        people = self._people(rows)
        if lock:
            list(User.objects.select_for_update().filter(pk__in=[u.pk for u in people.values()]))
        for row in rows:
            person = row.existing = people.get(username_key(row.values["username"]))
            if person is None:
                row.state = NEW
                continue
            row.says = self._changes(person, row.values)
            held = {group.name for group in person.groups.all()}
            gains = row.values.get("role") and row.values["role"] not in held
            row.state = CHANGED if row.says or gains else UNCHANGED

    def _changes(self, person: User, values: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
        """Return what the row changes; a department that is new stands by its name."""
        changes = {
            name: (getattr(person, name), values[name])
            for name in _FIELDS
            if values.get(name) and getattr(person, name) != values[name]
        }
        department = values.get("department")
        known = self.departments.get(department or "")
        if department and (known is None or known != person.department_id):
            changes["department_id"] = (person.department_id, department)
        return changes

    # --- write ---

    def write(self, rows: Sequence[Row], diff: Diff) -> None:
        self._add_departments(rows, diff)
        new = [row for row in rows if row.state == NEW]
        created = [self._new(row) for row in new]
        User.objects.bulk_create(created, batch_size=500)
        diff.created(created)
        for row, user in zip(new, created, strict=True):
            row.existing = user
        for row in rows:
            if row.state == CHANGED and row.says:
                self._change(row, diff)
        self._give_roles(rows, diff)

    def _add_departments(self, rows: Sequence[Row], diff: Diff) -> None:
        names = (
            {row.values.get("department") for row in rows} - self.departments.keys() - {None, ""}
        )
        created = [Department(name=name) for name in sorted(filter(None, names))]
        for department in created:
            department.save()
            self.departments[department.name] = department.pk
        diff.created(created)

    def _new(self, row: Row) -> User:
        values = row.values
        department = values.get("department")
        return User(
            username=values["username"],
            username_key=username_key(values["username"]),
            password=make_password(None),  # none fits: he has to be given one
            is_staff=True,
            department_id=self.departments[department] if department else None,
            **{name: values[name] for name in _FIELDS if values.get(name)},
        )

    def _change(self, row: Row, diff: Diff) -> None:
        changes = dict(row.says)
        if "department_id" in changes:
            before, name = changes["department_id"]
            changes["department_id"] = (before, self.departments[name])
        for name, (_before, after) in changes.items():
            setattr(row.existing, name, after)
        row.existing.save(update_fields=[name.removesuffix("_id") for name in changes])
        diff.changed(row.existing, changes)

    def _give_roles(self, rows: Sequence[Row], diff: Diff) -> None:
        through: Any = User.groups.through
        wanted = {
            (row.existing.pk, self.groups[row.values["role"]])
            for row in rows
            if row.values.get("role")
        }
        there = through.objects.filter(user_id__in=[user for user, _group in wanted])
        given = wanted - set(there.values_list("user_id", "group_id"))
        created = [through(user_id=user, group_id=group) for user, group in sorted(given)]
        through.objects.bulk_create(created)
        diff.created(created)


def first_role(user: User) -> str:
    """Return the first role an employee has; a row of a file gives one."""
    held = {group.name for group in user.groups.all()}
    return next((role for role in ROLES if role in held), "")
