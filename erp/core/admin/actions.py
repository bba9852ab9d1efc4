"""Verbs as buttons: one action on the rows ticked in a list and on the page of one row.

A button is a POST with the version its page showed. The action authorises, calls one service per
row and tells each outcome. On the rows of a list its effects are shown first (``batch``). A verb
that has to ask something first leads to a page with its form.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import quote, unquote
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.module_loading import import_string
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from unfold.forms import AdminForm

from erp.core.admin.batch import run_batch
from erp.core.admin.dress import dress
from erp.core.admin.scoped import M, ScopedAdmin
from erp.core.errors import DomainError
from erp.core.policy import allowed
from erp.core.snapshots import version_of

Run = Callable[..., Any]
Ask = Callable[[Any, HttpRequest], type[forms.Form]]
Facts = Callable[[Any, HttpRequest], list[tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class ObjectAction:
    """``run(obj, request)`` does it and may return the document it made; ``offered`` says when.

    With ``ask(obj, request)``, which returns a form class, it is ``run(obj, request, answers)``:
    the form's cleaned data; such an action works on one row at a time (``in_list=False``).
    """

    name: str
    permission: str
    description: str | Promise
    run: Run
    offered: Callable[[Any], bool]
    icon: str = ""
    variant: str = "default"
    in_list: bool = True
    service: str = ""
    ask: Ask | None = None


def transition_action(
    name: str,
    *,
    permission: str,
    service: str,
    description: str | Promise,
    to: str = "",
    when: tuple[str, ...] = (),
    **looks: Any,
) -> ObjectAction:
    """Return the action that calls ``service(pk, by=user)``, named by its dotted path.

    Offered where the workflow lets the row become ``to``, or where its status is in ``when``.
    """

    def offered(obj: Any) -> bool:
        return obj.status in when if when else obj.WORKFLOW.allows(obj.status, to)

    def run(obj: Any, request: HttpRequest) -> Any:
        verb = import_string(service)
        extra: dict[str, Any] = {}
        if "version" in inspect.signature(verb).parameters:
            extra["version"] = obj.version
        return verb(obj.pk, by=request.user, **extra)

    return ObjectAction(name, permission, description, run, offered, service=service, **looks)


def add_object_actions(model: type[models.Model], *actions: ObjectAction) -> None:
    """Give a lower app's page verbs of an upper app; called from the upper app's ``admin``."""
    target: Any = admin.site.get_model_admin(model)
    target.object_actions = (*target.object_actions, *actions)


def add_inlines(model: type[models.Model], *inlines: type[Any]) -> None:
    """Give a lower app's page rows of an upper app; called from the upper app's ``admin``."""
    target: Any = admin.site.get_model_admin(model)
    target.inlines = (*target.inlines, *inlines)


def add_facts(model: type[models.Model], facts: Facts) -> None:
    """Tell on a lower app's page what an upper app knows of the row, as (label, value)."""
    target: Any = admin.site.get_model_admin(model)
    target.facts = (*target.facts, facts)


def link_to(obj: models.Model, text: str | None = None) -> SafeString:
    """Return a link to the page of a row."""
    name = f"admin:{obj._meta.app_label}_{obj._meta.model_name}_change"
    return format_html('<a href="{}">{}</a>', reverse(name, args=(quote(obj.pk),)), text or obj)


