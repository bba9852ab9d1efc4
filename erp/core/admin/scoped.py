"""The admin every model gets: rows and rights through the one policy, lists that stay quick.

- A list, a choice of a foreign key, a typeahead and a deletion see only ``visible_to`` rows.
- Only what is in ``list_filter`` may be looked up by URL; only ``sortable_by`` columns sort.
- Figures that tell cost are left out for those who may not see cost.
"""
# ruff: noqa: ARG002 (hooks take what Django hands them)

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from django.contrib.admin import ShowFacets
from django.contrib.admin.options import BaseModelAdmin
from django.contrib.admin.utils import flatten, unquote
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.contrib.auth import get_permission_codename
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from erp.core.admin.exporting import ExportableAdmin
from erp.core.admin.history import HistoryEntry, history_of
from erp.core.policy import allowed

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin as ThemeAdmin
    from django.contrib.admin.views.main import ChangeList

    F = TypeVar("F", bound=Callable[..., Any])

    def display(**options: Any) -> Callable[[F], F]: ...
else:
    from unfold.admin import ModelAdmin as ThemeAdmin
    from unfold.decorators import display  # noqa: F401 (the other modules take it from here)
    from unfold.views import ChangeList

M = TypeVar("M", bound=models.Model)

COST_RIGHT = "products.view_cost"
# A list counts and pages this far; whoever looks deeper narrows it down.
COUNTED_ROWS = 10_000
_FILTER_LOOKUPS = ("exact", "isnull", "gte", "gt", "lte", "lt")


def right(verb: str, model: type[models.Model]) -> str:
    """Return e.g. ``orders.view_salesorder``."""
    return f"{model._meta.app_label}.{get_permission_codename(verb, model._meta)}"


def visible_rows(model: type[models.Model], request: HttpRequest) -> QuerySet[Any]:
    """Return the rows of a model this user may see; none of a model outside the policy."""
    manager: Any = model._default_manager
    if not hasattr(manager, "visible_to"):
        none: QuerySet[Any] = manager.none()
        return none
    rows: QuerySet[Any] = manager.visible_to(request.user)
    return rows


def may_see_cost(request: HttpRequest) -> bool:
    return allowed(request.user, COST_RIGHT)


class AtLeast(int):
    """A count that stopped counting, and says so."""

    def __str__(self) -> str:
        return f"{int(self)}+"


class BoundedPaginator(Paginator[Any]):
    """Counts no further than ``COUNTED_ROWS``, so that a long table does not slow its list."""

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        found = int(rows.order_by()[: COUNTED_ROWS + 1].count())
        return AtLeast(COUNTED_ROWS) if found > COUNTED_ROWS else found


class BoundedList(ChangeList):
    """Tells "so many results" only where something narrows the list."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        if not (self.query or self.has_active_filters):
            self.full_result_count = self.result_count


class VisibleChoices(BaseModelAdmin[M]):
    """Foreign keys offer only rows the user may see, and no archived ones when adding."""

    cost_fields: ClassVar[tuple[str, ...]] = ()

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs.setdefault("queryset", visible_rows(db_field.remote_field.model, request))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Related rows are kept on their own pages: no add or change beside the choice."""
        field: Any = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        if isinstance(db_field, models.TextField) and field is not None:
            field.widget.attrs["rows"] = 4  # it grows by its corner
        return field

    def without_cost(self, request: HttpRequest, names: Iterable[Any]) -> list[Any]:
        """Return the names less those that tell cost, unless the user may see cost."""
        hidden = () if may_see_cost(request) else self.cost_fields
        return [name for name in names if name not in hidden]

    def get_exclude(self, request: HttpRequest, obj: Any = None) -> Any:
        hidden = () if may_see_cost(request) else self.cost_fields
        return [*(super().get_exclude(request, obj) or ()), *hidden]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.without_cost(request, super().get_fields(request, obj))

    def invisible_relations(self, request: HttpRequest) -> set[str]:
        """Name the foreign keys to tables this user has no right to view."""
        return {
            field.name
            for field in self.model._meta.concrete_fields
            if isinstance(field, models.ForeignKey)
            and not allowed(request.user, right("view", field.remote_field.model))
        }

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fixed = tuple(super().get_readonly_fields(request, obj))
        return (*fixed, *sorted(self.invisible_relations(request) - set(fixed)))


