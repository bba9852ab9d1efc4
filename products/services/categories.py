"""Archiving a branch of the categories, and taking one out of the archive."""

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from erp.core.errors import DomainError
from erp.core.record import record
from erp.core.service import service
from products.categories import subtree_of
from products.models import Category


def lock_tree() -> dict[int, Category]:
    """Lock all categories by key and return them: who moves a branch has the tree to himself."""
    rows = Category.objects.select_for_update().order_by("pk")
    return {row.pk: row for row in rows}


def _locked(category_id: int) -> tuple[Category, dict[int, Category]]:
    tree = lock_tree()
    if category_id not in tree:
        raise DomainError(_("There is no such category."), code="not_found")
    return tree[category_id], tree


@service("category.archive")
def archive_category(category_id: int, *, by: User) -> Category:
    """Archive a category with everything below it; its products stay as they are."""
    category, tree = _locked(category_id)
    now = timezone.now()
    for pk in sorted(subtree_of(category_id)):
        row = tree[pk]
        if row.archived_at is None:
            _set_archived(row, now, "archived", by=by)
    return category


@service("category.unarchive")
def unarchive_category(category_id: int, *, by: User) -> Category:
    """Take one category out of the archive. Raises DomainError parent_archived."""
    category, tree = _locked(category_id)
    parent = tree.get(category.parent_id or 0)
    if parent is not None and parent.archived_at is not None:
        raise DomainError(
            _("Take %(parent)s out of the archive first.") % {"parent": parent},
            code="parent_archived",
        )
    _set_archived(category, None, "unarchived", by=by)
    return category


def _set_archived(row: Category, when: object, verb: str, *, by: User) -> None:
    before = row.archived_at
    row.archived_at = when  # type: ignore[assignment]
    row.version += 1
    row.save(update_fields=["archived_at", "version", "updated_at"])
    record(f"products.category.{verb}", row, by=by, changes={"archived_at": (before, when)})
