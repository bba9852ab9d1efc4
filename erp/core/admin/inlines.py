"""Rows inside their parent's page."""
# ruff: noqa: ARG002 (hooks take what Django hands them)

from typing import TYPE_CHECKING, Any, TypeVar

from django import forms
from django.db import models
from django.http import HttpRequest

from erp.core.admin.scoped import M, VisibleChoices, right
from erp.core.deletion import effects_of_deleting, refusal_of
from erp.core.policy import allowed

if TYPE_CHECKING:
    from django.contrib.admin import TabularInline as ThemeTabularInline
    from django.forms import BaseInlineFormSet as InlineFormSet
else:
    from unfold.admin import TabularInline as ThemeTabularInline
    from unfold.forms import PaginationInlineFormSet as InlineFormSet

P = TypeVar("P", bound=models.Model)


def _model_of(formset: Any) -> type[models.Model]:
    model: type[models.Model] = formset.model
    return model


class RowsFormSet(InlineFormSet):  # type: ignore[type-arg]
    """Rows ticked to be deleted are judged as on their own page: what is needed stays."""

    def clean(self) -> None:
        super().clean()
        going = [form.instance.pk for form in self.deleted_forms if form.instance.pk]
        effects = effects_of_deleting(_model_of(self), going)
        if not effects.allowed:
            raise forms.ValidationError(refusal_of(effects).message, code="in_use")


class ScopedInline(VisibleChoices[M], ThemeTabularInline[M, P]):
    """Rows inside their parent's page: seen with the parent, changed by a right of their own."""

    extra = 0
    hide_title = True
    formset = RowsFormSet

    def _may(self, request: HttpRequest, verb: str, parent: models.Model | None) -> bool:
        if not allowed(request.user, right(verb, self.model)):
            return False
        owner: Any = self.admin_site.get_model_admin(self.parent_model)
        return bool(owner.has_view_permission(request, parent))

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        made: Any = super().get_formset(request, obj, **kwargs)
        # Django's own check names rows out of sight; the formset's counts them.
        made.form.hand_clean_DELETE = lambda _form: None
        return made

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "view", obj)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "add", obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "change", obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "delete", obj)


class ReadOnlyInline(ScopedInline[M, P]):
    """Lines of a document or an entry: seen by whoever sees the whole."""

    can_delete = False
    per_page = 100  # a long document opens a page at a time
    tab = False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        owner: Any = self.admin_site.get_model_admin(self.parent_model)
        return bool(owner.has_view_permission(request, obj))

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.get_fields(request, obj)
