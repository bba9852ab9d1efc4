"""The routes there are: what the resolver holds, the API's operations included."""

import re
from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.urls import URLPattern, get_resolver
from ninja.operation import PathView

_GROUP = re.compile(r"\(\?P<(\w+)>[^)]*\)")


def routes(resolver: Any = None, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every route with its view. A regular expression is written ``<name>`` for its group."""
    for entry in (resolver or get_resolver()).url_patterns:
        route = prefix + _GROUP.sub(r"<\1>", str(entry.pattern)).replace("^", "").rstrip("$")
        if isinstance(entry, URLPattern):
            yield route, entry.callback
        else:
            yield from routes(entry, route)


def operations() -> dict[str, set[str]]:
    """Return each route of the API with the methods its operations take."""
    found: dict[str, set[str]] = {}
    for route, view in routes():
        path_view = getattr(view, "__self__", None) or _closed_over(view)
        if isinstance(path_view, PathView):
            methods = {method for one in path_view.operations for method in one.methods}
            found.setdefault(route, set()).update(methods)
    return found


def _closed_over(view: Any) -> Any:
    """Return the PathView a route's view function speaks for."""
    for cell in getattr(view, "__closure__", None) or ():
        if isinstance(cell.cell_contents, PathView):
            return cell.cell_contents
    return None


def admin_labels() -> set[str]:
    return {model._meta.label_lower for model in admin.site._registry}


def verbs(label: str) -> set[str]:
    """Return the names of the buttons a row of this table may have."""
    for model, model_admin in admin.site._registry.items():
        if model._meta.label_lower == label:
            return {action.name for action in getattr(model_admin, "object_actions", ())}
    raise LookupError(label)
