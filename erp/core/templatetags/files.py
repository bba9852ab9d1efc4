"""Files of a row, for pages that show it."""

from typing import Any

from django import template
from django.urls import reverse

from erp.core import attachments

register = template.Library()


@register.simple_tag
def picture_url(row: Any, size: str = "") -> str:
    """Return the address of a row's newest picture, "" without one; size ``thumbnail`` or full.

    The view behind it asks the policy again.
    """
    found = attachments.pictures_of([row]).get(row.pk)
    if found is None:
        return ""
    return reverse("thumbnail" if size == "thumbnail" else "file", args=(found.pk,))


@register.inclusion_tag("erp/_files.html")
def files_of(row: Any) -> dict[str, Any]:
    """Show a row's files as links."""
    return {"files": attachments.files_of(row)}