class ActionsAdmin(ScopedAdmin[M]):
    """A model with verbs."""

    object_actions: tuple[ObjectAction, ...] = ()
    facts: tuple[Facts, ...] = ()
    # The name of the URL that prints a row, where there is one.
    pdf_url_name = ""
    # The name of the URL of a row's own page outside the admin, where there is one.
    page_url_name = ""
    change_form_template = "admin/erp/change_form.html"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.object_action_view)
        name = f"{self.opts.app_label}_{self.opts.model_name}_do"
        return [path("<path:object_id>/do/<slug:name>/", view, name=name), *super().get_urls()]

    def related_values(self, obj: M) -> dict[str, Any]:  # noqa: ARG002 (overridden)
        """Values outside the row's own table that are edited with it, such as a user's groups."""
        return {}

    def version_of(self, obj: M) -> str:
        """Return what tells this state of the row from the next."""
        return version_of(obj, self.related_values(obj))

    # --- one row ---

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        obj = self.get_object(request, unquote(object_id))
        context = dict(extra_context or {})
        if obj is not None:
            context["object_actions"] = self.buttons(request, obj)
            context["row_version"] = self.version_of(obj)
            context["facts"] = [fact for facts in self.facts for fact in facts(obj, request)]
            if self.pdf_url_name:
                context["pdf_url"] = reverse(self.pdf_url_name, args=(obj.pk,))
            if self.page_url_name:
                context["page_url"] = reverse(self.page_url_name, args=(obj.pk,))
        return super().change_view(request, object_id, form_url, context)

    def buttons(self, request: HttpRequest, obj: Any) -> list[dict[str, Any]]:
        """Return what the row's page offers this user now."""
        prefix = f"admin:{self.opts.app_label}_{self.opts.model_name}_do"
        return [
            {
                "url": reverse(prefix, args=(quote(obj.pk), action.name)),
                "title": action.description,
                "icon": action.icon,
                "variant": action.variant,
                "asks": action.ask is not None,
            }
            for action in self.object_actions
            if allowed(request.user, action.permission) and action.offered(obj)
        ]

    def object_action_view(self, request: HttpRequest, object_id: str, name: str) -> HttpResponse:
        """Do one verb to one row, posted from its page or from the page that asks."""
        action = next((a for a in self.object_actions if a.name == name), None)
        asks = action is not None and action.ask is not None
        if request.method != "POST" and not (asks and request.method == "GET"):
            return HttpResponseNotAllowed(["POST"])
        if action is None:
            raise Http404
        if not allowed(request.user, action.permission):
            raise PermissionDenied
        obj: Any = self.get_object(request, unquote(object_id))
        if obj is None:
            raise Http404
        form = action.ask(obj, request)(request.POST or None) if action.ask else None
        if form is not None and not form.is_valid():
            return self._asking(request, action, obj, form)
        target = obj
        seen = request.POST.get("version", "")
        if seen != self.version_of(obj):
            messages.error(
                request, _("%(row)s was changed in the meantime. Look again.") % {"row": obj}
            )
        else:
            answers = () if form is None else (form.cleaned_data,)
            target = self._outcome(request, action, obj, *answers) or obj
        return redirect(
            f"admin:{target._meta.app_label}_{target._meta.model_name}_change", target.pk
        )

    def _asking(
        self, request: HttpRequest, action: ObjectAction, obj: Any, form: forms.Form
    ) -> HttpResponse:
        """Show the page on which a verb asks what it has to know."""
        dress(form)
        fieldsets = [(None, {"fields": list(form.fields)})]
        shown: Any = form  # a fieldset asks no more of it than its fields
        context = {
            **self.admin_site.each_context(request),
            "title": f"{capfirst(str(action.description))}: {obj}",
            "adminform": AdminForm(shown, fieldsets, {}),
            "action": action,
            "original": obj,
            "row_version": self.version_of(obj),
            "opts": self.opts,
            "media": self.media + form.media,
            "back": reverse(
                f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=(quote(obj.pk),)
            ),
        }
        return TemplateResponse(request, "admin/erp/ask.html", context)

    def _outcome(
        self, request: HttpRequest, action: ObjectAction, obj: Any, *answers: dict[str, Any]
    ) -> Any:
        """Run the action on one row and tell how it went; return the document to show next."""
        try:
            result = action.run(obj, request, *answers)
        except DomainError as refusal:
            messages.error(request, f"{obj}: {refusal}")
            return None
        if not isinstance(result, models.Model):
            result = obj
        made_another = type(result) is not type(obj)
        text = "{row}: {action} → {result}" if made_another else "{result}: {action} ✓"
        shown = format_html(text, row=obj, action=action.description, result=link_to(result))
        messages.success(request, shown)
        return result

    # --- many rows ---

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions: dict[str, Any] = dict(super().get_actions(request))
        for action in self.object_actions:
            if action.in_list and allowed(request.user, action.permission):
                actions[action.name] = (_in_list(action), action.name, action.description)
        return actions


def _in_list(action: ObjectAction) -> Callable[[Any, HttpRequest, QuerySet[Any]], HttpResponse]:
    def run(model_admin: Any, request: HttpRequest, rows: QuerySet[Any]) -> HttpResponse:
        return run_batch(model_admin, request, action, rows)

    run.__name__ = action.name
    return run
