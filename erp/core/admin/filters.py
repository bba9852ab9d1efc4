"""Filters that offer only what the user may see."""
# ruff: noqa: ARG002 (hooks take what Django hands them)

from typing import Any

from django.contrib.admin import RelatedFieldListFilter
from django.http import HttpRequest

from erp.core.admin.scoped import visible_rows

# A list to click in; longer ones are searched instead.
MOST_CHOICES = 100


class VisibleFilter(RelatedFieldListFilter):
    """Filter by a related row: those in the user's sight, the ones in use first."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        rows: Any = visible_rows(field.remote_field.model, request)
        if hasattr(rows, "active"):
            rows = rows.active()
        return [(row.pk, str(row)) for row in rows[:MOST_CHOICES]]
