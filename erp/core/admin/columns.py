"""The columns of an exported list: those on the screen, then the fields of a row's page.

Values are typed (a decimal stays a number, a date a date), choices and truths are words, a foreign
key is the label of its row. Nothing is shown that the list and the page do not show this user.
"""

import html
import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets, label_for_field
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.html import strip_tags
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _

# Names of columns that hold what opens doors.
_SECRET = re.compile(r"password|passwd|token|secret|salt|hash|sha256|signature|session|otp|api_key")
# Labels remembered while a list is written; more are looked up again.
_MOST_LABELS = 50_000

Value = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    header: str
    value: Value
    is_stored: bool  # a column of the table, as it is


class Labels:
    """The labels of the rows a foreign key points at: one query per key and chunk of rows."""

    def __init__(self) -> None:
        self.fields: list[Any] = []
        self._known: dict[tuple[type[models.Model], Any], str] = {}

    def of(self, field: Any) -> Value:
        """Return the function from a row to the label of what it points at."""
        self.fields.append(field)
        model = field.remote_field.model
        return lambda row: self._known.get((model, getattr(row, field.attname)), "")

    def look_up(self, rows: Sequence[Any]) -> None:
        """Learn the labels these rows need."""
        if len(self._known) > _MOST_LABELS:
            self._known.clear()
        for field in self.fields:
            model = field.remote_field.model
            wanted = {getattr(row, field.attname) for row in rows} - {None}
            missing = [key for key in wanted if (model, key) not in self._known]
            if missing:
                key = field.target_field.attname
                found = _labelled(model).filter(**{f"{key}__in": missing})
                self._known.update(((model, getattr(one, key)), str(one)) for one in found)


def _labelled(model: type[models.Model]) -> Any:
    """Rows of a model with what their labels need."""
    needed: Any = ()
    if admin.site.is_registered(model):
        needed = admin.site.get_model_admin(model).list_select_related or ()
    rows = model._default_manager.all()
    return rows.select_related(*needed) if isinstance(needed, list | tuple) and needed else rows


def columns_of(model_admin: Any, request: HttpRequest, labels: Labels) -> list[Column]:
    """Return the columns this user gets of a list, each header once."""
    listed = [name for name in model_admin.get_list_display(request) if name != "action_checkbox"]
    columns: list[Column] = []
    headers: set[str] = set()
    names: set[str] = set()
    for name in (*listed, *_page_fields(model_admin, request)):
        field = _field_behind(model_admin, name)
        header = _header(model_admin, name)
        behind = field.name if field is not None else str(name)
        if behind in names or header in headers or _SECRET.search(behind):
            continue
        names.add(behind)
        headers.add(header)
        value = _of_field(field, labels) if field is not None else _shown(model_admin, name)
        columns.append(Column(behind, header, value, is_stored=field is not None))
    return columns


def _page_fields(model_admin: Any, request: HttpRequest) -> Iterable[str]:
    """Yield the fields of a row's page that are columns of the table or figures made of them."""
    blank = model_admin.model()
    hidden = model_admin.invisible_relations(request) | model_admin.hidden_figures(request)
    for name in flatten_fieldsets(model_admin.get_fieldsets(request, blank)):
        field = _field_behind(model_admin, name)
        if (
            field is not None
            and field.name not in hidden
            and not isinstance(field, models.FileField)
        ):
            yield name


def _field_behind(model_admin: Any, name: Any) -> Any:
    """Return the column of the table a list column shows as it is, or None."""
    shown = getattr(model_admin, name, None) if isinstance(name, str) else name
    plain = getattr(shown, "field_name", "" if callable(shown) else name)
    try:
        field = model_admin.opts.get_field(plain)
    except FieldDoesNotExist:
        return None
    return field if field.concrete and not field.many_to_many else None


def _header(model_admin: Any, name: Any) -> str:
    label: Any = label_for_field(name, model_admin.model, model_admin)
    return str(capfirst(label))


def _of_field(field: Any, labels: Labels) -> Value:
    attname = field.attname
    if field.remote_field:
        return labels.of(field)
    if field.choices:
        # Said once in the reader's language, not once a row.
        words = {code: str(label) for code, label in field.flatchoices}
        return lambda row: words.get(getattr(row, attname), getattr(row, attname))
    if isinstance(field, models.BooleanField):
        return lambda row: _truth(getattr(row, attname))
    if isinstance(field, models.JSONField):
        return lambda row: _json(getattr(row, attname))
    return lambda row: getattr(row, attname)


def _truth(value: bool | None) -> str:  # noqa: FBT001 (it is the value)
    return "" if value is None else _("yes") if value else _("no")


def _json(value: Any) -> str:
    if isinstance(value, list) and all(isinstance(one, str | int | float) for one in value):
        return ", ".join(map(str, value))
    return "" if value in (None, "", {}) else json.dumps(value, ensure_ascii=False)


def _shown(model_admin: Any, name: Any) -> Value:
    """Return what a list column says in words: the label of a status, a link's text."""
    own = getattr(model_admin, name, None) if isinstance(name, str) else name
    if name == "__str__":  # the row's, not that of the class of its page
        return lambda row: _in_words(str(row))
    if callable(own):
        return lambda row: _in_words(own(row))

    def of_row(row: Any) -> Any:
        value = getattr(row, name)
        return _in_words(value() if callable(value) else value)

    return of_row


def _in_words(value: Any) -> Any:
    if isinstance(value, tuple) and len(value) == 2:  # a code and its label
        value = value[1]
    if isinstance(value, list):
        value = " ".join(str(one) for one in value if one)
    if isinstance(value, bool):
        return _truth(value)
    if isinstance(value, SafeString):
        return html.unescape(strip_tags(value)).strip()
    if isinstance(value, Promise):
        return str(value)
    return "" if value is None else value
