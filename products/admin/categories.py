"""Categories shown as the tree they are, and products filtered by a branch of it."""
# ruff: noqa: ARG002 (hooks take what Django hands them)

from dataclasses import replace
from typing import Any

from django.contrib import admin
from django.contrib.admin import RelatedFieldListFilter
from django.db import connection
from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from erp.core.admin import MasterAdmin, visible_rows
from erp.core.admin.scoped import BoundedList
from products.admin.words import WordsAdmin
from products.categories import Branch, subtree_of, tree_of
from products.models import Category
from products.services import archive_category, lock_tree, unarchive_category

_INDENT = "\u3000"  # as wide as a Chinese character
MOST_CHOICES = 300


class TreeList(BoundedList):
    """Tells each row its place in the tree."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        for row in self.result_list:
            row.branch = request.__dict__.get("_tree", {}).get(row.pk)


@admin.register(Category)
class CategoryAdmin(WordsAdmin[Category], MasterAdmin[Category]):
    word_fields = ("name_en", "name_zh")
    list_display = ("indented", "code", "name_zh", "name_en", "children")
    list_per_page = 200
    search_fields = ("code", "name_zh", "name_en")
    autocomplete_fields = ("parent",)
    fields = (("code", "parent"), ("name_zh", "name_en"))

    def __init__(self, model: type[Category], admin_site: admin.AdminSite) -> None:
        super().__init__(model, admin_site)
        runs: dict[str, Any] = {
            "archive": lambda obj, request: archive_category(obj.pk, by=request.user),
            "unarchive": lambda obj, request: unarchive_category(obj.pk, by=request.user),
        }
        self.object_actions = tuple(
            replace(action, run=runs.get(action.name, action.run)) for action in self.object_actions
        )

    @admin.display(description=_("category"))
    def indented(self, obj: Category) -> str:
        branch: Branch | None = getattr(obj, "branch", None)
        return f"{_INDENT * branch.depth}{obj}" if branch else str(obj)

    @admin.display(description=_("below it"))
    def children(self, obj: Category) -> int | None:
        branch: Branch | None = getattr(obj, "branch", None)
        return branch.children or None if branch else None

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> Any:
        return TreeList

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        tree = tree_of(visible_rows(Category, request))
        request.__dict__["_tree"] = {branch.category.pk: branch for branch in tree}
        return super().changelist_view(request, extra_context)

    def get_ordering(self, request: HttpRequest) -> Any:
        """The order of the tree where the list is shown."""
        tree = request.__dict__.get("_tree")
        if not tree:
            return super().get_ordering(request)
        places = [When(pk=pk, then=Value(place)) for place, pk in enumerate(tree)]
        return [Case(*places, output_field=IntegerField()), "pk"]

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Category | None:
        if request.method == "POST" and connection.in_atomic_block:
            lock_tree()  # two moves at once could make a circle between them
        return super().get_object(request, object_id, from_field)


class BranchFilter(RelatedFieldListFilter):
    """Filter by a category and everything below it."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        rows: Any = visible_rows(field.remote_field.model, request)
        return [
            (branch.category.pk, f"{_INDENT * branch.depth}{branch.category}")
            for branch in tree_of(rows.active())[:MOST_CHOICES]
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        chosen = self.lookup_val
        value = str(chosen[-1] if isinstance(chosen, list) and chosen else chosen or "")
        if self.lookup_val_isnull or not value:
            return super().queryset(request, queryset)
        known = value.isascii() and value.isdigit() and len(value) < 19
        below = subtree_of(int(value)) if known else set()
        return queryset.filter(**{f"{self.field_path}__in": below})
