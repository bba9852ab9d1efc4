"""Employees and roles.

Whoever keeps employees without being a superuser touches no superuser, grants no role with a right
he lacks, makes nobody a superuser, and nobody changes his own rights.
"""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.admin_clients import new_api_client
from accounts.models import Department, User, username_key
from accounts.services import (
    ROLES,
    deactivate_user,
    grantable_groups,
    hand_over,
    reactivate_user,
)
from erp.core.admin import (
    ArchivableAdmin,
    AuditedAdmin,
    ObjectAction,
    VersionedForm,
    VisibleFilter,
    display,
    right,
)
from erp.core.admin.audited import again_when_beaten
from erp.core.policy import allowed
from erp.core.record import record

if TYPE_CHECKING:
    from django.contrib.auth.forms import AdminPasswordChangeForm
    from django.contrib.auth.forms import UserCreationForm as AnyUserCreationForm
    from django.forms import Select as UnfoldAdminSelectWidget

    UserCreationForm = AnyUserCreationForm[User]
else:
    from unfold.forms import AdminPasswordChangeForm, UserCreationForm
    from unfold.widgets import UnfoldAdminSelectWidget

_OWN_RIGHTS = ("groups", "is_active", "is_staff", "is_superuser", "left_on")


@admin.register(Department)
class DepartmentAdmin(ArchivableAdmin[Department]):
    list_display = ("name",)
    search_fields = ("name",)
    sortable_by = ("name",)


def _check_twin(form: Any) -> str:
    """Refuse a user name that differs from another only in case, width or blanks."""
    name: str = form.cleaned_data["username"]
    twins = User.objects.filter(username_key=username_key(name)).exclude(pk=form.instance.pk)
    if twins.exists():
        raise forms.ValidationError(_("There is such a user name already."), code="unique")
    return name


class EmployeeForm(VersionedForm):
    # Roles the editor may not grant stay as they are; he does not see them as choices.
    kept_groups: QuerySet[Group] | None = None

    def clean_username(self) -> str:
        return _check_twin(self)

    def clean_groups(self) -> Any:
        chosen = self.cleaned_data["groups"]
        field: Any = self.fields["groups"]
        kept = self.instance.groups.exclude(pk__in=field.queryset.values("pk"))
        return Group.objects.filter(pk__in=[g.pk for g in (*chosen, *kept)])


class NewEmployeeForm(UserCreationForm):
    class Meta:
        model = User
        fields = ("username", "display_name")

    def clean_username(self) -> str:
        return _check_twin(self)


_ROLE_NAMES = {
    "administrator": pgettext_lazy("role", "administrator"),
    "manager": pgettext_lazy("role", "manager"),
    "sales": pgettext_lazy("role", "sales"),
    "purchaser": pgettext_lazy("role", "purchaser"),
    "storekeeper": pgettext_lazy("role", "storekeeper"),
    "accountant": pgettext_lazy("role", "accountant"),
}


def _role_name(group: Group) -> str:
    return str(_ROLE_NAMES.get(group.name, group.name))


def _hand_over_form(obj: User, request: HttpRequest) -> type[forms.Form]:
    class HandOverForm(forms.Form):
        colleague = forms.ModelChoiceField(
            queryset=User.objects.visible_to(request.user)
            .filter(is_active=True)
            .exclude(pk=obj.pk),
            widget=UnfoldAdminSelectWidget,
            label=_("To whom"),
            help_text=_(
                "All customers, suppliers, follow-ups and unfinished documents of this employee."
                " What is done stays in his name."
            ),
        )

    return HandOverForm


def _hand_over(obj: User, request: HttpRequest, answers: dict[str, Any]) -> User:
    counts = hand_over(obj.pk, answers["colleague"].pk, by=request.user)  # type: ignore[arg-type]
    total = sum(counts.values())
    text = ngettext("%(n)d row handed over.", "%(n)d rows handed over.", total)
    messages.info(request, text % {"n": total})
    return obj


