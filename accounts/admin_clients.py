"""Programs that call the API: made on an employee's page, renewed and shut out on their own."""

from datetime import datetime, time
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Model
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiClient
from accounts.services import create_api_client, revoke_api_client, rotate_api_client
from erp.core.admin import ObjectAction, ReadOnlyAdmin, display
from erp.core.admin.actions import ActionsAdmin

if TYPE_CHECKING:
    from django.forms import DateInput as UnfoldAdminSingleDateWidget
    from django.forms import TextInput as UnfoldAdminTextInputWidget
else:
    from unfold.widgets import UnfoldAdminSingleDateWidget, UnfoldAdminTextInputWidget


class ApiClientForm(forms.Form):
    name = forms.CharField(
        max_length=60, label=_("Name of the program"), widget=UnfoldAdminTextInputWidget
    )
    scopes = forms.CharField(
        initial="*",
        label=_("Scopes"),
        widget=UnfoldAdminTextInputWidget,
        help_text=_("* for all this employee may do, or e.g. quotations:read sales-orders:write"),
    )
    last_day = forms.DateField(
        required=False, label=_("Last day"), widget=UnfoldAdminSingleDateWidget
    )


def _tell(request: HttpRequest, made: tuple[ApiClient, str]) -> ApiClient:
    client, secret = made
    text = _("Key id %(key)s, secret %(secret)s. Keep it now: it is shown this once.")
    messages.warning(request, text % {"key": client.key_id, "secret": secret})
    return client


def create(user: Any, request: HttpRequest, answers: dict[str, Any]) -> Model:
    day = answers["last_day"]
    end = timezone.make_aware(datetime.combine(day, time.max)) if day else None
    made = create_api_client(
        answers["name"],
        user.pk,
        scopes=answers["scopes"].split(),
        expires_at=end,
        by=request.user,  # type: ignore[arg-type]
    )
    return _tell(request, made)


new_api_client = ObjectAction(
    "new_api_client",
    "accounts.add_apiclient",
    _("new API client"),
    create,
    lambda user: bool(user.is_active),
    icon="key",
    in_list=False,
    ask=lambda _user, _request: ApiClientForm,
)


@admin.register(ApiClient)
class ApiClientAdmin(ReadOnlyAdmin[ApiClient], ActionsAdmin[ApiClient]):
    object_actions = (
        ObjectAction(
            "rotate",
            "accounts.change_apiclient",
            _("new key and secret"),
            lambda obj, request: _tell(request, rotate_api_client(obj.pk, by=request.user)),
            lambda obj: obj.revoked_at is None,
            icon="key",
            in_list=False,
        ),
        ObjectAction(
            "revoke",
            "accounts.change_apiclient",
            _("revoke"),
            lambda obj, request: revoke_api_client(obj.pk, by=request.user),
            lambda obj: obj.revoked_at is None,
            icon="key_off",
            variant="danger",
        ),
    )
    list_display = ("name", "user", "key_id", "told_scopes", "state", "last_used_at", "expires_at")
    list_select_related = ("user",)
    search_fields = ("name", "key_id", "user__username", "user__display_name")
    search_help_text = _("Name, key id or employee")
    sortable_by = ()
    fields = (
        ("name", "user"),
        ("key_id", "told_scopes"),
        ("state", "last_used_at"),
        ("created_at", "expires_at", "revoked_at"),
    )

    @display(description=_("scopes"))
    def told_scopes(self, obj: ApiClient) -> str:
        return " ".join(obj.scopes)

    @display(
        description=_("state"),
        label={"live": "success", "expired": "warning", "revoked": "danger"},
    )
    def state(self, obj: ApiClient) -> Any:
        if obj.revoked_at is not None:
            return "revoked", _("revoked")
        if obj.expires_at is not None and obj.expires_at <= timezone.now():
            return "expired", _("expired")
        if not obj.user.is_active:
            return "expired", _("employee may not sign in")
        return "live", _("in use")