class ScopedAdmin(ExportableAdmin[M], VisibleChoices[M], ThemeAdmin[M]):
    """Deny by default: a right and a visible row, or nothing."""

    compressed_fields = False  # labels above: three columns fit
    show_full_result_count = False
    paginator = BoundedPaginator
    list_per_page = 50
    list_max_show_all = 0
    list_select_related: ClassVar[Any] = ()
    list_fullwidth = True
    empty_value_display = "–"
    preserve_filters = True
    # Columns a header click may sort by: indexed ones.
    sortable_by: ClassVar[Any] = ()
    warn_unsaved_form = True
    show_facets = ShowFacets.NEVER  # facets count every row

    class Media:
        css: ClassVar = {"all": ("erp/admin.css",)}

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> Any:
        return BoundedList

    # --- rights ---

    def is_visible(self, request: HttpRequest, obj: models.Model) -> bool:
        """Return whether the row is in the user's sight, asked once per request and row."""
        seen: dict[tuple[str, Any], bool] = request.__dict__.setdefault("_visible_rows", {})
        key = (obj._meta.label, obj.pk)
        if key not in seen:
            seen[key] = self.get_queryset(request).filter(pk=obj.pk).exists()
        return seen[key]

    def _may(self, request: HttpRequest, verb: str, obj: models.Model | None) -> bool:
        if not allowed(request.user, right(verb, self.model)):
            return False
        return obj is None or obj.pk is None or self.is_visible(request, obj)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "view", obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self._may(request, "add", None)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "change", obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "delete", obj)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    # --- rows ---

    def get_queryset(self, request: HttpRequest) -> QuerySet[M]:
        rows = visible_rows(self.model, request)
        ordering = self.get_ordering(request)
        return rows.order_by(*ordering) if ordering else rows

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> M | None:
        found = super().get_object(request, object_id, from_field)
        if found is not None:
            request.__dict__.setdefault("_visible_rows", {})[(found._meta.label, found.pk)] = True
        return found

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Allow exactly what the offered filters ask; everything else is answered with 400."""
        return request is not None and lookup in self._filter_keys(request)

    def _filter_keys(self, request: HttpRequest) -> set[str]:
        keys: set[str] = set()
        for item in self.get_list_filter(request):
            if isinstance(item, type):
                keys.add(str(getattr(item, "parameter_name", "")))
                continue
            name = item[0] if isinstance(item, list | tuple) else item
            keys.add(str(name))
            keys.update(f"{name}__{lookup}" for lookup in _FILTER_LOOKUPS)
            field = self.model._meta.get_field(str(name))
            if isinstance(field, models.ForeignKey):
                keys.add(f"{name}__{field.target_field.name}__exact")
        return keys

    # --- search ---

    def search(self, request: HttpRequest, rows: QuerySet[M], term: str) -> QuerySet[M]:
        """Return the rows meant by a term: those whose search fields begin with it."""
        wanted = models.Q()
        for name in self.get_search_fields(request):
            wanted |= models.Q(**{f"{name}__istartswith": term})
        return rows.filter(wanted)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[M], search_term: str
    ) -> tuple[QuerySet[M], bool]:
        term = search_term.strip()
        if self._is_typeahead(request) and hasattr(queryset, "active"):
            queryset = queryset.active()
        return (self.search(request, queryset, term) if term else queryset), False

    @staticmethod
    def _is_typeahead(request: HttpRequest) -> bool:
        match = request.resolver_match
        return match is not None and match.url_name == "autocomplete"

    # --- what is shown ---

    def get_list_display(self, request: HttpRequest) -> Any:
        return self.without_cost(request, super().get_list_display(request))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return [
            (title, {**options, "fields": self._shown(request, options["fields"])})
            for title, options in super().get_fieldsets(request, obj)
        ]

    def _shown(self, request: HttpRequest, names: Iterable[Any]) -> list[Any]:
        shown: list[Any] = []
        for name in self.without_cost(request, names):
            row = self.without_cost(request, name) if isinstance(name, list | tuple) else name
            if row:
                shown.append(row)
        return shown

    # --- history: the operation log holds it, the admin's own log stays empty ---

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show what happened to a row to whoever sees the row."""
        obj: Any = self.get_object(request, unquote(object_id))
        if obj is None:
            django: Any = self
            answer: HttpResponse = django._get_obj_does_not_exist_redirect(  # noqa: SLF001
                request, self.opts, object_id
            )
            return answer
        if not self.has_view_permission(request, obj):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": _("History: %(row)s") % {"row": obj},
            "entries": self._history(request, obj),
            "opts": self.opts,
            "object": obj,
            "preserved_filters": self.get_preserved_filters(request),
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/erp/history.html", context)

    def hidden_figures(self, request: HttpRequest) -> set[str]:
        """Name the columns of the table that tell cost, unless the user may see cost."""
        return set() if may_see_cost(request) else self._tells_cost(self.model)

    def _history(self, request: HttpRequest, obj: Any) -> list[HistoryEntry]:
        return history_of(obj, without=() if may_see_cost(request) else self._tells_cost(obj))

    def _tells_cost(self, obj: models.Model | type[models.Model]) -> set[str]:
        """Name the columns whose history tells cost: every figure, where a table tells cost."""
        columns = obj._meta.concrete_fields
        if self.cost_fields:
            figures = (field.name for field in columns if isinstance(field, models.DecimalField))
            return {"lines", *figures}
        return {field.name for field in columns if "cost" in field.name}

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return None

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return None

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        return []


class ReadOnlyAdmin(ScopedAdmin[M]):
    """A ledger: looked at, never touched. ``fields`` says what its page shows."""

    fields: ClassVar[Any] = ()

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return tuple(flatten(self.fields))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