@admin.register(User)
class UserAdmin(AuditedAdmin[User], DjangoUserAdmin[User]):
    object_actions = (
        ObjectAction(
            "hand_over",
            "accounts.hand_over_user",
            _("hand over his work"),
            _hand_over,
            lambda _user: True,
            icon="handshake",
            in_list=False,
            ask=_hand_over_form,
        ),
        ObjectAction(
            "deactivate",
            "accounts.change_user",
            _("deactivate"),
            lambda obj, request: deactivate_user(obj.pk, by=request.user),
            lambda obj: obj.is_active,
            icon="person_off",
        ),
        ObjectAction(
            "reactivate",
            "accounts.change_user",
            _("let sign in again"),
            lambda obj, request: reactivate_user(obj.pk, by=request.user),
            lambda obj: not obj.is_active,
            icon="person_check",
        ),
        new_api_client,
    )
    form = EmployeeForm
    add_form = NewEmployeeForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("username", "display_name", "department", "title", "roles", "is_active")
    list_filter = ("is_active", ("department", VisibleFilter))
    list_select_related = ("department",)
    search_fields = ("username", "display_name", "employee_number")
    search_help_text = _("User name, name or number")
    sortable_by = ("username",)
    ordering = ("username",)
    filter_horizontal = ()
    autocomplete_fields = ("department",)
    fieldsets = (
        (None, {"fields": (("username", "display_name"), ("employee_number", "title"))}),
        (None, {"fields": (("department", "left_on"), ("email", "mobile"))}),
        (_("Preferences"), {"fields": (("language", "time_zone"),)}),
        (_("Rights"), {"fields": ("groups", ("is_active", "is_staff", "is_superuser"))}),
        (_("Log-in"), {"fields": (("last_login", "date_joined"),)}),
    )
    add_fieldsets = (
        (
            None,
            {
                "fields": (
                    ("username", "display_name"),
                    "usable_password",
                    ("password1", "password2"),
                )
            },
        ),
    )

    @display(description=_("roles"))
    def roles(self, obj: User) -> str:
        return ", ".join(map(_role_name, obj.groups.all()))

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).prefetch_related("groups")

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """In the list employees are deactivated and taken back, and nothing else."""
        offered = super().get_actions(request)
        return {name: offered[name] for name in ("deactivate", "reactivate") if name in offered}

    # --- who may touch whom, and what ---

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if obj is not None and obj.is_superuser and not _is_superuser(request):
            return False
        return super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # whoever leaves becomes inactive: documents name him

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fixed = {"last_login", "date_joined", *super().get_readonly_fields(request, obj)}
        if not _is_superuser(request):
            fixed.add("is_superuser")
        if obj is not None and obj.pk == request.user.pk:
            fixed.update(_OWN_RIGHTS)
        return tuple(sorted(fixed))

    def get_form(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:  # type: ignore[override]
        form: Any = super().get_form(request, obj, **kwargs)
        if "groups" not in form.base_fields:
            form.clean_groups = None  # nothing to choose
            form = type(form.__name__, (form,), {})
        return form

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "groups":
            kwargs["queryset"] = grantable_groups(request.user)
            kwargs["label"] = _("Roles")
            kwargs["help_text"] = _("Only roles whose rights you hold yourself are offered.")
            kwargs["widget"] = forms.CheckboxSelectMultiple
        field: Any = super().formfield_for_manytomany(db_field, request, **kwargs)
        if db_field.name == "groups":
            field.label_from_instance = _role_name
        return field

    # --- saving ---

    def add_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Django's own opens the transaction here, so it starts again from here."""
        return again_when_beaten(request, super().add_view, request, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:  # noqa: FBT001
        if not change:
            obj.is_staff = True  # the back office is what an account is for
        super().save_model(request, obj, form, change)

    def related_values(self, obj: User) -> dict[str, Any]:
        return {"groups": sorted(obj.groups.values_list("name", flat=True))}

    def user_change_password(
        self,
        request: HttpRequest,
        id: str,  # noqa: A002 (Django's name)
        form_url: str = "",
    ) -> HttpResponse:
        with transaction.atomic():
            user = self.get_object(request, id)
            before = user.password if user is not None else ""
            response = super().user_change_password(request, id, form_url)
            if user is not None and request.method == "POST":
                user.refresh_from_db()
                if user.password != before:
                    record("accounts.user.password_changed", user, by=request.user)
        return response


def _is_superuser(request: HttpRequest) -> bool:
    return bool(request.user.is_active and request.user.is_superuser)


_VERBS = {"add": _("Add"), "change": _("Change"), "delete": _("Delete"), "view": _("View")}


def _right_name(permission: Permission) -> str:
    """Return the right in the reader's language; Django stores its name in English."""
    kind = permission.content_type
    verb, _sign, model = permission.codename.partition("_")
    known = _VERBS.get(verb) if model == kind.model else None
    return f"{kind} | {known or gettext(permission.name)}"


admin.site.unregister(Group)


@admin.register(Group)
class GroupAdmin(AuditedAdmin[Group]):
    """The six roles come from the code (``sync_roles``); others are a superuser's."""

    list_display = ("role", "comes_from_code")
    search_fields = ("name",)
    ordering = ("name",)
    filter_horizontal = ("permissions",)

    @display(description=_("name"), ordering="name")
    def role(self, obj: Group) -> str:
        return _role_name(obj)

    @display(description=_("from the code"), boolean=True)
    def comes_from_code(self, obj: Group) -> bool:
        return obj.name in ROLES

    @display(description=_("rights"))
    def rights(self, obj: Group) -> SafeString:
        held = obj.permissions.select_related("content_type").order_by(
            "content_type__app_label", "codename"
        )
        rows = ((_right_name(permission),) for permission in held)
        return format_html_join("", "<div>{}</div>", rows)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Group]:
        if not allowed(request.user, right("view", Group)):
            return Group.objects.none()
        return Group.objects.order_by("name")

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field: Any = super().formfield_for_manytomany(db_field, request, **kwargs)
        if db_field.name == "permissions":
            field.queryset = field.queryset.select_related("content_type")
            field.label_from_instance = _right_name
        return field

    def _editable(self, request: HttpRequest, obj: Any) -> bool:
        return _is_superuser(request) and (obj is None or obj.name not in ROLES)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self._editable(request, None)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._editable(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._editable(request, obj)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        shown = "permissions" if self._editable(request, obj) else "rights"
        return [(None, {"fields": ["name", shown]})]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if self._editable(request, obj) else ("rights",)

    def related_values(self, obj: Group) -> dict[str, Any]:
        return {"permissions": sorted(obj.permissions.values_list("codename", flat=True))}
