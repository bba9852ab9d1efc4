"""Pages that know which version of their row they showed."""

from collections import Counter
from typing import Any, ClassVar

from django import forms
from django.contrib.admin.utils import unquote
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from erp.core.admin.actions import ActionsAdmin
from erp.core.admin.meanwhile import (
    Difference,
    Merger,
    rows_differ,
    sealed_page,
    take_theirs,
    unbound,
    unsealed_page,
)
from erp.core.admin.scoped import M
from erp.core.twins import check_twin, coded_fields


class VersionedForm(forms.ModelForm[Any]):
    """Carries the version its page showed; saving over a newer one is refused with a difference."""

    seen_version = forms.CharField(required=False, widget=forms.HiddenInput)
    # Columns no form has and a constraint speaks of, derived from what the form has.
    derived_fields: ClassVar[tuple[str, ...]] = ("search_key",)
    # The version that is stored, and what another has changed since it was seen.
    stored_version: ClassVar[str] = ""
    meanwhile: ClassVar[list[Difference] | None] = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["seen_version"] = self.stored_version

    def clean(self) -> Any:
        cleaned = super().clean()
        if self.meanwhile is not None:
            raise forms.ValidationError(
                _("Somebody changed this in the meantime; nothing was saved."), code="stale_version"
            )
        return cleaned

    def _post_clean(self) -> None:
        """Check constraints over derived columns too, instead of leaving them to the database."""
        form: Any = super()  # Django's own hooks, which the type stubs leave out
        form._post_clean()  # noqa: SLF001
        self._check_twins()
        if self.errors:
            return
        exclude = form._get_validation_exclusions() - set(self.derived_fields)  # noqa: SLF001
        try:
            self.instance.validate_constraints(exclude=exclude)
        except forms.ValidationError as errors:
            form._update_errors(errors)  # noqa: SLF001

    def _check_twins(self) -> None:
        """Refuse a code or name that differs from another only in case, width or accents."""
        for name, within in coded_fields(type(self.instance)):
            if name not in self.cleaned_data or name in self.errors:
                continue
            try:
                check_twin(self.instance, name, within)
            except forms.ValidationError as twin:
                self.add_error(None, twin)


class VersionedAdmin(ActionsAdmin[M]):
    """Refuses a form that was opened before somebody else's save, and shows both together."""

    form = VersionedForm
    change_form_before_template = "admin/erp/version.html"

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [name for name in super().get_fields(request, obj) if name != "seen_version"]

    def get_form(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:  # type: ignore[override]
        form: Any = super().get_form(request, obj, **kwargs)
        if not issubclass(form, VersionedForm):
            return form
        known = {
            "stored_version": "" if obj is None else self.version_of(obj),
            "meanwhile": request.__dict__.get("_meanwhile"),
        }
        return type(form.__name__, (form,), known)

    # --- a page that is posted ---

    def _changeform_view(
        self, request: HttpRequest, object_id: Any, form_url: Any, extra_context: Any
    ) -> HttpResponse:
        if request.method == "POST" and object_id is not None:
            obj = self.get_object(request, unquote(object_id))
            if obj is not None and self.has_change_permission(request, obj):
                self._look_again(request, obj)
        django: Any = super()
        answer: HttpResponse = django._changeform_view(  # noqa: SLF001
            request, object_id, form_url, extra_context
        )
        return answer

    def _look_again(self, request: HttpRequest, obj: M) -> None:
        """Where the row is not what the page had shown, put both together instead of saving."""
        request.__dict__.pop("_meanwhile", None)
        posted: Any = request.POST.copy()
        take_theirs(posted)
        request.POST = posted
        seen, now = unsealed_page(posted), self.version_of(obj)
        formsets = self._stored_formsets(request, obj)
        if posted.get("seen_version", "") == now and not rows_differ(seen, formsets):
            return
        merger = Merger(posted, seen)
        form = self._stored_form(request, obj)
        merger.form(form, seen.get("fields", {}))
        if seen:
            for formset in formsets:
                merger.rows(formset)
        posted["seen_version"] = now
        request.__dict__["_meanwhile"] = merger.differences

    def _stored_form(self, request: HttpRequest, obj: M) -> Any:
        return self.get_form(request, obj, change=True)(instance=obj)

    def _stored_formsets(self, request: HttpRequest, obj: M) -> list[Any]:
        """Return the rows inside the page that this user may change, as they are stored."""
        asked, found = unbound(request), []
        prefixes: Counter[str] = Counter()
        for formset, inline in self.get_formsets_with_inlines(request, obj):
            prefix = formset.get_default_prefix()
            prefixes[prefix] += 1  # a second one of a table has a number, as Django gives it
            if prefixes[prefix] > 1 or not prefix:
                prefix = f"{prefix}-{prefixes[prefix]}"
            if inline.has_change_permission(request, obj):
                kwargs = self.get_formset_kwargs(asked, obj, inline, prefix)
                found.append(formset(**kwargs))
        return found

    # --- a page that is shown ---

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        obj = kwargs.get("obj")
        if obj is not None and self.has_change_permission(request, obj):
            stored = self.model._default_manager.filter(pk=obj.pk).first() or obj
            context["seen"] = sealed_page(
                self._stored_form(request, stored), self._stored_formsets(request, stored)
            )
            context["meanwhile"] = request.__dict__.get("_meanwhile")
        answer: HttpResponse = super().render_change_form(request, context, *args, **kwargs)
        return answer

    # --- a page that is saved ---

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001
        if change and form.has_changed() and hasattr(obj, "version"):
            obj.version += 1
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: FBT001
        super().save_related(request, form, formsets, change)
        only_rows = not form.has_changed() and any(f.has_changed() for f in formsets)
        if change and only_rows and hasattr(form.instance, "version"):
            form.instance.version += 1
            form.instance.save(update_fields=["version"])
